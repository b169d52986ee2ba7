from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from autoreply import guard, threading
from autoreply.guard import History, Ours
from autoreply.inbound import Inbound
from tests.autoreply.mails import BODY, NOW, mail

OURS = Ours(
    addresses=frozenset({"help@anlu.example"}),
    domains=frozenset({"anlu.example"}),
    instance="anlu-1",
    authserv_id="mx.anlu.example",
    trust_spam_headers=True,
)
OWN_ID = threading.message_id(b"k", 7, domain="anlu.example", automatic=True)
PERSON_ID = threading.message_id(b"k", 7, domain="anlu.example", automatic=False)


def multipart(kind: str, part: str, body: str = "", **changes: str) -> Inbound:
    text = f"--b\r\nContent-Type: text/plain\r\n\r\n{body}\r\n--b\r\n{part}\r\n--b--\r\n"
    return mail(text, Content_Type=f"{kind}; boundary=b", **changes)


MACHINES: list[tuple[str, str, Inbound]] = [
    ("N01", "auto_reply", mail(Return_Path="<>")),
    ("N01", "auto_reply", mail(top="Return-Path: <wf@qq.example>", Return_Path="< >")),
    (
        "N02",
        "bounce",
        multipart(
            "multipart/report; report-type=delivery-status",
            "Content-Type: message/delivery-status\r\n\r\nAction: failed",
        ),
    ),
    (
        "N02",
        "bounce",
        multipart("multipart/mixed", "Content-Type: message/delivery-status\r\n\r\nAction: failed"),
    ),
    (
        "N02",
        "report",
        multipart(
            "multipart/report; report-type=disposition-notification",
            "Content-Type: message/disposition-notification\r\n\r\nx",
        ),
    ),
    (
        "N02",
        "report",
        multipart(
            "multipart/report; report-type=feedback-report",
            "Content-Type: message/feedback-report\r\n\r\nx",
        ),
    ),
    ("N02", "report", mail(Subject="complaint about message from 1.2.3.4")),
    (
        "N02",
        "bounce",
        mail(
            "This is the mail system at host mx.example.\n\n<a@b.cn>: 550 5.1.1 unknown",
            Subject="x",
        ),
    ),
    (
        "N02",
        "bounce",
        mail("抱歉，您发送的邮件被退回，原因：550 Mailbox not found <a@b.cn>", Subject="通知"),
    ),
    ("N03", "bounce", mail(X_Failed_Recipients="a@b.cn")),
    (
        "N03",
        "bounce",
        mail("无法发送到 a@b.cn", From="postmaster@aliyun.example", X_Aliyun_Bounce="1"),
    ),
    *[
        ("N04", kind, mail(From=f"x <{local}@b.example>"))
        for kind, local in [
            ("bounce", "MAILER-DAEMON"),
            ("bounce", "bounces+12=wf"),
            ("bounce", "bounce"),
            ("list", "listserv"),
            ("list", "majordomo"),
            ("list", "owner-shop"),
            ("list", "shop-request"),
            ("system", "noreply"),
            ("system", "no-reply"),
            ("system", "no_reply2"),
            ("system", "service-noreply"),
            ("system", "donotreply"),
            ("system", "do-not-reply"),
            ("system", "root"),
            ("system", "daemon"),
            ("system", "nobody"),
            ("system", "abuse"),
            ("system", "postmaster"),
        ]
    ],
    ("N04", "bounce", mail(Return_Path="<MAILER-DAEMON>")),
    ("N05", "auto_reply", mail(Return_Path="<wf+auto_=@qq.example>")),
    ("N05", "list", mail(Return_Path="<shop-bounces+wf=qq.example@list.example>")),
    ("N05", "list", mail(Sender="shop-bounces+wf@list.example")),
    ("N05", "bounce", mail(Return_Path="<SRS0=x=y=b.example=mailer-daemon@fwd.example>")),
    ("N10", "auto_reply", mail(Auto_Submitted="auto-replied")),
    ("N10", "auto_reply", mail(Auto_Submitted='(vacation) Auto-Replied; owner-email="a@b"')),
    ("N10", "system", mail(Auto_Submitted="auto-generated")),
    ("N10", "system", mail(Auto_Submitted="auto-notified")),
    ("N10", "system", mail(top="Auto-Submitted: no", Auto_Submitted="auto-generated")),
    *[
        ("N11", kind, mail(**{name: word}))
        for name, word, kind in [
            ("Precedence", "bulk", "list"),
            ("precedence", "Junk", "list"),
            ("X_Precedence", "LIST", "list"),
            ("Precedence", "auto_reply", "auto_reply"),
        ]
    ],
    ("N11", "list", mail(top="Precedence: normal", Precedence="bulk")),
    *[
        ("N12", "list", mail(**{name: "<x>"}))
        for name in (
            "List_Id",
            "list_help",
            "List_Unsubscribe",
            "List_Post",
            "List_Owner",
            "List_Archive",
            "List_Unsubscribe_Post",
            "List_Subscribe",
        )
    ],
    *[
        ("N13", "system", mail(X_Auto_Response_Suppress=value))
        for value in ("All", "DR, OOF, AutoReply", "oof")
    ],
    *[
        ("N14", "auto_reply", mail(**{name: "yes"}))
        for name in (
            "X_Autoreply",
            "X_Autorespond",
            "X_Autoresponder",
            "X_Autoresponse",
            "X_AutoReply_From",
            "X_Mail_Autoreply",
            "X_Autogenerated",
            "X_FC_Machinegenerated",
        )
    ],
    ("N14", "auto_reply", mail(Delivered_To="Autoresponder")),
    ("N14", "system", mail(X_Loop="somebody")),
    ("N14", "system", mail(X_AMAZON_MAIL_RELAY_TYPE="NOTIFICATION")),
    ("N15", "auto_reply", mail("您好，我在度假", X_QQ_HolidayReply="true")),
    ("N15", "auto_reply", mail("您的邮件已收到", X_QQ_AUTO_REPLY="true")),
    ("N16", "own_loop", mail(X_Loop="anlu-1")),
    ("N16", "own_loop", mail(X_Wenqu_Instance="anlu-1")),
    ("N16", "own_loop", mail(Message_ID=OWN_ID)),
    ("N16", "auto_reply", mail(f"\n> {BODY}", Subject="Re: x", In_Reply_To=OWN_ID)),
    ("N17", "own_loop", mail(From="安庐 <Help@anlu.example>")),
    ("N17", "own_loop", mail(From="help+7-abcdefghij@anlu.example")),
    ("N17", "own_loop", mail(Reply_To="help@anlu.example")),
    (
        "N19",
        "system",
        multipart(
            "multipart/alternative",
            "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR",
            "会议",
        ),
    ),
    (
        "N19",
        "system",
        multipart(
            "multipart/alternative",
            'Content-Type: text/calendar; method="reply"\r\n\r\nBEGIN:VCALENDAR',
            "接受",
        ),
    ),
    ("N19", "recall", mail("王芳 将撤回邮件“门锁”。", Subject="撤回: 门锁")),
    (
        "N19",
        "recall",
        mail('The sender would like to recall the message, "x".', Subject="Recall: lock"),
    ),
    ("N19", "report", mail("您的邮件已阅读。", Subject="已读: 门锁")),
    ("N19", "report", mail("Your message was read.", Subject="Read: lock")),
    ("N19", "report", mail("您发给 wf 的邮件已于 2024-03-05 被阅读", Subject="回执：门锁")),
    (
        "N19",
        "recall",
        mail(
            'Fang would like to recall the message, "Lock: why does it blink? Is it broken?".',
            Subject="Recall: Lock: why does it blink? Is it broken?",
        ),
    ),
    *[
        ("N20", "auto_reply", mail(body, Subject="Re: 门锁"))
        for body in (
            "您好，这是一封自动回复邮件。您的来信我已收到，会尽快答复。",
            "[自动回复] 我在外地出差，周五回来。",
            "来信收到，稍后联系您。本邮件为自动回复，请勿直接回复。",
            "This is an automated response. We have received your mail.",
        )
    ],
    ("N14", "auto_reply", mail(Content_Identifer="ExAutoReply")),
    ("N14", "auto_reply", mail(X_BoxTrapper_Verify="x1")),
    ("N14", "auto_reply", mail("您的工单 #48213 已创建，工程师将在一天内处理。", Subject="工单")),
    ("N14", "system", mail(X_OTRS_Loop="True")),
    ("N14", "system", mail("尊敬的用户：您的密码已修改。此邮件由系统自动发出，请勿回复。")),
    (
        "N12",
        "list",
        mail(
            "本周新品\n" + "好看 https://shop.example/p\n" * 30 + "不想再收到此类邮件，请点击退订"
        ),
    ),
    ("N14", "system", mail(X_Cron_Env="<SHELL=/bin/sh>")),
    ("N04", "system", mail("市电中断，切换电池供电", Subject="告警", From="ups@anlu-idc.example")),
    *[
        ("N20", "auto_reply", mail("您好，来信收到，稍后回复。", Subject=subject))
        for subject in (
            "自动回复: 门锁打不开怎么办",
            "自动回复：Re: 门锁",
            "自動回覆: 門鎖",
            "自动回复",
            "[自动回复]门锁",
            "【自动回复】门锁",
            "外出自动回复：x",
            "自动答复: x",
            "外出",
            "休假",
            "休假通知：x",
            "不在办公室: x",
            "Automatic reply: lock",
            "Auto: lock",
            "Autoreply: x",
            "Out of Office: lock",
            "Out of Office Re: lock",
            "Out of the office until Monday",
            "OOO",
            "Abwesenheitsnotiz: x",
            "Réponse automatique : x",
            "自动回复 Re: 门锁",
            "来自QQ邮箱的假期自动回复",
            "这是一封自动回复邮件",
            "王芳 不在办公室",
            "Fang Wang is out of the office.",
            "AUTO: Fang Wang is out of the office (returning 2024-03-05)",
            "Auto-Reply from wf",
        )
    ],
    *[
        ("N20", "bounce", mail("<a@b.cn>: 550 no such mailbox, recipient unknown", Subject=subject))
        for subject in (
            "系统退信",
            "系统退信/Systems bounce",
            "来自postmaster@aliyun.example的退信",
            "退信通知",
            "未送达: 门锁",
            "无法送达: 门锁",
            "邮件投递失败：x",
            "投递失败",
            "Undeliverable: lock",
            "Undelivered Mail Returned to Sender",
            "Delivery Status Notification (Failure)",
            "Mail delivery failed: returning message to sender",
            "failure notice",
            "Returned mail: see transcript for details",
            "Delivery failure",
            "無法傳遞: 門鎖",
            "Mail System Error - Returned Mail",
            "退信",
            "邮件被退回：门锁",
            "投递通知",
            "郵件系統退信通知",
            "Returned mail",
            "Message you sent blocked by our bulk email filter",
        )
    ],
]

PEOPLE: list[tuple[str, Inbound]] = [
    ("plain", mail()),
    ("auto-submitted-no", mail(Auto_Submitted="no")),
    ("auto-submitted-no-comment", mail(Auto_Submitted="No (a person)")),
    ("precedence-normal", mail(Precedence="normal")),
    ("suppress-receipts", mail(X_Auto_Response_Suppress="DR, RN, NRN")),
    ("autoreply-no", mail(X_Autoreply="no")),
    ("qq-false", mail(X_QQ_HolidayReply="false")),
    ("local-part-like", mail(From="x <norah@b.example>")),
    ("local-part-like-2", mail(From="x <bouncer@b.example>")),
    ("local-part-like-3", mail(From="x <abuse-victim-help@b.example>")),
    ("local-part-like-4", mail(From="x <rooted@b.example>")),
    ("local-part-like-5", mail(From="x <requested@b.example>")),
    ("no-return-path", mail(Return_Path=None)),
    ("signed", mail(BODY, Content_Type="text/plain; charset=utf-8", Received="from x")),
    *[
        (subject, mail(Subject=subject))
        for subject in (
            "自动回复功能怎么关闭",
            "回复：自动回复怎么设置",
            "请问自动回复在哪里",
            "休假期间门锁怎么设置",
            "外出时怎么布防",
            "外出：摄像头离线怎么办",
            "休假：门锁没电了怎么办",
            "撤回订单",
            "撤回：我的退款申请，可以吗？",
            "退信是什么意思",
            "投递失败了怎么办",
            "未送达：订单20240305",
            "未送达",
            "已读的消息怎么删除",
            "邮件发送失败，收不到验证码",
            "Re: Out of Office",
            "Auto-lock does not work",
            "Out of office hours support?",
            "Delivery status of my order",
            "Delivery delayed again",
            "Undelivered order 123",
            "Message failed to send in app",
            "Read only memory card",
            "Recall of batteries?",
            "Vacation mode?",
            "Automatic reply settings",
            "Returned item",
            "Warning: battery low",
            "notice of failure",
            "自动锁打不开",
            "系统退信怎么办",
            "自动回复没有解决我的问题",
            "不在家，怎么取件",
            "OOO",
            "Auto: how to lock it",
        )
    ],
    *[
        (subject, mail(body, Subject=subject))
        for subject, body in (
            ("回复: 自动回复: 门锁打不开", "您们的自动回复没有解决我的问题，灯还是不亮"),
            ("退信", "我给您们写的邮件被退信了，为什么？"),
            ("转发：系统退信", "给您们发邮件一直退回，请帮忙看看"),
            ("撤回：昨天的退款申请", "我想撤回昨天的退款申请，请处理。"),
            ("已读：收到您的答复了", "收到了，但灯还是不亮"),
            ("回执：已寄回", "门锁已寄回，单号 SF123，请查收"),
            ("Read: the manual says otherwise", "It says that the light turns blue."),
            ("Recall: is my lock affected", "The serial number is 123."),
            ("Returned mail", "I returned the lock by mail last week, when is the refund?"),
            ("Failure notice on the app", "The app shows a failure notice."),
            ("rejected", "My refund was rejected. The page says: server error 550 for recipient"),
            ("邮件发送失败", "给客服发邮件失败，提示 550 Mailbox not found，地址对吗？"),
            ("Re: 说明书", "您发送的邮件无法打开附件，能换个格式吗？user@b.cn"),
            ("验证码", "无法发送到收件人邮箱，怎么办？我的邮箱 a@b.cn"),
            ("求助", "我在休假，门锁打不开了，请自动回复我"),
            ("门锁", "[自动回复] 这样的回信没用，灯还是不亮"),
            ("门锁", "自动回复：收到了，请处理退款"),
            ("门锁", "上次说这是自动回复邮件，请给我真人的答复"),
            ("接受: 换货方案", "我接受换货，什么时候上门？"),
        )
    ],
    (
        "pasted-bounce",
        mail(
            "我发给您们的邮件被退回了，怎么回事？\n\nThis is the mail system at host mx. 550 5.1.1",
            Subject="邮件被退",
        ),
    ),
    ("reply-to-our-answer", mail("还是不行", Subject="Re: x", In_Reply_To=OWN_ID)),
    ("empty-reply-to-person", mail("好的", Subject="Re: x", In_Reply_To=PERSON_ID)),
    (
        "answer-that-a-list-touched",
        mail(
            Sender="shop-bounces+wf@list.example",
            Subject="Re: 门锁",
            In_Reply_To="<2@anlu.example>",
        ),
    ),
    ("cc-to-us", mail(To="x@y.example", Cc="help@anlu.example")),
    ("delivered-to-us", mail(To="x@y.example", Delivered_To="help@anlu.example")),
    ("resent-to-us", mail(To="x@y.example", Resent_To="help@anlu.example")),
    ("original-to-us", mail(To=None, X_Original_To="HELP@anlu.example")),
    ("plus-to-us", mail(To="help+7-abcdefghij@anlu.example")),
    ("subject-only", mail("", Subject="门锁打不开怎么办")),
    ("short", mail("在吗")),
    ("two-froms-same", mail(From="wf@qq.example, WF@qq.example")),
    (
        "foreign-spf-fail",
        mail(Authentication_Results="mx.other.example; spf=fail; dkim=none; dmarc=fail"),
    ),
    ("own-pass", mail(Authentication_Results="mx.anlu.example; spf=pass; dkim=none; dmarc=pass")),
    (
        "old-fake-below",
        mail(
            top="Authentication-Results: mx.anlu.example; dmarc=pass",
            Authentication_Results="mx.anlu.example; dmarc=fail",
        ),
    ),
    ("no-date", mail(Date=None)),
    (
        "with-picture",
        multipart(
            "multipart/mixed",
            "Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nx",
            "看图，门锁打不开",
        ),
    ),
    (
        "attached-calendar",
        multipart(
            "multipart/mixed",
            "Content-Type: text/calendar; method=REQUEST\r\n"
            "Content-Disposition: attachment; filename=a.ics\r\n\r\nx",
            "见附件",
        ),
    ),
    (
        "forwarded-rfc822",
        multipart(
            "multipart/mixed",
            "Content-Type: message/rfc822\r\n\r\nSubject: x\r\nAuto-Submitted: auto-replied\r\n"
            "\r\ny",
            "这封信什么意思？",
        ),
    ),
    (
        "pgp-signed",
        multipart(
            "multipart/signed", "Content-Type: application/pgp-signature\r\n\r\nx", "门锁打不开"
        ),
    ),
]

REFUSED: list[tuple[str, bool, Inbound, History]] = [
    ("N18", False, mail(To="x@y.example"), History()),
    ("N18", False, mail(To="undisclosed-recipients:;"), History()),
    ("N30", True, mail("", Subject="Re: 门锁打不开怎么办"), History()),
    ("N30", True, mail("\n> 旧内容", Subject="回复：门锁打不开怎么办"), History()),
    ("N30", True, mail("-----BEGIN PGP MESSAGE-----\nabc"), History()),
    (
        "N30",
        True,
        mail("x", Content_Type="application/pkcs7-mime; smime-type=enveloped-data"),
        History(),
    ),
    ("N31", False, mail(X_Spam_Flag="YES"), History()),
    (
        "N31",
        False,
        mail(Authentication_Results="mx.anlu.example; spf=pass; dmarc=fail header.from=x"),
        History(),
    ),
    (
        "N31",
        False,
        mail(Authentication_Results="mx.anlu.example; spf=fail smtp.mailfrom=x; dkim=none"),
        History(),
    ),
    ("N32", False, mail(Date="Tue, 5 Mar 2019 14:22:11 +0800"), History()),
    ("N33", False, mail(), History(duplicate=True)),
    ("N34", False, mail(), History(quota="sender_day")),
    ("N35", False, mail(), History(person_has_it=True)),
    ("N35", False, mail(), History(opted_out=True)),
    ("N35", False, mail("退订"), History()),
    ("N35", False, mail("STOP."), History()),
    ("N35", True, mail("人工"), History()),
    ("N35", True, mail("转人工客服！"), History()),
    (
        "N36",
        True,
        multipart(
            "multipart/mixed",
            "Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nx",
            Subject="照片如附件",
        ),
        History(),
    ),
    ("N36", True, mail(X_Long="x" * 70_000), History()),
    ("N37", False, mail(From="a@b.example, c@d.example"), History()),
    ("N37", False, mail(From="somebody"), History()),
    ("N37", False, mail(From=None), History()),
    ("N37", False, mail(Subject="=?utf-8?Q?hello=0D=0ABcc:_x=40y.example?="), History()),
]


@pytest.mark.parametrize(("rule", "kind", "found"), MACHINES)
def test_machines_get_no_answer(rule: str, kind: str, found: Inbound) -> None:
    verdict = guard.judge(found, guard.NO_HISTORY, OURS, now=NOW)
    assert (verdict.reason, verdict.kind) == (rule, kind)
    assert not verdict.receipt


@pytest.mark.parametrize(("case", "found"), PEOPLE, ids=[case for case, _ in PEOPLE])
def test_people_may_be_answered(case: str, found: Inbound) -> None:
    assert guard.suppression(found, guard.NO_HISTORY, OURS, now=NOW) is None
    assert guard.classify(found, OURS, now=NOW) == "human"


@pytest.mark.parametrize(("rule", "receipt", "found", "history"), REFUSED)
def test_people_whom_a_person_answers(
    rule: str, receipt: bool, found: Inbound, history: History
) -> None:
    verdict = guard.judge(found, history, OURS, now=NOW)
    assert (verdict.reason, verdict.kind, verdict.receipt) == (rule, "human", receipt)


def test_an_echo_of_our_answer_is_a_machine() -> None:
    verdict = guard.judge(mail(), History(echo=True), OURS, now=NOW)
    assert (verdict.reason, verdict.kind) == ("N16", "auto_reply")


def test_mail_from_before_the_channel_began_is_history() -> None:
    ours = replace(OURS, since=NOW)
    assert guard.suppression(mail(), guard.NO_HISTORY, ours, now=NOW) == "N32"


def test_what_the_server_took_late_is_not_history() -> None:
    found = replace(mail(), received_at=NOW + timedelta(minutes=1))
    assert guard.suppression(found, guard.NO_HISTORY, replace(OURS, since=NOW), now=NOW) is None


def test_rules_on_our_own_address_need_one() -> None:
    found = mail(To="x@y.example")
    assert guard.suppression(found, guard.NO_HISTORY, Ours(), now=NOW) is None


def test_the_envelope_counts_when_the_listener_knows_it() -> None:
    found = replace(mail(Return_Path=None), return_path="")
    assert guard.suppression(found, guard.NO_HISTORY, OURS, now=NOW) == "N01"


def test_every_rule_of_the_table_is_hit_by_a_case_here() -> None:
    whys = {
        guard.judge(found, history, OURS, now=NOW).why
        for found, history in (
            *((found, guard.NO_HISTORY) for _, _, found in MACHINES),
            *((found, history) for _, _, found, history in REFUSED),
            (mail(), History(echo=True)),
        )
    }
    assert {rule.why for rule in guard.RULES} == whys


def test_rows_are_well_formed() -> None:
    assert all(rule.kind in guard.KINDS and rule.why for rule in guard.RULES)
    assert not any(rule.receipt for rule in guard.RULES if rule.kind != guard.HUMAN)


def test_the_clock_is_the_callers() -> None:
    late = datetime(2024, 3, 20, tzinfo=UTC)
    assert guard.suppression(mail(), guard.NO_HISTORY, OURS, now=late) == "N32"

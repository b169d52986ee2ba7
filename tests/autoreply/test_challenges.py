import pytest

from autoreply.challenges import is_challenge
from autoreply.guard import NO_HISTORY, Ours, judge
from tests.autoreply.mails import NOW, mail

CHALLENGES = [
    (
        "Please confirm your message",
        "This message was created automatically. Your message below is being held because the\n"
        "address <wf@qq.example> was not verified yet. To release it, reply to this message.",
    ),
    (
        "Re: lock",
        "The account is protected by MailGate. Please click on the following link to have your\n"
        "address added to the list of allowed senders:\n\nhttps://gate.example/v?id=1",
    ),
    (
        "Your email requires verification",
        "The message you sent requires that you verify that you are a real human being and not a\n"
        "spam source. Simply reply to this message and leave the subject as it is.",
    ),
    (
        "Re: lock",
        "Hello, I use a filter to block spam. Click the link below to prove that you are human:\n"
        "http://gate.example/c?x=2",
    ),
    (
        "发信人验证",
        "您好，您发给 wf@qq.example 的邮件已被反垃圾网关暂存。请点击以下链接完成验证，"
        "邮件将投递给收件人：\nhttps://gate.example/v?t=1",
    ),
    ("Re: 门锁", "为防止垃圾邮件，请您回复本邮件进行确认，确认后您的邮件才会进入收件箱。"),
    ("請確認您的郵件", "此信箱設有白名單。請點擊下列連結完成驗證，郵件才會送達。"),
]
CHALLENGES += [
    ("Please verify your email to Ann", "To deliver your message, click here: are you a person"),
    ("等待确认", "您发给经理的邮件已暂扣，请点击链接确认您是真人后投递。https://a.example/1"),
]
PEOPLE = [
    ("收到验证邮件", "你好，我收到一封反垃圾邮件验证，让我点击链接确认，是你们发的吗？"),
    ("收不到邮件", "注册邮件在垃圾邮件里，我点击了链接进行验证，提示失败"),
    ("无法验证邮箱", "点击邮件里的链接验证，页面打不开。已经加了白名单。"),
    ("verify", "I clicked the link to verify my email but it went to junk and says expired"),
    ("请确认您的邮件", "请确认您的邮件是否收到，我昨天发的报价单。"),
    ("Please confirm your email", "Could you confirm your address? Ours is in quarantine."),
    ("白名单", "怎么把你们加入白名单？点击链接验证没反应"),
    ("Re: 门锁", "请点击链接看视频，门锁就是这样响的，麻烦确认一下是不是坏了"),
    ("门锁", "快递被拦截了，请尽快处理。"),
]


@pytest.mark.parametrize(("subject", "text"), CHALLENGES)
def test_a_challenge_is_an_automatic_reply(subject: str, text: str) -> None:
    verdict = judge(mail(text, Subject=subject), NO_HISTORY, Ours(), now=NOW)
    assert verdict.kind == "auto_reply"
    assert verdict.reason


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
def test_people_who_write_about_verification_are_answered(subject: str, text: str) -> None:
    assert not is_challenge(subject, text)
    assert judge(mail(text, Subject=subject), NO_HISTORY, Ours(), now=NOW).kind == "human"


def test_the_mark_of_a_filter_is_enough() -> None:
    verdict = judge(mail("ok", X_BoxTrapper_Verify="x1"), NO_HISTORY, Ours(), now=NOW)
    assert (verdict.kind, verdict.reason) == ("auto_reply", "N14")


def test_an_automatic_reply_may_bear_the_number_of_another_help_desk() -> None:
    said = mail("您好，已经收到。", Subject="[help.example #33575] AutoReply: 门锁")
    assert judge(said, NO_HISTORY, Ours(), now=NOW).kind == "auto_reply"
    asked = mail("您好，怎么开门？", Subject="[help.example #33575] Re: 门锁")
    assert judge(asked, NO_HISTORY, Ours(), now=NOW).kind == "human"

import pytest

from autoreply.guard import NO_HISTORY, Ours, judge
from autoreply.inbound import Inbound
from tests.autoreply.mails import NOW, mail

GOODS = "新款门锁，九折 https://shop.example/p/1\n" * 20


def kind(found: Inbound) -> str:
    return judge(found, NO_HISTORY, Ours(), now=NOW).kind


@pytest.mark.parametrize(
    "text",
    [
        "尊敬的客户，您的订单已发货。\n\n此邮件由系统自动发送，请勿直接回复。",
        "您好，验证码 123456，十分钟内有效。本邮件为系统自动发出，请不要回复此邮件。",
        "请勿回复此邮件，本邮箱无人值守。您的账单已经生成。",
        "親愛的用戶：您的帳單已產生。此郵件由系統自動發送，請勿直接回覆。",
        "Your parcel is on its way.\n\nThis is an automated message, please do not reply.",
        "Dear customer, your invoice is attached. Please do not reply to this email.",
        "Build failed.\nThis e-mail was automatically generated. Do not reply.",
        "您的账号在新设备登录。此为系统邮件，请勿回复。",
        "您的諮詢已轉交。此為系統自動發送，請勿直接回覆。",
        "您的域名将到期，请及时续费。本邮件由系统自动发出。",
        "您的验证码是 482913，10 分钟内有效，请勿泄露。",
        "Your verification code is 882211. It expires in 10 minutes.",
        "您的账号于 10:12 在海口登录。如非本人操作，请立即修改密码。",
        "We noticed a new sign-in to your account. If this was not you, secure it.",
        "本邮箱不接收回信，如需帮助请致电前台。",
        "Your order was shipped. This inbox is not monitored.",
        "771288 是您的验证码，5 分钟内有效，请勿告诉他人。",
        "您的工单有新的回复，请登录控制台查看。请勿直接回复此邮件。",
        "申报表即将到期，请及时办理。本信箱为发信专用，请勿回信。",
        "您的订单已发货。请注意：此电子邮件地址仅用于发送。",
        "采购订单待确认，请登录平台处理。系统自动邮件，请勿回复",
        "Your confirmation code is 118-223. It expires in 15 minutes.",
        "您发起的投诉已进入处理阶段。系统消息，请勿回复。",
        "您的申报已提交。本通知由系统自动生成，请勿回复。",
        "传真共两页，已发送成功。系统自动发送，请勿回复。",
        "您的账号在新电脑上登录，若非本人请修改密码。系统邮件，请勿回复。",
        "ご返信いただいてもお答えできません。返信いただいても回答いたしかねます。",
    ],
)
def test_a_notification_without_marks_is_of_a_system(text: str) -> None:
    assert kind(mail(text, Subject="通知")) == "system"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("我收到一封邮件，写着此邮件由系统自动发出，请勿回复，是你们发的吗？", "邮件"),
        ("这是真的吗？\n\n尊敬的用户：您中奖了。此邮件由系统自动发出，请勿回复。", "中奖"),
        ("帮我看看这封：\n尊敬的用户：此邮件由系统自动发出，请勿回复。", "中奖"),
        ("密码改了还是登不上。\n此邮件由系统自动发出，请勿回复。", "Re: 密码修改"),
        ("Is this you? This is an automated message, please do not reply.", "phishing"),
        ("页面写着“本邮件由系统自动发出，请勿回复”，我的订单成功了没有", "订单"),
        ("收到一封信，末尾是系统邮件，请勿回复，我该找谁？", "邮件"),
        ("验证码 482913 输进去提示错误，十分钟内试了三次", "验证码"),
        ("The verification code 882211 does not work, it expires at once.", "code"),
        ("您的系统说我的账号在海口登录，如果不是本人要怎么处理", "登录"),
        ("此邮箱无法接收验证码，换一个可以吗", "邮箱"),
        ("请勿回复到这个邮箱，请回到 b@x.example，门锁怎么退？", "退货"),
        ("退订回TD没反应，怎么退？", "退订"),
        ("此为系统邮件，请勿回复，这种邮件能不能别再发了？", "邮件"),
        ('The page says "this is an automated message, do not reply" and stops.', "page"),
        ("系统自动发送的短信一直收不到，请尽快处理，不要回复套话", "短信"),
    ],
)
def test_people_who_quote_a_notification_are_people(text: str, subject: str) -> None:
    assert kind(mail(text, Subject=subject)) == "human"


@pytest.mark.parametrize(
    "end",
    [
        "如不想再收到此类邮件，请点击这里退订。",
        "取消订阅请点击：https://shop.example/u",
        "You are receiving this newsletter because you signed up.",
        "Click here to unsubscribe.",
        "If you no longer wish to receive these e-mails, reply with REMOVE.",
    ],
)
def test_a_newsletter_without_marks_is_a_list(end: str) -> None:
    assert kind(mail(f"{GOODS}\n{end}", Subject="本周新品")) == "list"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("怎么取消订阅？点击退订没反应 https://a.example", "退订"),
        (f"请问这些里哪款适合老人？\n{GOODS}\n退订请点击", "门锁"),
        (f"{GOODS}\n退订请点击这里", "Re: 本周新品"),
        ("门锁打不开。" * 80 + "不想再收到你们的推销邮件", "投诉"),
    ],
)
def test_people_who_write_about_newsletters_are_people(text: str, subject: str) -> None:
    assert kind(mail(text, Subject=subject)) == "human"


@pytest.mark.parametrize(
    "text",
    ["全场五折起，点击进店。退订回T", "会员日满 200 减 30，拒收请回复R", "诚邀试驾。回T退订"],
)
def test_an_advertisement_in_the_manner_of_short_messages_is_a_list(text: str) -> None:
    assert kind(mail(text, Subject="会员日")) == "list"

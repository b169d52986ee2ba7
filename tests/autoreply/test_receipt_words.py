import pytest

from autoreply.guard import NO_HISTORY, Ours, judge
from autoreply.receipt_words import is_receipt
from tests.autoreply.mails import NOW, mail


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("[工单 #100231] 已收到", "您的工单 #100231 已创建，专员会在一天内联系您。"),
        ("服务请求已登记", "尊敬的客户，您的服务请求 SR-20240301 已登记，工程师会与您联系。"),
        ("受理通知", "我们已收到您的来信，案件编号 A8812，请耐心等待。"),
        ("受理通知 99120", "您的咨询已受理。"),
        ("案件 A8812", "親愛的客戶，您的案件 A8812 已成立並已受理。您的申請已受理。"),
        ("Ticket #9921", "Your ticket #9921 has been created. We answer within a day."),
        ("收到", "您的问题已收到，客服人员将在两个工作日内与您联系。"),
        ("Re: 预订", "感谢惠顾！您的邮件我们已收到，预订部同事会在两小时内与您联系。"),
        ("[SD-10293] 故障", "Ticket SD-10293 was created on your behalf."),
        ("反馈", "亲爱的商家，您的反馈我们收到啦，处理结果将在三日内告知。"),
        ("感谢反馈", "感谢您的反馈！您的意见已转交相关部门，我们会尽快处理并回复您。"),
        ("Hello", "Thanks for reaching out! Our support team typically replies within hours."),
        ("Re: lock", "Thank you for contacting North Gate. A member of our team will reply soon."),
        ("[INC0099]", "Your incident has been logged. An agent will contact you shortly."),
        ("Case 00192837", "Hello,\n\nWe have received your request. It is case 00192837."),
    ],
)
def test_a_ticket_elsewhere_is_no_person(subject: str, text: str) -> None:
    assert is_receipt(subject, text)
    assert judge(mail(text, Subject=subject), NO_HISTORY, Ours(), now=NOW).kind == "auto_reply"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("工单", "您的工单 #48213 已创建，但是两天了没人处理。"),
        ("工单 48213", "我的工单 48213 已提交三天了，一直没有动静"),
        ("案件 A8812", "我收到短信说案件编号 A8812 已受理，接下来我要做什么"),
        ("案件 A8812", "您的案件 A8812 已受理——这是什么意思？"),
        ("ticket 9921", "Your ticket 9921 has been created, but nobody called. Please call me."),
        ("发票", "您的邮件已收到，附件里的发票 20240301 金额不对，麻烦重开。"),
        ("已收到", "您的邮件已收到。"),
        ("Re: quote", "Thank you for your e-mail. We will take 20 pieces, send the invoice."),
        ("Re: quote", "Thanks for your message, I will get back to you with photographs."),
        ("Re: 意见", "您的建议已收到，我们采购部会尽快付款，请寄发票。"),
        ("Fwd: ticket 9921", "Your ticket #9921 has been created."),
    ],
)
def test_who_adds_something_to_it_is_a_person(subject: str, text: str) -> None:
    assert judge(mail(text, Subject=subject), NO_HISTORY, Ours(), now=NOW).kind == "human"


def test_long_letters_are_no_receipts() -> None:
    assert not is_receipt("#4821", "您的工单 #4821 已创建。" + "细" * 600)

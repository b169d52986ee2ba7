import pytest

from autoreply.guard import NO_HISTORY, Ours, judge
from tests.autoreply.mails import NOW, mail


def kind(subject: str, text: str, **changes: str) -> str:
    return judge(mail(text, Subject=subject, **changes), NO_HISTORY, Ours(), now=NOW).kind


PEOPLE = [
    ("Out of office", "Where can I set this in your app? The button does nothing."),
    ("Out of Office", "怎么设置？点了没反应"),
    ("自动回复", "客人收不到，帮我看看哪里没设置好"),
    ("自动回复: 设置问题", "后台的自动回复最多能写多少字？"),
    ("系统退信", "我发给你们的邮件退回来了，地址写对了啊"),
    ("退信通知", "收到你们系统的退信通知，是什么原因造成的？"),
    ("邮件投递失败", "我寄给客户的附件一大就投递失败，有别的办法传吗？"),
    ("failure notice", "I got a failure notice from the payment page. Was I charged?"),
    ("Automatic reply", "Your automatic reply says one day, I waited three. Please call me."),
]
MACHINES = [
    ("自动回复", "您好，来信收到，请问有急事可打前台电话。"),
    ("自动回复: 门锁", "我正在休假，12 月 1 日返回。"),
    ("自动回复", "这是自动回复，怎么联系我：请打电话。"),
    ("Out of office", "Thank you for your message. What now? Call the desk."),
    ("系统退信", "收件人不存在，怎么办：请核对地址。"),
    ("退信通知", "退信原因：对方邮箱已满。如何解决？请稍后再试。"),
    ("自动回复", ""),
]


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
def test_a_subject_of_machines_over_a_persons_question(subject: str, text: str) -> None:
    assert kind(subject, text) == "human"


@pytest.mark.parametrize(("subject", "text"), MACHINES)
def test_a_subject_of_machines_over_their_words(subject: str, text: str) -> None:
    assert kind(subject, text) in ("auto_reply", "bounce")


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
@pytest.mark.parametrize(
    "changes", [{"In_Reply_To": "<1@x.example>"}, {"Return_Path": "<>"}, {"References": "<1@x>"}]
)
def test_what_answers_by_itself_is_a_machine_whatever_it_asks(
    subject: str, text: str, changes: dict[str, str]
) -> None:
    assert kind(subject, text, **changes) != "human"


def test_what_a_mail_system_writes_is_never_a_person() -> None:
    assert kind("系统退信", "我发的邮件怎么了？", From="postmaster@x.example") == "bounce"


@pytest.mark.parametrize("address", ["noreply.lin@gmail.com", "no-reply-2010@qq.com"])
def test_a_nickname_at_a_provider_is_a_person_who_asks(address: str) -> None:
    assert kind("墨盒", "请问能用别家的墨盒吗？", From=f"林 <{address}>") == "human"
    assert kind("墨盒", "新品上市，九折。", From=f"林 <{address}>") == "system"


@pytest.mark.parametrize("address", ["noreply@qq.com", "no-reply@gmail.com", "noreply.a@x.example"])
def test_a_mailbox_that_nobody_reads_stays_one(address: str) -> None:
    assert kind("墨盒", "请问能用别家的墨盒吗？", From=address) == "system"


def test_a_device_reports_and_its_namesake_asks() -> None:
    assert kind("告警", "市电中断，切换电池供电。", From="ups@idc.example") == "system"
    assert kind("班服", "请问 45 套多久能做好？", From="monitor@school.example") == "human"


@pytest.mark.parametrize("text", ["正在开会，稍后回复", "在开会，晚点回你", "开车呢，稍后联系"])
def test_who_is_in_a_meeting_has_typed_that(text: str) -> None:
    assert kind("Re: 门锁", text, In_Reply_To="<1@x.example>") == "human"

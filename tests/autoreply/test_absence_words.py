import pytest

from autoreply.guard import NO_HISTORY, Ours, judge
from tests.autoreply.mails import NOW, mail


def kind(text: str, subject: str = "Re: 门锁") -> str:
    return judge(mail(text, Subject=subject), NO_HISTORY, Ours(), now=NOW).kind


@pytest.mark.parametrize(
    "text",
    [
        "您好！\n\n感谢来信。这是一封自动回复邮件。\n\n我们已经收到，会尽快处理。",
        "感谢来信！我们会尽快处理。\n\n这是一封自动回复，请勿直接回复本邮件。",
        "这是来自QQ邮箱的假期自动回复邮件。您好，我已经收到。",
        "您好！您的邮件我已经收到了，我会尽快认真阅读并回复的。",
        "您好，您的来信已收到，我会尽快给您答复。",
        "邮件已收到，稍后回复您！谢谢！",
        "您好，我目前正在出差，无法及时查看邮件，有急事请致电前台。",
        "您好，我现在有事不在，一会再和您联系。",
        "您好，您的郵件已收到，我會儘快回覆。",
        "我正在休假，如有急事请联系同事小李。",
        "系统自动回复：您的邮件已经收到，我们会在24小时内处理。",
        "您好！欢迎致信某某公司，您的邮件我们已收到，工作人员将会尽快与您联系，谢谢！",
        "我是王芳的邮箱助手，主人暂时不在，她看到后会回复您。",
        "此邮箱已停用，请发送至 new@corp.example。",
        "本人已离职，工作事宜请联系 new@corp.example。",
        "本人 3/1-3/8 休假，急事请打同事小李的电话联系。",
        "我目前不在办公室，将于周一返回，届时回复您的邮件。",
        "邮件已收到，这是自动回复，请勿回复此邮件。",
        "您好！来信收悉，本邮件为自动回复，无需回复。",
        "Thanks for writing. This is an automated response to say that we got it.",
        "I am out of the office until 5 March with limited access to e-mail.",
        "Thank you for your e-mail. I'm currently on annual leave and will reply when I return.",
        "Hi, I will be travelling this week. In urgent cases please contact Ann.",
        "您好，我是智能助手，您的问题已收到，稍后有人工客服联系您。【自动回复】",
        "您好，本人在外开会，无法及时查收邮件，急事请电联前台。",
        "同学你好！邮件已收到，我会尽快批阅。",
        "您好，智能客服已收到您的问题，正在为您转接人工，请稍候。",
        "您好，我今日请假，邮件由同事小米代为处理。",
        "谢谢您的来信，我正在休产假，工作由张二接替。",
        "本人因工作调动，业务请联系小李 new@corp.example。",
        "I have left the company. For locks please contact new@corp.example.",
        "Ann Lee is no longer with North Gate. Please direct your e-mail to new@corp.example.",
        "このメールはシステムにより自動送信されています。",
    ],
)
def test_a_mailbox_that_answers_for_its_owner_is_a_machine(text: str) -> None:
    assert kind(text) == "auto_reply"


@pytest.mark.parametrize(
    "text",
    [
        "邮件收到了，按说的做了，灯还是不亮。",
        "您好，您的邮件已收到，请问什么时候能修？",
        "我最近出差，暂时不能收货，麻烦晚几天再寄。",
        "货已收到，少了一把钥匙，请尽快处理。",
        "收到，谢谢",
        "邮件收到了，按说的做了，请尽快联系我。",
        "您的邮件我收到了，麻烦尽快处理。",
        "本人已离职，请把账号转给小李。",
        "这个邮箱收不到验证码，换一个",
        "这是自动回复，没用，我要找人工。",
        "I will be out of the office until Friday, so please leave the parcel at the desk.",
        "I'm on holiday next week. Can you deliver before that? Otherwise contact my wife.",
        "I am away, and still nobody called.",
        "I have left two messages. Please contact me today.",
        "我今天请假，工作由小米接手，请把账号给她。",
        "本人已调岗，请把管理员改成小李",
        "The former owner has left the house, please contact me instead.",
        "出差中，安装改到下周三吧",
        "我明天不在办公室，请打手机 13800000000 联系",
        "您的邮件已收到。附件里的三张图我都看了，第二张图的接线和我家的不一样：我家是红黑两根，图上是三根，"
        "所以我没敢接，怕烧坏。另外安装师傅昨天来过，说要先换电池盒，换好以后再试一次，结果还是报错，灯闪"
        "三下就灭了，按设置键没有反应，请你们尽快处理，最好能打电话给我，我白天都在家，谢谢你们费心了，辛苦，"
        "期待回音，我也可以拍一段视频发给你们看看，门锁的型号是三号。",
    ],
)
def test_people_who_answer_are_people(text: str) -> None:
    assert kind(text) == "human"


def test_in_a_first_mail_such_words_are_a_persons() -> None:
    assert kind("您好，我目前正在出差，无法及时查看邮件，请打电话给我。", "门锁安装") == "human"


@pytest.mark.parametrize(
    ("subject", "text", "wanted"),
    [
        ("Re: 门锁（自动回复）", "已收到", "auto_reply"),
        ("外出公干自动回复", "周五返回", "auto_reply"),
        ("夜间自动回复：在吗", "客服不在线，请留言", "auto_reply"),
        ("取消自动回复", "谢谢", "human"),
        ("店铺自动回复", "夜间不生效", "human"),
        ("Abwesend: Anfrage", "Ich bin im Urlaub.", "auto_reply"),
        ("離職自動回覆", "業務由李小姐接手。", "auto_reply"),
        ("出差自动回复: 报价", "出差中", "auto_reply"),
        ("春节放假自动回复", "我司 2 月 1 日至 8 日放假。", "auto_reply"),
        ("不在办公室自动回复：门锁", "周一回来", "auto_reply"),
        ("自動返信メール", "担当者よりご連絡いたします。", "auto_reply"),
        ("[자동응답] 주문", "부재중입니다.", "auto_reply"),
        ("邮件发送失败通知", "对方邮箱不存在。", "bounce"),
        ("通知", "以下邮件未能送达 a@b.example，服务器返回：550 5.1.1", "bounce"),
        ("结果", "您好，您发往 a@b.example 的邮件发送失败，对方邮箱已满。", "bounce"),
        ("结果", "您投递到 a@b.example 的邮件被退回，原因：用户不存在。", "bounce"),
        ("回执：门锁", "这是邮件收条，说明您的邮件已在收件人的电脑上显示过。", "report"),
        ("邮件发送失败", "我发给你们的邮件总是发送失败，地址是 a@b.example 吗？", "human"),
        ("回执：门锁", "收货回执在哪里签？", "human"),
        ("我正在度假", "请联系同事", "auto_reply"),
        ("已接受: 安装时间", "", "system"),
        ("已取消: 订单", "订单为什么被取消了？", "human"),
        ("未送达: 门锁", "未能向这些收件人或组传递邮件:\na@b.example\n找不到地址。", "bounce"),
        ("关于自动回复", "怎么设置？", "human"),
    ],
)
def test_subjects_of_machines(subject: str, text: str, wanted: str) -> None:
    assert kind(text, subject) == wanted


@pytest.mark.parametrize("local", ["MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e", "notify"])
def test_accounts_of_machines(local: str) -> None:
    found = mail("x", From=f"{local}@corp.example")
    assert judge(found, NO_HISTORY, Ours(), now=NOW).kind in ("bounce", "system")

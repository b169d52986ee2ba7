import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import armour, names
from autoreply.extract import extract
from tests.autoreply.mails import mail

SAID = "登录不上去，一直提示密码错误"


@pytest.mark.parametrize(
    "name",
    ["王强", "李小梅", "欧阳明", "陳小明", "张伟 13800000000", "李雷：0571-88880000", "王芳 敬上"],
)
def test_a_name_alone_below_the_words_is_a_signature(name: str) -> None:
    said = extract(f"{SAID}。\n\n{name}")
    assert said.text == f"{SAID}。"
    assert said.signature == name


@pytest.mark.parametrize(
    "below", ["李小梅\n13700002222", "李小梅\n电话：13700002222\n邮箱：x@qq.example"]
)
def test_a_name_and_a_telephone_are_a_signature(below: str) -> None:
    assert extract(f"{SAID}。\n\n{below}").text == f"{SAID}。"


@pytest.mark.parametrize(
    "last",
    [
        "谢谢",
        "白色",
        "周五",
        "马上",
        "方便吗",
        "高级版",
        "平板",
        "任何时间",
        "余额",
        "温度",
        "易损件",
        "管用",
        "王强的门锁",
        "明天",
    ],
)
def test_short_last_words_are_kept(last: str) -> None:
    assert extract(f"{SAID}，想换一个\n\n{last}").text.endswith(last)


@pytest.mark.parametrize(
    "body",
    [
        "收货信息\n\n李小梅\n13700002222",
        "好的\n\n王强 13800000000",
        "请寄给下面这位\n\n王强",
        "新的联系人是\n\n王强",
        "王强",
    ],
)
def test_a_name_that_was_asked_for_is_kept(body: str) -> None:
    assert extract(body).text == body


@pytest.mark.parametrize(
    ("author", "last"), [("小鱼", "小鱼"), ("Leo Zhang", "Leo"), ('"Leo Zhang"', "Leo Zhang")]
)
def test_the_name_that_from_shows_is_a_signature(author: str, last: str) -> None:
    assert extract(f"{SAID}。\n\n{last}", author=author).text == f"{SAID}。"
    assert extract(f"{SAID}。\n\n{last}").text.endswith(last)


def test_the_reader_knows_the_author() -> None:
    read = mail(f"{SAID}。\n\n小鱼", From="=?utf-8?b?5bCP6bG8?= <xy@qq.example>")
    assert read.said.text == f"{SAID}。"
    assert read.with_parents(("门锁",)).said.text == f"{SAID}。"


def test_a_list_between_rules_is_no_signature() -> None:
    body = "两个问题：\n----------\n一、能不能货到付款\n二、能不能指定快递\n----------\n谢谢"
    assert extract(body).text == body


def test_the_rule_of_foxmail_begins_a_signature() -> None:
    page = (
        f"<div>{SAID}</div><hr style='width: 210px; height: 1px;' color='#b5c4df' size='1' "
        "align='left'><div><div>阿明</div><div>安庐门店</div></div>"
    )
    assert extract("", page).text == SAID


def test_paragraphs_of_outlook_stand_as_lines() -> None:
    lines = ["第一行", "第二行", "", "第三行"]
    page = "".join(f"<p class=MsoNormal>{line or '&nbsp;'}<o:p></o:p></p>" for line in lines)
    assert extract("", f"<div class=WordSection1>{page}</div>").text == "\n".join(lines)


@pytest.mark.parametrize(
    "after", ["", "\nVersion: GnuPG v2\n\niQEzBAEB\n-----END PGP SIGNATURE-----"]
)
def test_the_armour_of_a_signature_is_opened(after: str) -> None:
    head = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
    body = f"{head}{SAID}\n- -- 见附件\n-----BEGIN PGP SIGNATURE-----{after}"
    assert armour.opened(body).strip() == f"{SAID}\n-- 见附件"


@pytest.mark.parametrize("text", [SAID, "-----BEGIN PGP SIGNED MESSAGE-----", ""])
def test_other_text_has_no_armour(text: str) -> None:
    assert armour.opened(text) == text


def test_a_sentence_is_no_name() -> None:
    assert not names.signs_as("王强说打不开")
    assert not names.signs_as("13800000000")


@pytest.mark.parametrize(
    "card",
    [
        "李小梅\n安庐智能门锁有限公司",
        "李小梅\n售后主管\n苏州晨风建筑设计事务所\n0512-66660000",
        "李小梅\nNorth Gate Locks\nTel: 0379-64880000",
        "李小梅\n晨风科技 · 产品\n+86 13700002222",
        "李小梅\n法务部\n安庐股份有限公司\nT +86 21 5080 0000  M +86 137 0000 2222",
        "安庐股份有限公司 工程部\n李小梅",
        "李小梅\n\n安庐股份有限公司\n\n内线：8-6600",
        "李小梅\n物理学院 2022级",
        "李小梅\n2024-03-12",
        "李小梅 物流主管\n安庐股份有限公司",
        "李小梅\n网络管理员",
        "李小梅\n高级设计师\n工号：10012",
    ],
)
def test_a_card_below_the_words_is_a_signature(card: str) -> None:
    said = extract(f"{SAID}，怎么办？\n\n{card}")
    assert said.text == f"{SAID}，怎么办？"
    assert said.signature == card
    assert extract(f"{SAID}，怎么办？\n{card}").text == f"{SAID}，怎么办？"


@pytest.mark.parametrize(
    "below",
    [
        "联系人:李小梅\n移动电话:13700002222\n电子邮箱:xm@qq.example",
        "姓名：李小梅\n手机：13700002222",
    ],
)
def test_a_labelled_card_is_one_when_it_is_the_senders(below: str) -> None:
    body = f"{SAID}，怎么办？\n\n{below}"
    assert extract(body, author="李小梅").text == f"{SAID}，怎么办？"
    assert extract(f"姓名和电话如下\n\n{below}", author="李小梅").text.endswith(below)


@pytest.mark.parametrize(
    "body",
    [
        "发票请开给这家\n\n李小梅\n安庐智能门锁有限公司",
        "请寄到：\n李小梅\n晨风科技\n13700002222",
        "装在这里\n\n安庐股份有限公司\n晨风科技",
        f"{SAID}，怎么办？\n\n李小梅\n杭州市西湖区文三路 1 号 2 幢 301\n请上门",
        f"{SAID}，是哪家装的\n安庐股份有限公司\n李小梅",
        "李小梅\n晨风科技\n13700002222",
    ],
)
def test_a_card_that_says_something_is_kept(body: str) -> None:
    assert extract(body).text == body


@pytest.mark.parametrize(
    "line",
    [
        "从我的 Galaxy 发送的",
        "由三星手机发送的",
        "从华为手机发送的邮件",
        "—— 发送自我的微信",
        "从适用于 Mac 的 Outlook 发送",
        "從適用於 iPad 的 Outlook 傳送",
        "[cid:image001.png@01DC5B2A.7F3E1A20]",
        "[image: logo.png]",
        "<image001.png>",
    ],
)
def test_lines_of_phones_are_left_out(line: str) -> None:
    assert extract(f"{SAID}\n\n{line}").text == SAID


def test_the_logo_above_a_card_goes_with_it() -> None:
    body = f"{SAID}\n\n[cid:image001.png@01DC5B2A]\n\n李小梅 | 行政\n安庐股份有限公司"
    assert extract(body, author="李小梅").text == SAID


def test_a_picture_inside_the_words_stays() -> None:
    body = f"{SAID}\n[cid:image001.png@01DC5B2A]\n这里一直闪红灯"
    assert extract(body).text == body


@pytest.mark.parametrize(
    "body",
    [
        "换邮箱了，新邮箱在下面\n\nxm@qq.example",
        "发票发到这里\n\nxm@qq.example",
        "My new e-mail\n\nxm@qq.example",
        "发给财务\n\nxm@qq.example\n\n-----------\n李小梅",
    ],
)
def test_an_address_that_was_announced_is_kept(body: str) -> None:
    assert "xm@qq.example" in extract(body).text


@given(st.lists(st.sampled_from(["", "好", "李小梅", "安庐有限公司", "电话：1", "--"])))
def test_signatures_leave_something_of_any_text(lines: list[str]) -> None:
    assert extract("\n".join(lines)).text or not "".join(lines).strip("-")

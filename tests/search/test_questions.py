import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import questions


@pytest.mark.parametrize(
    "text",
    [
        "门锁没电了怎么办",
        "我上周买的门锁，今天突然打不开了。请问怎么回事？",
        "你好，请问怎么退款？谢谢！",
        "在吗？我想问一下云存储怎么续费",
        "无法连接 Wi-Fi，提示密码错误",
        "哈哈",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert questions.split(text) == (text,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("怎么退款？多久到账？", ["怎么退款？", "多久到账？"]),
        ("摄像头离线怎么办，另外云存储怎么续费", ["摄像头离线怎么办", "云存储怎么续费"]),
        ("1. 门锁怎么换电池\n2. 指纹怎么删除", ["门锁怎么换电池", "指纹怎么删除"]),
        (
            "您好：\n发票什么时候开？\n还有就是能不能改地址？\n谢谢",
            ["发票什么时候开？", "能不能改地址？"],
        ),
        ("How do I reset it? Where is my invoice?", ["How do I reset it?", "Where is my invoice?"]),
    ],
)
def test_two_questions_are_found_as_two(text: str, parts: list[str]) -> None:
    assert list(questions.split(text)) == parts


def test_what_is_told_before_a_question_stays_with_it() -> None:
    text = "我买了两把锁。第一把打不开怎么办？第二把什么时候发货？"
    first, second = questions.split(text)
    assert first.startswith("我买了两把锁")
    assert second == "第二把什么时候发货？"


def test_blank_text_asks_nothing() -> None:
    assert questions.split(" \n ") == ()


@given(st.text(max_size=300))
def test_any_text_gives_few_questions_made_of_its_own_words(text: str) -> None:
    parts = questions.split(text)
    assert len(parts) <= questions.MAX_QUESTIONS
    assert all(part.strip() for part in parts)
    assert (not parts) == (not text.strip())


def test_a_huge_paste_is_read_in_bounded_time() -> None:
    assert len(questions.split("这个怎么用？" * 50_000)) <= questions.MAX_QUESTIONS


LETTER = (
    "您好，我姓陈，上个月在你们这里买的打印机，一直放在办公室里用。什么时候坏的我也说不清楚，"
    "同事之前找人看过。请问打印机卡纸怎么办？要不要另外收费？单号是 SN20260418，谢谢，盼复。"
)


def test_questions_of_a_letter_belong_together() -> None:
    assert questions.split(LETTER) == (LETTER,)


def test_a_letter_that_begins_another_concern_is_two() -> None:
    both = LETTER.replace("要不要另外收费？", "另外，发票抬头能不能改？")
    parts = questions.split(both)
    assert len(parts) == 2
    assert "卡纸" in parts[0]
    assert parts[1].startswith("发票抬头")


def test_the_core_of_a_letter_is_what_it_asks() -> None:
    assert questions.core(LETTER) == "请问打印机卡纸怎么办？ 要不要另外收费？"
    assert questions.core("打印机卡纸怎么办？") is None
    assert questions.core("，".join(["我们公司的打印机昨天又坏了"] * 8)) is None


@pytest.mark.parametrize(
    ("first", "heading"),
    [("打印机卡纸", "打印机卡纸"), ("您好：", None), ("咨询", None), ("尊敬的客服：", None)],
)
def test_the_first_line_of_a_letter_may_name_the_matter(first: str, heading: str | None) -> None:
    assert questions.heading(f"{first}\n{LETTER}") == heading


@pytest.mark.parametrize(
    "text",
    ["哈哈", "在吗", "您好，在吗？", "test", "测试一下", "好的，谢谢！", "hi there", "1", "OK"],
)
def test_small_talk_asks_nothing(text: str) -> None:
    assert questions.is_small_talk(text)


@pytest.mark.parametrize(
    "text", ["你好，怎么退款", "E2", "404是什么", "测试版怎么退出", "急，门打不开"]
)
def test_a_greeting_before_a_question_is_not_small_talk(text: str) -> None:
    assert not questions.is_small_talk(text)


@given(st.text(alphabet="哈嗯你好谢1a ？。", max_size=200))
def test_small_talk_is_told_in_bounded_time(text: str) -> None:
    assert questions.is_small_talk(text) in (True, False)

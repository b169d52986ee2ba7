"""What a mail quotes of a letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import asked

LETTER = """门锁求助
您好，我上个月在你们店里买了一把K3门锁，一直用得不错。
昨天开始门锁没电了，人在门外怎么开门？
另外发票什么时候能寄出？
谢谢！
"""


def test_the_sentence_about_the_answer_is_quoted() -> None:
    said = asked.brief(LETTER, about="门锁没电了怎么开门？")
    assert said == "昨天开始门锁没电了，人在门外怎么开门"
    assert asked.brief(LETTER, about="发票多久寄出？") == "另外发票什么时候能寄出"


def test_without_an_answer_the_first_sentence_that_asks() -> None:
    assert asked.brief(LETTER) == "昨天开始门锁没电了，人在门外怎么开门"


def test_two_questions_are_quoted_apart() -> None:
    said = asked.together(LETTER, ["门锁没电了怎么开门？", "发票多久寄出？"], between="”和“")
    assert said == "昨天开始门锁没电了，人在门外怎么开门”和“另外发票什么时候能寄出"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("请问滤芯多久换一次？", "滤芯多久换一次"),
        ("你好，请问一下：怎么退货", "怎么退货"),
        ("Hello, how do I reset it?", "how do I reset it"),
        ("滤芯\n滤芯", "滤芯"),
        ("你好", "你好"),
        ("", ""),
        ("门" * 100, "门" * 39 + "…"),
    ],
)
def test_what_stands_around_it_goes(text: str, said: str) -> None:
    assert asked.brief(text) == said


@given(st.text(max_size=300), st.text(max_size=60))
def test_it_is_one_short_line(text: str, about: str) -> None:
    said = asked.brief(text, about=about)
    assert len(said) <= asked.LONGEST
    assert "\n" not in said


def test_the_number_before_a_question_is_not_quoted() -> None:
    text = "您好：\n1. 门锁没电了怎么开门？\n2、发票怎么开？\n（三）3天能到吗？"
    said = asked.together(text, ["门锁没电怎么开门", "怎么开发票", "几天能到"], between="|")
    assert said == "门锁没电了怎么开门|发票怎么开|3天能到吗"
    assert asked.brief("3.5寸的盘能用吗") == "3.5寸的盘能用吗"

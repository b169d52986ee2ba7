"""Lines that fit, and that can be put together again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import flowed
from tests.autoreply.mails import mail

LONG = (
    "门锁没电的时候，把9V电池贴在锁底的触点上，再用指纹或者密码开门；进门以后马上换电池"
    "（4节5号碱性电池），不要新旧混用。"
)
TEXTS = st.text("门锁，。（“” ab>F-\n从x1", max_size=300) | st.text(max_size=200)


def test_chinese_is_broken_by_its_width_and_never_before_a_full_stop() -> None:
    lines = flowed.write(LONG * 3).rstrip("\n").split("\n")
    assert len(lines) > 3
    assert all(line.endswith(" ") for line in lines[:-1])
    assert not lines[-1].endswith(" ")
    assert all(flowed.width(line) <= flowed.COLUMNS for line in lines)
    assert not any(line[0] in "，。；）、" for line in lines)
    assert not any(line.rstrip()[-1] in "（“" for line in lines)
    assert flowed.read(flowed.write(LONG * 3)) == LONG * 3


def test_no_two_letters_are_left_over() -> None:
    said = "找一个充电宝，用Type‑C线插到外面板底部的应急口，屏幕亮了就能用指纹或密码开门。"
    first, last, _ = flowed.write(said).split("\n")
    assert flowed.width(last) > flowed.WIDOW
    assert flowed.width(first) <= flowed.COLUMNS
    assert first[:-1] + last == said


def test_words_are_not_torn() -> None:
    text = "Please hold the battery to the contacts below the lock, then open it as usual. " * 3
    lines = flowed.write(text).split("\n")
    assert all(flowed.width(line) <= flowed.COLUMNS for line in lines)
    assert {word for line in lines for word in line.split()} == set(text.split())
    assert flowed.read(flowed.write(text)) == text.rstrip()


def test_addresses_and_code_stay_whole() -> None:
    address = "https://help.example/a/" + "x" * 90
    code = "    " + "wenqu mail check " * 8
    said = flowed.write(f"{address}\n{code}")
    assert said == f"{address}\n {code.rstrip()}\n"
    assert flowed.read(said) == f"{address}\n{code.rstrip()}"


def test_a_line_that_looks_like_a_quote_or_an_envelope_is_told_from_one() -> None:
    assert flowed.write("> 1\nFrom here\n -") == " > 1\n From here\n  -\n"


def test_the_line_above_a_signature_keeps_its_blank() -> None:
    assert flowed.write("再见\n-- \n问渠") == "再见\n-- \n问渠\n"
    assert flowed.read("再见\n-- \n问渠\n") == "再见\n-- \n问渠"


@given(TEXTS)
def test_what_was_broken_is_whole_again(text: str) -> None:
    plain = "\n".join(
        line if line == flowed.SIGNATURE else line.rstrip(" ")
        for line in text.replace("\r", "").split("\n")
    )
    assert flowed.read(flowed.write(plain)) == plain
    for line in flowed.write(plain).split("\n"):
        breakable = any(flowed._may_break(*pair) for pair in pairwise(line))
        assert flowed.width(line) <= flowed.COLUMNS + 2 or not breakable or "://" in line


SENTENCE = "The lock does not open any more since the battery was changed, and it beeps twice."
BROKEN = "The lock does not open any more since the battery was \nchanged, and it beeps twice."


def test_what_a_client_broke_is_one_paragraph() -> None:
    assert flowed.received(BROKEN, deletes_spaces=False) == SENTENCE
    assert flowed.received(BROKEN.replace("\n", "\r\n"), deletes_spaces=False) == SENTENCE
    assert flowed.received(flowed.write(LONG), deletes_spaces=True).rstrip("\n") == LONG


@pytest.mark.parametrize(
    "text",
    [
        # Short lines end in a blank by chance.
        "Hello, \nthe lock is broken. \nWhat now?",
        "> The lock does not open any more since the battery was \n> changed.",
        "The lock does not open any more since the battery was \n> changed.",
        "发件人: 安庐智能门锁客服中心 <help@anlu.example> 转发自总机 \n发送时间: 2024年3月5日",
        "The lock does not open any more since the battery was \n- changed",
        "The lock does not open any more since the battery was \n2. changed",
        "The lock does not open any more since the battery was \n-- \nAnn",
        "The lock does not open any more since the battery was \n\nchanged",
        "Ann\n-- \nNorth Gate Locks",
    ],
)
def test_lines_of_their_own_stay_so(text: str) -> None:
    assert flowed.received(text, deletes_spaces=False) == text


@given(TEXTS, st.booleans())
def test_joining_takes_nothing_but_blanks_and_ends_of_lines(text: str, deletes: bool) -> None:
    joined = flowed.received(text, deletes_spaces=deletes)
    assert "".join(joined.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("text/plain; charset=utf-8; format=flowed", SENTENCE),
        ("text/plain; charset=utf-8; Format=Flowed", SENTENCE),
        ("text/plain; charset=utf-8", BROKEN.replace(" \n", "\n")),
    ],
)
def test_a_mail_is_joined_when_it_says_that_it_may(kind: str, wanted: str) -> None:
    assert mail(BROKEN, Content_Type=kind).said.text == wanted


def test_a_mail_that_deletes_spaces_is_joined_without_them() -> None:
    kind = "text/plain; charset=utf-8; format=flowed; delsp=yes"
    assert mail(flowed.write(LONG), Content_Type=kind).said.text == LONG

"""Lines that fit, and that can be put together again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from autoreply import flowed

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

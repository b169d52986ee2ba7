from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight import ELLIPSIS, mark, snippet


def shown(segments: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if hit else text for text, hit in segments)


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("怎麼開發票？", ["发票"], "怎麼開[發票]？"),
        ("ＴＨ０１接线", ["th01"], "[ＴＨ０１]接线"),
        ("Happy app", ["app"], "Happy [app]"),
        ("apparently an App打开", ["app"], "apparently an [App]打开"),
        ("two cards, activating", ["card", "activat"], "two [cards], [activating]"),
        ("退款退款", ["退款"], "[退款退款]"),
        ("增值税发票", ["增值税", "税发", "发票"], "[增值税发票]"),
        ("<b>退款</b> & 更多", ["退款"], "<b>[退款]</b> & 更多"),
        ("没有", ["退款"], "没有"),
        ("", ["退款"], ""),
        ("①退款", ["退款"], "①[退款]"),
        ("㎡退款", ["退款"], "㎡[退款]"),
    ],
)
def test_marks(text: str, terms: list[str], marked: str) -> None:
    assert shown(mark(text, terms)) == marked


@given(st.text(max_size=200), st.lists(st.text(max_size=4), max_size=5))
def test_marking_loses_nothing(text: str, terms: list[str]) -> None:
    assert "".join(part for part, _ in mark(text, terms)) == text


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=3), max_size=5))
def test_snippet_is_part_of_the_text(text: str, terms: list[str]) -> None:
    parts = [part for part, _ in snippet(text, terms, length=40) if part != ELLIPSIS]
    # Lines and cells are put behind one another with blanks or dots.
    told, whole = (re.sub(r"[\s·]", "", one) for one in ("".join(parts), text))
    assert told in whole or ELLIPSIS in text


def test_passage_with_most_terms_is_chosen() -> None:
    text = "退款须知。" + "无关的话。" * 60 + "电子发票在退款之后开具。" + "无关的话。" * 60
    found = shown(snippet(text, ["发票", "退款"], length=40))
    assert "电子[发票]在[退款]之后开具" in found
    assert found.startswith(ELLIPSIS)
    assert found.endswith(ELLIPSIS)
    assert len(found) < 60


def test_without_a_term_the_beginning_is_shown() -> None:
    assert shown(snippet("第一句。第二句。", ["退款"])) == "第一句。第二句。"


@pytest.mark.parametrize(
    "text",
    ["退款" * 500_000, "a" * 1_000_000, "退" * 1_000_000, "\n" * 1_000_000, "㎡" * 1_000_000],
)
def test_huge_text_takes_no_time(text: str) -> None:
    started = time.perf_counter()
    snippet(text, ["退款", "a", "退", "aa", "m2"] * 20)
    assert time.perf_counter() - started < 0.5


def test_lines_behind_one_another_are_told_apart() -> None:
    text = "断网时\t还能用\n指纹、密码都在本地认。\n远程开门要等网络。"
    line = "断网时 · 还能用 · 指纹、密码都在本地认。远程开门要等网络。"
    assert shown(snippet(text, [])) == line

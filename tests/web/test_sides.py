"""Two pages side by side: whatever they say, both stay whole and the marks are only added."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kb import markup
from web.desk import sides

TEXT = st.text('一二三 ab1<>&"\n#*-|[]()!。', max_size=60)


def bare(html: str) -> str:
    return re.sub(r"</?(?:ins|del)>", "", html)


@given(TEXT, TEXT)
def test_marks_are_only_added(one: str, other: str) -> None:
    old, new = markup.render(one).html, markup.render(other).html
    left, right = sides.pages(old, new)
    # Markdown itself may say <ins>; here nothing does.
    assert (bare(left), bare(right)) == (old, new)
    assert "<ins>" not in left
    assert "<del>" not in right


@given(TEXT)
def test_what_is_the_same_has_no_marks(text: str) -> None:
    html = markup.render(text).html
    assert sides.pages(html, html) == (html, html)


@given(TEXT, TEXT)
def test_plain_texts_are_escaped(one: str, other: str) -> None:
    left, right = sides.texts(one, other)
    assert not re.search(r"<(?!/?(?:ins|del)>)", left + right)


def test_long_texts_are_compared_too() -> None:
    old = "".join(f"<p>第{n}句话在这里。</p>" for n in range(900))
    left, right = sides.pages(old, old.replace("第7句话", "第七句话"))
    assert left.count("<del>") == 1
    assert "<ins>第七句话在这里。</ins>" in right


def test_a_tag_with_a_bracket_in_its_words_stays_whole() -> None:
    left, _ = sides.pages('<p><img alt="a>b">旧</p>', "<p>新</p>")
    assert left == '<p><img alt="a>b"><del>旧</del></p>'

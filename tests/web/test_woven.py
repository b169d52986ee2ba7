"""Two versions in one page: both can be read out of it, and its tags stay whole."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import markup
from web.desk import woven

TEXT = st.text('一二三 ab1<>&"\n#*-|!。', max_size=60)
LINES = st.lists(
    st.sampled_from(("# 题", "一二三", "- 甲", "- 乙丙", "1. 丁", "> 注意", "", "a b"))
)


def told(html: str, without: str) -> str:
    """Return the words of one side, without blanks."""
    kept = re.sub(rf"<{without}>.*?</{without}>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", "", unescape(re.sub(r"<(?:\"[^\"]*\"|[^\">])*>", "", kept)))


def whole(html: str) -> bool:
    """Say whether every tag is closed where it should be."""
    open_: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z0-9]+)(?:\"[^\"]*\"|[^\">])*>", html):
        if name in ("br", "hr", "img"):
            continue
        if not closing:
            open_.append(name)
        elif not open_ or open_.pop() != name:
            return False
    return not open_


@given(TEXT | LINES.map("\n".join), TEXT | LINES.map("\n".join))
def test_both_versions_can_be_read(one: str, other: str) -> None:
    old, new = markup.render(one).html, markup.render(other).html
    page = woven.pages(old, new)
    assert whole(page)
    assert told(page, "del") == told(new, "nothing")
    assert told(page, "ins") == told(old, "nothing")


@given(TEXT)
def test_what_is_the_same_has_no_marks(text: str) -> None:
    html = markup.render(text).html
    assert not re.search("<(ins|del)>", woven.pages(html, html))


@pytest.mark.parametrize(
    ("old", "new", "page"),
    [
        ("<p>按3秒</p>", "<p>按5秒</p>", "<p>按<del>3</del><ins>5</ins>秒</p>"),
        (
            "<ol>\n<li>开门</li>\n<li>关上电源</li>\n</ol>",
            "<ol>\n<li>开门</li>\n</ol>",
            '<ol><li>开门</li><li class="gone"><del>关上电源</del></li></ol>',
        ),
        (
            "<p>先等一等</p>",
            "<p>先等一等</p>\n<h2>还不行</h2>",
            "<p>先等一等</p><h2><ins>还不行</ins></h2>",
        ),
        (
            "<table><tr><td>L2</td><td>蓝牙</td></tr></table>",
            "<table><tr><td>L2</td><td>蓝牙5</td></tr></table>",
            "<table><tr><td>L2</td><td>蓝牙<ins>5</ins></td></tr></table>",
        ),
        (
            '<p>看<a href="/a/1">这里</a></p>',
            '<p>看<a href="/a/2">这里</a></p>',
            '<p>看<del>/a/1</del> <ins>/a/2</ins> <a href="/a/2">这里</a></p>',
        ),
        (
            '<p><img alt="锁" src="/media/1.webp"></p>',
            '<p><img alt="锁" src="/media/2.webp"></p>',
            '<p><del><img alt="锁" src="/media/1.webp"></del>'
            '<ins><img alt="锁" src="/media/2.webp"></ins></p>',
        ),
        (
            '<p><img alt="按3秒" src="/media/1.webp"></p>',
            '<p><img alt="按5秒" src="/media/1.webp"></p>',
            '<p><del>按3秒</del> <ins>按5秒</ins> <img alt="按5秒" src="/media/1.webp"></p>',
        ),
    ],
)
def test_marks_stand_where_something_changed(old: str, new: str, page: str) -> None:
    assert woven.pages(old, new) == page

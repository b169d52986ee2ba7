"""Foreign Markdown is read as its authors meant it and written in our dialect."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authoring.markdown_import import rewrite, to_html
from kb import markup

READ = [
    ("**注意：**请勿**「付款」**中", "**注意：**请勿**「付款」**中\n"),
    ("para\n- a\n  - b\n- c", "para\n\n- a\n    - b\n- c\n"),
    ("1. a\n   1. b\n2. c", "1. a\n    1. b\n2. c\n"),
    ("a\n```\nx\n```", "a\n\n```\nx\n```\n"),
    ("<b>x</b> \\< \\|", "&lt;b>x&lt;/b> &lt; &#124;\n"),
    ("# t\n***\n1) x\n2) y", "## t\n\n---\n\n1. x\n2. y\n"),
    ("[r]\n\n[r]: http://x.example", "[r](http://x.example)\n"),
    ("|a|b|\n|-|:-:|\n|1|`x\\|y`|", "| a | b |\n| --- | :---: |\n| 1 | x&#124;y |\n"),
    ("a ** b ** c", "a \\*\\* b \\*\\* c\n"),
    ("![图](images/a.png)\n\n[看](article:x-1)", "![图](images/a.png)\n\n[看](article:x-1)\n"),
    ("~~旧~~新", "~~旧~~新\n"),
    ("第一行\r\n第二行", "第一行\n第二行\n"),
    ("标题\n====\n\n小\n---", "## 标题\n\n## 小\n"),
    ("", ""),
]


@pytest.mark.parametrize(("foreign", "ours"), READ)
def test_rewrite(foreign: str, ours: str) -> None:
    assert rewrite(foreign) == ours


LINES = st.lists(
    st.sampled_from(
        ["- a", "  - b", "    - c", "1. d", "   e", "", "> f", "```", "# g", "**h**", "**注意：**i",
         "| j | k |", "| - | - |", "---", "~~l~~", "`m`", "[n](/o)", "字。", "* p", "+ q",
         "<b>", "&amp;"]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_every_word_is_kept_and_twice_is_once(foreign: str) -> None:
    ours = rewrite(foreign)
    assert markup.render(ours).text.split() == markup.to_text(to_html(foreign)).split()
    assert rewrite(ours) == ours

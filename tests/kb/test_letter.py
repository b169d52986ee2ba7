"""HTML as the text of a letter."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kb import plain
from kb.letter import letter
from kb.markup import render

STEPS = "<p>先断电。</p><ol><li><p>开盖</p></li><li>换芯</li></ol><p>好了。</p>"


def test_steps_keep_their_numbers_and_items_are_marked() -> None:
    assert letter(STEPS) == "先断电。\n\n1. 开盖\n2. 换芯\n\n好了。"
    assert letter("<ul><li>线</li><li>钥匙</li></ul>") == "· 线\n· 钥匙"


def test_a_list_in_a_step_stands_in_and_does_not_lose_count() -> None:
    html = "<ol><li>带上<ul><li>线</li></ul></li><li><p>插上</p><p>等一分钟</p></li></ol>"
    assert letter(html) == "1. 带上\n   · 线\n2. 插上\n   等一分钟"


def test_a_list_begins_where_it_says() -> None:
    assert letter('<ol start="4"><li>关机</li></ol>') == "4. 关机"
    assert letter('<ol start="x"><li>关机</li></ol>') == "1. 关机"


def test_a_step_with_a_picture_alone_leaves_no_number_behind() -> None:
    html = '<ol><li>看图</li><li><img src="a.png"></li></ol><p>好了。</p>'
    assert letter(html) == "1. 看图\n\n好了。"


def test_a_heading_stands_close_to_what_it_heads() -> None:
    assert letter("<p>能。</p><h2>步骤</h2><ol><li>关</li></ol>") == "能。\n\n步骤\n1. 关"


def test_no_double_gap_behind_full_width_signs() -> None:
    html = "<blockquote><p><strong>注意：</strong> 不要热插拔 USB 线。</p></blockquote>"
    assert letter(html) == "注意：不要热插拔 USB 线。"


def test_addresses_of_links_stand_below_once_each() -> None:
    html = (
        '<p>先<a href="/a/2">换电池</a>，再看<a href="https://x.cn/">说明书</a>。</p>'
        '<p>还不行，按<a href="/a/2">那几步</a>再来，或者<a href="mailto:a@b.cn">写信</a>。</p>'
    )
    assert letter(html, base_url="https://help.cn") == (
        "先换电池[1]，再看说明书[2]。\n\n还不行，按那几步[1]再来，或者写信[3]。\n\n"
        "[1] https://help.cn/a/2\n[2] https://x.cn/\n[3] a@b.cn"
    )
    assert "[1]" not in letter(html, notes=False)


def test_a_link_that_shows_its_address_needs_no_note() -> None:
    html = '<p><a href="https://x.cn/">https://x.cn/</a> <a href="#s1">上面</a> <a>无</a></p>'
    assert letter(html) == "https://x.cn/ 上面 无"
    assert letter('<p><a href="tel:4001">4001</a></p>') == "4001"


def test_a_table_is_a_line_for_each_row() -> None:
    two = "| 灯 | 意思 |\n|---|---|\n| 红闪 | 没电 |\n| 蓝 | 联网 |"
    assert letter(render(two).html) == "灯：意思\n· 红闪：没电\n· 蓝：联网"
    three = "| 型号 | 电池 | 质保 |\n|---|---|---|\n| D1 | 4节 | 3年 |\n| D2 | | 2年 |"
    assert letter(render(three).html) == "· D1，电池：4节，质保：3年\n· D2，质保：2年"
    bare = "<table><tr><td>甲</td><td>乙</td><td>丙</td></tr></table>"
    assert letter(bare) == "· 甲：乙：丙"
    english = "| Light | Means |\n|---|---|\n| red | empty |"
    assert letter(render(english).html) == "Light: Means\n· red: empty"


def test_code_stands_in_and_keeps_its_lines() -> None:
    assert letter("<p>输入：</p><pre><code>ping a\n  -c 3\n</code></pre><p>看</p>") == (
        "输入：\n\n    ping a\n      -c 3\n\n看"
    )
    assert letter("<p>输入<code>ping  a</code></p>") == "输入ping a"


def test_a_line_break_is_kept() -> None:
    assert letter("<p>安庐<br>上海路1号</p>") == "安庐\n上海路1号"


PIECES = [
    "<ol>", "</ol>", "<ul>", "</ul>", "<h2>", "</h2>", "<li>", "</li>", "字", "<p>", "</p>", "<br>",
    "<table>", "</table>", "<tr>", "<td>", "</td>", "</tr>", "<pre>", "</pre>", "<a>", "</a>",
    '<a href="/x">', "<blockquote>", " ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_whatever_comes_no_word_is_lost_nor_said_twice(pieces: list[str]) -> None:
    html = "".join(pieces)
    said = letter(html, notes=False)
    assert said.count("字") == html.count("字")
    assert "\n\n\n" not in said
    assert not re.search(r"[ \t]+$", said, re.MULTILINE)


@given(st.text("# *1.-|>`\n字a[](", max_size=80))
def test_markdown_of_any_kind_says_what_the_index_reads(text: str) -> None:
    html = render(text).html
    words = [char for char in plain.read(html) if char == "字"]
    assert [char for char in letter(html) if char == "字"] == words

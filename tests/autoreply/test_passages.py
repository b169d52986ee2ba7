"""What of an article a mail says."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from autoreply import passages
from autoreply.render import Passage
from kb.letter import letter

TITLE, URL, BASE = "门锁没电了怎么开门？", "https://help.example/a/1", "https://help.example"


def said(html: str, text: str) -> Passage:
    return passages.whole_or_part(TITLE, URL, html, text, question="没电了怎么开门", base_url=BASE)


def test_the_steps_of_a_short_answer_keep_their_numbers() -> None:
    html = "<p>接充电宝。</p><ol><li>掀开胶盖</li><li>插上线</li></ol><ul><li>别拔</li></ul>"
    passage = said(html, "接充电宝。\n掀开胶盖\n插上线\n别拔")
    assert passage.text.split("\n") == [
        "接充电宝。", "", "1. 掀开胶盖", "2. 插上线", "", "· 别拔",
    ]  # fmt: skip
    assert passage.whole


FILLER = "".join(f"<p>{'其他说明。' * 84}</p>" for _ in range(3))


def part(html: str, *, around: str = FILLER) -> Passage:
    """Return what is said of a long answer."""
    return said(f"{around}{html}{around}", "字" * (passages.SHORT + 1))


def test_the_steps_of_a_part_keep_their_numbers_too() -> None:
    passage = part("<ol><li>没电了先掀开胶盖</li><li>插上充电宝开门</li></ol>")
    assert passage.text.split("\n")[:2] == ["1. 没电了先掀开胶盖", "2. 插上充电宝开门"]
    assert passage.html == "<ol><li>没电了先掀开胶盖</li><li>插上充电宝开门</li></ol>"
    assert not passage.whole


def test_a_part_that_begins_within_a_list_goes_on_counting() -> None:
    steps = "".join(f"<li>{'别的事情要先做好。' * 60}</li>" for _ in range(2))
    passage = part(f"<ol>{steps}<li>没电了开门</li><li>完成</li></ol>")
    assert passage.html == '<ol start="3"><li>没电了开门</li><li>完成</li></ol>'
    assert passage.text == "3. 没电了开门\n4. 完成"


def test_a_part_keeps_links_marks_and_lists_within_a_list() -> None:
    item = '插上<strong>充电宝</strong>，见<a href="/a/2-说明">这里</a><ul><li>红线</li></ul>'
    passage = part(f"<ul><li>没电了开门：{item}</li></ul>")
    assert '<strong>充电宝</strong>，见<a href="https://help.example/a/2">这里</a>' in passage.html
    assert "<ul><li>红线</li></ul></li></ul>" in passage.html
    assert passage.text.endswith("[1] https://help.example/a/2")


def test_a_row_of_a_table_keeps_the_heads_of_its_columns() -> None:
    rows = "".join(f"<tr><td>X{n}</td><td>{'别的' * 60}</td><td>1</td></tr>" for n in range(9))
    asked = "<tr><td>A1</td><td>没电了开门</td><td>2</td></tr>"
    head = "<tr><th>型号</th><th>怎么办</th><th>数量</th></tr>"
    passage = part(f"<table><thead>{head}</thead><tbody>{rows}{asked}</tbody></table>")
    assert passage.html.startswith(f"<table>{head}")
    assert asked in passage.html
    assert passage.html.count("<tr>") < 6
    assert "A1，怎么办：没电了开门，数量：2" in passage.text


def test_the_heading_of_a_part_stands_above_it_and_none_stands_alone() -> None:
    passage = part('<h2 id="s1">电量</h2><p>没电了这样开门。</p><h2>以后</h2>')
    assert passage.html == "<p><strong>电量</strong></p><p>没电了这样开门。</p>"


def test_a_link_to_a_place_on_the_page_is_words_in_a_mail() -> None:
    passage = part('<p>没电了开门，见<a href="#s1">下面</a>。</p>')
    assert passage.html == "<p>没电了开门，见下面。</p>"


def test_a_piece_that_is_too_long_goes_on_in_lines() -> None:
    lines = "<br>".join(f"没电了开门第{n}步，{'再看说明' * 20}" for n in range(40))
    passage = part(f"<blockquote><p>{lines}</p></blockquote>")
    assert len(passage.text) < 2 * passages.PASSAGE
    assert passage.html.startswith("<p>没电了开门第0步，")


WORDS = st.text("没电开门看这里说明，。 ab", min_size=1, max_size=40)
INLINE = st.one_of(WORDS, WORDS.map(lambda w: f'<a href="/a/1">{w}</a>'))
BLOCK = st.one_of(
    INLINE.map(lambda w: f"<p>{w}</p>"),
    INLINE.map(lambda w: f"<h3>{w}</h3>"),
    INLINE.map(lambda w: f"<blockquote><p>{w}</p></blockquote>"),
    st.lists(INLINE, min_size=1, max_size=5).map(
        lambda ws: "<ol>" + "".join(f"<li>{w}</li>" for w in ws) + "</ol>"
    ),
    st.lists(INLINE, min_size=1, max_size=4).map(
        lambda ws: "<table>" + "".join(f"<tr><td>{w}</td></tr>" for w in ws) + "</table>"
    ),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(BLOCK, max_size=12))
def test_a_part_of_any_answer_is_well_formed_and_says_what_the_text_says(blocks: list[str]) -> None:
    html = "".join(blocks)
    passage = said(html, "字" * (passages.SHORT + 1))
    opened = re.findall(r"<(\w+)", passage.html)
    assert sorted(opened) == sorted(re.findall(r"</(\w+)>", passage.html))
    assert passage.text == letter(passage.html, base_url=BASE)
    assert len(passage.text) < passages.PASSAGE + 400


def test_pictures_stay_on_the_page_and_links_lead_there() -> None:
    passage = said(
        '<p>看图。</p><p><img src="/media/a.png"></p><p><a href="/a/2">换电池</a></p>', "看"
    )
    assert "<img" not in passage.html
    assert 'href="https://help.example/a/2"' in passage.html
    named = said('<p><a href="/a/2-换电池">换电池</a> <a href="/a/3-x#s1">看</a></p>', "看")
    assert 'href="https://help.example/a/2"' in named.html
    assert 'href="https://help.example/a/3#s1"' in named.html
    assert "https://help.example/a/2\n" in named.text
    assert not passage.whole


def test_a_heading_does_not_outgrow_the_question() -> None:
    passage = said('<p>换电池。</p><h2 id="s1">步骤</h2><p>拧开。</p>', "换电池。")
    assert "<p><strong>步骤</strong></p>" in passage.html
    assert "<h2" not in passage.html

"""Words out of HTML: what an index reads, and what a mail says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb import plain

STEPS = "<p>先断电。</p><ol><li><p>开盖</p></li><li>换芯</li></ol><p>好了。</p>"


def test_an_index_reads_the_words_alone() -> None:
    assert plain.read(STEPS).split("\n") == ["先断电。", "开盖", "换芯", "好了。"]


def test_a_mail_keeps_the_numbers_of_steps_and_marks_items() -> None:
    assert plain.read(STEPS, marks=True).split("\n") == ["先断电。", "1. 开盖", "2. 换芯", "好了。"]
    assert plain.read("<ul><li>线</li><li>钥匙</li></ul>", marks=True) == "· 线\n· 钥匙"


def test_a_list_in_a_step_does_not_lose_count() -> None:
    html = "<ol><li>带上<ul><li>线</li></ul></li><li>插上</li></ol>"
    assert plain.read(html, marks=True).split("\n") == ["1. 带上", "· 线", "2. 插上"]


def test_a_list_begins_where_it_says() -> None:
    assert plain.read('<ol start="4"><li>关机</li></ol>', marks=True) == "4. 关机"
    assert plain.read('<ol start="x"><li>关机</li></ol>', marks=True) == "1. 关机"


def test_a_step_with_a_picture_alone_leaves_no_number_behind() -> None:
    html = '<ol><li>看图</li><li><img src="a.png"></li></ol><p>好了。</p>'
    assert plain.read(html, marks=True) == "1. 看图\n好了。"


@given(st.lists(st.sampled_from(["<ol>", "</ol>", "<ul>", "</ul>", "<li>", "</li>", "字", "<p>"])))
def test_marks_only_add(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert plain.read(html, marks=True).count("字") == plain.read(html).count("字")


def test_a_letter_leaves_lines_free_between_blocks() -> None:
    steps = "<ol><li><p>关</p></li><li>开<ul><li>线</li></ul></li></ol>"
    html = f"<p>能。</p><h2>步骤</h2>{steps}<p>好了。</p>"
    assert plain.letter(html) == "能。\n\n步骤\n1. 关\n2. 开\n· 线\n\n好了。"


def test_a_letter_has_no_double_gap_behind_full_width_signs() -> None:
    html = "<blockquote><p><strong>注意：</strong> 不要热插拔 USB 线。</p></blockquote>"
    assert plain.letter(html) == "注意：不要热插拔 USB 线。"


@given(st.lists(st.sampled_from(["<ol>", "</ol>", "<h2>", "</h2>", "<li>", "</li>", "字", "<p>"])))
def test_a_letter_says_what_a_mail_says(pieces: list[str]) -> None:
    html = "".join(pieces)
    said = plain.letter(html)
    assert "\n\n\n" not in said
    assert [line for line in said.split("\n") if line] == _lines(plain.read(html, marks=True))


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]

"""What of an article a mail says."""

from __future__ import annotations

from autoreply import passages
from autoreply.render import Passage

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


def test_the_steps_of_a_part_keep_their_numbers_too() -> None:
    filler = "".join(f"<p>{'其他说明。' * 84}</p>" for _ in range(4))
    html = f"{filler}<ol><li>没电了先掀开胶盖</li><li>插上充电宝开门</li></ol>"
    passage = said(html, "字" * (passages.SHORT + 1))
    assert passage.text.split("\n")[:2] == ["1. 没电了先掀开胶盖", "2. 插上充电宝开门"]
    assert passage.html.startswith("<p>1. 没电了先掀开胶盖<br>2. 插上充电宝开门</p>")
    assert not passage.whole


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

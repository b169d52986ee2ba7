"""Words out of HTML, as an index reads them."""

from __future__ import annotations

from kb import plain

STEPS = "<p>先断电。</p><ol><li><p>开盖</p></li><li>换芯</li></ol><p>好了。</p>"


def test_an_index_reads_the_words_alone() -> None:
    assert plain.read(STEPS).split("\n") == ["先断电。", "开盖", "换芯", "好了。"]


def test_cells_stand_apart() -> None:
    html = "<table><tr><td>红灯</td><td><p>没电</p></td></tr></table>"
    assert plain.read(html) == "红灯\t没电"

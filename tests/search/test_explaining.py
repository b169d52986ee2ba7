"""How a question is read, as people who ask why are told."""

from __future__ import annotations

from search.analysis import Analyzer
from search.dictionaries import Dictionaries, shipped
from search.explaining import read


def analyzer(**more: object) -> Analyzer:
    return Analyzer(shipped().merge(Dictionaries(**more)))  # type: ignore[arg-type]


def test_foldings_words_and_synonyms_are_told() -> None:
    reading = read(analyzer(synonyms=(("退货", "退掉"),)), "請問怎麼退貨ＡＢ？")
    assert reading.folded.startswith("请问怎么退货ab")
    weights = dict(reading.tokens)
    assert weights["退货"] == 1.0
    assert weights["怎么"] < 0.5
    assert "退掉" in reading.synonyms["退货"]
    assert "退货" in reading.telling
    assert "怎么" not in reading.telling


def test_the_words_of_what_was_looked_for_are_told() -> None:
    reading = read(analyzer(), "发漂怎么开", corrected="发票怎么开")
    assert reading.folded == "发漂怎么开"
    assert "发票" in reading.telling
    assert "漂" not in reading.telling


def test_operators_and_corrections_are_told_and_all_of_it_is_json() -> None:
    reading = read(analyzer(), "“工具箱” -价格", corrected="工具箱")
    assert reading.quoted == ("工具箱",)
    assert reading.excluded == ("价格",)
    told = reading.as_json()
    assert told["corrected"] == "工具箱"
    assert {"text": "工具箱", "weight": 1.0} in told["tokens"]
    assert read(analyzer(), "😀").tokens == ()

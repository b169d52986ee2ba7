"""Both segmenters cut as jieba does, with the company's own words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import Analyzer
from search.dictionaries import parse, shipped
from search.segmenter import Segmenter, dictionary, open_segmenter
from search.segmenter_jieba import JiebaSegmenter
from search.segmenter_rjieba import RjiebaSegmenter
from search.text import fold
from tests.contracts.engine_contract import FOUND, HEARD, OTHERS

OWN = ("云台", "上手", "下载安装包", "安装包", "云存储套餐")
DEMO = Path(__file__).parents[2] / "data" / "demo" / "articles"
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=30)


@pytest.fixture(scope="module", params=[JiebaSegmenter, RjiebaSegmenter])
def segmenter(request: pytest.FixtureRequest) -> Segmenter:
    return request.param(OWN)


@pytest.fixture(scope="module")
def demo() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(DEMO.rglob("*.md"))]


def test_own_words_stay_whole(segmenter: Segmenter) -> None:
    assert "云存储套餐" in segmenter.cut("怎么买云存储套餐")
    found = segmenter.cut_for_search("点下载安装包")
    assert "下载安装包" in found
    assert found.index("安装包") < found.index("下载安装包")


def test_words_join_to_the_text(segmenter: Segmenter, demo: list[str]) -> None:
    for text in demo:
        assert "".join(segmenter.cut(fold(text))) == fold(text)


def test_frequencies_are_those_of_the_dictionary(segmenter: Segmenter) -> None:
    counted = dict(dictionary())
    for word in ("退款", "发票", "的", "上", "一丁不识"):
        assert segmenter.frequency(word) == counted[word]
    assert segmenter.frequency("云台") == segmenter.frequency("上手")
    assert segmenter.frequency("退款门锁") == 0


def test_common_words_are_short_and_often_used(segmenter: Segmenter) -> None:
    common = segmenter.common(1000)
    assert {"我们", "的", "云台"} <= set(common)
    assert all(segmenter.frequency(word) >= 1000 and len(word) <= 4 for word in common)


def test_without_own_words_it_is_jieba(demo: list[str]) -> None:
    plain, ours = jieba.Tokenizer(), JiebaSegmenter(())
    for text in demo:
        for stretch in fold(text).split():
            assert ours.cut(stretch) == list(plain.cut(stretch, HMM=False))
            searched = list(plain.cut_for_search(stretch, HMM=False))
            assert ours.cut_for_search(stretch) == searched


def test_both_analyse_alike(demo: list[str]) -> None:
    words = shipped().merge(parse(user_words="\n".join(OWN)))
    one, two = (Analyzer(words, segmenter=name) for name in ("jieba", "rjieba"))
    contract = [text for pair in (*FOUND, *HEARD) for text in pair]
    for text in (*contract, *OTHERS, *demo):
        assert one.document_fields(text, [text], text, []) == two.document_fields(
            text, [text], text, []
        )
        assert one.spans(fold(text)) == two.spans(fold(text))


@settings(deadline=None)
@given(CHINESE)
def test_any_characters_are_cut_alike(text: str) -> None:
    one, two = both()
    assert one.cut(text) == two.cut(text)
    assert one.cut_for_search(text) == two.cut_for_search(text)


@cache
def both() -> tuple[Segmenter, Segmenter]:
    return JiebaSegmenter(OWN), RjiebaSegmenter(OWN)


def test_auto_takes_the_fastest() -> None:
    assert isinstance(open_segmenter(OWN), RjiebaSegmenter)
    assert isinstance(open_segmenter(OWN, "jieba"), JiebaSegmenter)

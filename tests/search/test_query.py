from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import FIELDS, Analyzer
from search.dictionaries import parse as dictionaries
from search.engine import Query
from search.query import MAX_BIGRAMS, MAX_WORDS, build, marks, parse

ANALYZER = Analyzer(dictionaries(synonyms="多少钱,价格"))


def ask(text: str, **more: object) -> Query:
    return build(ANALYZER, text, audiences=("public",), **more)  # type: ignore[arg-type]


def tokens(query: Query, field: str) -> set[str]:
    return {term.text for term in query.terms if term.field == field}


def test_operators_of_a_search_box() -> None:
    found = parse('退款 "多久到账" -信用卡')
    assert found.text == "退款 多久到账"
    assert found.quoted == ("多久到账",)
    assert found.excluded == ("信用卡",)


@pytest.mark.parametrize(
    "text", ["提示“网络异常”怎么办", "点“申请退款” 没反应", "说「无法连接」", '5"的屏和6"的屏']
)
def test_who_quotes_in_a_sentence_asks_for_nothing_exact(text: str) -> None:
    assert parse(text).is_plain
    assert parse(f"“异常” {text}").quoted == ("异常",)


@pytest.mark.parametrize("text", ["传感器-温度-TH01", "- 温度", "a -", "--", "2024-01-02"])
def test_hyphens_are_no_operators(text: str) -> None:
    assert parse(text).excluded == ()


def test_a_mail_has_no_operators() -> None:
    mail = "您好\n我点了“我的订单” -没有反应"
    assert parse(mail).quoted == ()
    assert not ask(mail).phrases
    assert not ask("点“我的订单”", operators=False).phrases


def test_phrase_is_a_substring() -> None:
    phrase = ask('"退款多久"').phrases[0]
    assert phrase.tokens == ("退款", "款多", "多久")
    assert set(phrase.fields) == {"bigram", "answer_bigram"}


def test_filters_are_passed_on() -> None:
    query = ask("退款", categories=["a"], language="en", kinds=("ticket",))
    assert (query.categories, query.language, query.kinds) == (("a",), "en", ("ticket",))


def test_sound_takes_part_only_where_it_should() -> None:
    assert not tokens(ask("发漂"), "pinyin")
    assert "fapiao" in tokens(ask("发漂", use_pinyin=True), "pinyin")
    assert "票发" in tokens(ask("发票", use_pinyin=True), "bigram")
    assert "tuikuan" in tokens(ask("tuikuan"), "pinyin")
    assert "tuikuan" in tokens(ask("我要tuikuan"), "pinyin")
    assert not tokens(ask("我要tuikuan", use_pinyin=False), "pinyin")
    assert "tk" in tokens(ask("tk"), "initials")
    assert not tokens(ask("how to translate"), "pinyin")


def test_synonyms_weigh_less_than_the_word() -> None:
    weights = {term.text: term.weight for term in ask("多少钱").terms if term.field == "question"}
    assert weights["价格"] < weights["多少钱"]


def test_question_words_weigh_less() -> None:
    weights = {t.text: t.weight for t in ask("请问怎么退款").terms if t.field == "question"}
    assert weights["怎么"] < weights["退款"] / 4


@pytest.mark.parametrize(
    "text", ["退款流程说明" * 1700, "abc def " * 1300, "😀" * 10_000, "1" * 9_999]
)
def test_long_pastes_are_capped_and_quick(text: str) -> None:
    started = time.perf_counter()
    query = ask(text)
    assert time.perf_counter() - started < 0.5
    assert len(query.terms) <= 4 * MAX_WORDS + 2 * MAX_BIGRAMS + 200


@given(st.text(max_size=300))
def test_any_text_makes_a_query(text: str) -> None:
    query = ask(text, use_pinyin=True)
    keys = [(term.field, term.text) for term in query.terms]
    assert len(keys) == len(set(keys))
    assert all(field in FIELDS and token and " " not in token for field, token in keys)
    assert all(term.weight > 0 for term in query.terms)


def test_marks_are_words_with_content() -> None:
    found = marks(ANALYZER, "请问發票多少钱")
    assert "发票" in found
    assert "价格" in found
    assert "请问" not in found

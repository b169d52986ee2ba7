from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import bands
from search.bands import ANSWER, HUMAN, SUGGEST, Evidence, Gates, Policy

POLICY = Policy(gates={"mail": Gates(0.9, 0.2, 0.3), "form": Gates(0.8, 0.2, 0.3)})
CERTAIN = Evidence(probability=0.99, margin=0.9, coverage=0.9, published=200, found=5)


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "人工",
        "轉人工",
        "请帮我转人工客服",
        "我要找人工客服",
        "不要机器人，找个真人",
        "我要投诉",
        "投诉你们",
        "talk to a human please",
        "I want to speak with an agent",
    ],
)
def test_a_request_for_a_person_always_goes_to_a_person(text: str) -> None:
    assert bands.decide(text, CERTAIN, POLICY, channel="mail") == HUMAN


@pytest.mark.parametrize("text", ["人工智能识别怎么打开", "投诉处理进度在哪里看", "机器人怎么充电"])
def test_words_that_only_look_like_a_request_do_not(text: str) -> None:
    assert bands.decide(text, CERTAIN, POLICY, channel="mail") == ANSWER


@pytest.mark.parametrize(
    ("text", "band"), [("tk", "suggest"), ("锁", "suggest"), ("退款", "answer")]
)
def test_a_text_of_a_sign_or_two_is_not_answered(text: str, band: str) -> None:
    assert bands.decide(text, CERTAIN, POLICY, channel="mail") == band


@pytest.mark.parametrize("text", ["哈哈", "在吗", "你好", "test", "您好，在吗？"])
def test_small_talk_is_never_answered(text: str) -> None:
    assert bands.decide(text, CERTAIN, POLICY, channel="mail") == HUMAN


@pytest.mark.parametrize(
    ("changed", "band"),
    [
        ({}, ANSWER),
        ({"probability": 0.85}, SUGGEST),
        ({"margin": 0.1}, SUGGEST),
        ({"coverage": 0.1}, SUGGEST),
        ({"published": 24}, SUGGEST),
        ({"published": 25}, ANSWER),
        ({"probability": 0.01}, HUMAN),
        ({"found": 0}, HUMAN),
    ],
)
def test_each_gate_holds(changed: dict[str, float], band: str) -> None:
    values = {name: getattr(CERTAIN, name) for name in Evidence.__slots__} | changed
    assert bands.decide("门锁没电了怎么办", Evidence(**values), POLICY, channel="mail") == band


def test_the_form_is_more_willing_than_the_mail() -> None:
    likely = Evidence(0.85, 0.8, 0.9, 200, 5)
    assert bands.decide("门锁没电了", likely, POLICY, channel="mail") == SUGGEST
    assert bands.decide("门锁没电了", likely, POLICY, channel="form") == ANSWER


def test_the_search_page_never_claims_an_answer() -> None:
    assert bands.decide("门锁没电了", CERTAIN, POLICY, channel="search") == SUGGEST


@pytest.mark.parametrize(
    ("parts", "band"),
    [
        ((), HUMAN),
        ((ANSWER,), ANSWER),
        ((ANSWER, ANSWER), ANSWER),
        ((ANSWER, SUGGEST), SUGGEST),
        ((ANSWER, HUMAN), SUGGEST),
        ((HUMAN, HUMAN), HUMAN),
    ],
)
def test_several_questions_answer_only_together(parts: tuple[str, ...], band: str) -> None:
    assert bands.together(parts) == band


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5))
def test_more_certainty_never_means_less(
    probability: float, margin: float, coverage: float, more: float
) -> None:
    order = [HUMAN, SUGGEST, ANSWER]
    low = Evidence(probability, margin, coverage, 100, 3)
    high = Evidence(min(1, probability + more), min(1, margin + more), coverage, 100, 3)
    decided = [bands.decide("充电", one, POLICY, channel="mail") for one in (low, high)]
    assert order.index(decided[0]) <= order.index(decided[1])


@pytest.mark.parametrize(
    ("probability", "coverage", "band"),
    [(0.9, 0.6, ANSWER), (0.9, 0.4, SUGGEST), (0.96, 0.4, ANSWER), (0.84, 0.6, SUGGEST)],
)
def test_what_the_base_hardly_knows_must_be_surer(
    probability: float, coverage: float, band: str
) -> None:
    seen = replace(CERTAIN, probability=probability, coverage=coverage)
    assert bands.decide("花呗怎么还款", seen, Policy(), channel=bands.MAIL) == band

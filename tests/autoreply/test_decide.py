"""The table below the guard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import decide, guard
from autoreply.decide import ANSWER, IGNORE, RECEIPT, SUGGEST, TICKET, Situation

SURE = Situation(band="answer", published=30)
CASES = [
    ({}, ANSWER, "band_answer"),
    ({"band": "suggest"}, SUGGEST, "band_suggest"),
    ({"band": "human"}, RECEIPT, "band_human"),
    ({"band": ""}, RECEIPT, "band_human"),
    ({"published": 24}, RECEIPT, "articles"),
    ({"least_articles": 31}, RECEIPT, "articles"),
    ({"degraded": True}, RECEIPT, "degraded"),
    ({"damaged": True}, RECEIPT, "damaged"),
    ({"damaged": True, "band": "suggest"}, SUGGEST, "band_suggest"),
    ({"never_topic": True}, RECEIPT, "topic"),
    ({"repeated": True}, RECEIPT, "repeated"),
    ({"person_asked": True}, RECEIPT, "person_asked"),
    ({"answers_before": 1, "continues": True}, RECEIPT, "once_per_thread"),
    ({"answers_before": 1, "continues": True, "per_thread": 2}, ANSWER, "band_answer"),
    ({"answers_before": 1, "receipts_before": 1}, TICKET, "receipt_sent"),
    ({"person_has_it": True}, TICKET, "person_has_it"),
    ({"recipient": False}, TICKET, "recipient"),
    ({"quota": "sender"}, TICKET, "quota"),
    ({"rule": "N34", "receipt": False}, TICKET, "N34"),
    ({"rule": "N18", "receipt": False}, TICKET, "N18"),
    ({"rule": "N36", "receipt": True}, RECEIPT, "N36"),
    ({"rule": "N33", "receipt": False}, IGNORE, "duplicate"),
    ({"thanks": True, "continues": True}, TICKET, "thanks"),
    ({"to_own_people": True}, TICKET, "to_own_people"),
    ({"thanks": True}, ANSWER, "band_answer"),
    ({"kind": guard.SYSTEM, "rule": "N04", "receipt": False}, TICKET, "not_a_person"),
    ({"kind": guard.SYSTEM, "rule": "N13", "receipt": False}, TICKET, "not_a_person"),
    ({"kind": guard.SYSTEM, "rule": "N10", "receipt": False}, IGNORE, "machine"),
    ({"kind": guard.AUTO_REPLY, "rule": "N16", "echo": True}, TICKET, "not_a_person"),
]


@pytest.mark.parametrize(("change", "action", "why"), CASES)
def test_each_row(change: dict[str, object], action: str, why: str) -> None:
    choice = decide.choose(replace(SURE, **change))  # type: ignore[arg-type]
    assert (choice.action, choice.wanted, choice.why) == (action, action, why)


@pytest.mark.parametrize("kind", sorted(set(guard.KINDS) - {guard.HUMAN, guard.SYSTEM}))
def test_machines_are_ignored_whatever_the_band(kind: str) -> None:
    assert decide.choose(replace(SURE, kind=kind, rule="N01", receipt=False)).action == IGNORE


@pytest.mark.parametrize("mode", ["off", "shadow", "unheard of"])
@pytest.mark.parametrize(("change", "action", "why"), CASES)
def test_only_the_mode_on_sends(
    mode: str, change: dict[str, object], action: str, why: str
) -> None:
    choice = decide.choose(replace(SURE, mode=mode, **change))  # type: ignore[arg-type]
    assert choice.wanted == action
    assert choice.action in (TICKET, IGNORE)
    assert choice.why == why


situations = st.builds(
    Situation,
    kind=st.sampled_from(guard.KINDS),
    rule=st.none() | st.sampled_from(["N01", "N04", "N10", "N13", "N16", "N33", "N34", "N36"]),
    receipt=st.booleans(),
    mode=st.sampled_from(["on", "draft", "shadow", "off"]),
    band=st.sampled_from(["", "answer", "suggest", "human"]),
    degraded=st.booleans(),
    published=st.integers(0, 60),
    continues=st.booleans(),
    answers_before=st.integers(0, 3),
    per_thread=st.integers(0, 3),
    receipts_before=st.integers(0, 2),
    person_has_it=st.booleans(),
    person_asked=st.booleans(),
    echo=st.booleans(),
    repeated=st.booleans(),
    thanks=st.booleans(),
    to_own_people=st.booleans(),
    never_topic=st.booleans(),
    damaged=st.booleans(),
    recipient=st.booleans(),
    quota=st.sampled_from(["", "sender", "breaker"]),
)


@given(situations)
def test_an_answer_needs_every_condition(situation: Situation) -> None:
    choice = decide.choose(situation)
    held = all(check["passed"] for check in decide.checks(situation))
    if choice.action == ANSWER:
        assert held
    if choice.action in (ANSWER, SUGGEST, RECEIPT):
        assert situation.kind == guard.HUMAN
        assert situation.mode == "on" or (choice.action, situation.mode) == (RECEIPT, "draft")
        assert not situation.quota
        assert situation.receipts_before == 0


@pytest.mark.parametrize(
    ("change", "held", "action"),
    [
        ({"mode": "off", "default_mode": "off"}, "off", "ticket"),
        ({"mode": "shadow", "default_mode": "shadow"}, "shadow", "ticket"),
        ({"mode": "draft", "default_mode": "draft"}, "draft", "receipt"),
        ({"mode": "share", "inside": False}, "outside", "receipt"),
        ({"mode": "share", "inside": True}, "", "answer"),
        ({"mode": "share", "inside": True, "held_out": True}, "holdout", "receipt"),
        ({"mode": "on", "held_out": True}, "holdout", "receipt"),
        ({"mode": "on"}, "", "answer"),
    ],
)
def test_what_keeps_a_sure_answer_back_has_a_name(
    change: dict[str, object], held: str, action: str
) -> None:
    values = {"inside": False, "held_out": False, **change}
    choice = decide.choose(replace(SURE, **values))  # type: ignore[arg-type]
    assert (choice.wanted, choice.held, choice.action) == ("answer", held, action)


@pytest.mark.parametrize(("inside", "held"), [(True, ""), (False, "outside")])
def test_suggestions_follow_the_share_and_are_never_held_out(inside: bool, held: str) -> None:
    choice = decide.choose(
        replace(SURE, band="suggest", mode="share", inside=inside, held_out=True)
    )
    assert (choice.wanted, choice.held) == ("suggest", held)

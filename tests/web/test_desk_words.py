"""Nothing that a person reads at the desk is a bare code."""

from __future__ import annotations

import pytest

from authoring import harvest, hints, moves
from autoreply import decide, guard, pauses, rollout
from kb.articles import Content
from kb.models.service import OUTCOMES
from search.features import LEXICAL
from search.meaning import SEMANTIC
from tests.web.conftest import Desk
from web.desk import advice, automation, choices, deeds, frame, reasons, standing, verdicts


def test_every_rule_and_row_of_the_policy_has_words(desk: Desk) -> None:
    names = {rule.id for rule in guard.RULES} | {row.id for row in decide.ROWS}
    checks = {str(check["id"]) for check in decide.checks(decide.Situation())}
    with desk.app.test_request_context():
        assert [name for name in names if verdicts.words(name) == name] == []
        assert [name for name in checks if verdicts.condition(name) == name] == []
        assert set(guard.KINDS) <= set(verdicts.class_words())
        assert [name for name, _ in decide.HOLDS if not verdicts.held(name, "answer")] == []
        assert [name for name, _ in decide.HOLDS[:-1] if not verdicts.held(name, "suggest")] == []
        assert set(rollout.MODES) == set(automation.mode_words()) == set(automation.mode_notes())
        assert set(pauses.KINDS) == set(standing.pause_words())


def test_every_feature_and_outcome_has_words(desk: Desk) -> None:
    with desk.app.test_request_context():
        assert set(OUTCOMES) <= set(choices.outcome_words())
        assert set(LEXICAL) | set(SEMANTIC) <= set(reasons.part_words())


def test_every_deed_of_the_workflow_has_words(desk: Desk) -> None:
    verbs = {f"article.{event}" for _, event in moves.MOVES}
    with desk.app.test_request_context():
        assert verbs <= set(deeds.words())


def test_every_redirect_says_something(desk: Desk) -> None:
    for key, (tone, sentence) in frame.SAID.items():
        with desk.app.test_request_context(f"/desk/?said={key}"):
            assert frame.said() == [(tone, sentence)]
    with desk.app.test_request_context("/desk/?said=<script>"):
        assert frame.said() == []


@pytest.mark.parametrize(
    ("question", "body"),
    [
        ("关于电池", "您好！对电池进行更换操作。" * 20),
        ("怎么换", "1. 点\n\n然后点击设置，接着选择页面，再点按钮，然后打开。" + "长" * 700),
        ("怎么换电池？", "拧开。"),
    ],
)
def test_every_hint_has_a_sentence_without_gaps(desk: Desk, question: str, body: str) -> None:
    found = hints.hints(Content(question, body))
    assert found
    with desk.app.test_request_context():
        for hint in found:
            text = advice.words(hint)
            assert len(text) > len(hint.text)
            assert "{" not in text.replace(hint.text, "")


def test_what_is_decided_about_a_candidate_has_words(desk: Desk) -> None:
    states = (harvest.PUBLISHED, harvest.MERGED, harvest.SKIPPED, harvest.REJECTED)
    with desk.app.test_request_context():
        assert {f"candidate.{state}" for state in states} <= set(deeds.words())
        assert {"mailbox", "model", "candidate"} <= set(deeds.kinds())

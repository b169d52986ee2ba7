"""The trial: models go live only when they are not worse than those in use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.learning import Lesson
from search.model import Linear, Model, told
from search.trial import cross_trial, trial

NAMES = ("match", "noise")


def model(match: float, *, sure: float = 2.0) -> Model:
    ranker = Linear(NAMES, (match, 0.0))
    names = told(NAMES)
    calibrator = Linear(names, (sure, *(0.0 for _ in names[1:])))
    return Model(ranker, calibrator, {}, "test", 0)


def lessons(count: int = 80) -> list[Lesson]:
    random = np.random.default_rng(7)
    found = []
    for _ in range(count):
        rows = random.uniform(-1.0, 1.0, (5, 2))
        rows[2, 0] = 1.5
        found.append(Lesson(rows, np.arange(5) == 2))
    return found


def test_a_better_model_passes_and_a_worse_one_does_not() -> None:
    good, bad = model(1.0), model(-1.0)
    better = trial(bad, good, lessons())
    assert better.passed
    assert (better.before.right, better.after.right) == (0.0, 1.0)
    assert not trial(good, bad, lessons()).passed


def test_a_model_that_is_too_sure_of_wrong_answers_does_not_pass() -> None:
    wrong = [Lesson(lesson.rows, np.zeros(5, bool)) for lesson in lessons()]
    outcome = trial(model(1.0, sure=-2.0), model(1.0, sure=4.0), wrong)
    assert outcome.after.right == outcome.before.right
    assert outcome.after.brier > outcome.before.brier
    assert not outcome.passed


def test_each_question_is_judged_by_a_model_that_did_not_learn_from_it() -> None:
    seen: list[set[int]] = []

    def fit(places: Sequence[int]) -> Model:
        seen.append(set(places))
        return model(1.0)

    outcome = cross_trial(model(-1.0), fit, lessons(20), list(range(20)))
    assert outcome.passed
    assert outcome.questions == 20
    assert set.intersection(*seen) == set()
    assert all(len(places) == 15 for places in seen)


def test_a_trial_without_questions_changes_nothing() -> None:
    outcome = trial(model(1.0), model(2.0), [])
    assert outcome.questions == 0
    assert outcome.passed

"""Whether models that a base taught are good enough to be used: the trial before they go live.

Confirmed questions that were held out (`kb.wording.held_out`) judge when there are enough of
them. With fewer, each confirmed question is judged by models fitted without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from search.learning import Lesson, tops
from search.model import Model

ENOUGH = 60
"""Held-out questions with which they alone judge; fewer would decide by chance."""

FOLDS = 4
SLACK = 0.01
"""So much worse is within what a question more or less would do."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one model did.

    Attributes:
        right: share of the answerable questions whose best candidate answers, in [0, 1].
        loss: mean negative log-likelihood of the probabilities, in nats.
        brier: mean squared error of the probabilities, in [0, 1].
    """

    right: float
    loss: float
    brier: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial of two models on the same questions."""

    questions: int
    before: Mark
    after: Mark

    @property
    def passed(self) -> bool:
        """Tell whether the new model is not worse than the one in use."""
        worse_order = self.after.right < self.before.right - SLACK
        return not worse_order and self.after.loss <= self.before.loss + SLACK

    def as_json(self) -> dict[str, Any]:  # Any: JSON values
        """Return the fields by name."""
        return asdict(self)


def trial(live: Model, fresh: Model, lessons: Sequence[Lesson]) -> Outcome:
    """Let two models judge the same questions, of which neither learned."""
    return Outcome(len(lessons), *(_mark([_seen(model, lessons)]) for model in (live, fresh)))


def cross_trial(
    live: Model, fit: Callable[[Sequence[int]], Model], lessons: Sequence[Lesson],
    judged: Sequence[int],
) -> Outcome:  # fmt: skip
    """Judge questions by models that were fitted on the rest.

    Args:
        live: the model in use.
        fit: makes a model from the lessons with these places.
        lessons: all.
        judged: places of those that people asked.
    """
    folds = [judged[start::FOLDS] for start in range(FOLDS)]
    after = []
    for fold in folds:
        away = set(fold)
        fitted = fit([place for place in range(len(lessons)) if place not in away])
        after.append(_seen(fitted, [lessons[place] for place in fold]))
    before = [_seen(live, [lessons[place] for place in fold]) for fold in folds]
    return Outcome(len(judged), _mark(before), _mark(after))


Seen = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Of each question: the probability of its best candidate, whether that one answers, and whether
any candidate does."""


def _seen(model: Model, lessons: Sequence[Lesson]) -> Seen:
    usable = [lesson for lesson in lessons if len(lesson.rows)]
    seen = tops(usable, model.ranker)
    if not seen:
        return np.zeros(0), np.zeros(0, bool), np.zeros(0, bool)
    logits = model.calibrator(np.stack([top.told for top in seen]))
    chances = 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
    right = np.array([top.right for top in seen], bool)
    return chances, right, np.array([lesson.right.any() for lesson in usable], bool)


def _mark(parts: Sequence[Seen]) -> Mark:
    chances, right, answerable = (np.concatenate(part) for part in zip(*parts, strict=True))
    if not len(chances):
        return Mark(0.0, 0.0, 0.0)
    likely = np.clip(np.where(right, chances, 1.0 - chances), 1e-6, 1.0)
    share = float(right[answerable].mean()) if answerable.any() else 0.0
    brier = float(((chances - right) ** 2).mean())
    return Mark(round(share, 4), round(float(-np.log(likely).mean()), 4), round(brier, 4))

"""The only door to scikit-learn: fits the ranker and the calibrator; never needed to infer.

Its imports cost a second, so they stand where something is fitted: a process that only asks, or
has just started, never pays for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.model import Floats, Linear, evidence, told

SCALES = {
    "vector_best": 0.02,
    "vector_second": 0.02,
    "vector_answer": 0.03,
    "white_best": 0.1,
    "class_score": 0.01,
}
LEXICAL_SCALE = 0.3
"""How much a feature differs between the candidates of one question; the ridge counts in it."""

ENOUGH = 100
"""Examples from which the gates of one category are learned."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One question with its candidates and what is right.

    Attributes:
        rows: features, float64 (candidates, features).
        right: which candidates answer, (candidates,); all False when none does.
        weight: how much it counts, > 0.
        categories: of each candidate, where the gates of a category are to be learned.
    """

    rows: Floats
    right: Mask
    weight: float = 1.0
    categories: tuple[tuple[str, ...], ...] = ()

    def orphaned(self, weight: float) -> Lesson:
        """Return the same question as if the articles that answer it did not exist."""
        rest = ~self.right
        kept = tuple(one for one, stays in zip(self.categories, rest, strict=False) if stays)
        return Lesson(self.rows[rest], np.zeros(int(rest.sum()), bool), weight, kept)


@dataclass(frozen=True, slots=True)
class Top:
    """The best candidate of one lesson as the calibrator sees it."""

    told: Floats
    right: bool
    weight: float
    categories: tuple[str, ...] = ()


def fit_ranker(lessons: Sequence[Lesson], prior: Linear, *, strength: float) -> Linear:
    """Fit a conditional logit: which of the candidates is the right one.

    Args:
        lessons: those without a right candidate teach nothing here.
        prior: coefficients to stay close to.
        strength: of the pull towards the prior (ridge), per lesson.

    Returns:
        Weights for raw features; the bias is 0, because only differences count.
    """
    usable = [lesson for lesson in lessons if lesson.right.any() and not lesson.right.all()]
    scales = np.array([_scale(name) for name in prior.names])
    start = np.asarray(prior.weights) * scales
    if not usable:
        return prior
    problem = _Choice(usable, scales, start, strength)
    from scipy.optimize import minimize

    fitted = minimize(problem.loss, start, jac=True, method="L-BFGS-B").x / scales
    return Linear(prior.names, tuple(map(float, fitted)))


def _scale(name: str) -> float:
    """Return how much a feature differs, and so its difference `name@…` in some of the bases."""
    return SCALES.get(name.partition("@")[0], LEXICAL_SCALE)


class _Choice:
    """The penalised likelihood of choosing rightly, over all lessons end to end."""

    def __init__(
        self, lessons: Sequence[Lesson], scales: Floats, prior: Floats, strength: float
    ) -> None:
        sizes = [len(lesson.rows) for lesson in lessons]
        self._first = np.cumsum([0, *sizes])[:-1]
        self._of = np.repeat(np.arange(len(sizes)), sizes)
        self._rows = np.concatenate([lesson.rows for lesson in lessons]) / scales
        weights = np.array([lesson.weight for lesson in lessons])
        self._weights = weights / weights.sum()
        right = np.concatenate([lesson.right for lesson in lessons]).astype(np.float64)
        self._right = right / np.add.reduceat(right, self._first)[self._of]
        self._prior = prior
        self._strength = strength

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """Return the negative log-likelihood per lesson with its gradient."""
        utilities = self._rows @ weights
        utilities -= np.maximum.reduceat(utilities, self._first)[self._of]
        powers = np.exp(utilities)
        totals = np.add.reduceat(powers, self._first)[self._of]
        share = self._weights[self._of]
        away = weights - self._prior
        value = -float((share * self._right * (utilities - np.log(totals))).sum())
        slope = self._rows.T @ (share * (powers / totals - self._right))
        penalty = self._strength / 2 * float(away @ away)
        return value + penalty, slope + self._strength * away


def tops(lessons: Sequence[Lesson], ranker: Linear) -> list[Top]:
    """Return what the calibrator sees of each lesson: its best candidate."""
    found = []
    for lesson in lessons:
        if not len(lesson.rows):
            continue
        utilities = ranker(lesson.rows)
        best = int(np.argmax(utilities))
        seen = evidence(lesson.rows, utilities, ranker.names)[best]
        categories = lesson.categories[best] if lesson.categories else ()
        found.append(Top(seen, bool(lesson.right[best]), lesson.weight, categories))
    return found


def fit_calibrator(seen: Sequence[Top], names: Sequence[str], *, strength: float) -> Linear:
    """Fit P(the best candidate answers) by logistic regression.

    Args:
        seen: both right and wrong ones.
        names: of the features, in the order of the rows.
        strength: ridge per example, on standardised values.
    """
    rows = np.stack([top.told for top in seen])
    right = np.array([top.right for top in seen])
    weights = np.array([top.weight for top in seen])
    weights = weights / weights.sum() * len(seen)
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(rows, sample_weight=weights)
    fitted = LogisticRegression(C=1.0 / (strength * len(seen)), max_iter=1000)
    fitted.fit(scaler.transform(rows), right, sample_weight=weights)
    scale = np.where(scaler.scale_ > 0, scaler.scale_, 1.0)
    slopes = fitted.coef_[0] / scale
    bias = float(fitted.intercept_[0] - slopes @ scaler.mean_)
    return Linear(told(names), tuple(map(float, slopes)), bias)


def levelled(calibrator: Linear, seen: Sequence[Top]) -> Linear:
    """Set the level and steepness of a calibrator on (other) examples (Platt 1999)."""
    logits = calibrator(np.stack([top.told for top in seen]))[:, None]
    right = np.array([top.right for top in seen])
    weights = np.array([top.weight for top in seen])
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3, max_iter=1000)
    fitted.fit(logits, right, sample_weight=weights / weights.mean())
    steep = max(float(fitted.coef_[0, 0]), 0.05)
    slopes = tuple(weight * steep for weight in calibrator.weights)
    bias = calibrator.bias * steep + float(fitted.intercept_[0])
    return Linear(calibrator.names, slopes, bias)


def gate_for(calibrator: Linear, seen: Sequence[Top], precision: float) -> float:
    """Return the lowest probability above which the target precision held on the examples.

    Returns:
        A probability in (0, 1); 0.99 when no threshold reached the target.
    """
    chances = 1 / (1 + np.exp(-calibrator(np.stack([top.told for top in seen]))))
    order = np.argsort(-chances)
    weights = np.array([top.weight for top in seen])[order]
    right = weights * np.array([top.right for top in seen])[order]
    # A gate lets through all of equal probability, or none.
    last = np.append(np.diff(chances[order]) < 0, True)
    held = np.flatnonzero(last & (np.cumsum(right) >= precision * np.cumsum(weights)))
    return round(float(chances[order][held.max()]), 4) if len(held) else 0.99


def gates_for(
    calibrator: Linear, seen: Sequence[Top], targets: Mapping[str, float]
) -> dict[str, float]:
    """Return the gates of each channel, and stricter ones for categories that need them.

    Args:
        calibrator: gives the probabilities.
        seen: the examples.
        targets: channel -> precision to reach.

    Returns:
        `channel` and `channel@category` -> lowest probability. A category has gates of its own
        when at least `ENOUGH` examples lead to it, and only where they are stricter: one that
        looks easier may have been lucky.
    """
    gates = {channel: gate_for(calibrator, seen, target) for channel, target in targets.items()}
    led: dict[str, list[Top]] = {}
    for top in seen:
        for category in top.categories:
            led.setdefault(category, []).append(top)
    for category, tops_ in led.items():
        for channel, target in targets.items() if len(tops_) >= ENOUGH else ():
            gate = gate_for(calibrator, tops_, target)
            if gate > gates[channel]:
                gates[f"{channel}@{category}"] = gate
    return gates

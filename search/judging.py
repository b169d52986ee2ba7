"""Pure: figures of merit from judged answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

Id: TypeAlias = int | str

BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One question asked, what is right for it, and what came back.

    Attributes:
        relevant: ids that answer it; empty when nothing does.
        also: ids that are acceptable as well.
        kind: name of a group of questions; empty for none.
        ranked: ids found, best first.
        probability: of the first, 0 when nothing was found.
        answered: whether the default policy sends the first one.
        seconds: what finding took.
    """

    relevant: frozenset[Id]
    also: frozenset[Id]
    kind: str
    ranked: tuple[Id, ...]
    probability: float
    answered: bool
    seconds: float

    @property
    def answerable(self) -> bool:
        """Return whether anything answers it."""
        return bool(self.relevant)

    @property
    def right(self) -> bool:
        """Return whether the first one answers, by the strict list."""
        return bool(self.ranked) and self.ranked[0] in self.relevant

    @property
    def acceptable(self) -> bool:
        """Return whether the first one answers, by both lists."""
        return bool(self.ranked) and self.ranked[0] in self.relevant | self.also

    @property
    def solved(self) -> bool:
        """Return whether the first one, were it sent, would have been right."""
        return self.answerable and self.acceptable


def figures(judged: Sequence[Judged]) -> dict[str, object]:
    """Return the figures of `wenqu eval`, rounded to four places."""
    asked = [one for one in judged if one.answerable]
    answered = [one for one in judged if one.answered]
    correct = [one for one in answered if one.solved]
    return {
        "queries": len(judged),
        "answerable": len(asked),
        "p_at_1": _share(sum(one.right for one in asked), len(asked)),
        "p_at_1_lenient": _share(sum(one.acceptable for one in asked), len(asked)),
        "mrr_at_10": _share(sum(map(_reciprocal, asked)), len(asked)),
        "recall_at_10": _share(sum(map(_recall, asked)), len(asked)),
        "coverage_at_95": coverage_at(judged, 0.95),
        "coverage_at_90": coverage_at(judged, 0.90),
        "auto": {
            "answered": len(answered),
            "correct": len(correct),
            "precision": _share(len(correct), len(answered)),
            "coverage": _share(len(correct), len(asked)),
        },
        "ood_auroc": auroc(
            [one.probability for one in asked],
            [one.probability for one in judged if not one.answerable],
        ),
        "brier": brier(judged),
        "reliability": reliability(judged),
        "by_kind": _by_kind(judged),
        "ms_per_query": _milliseconds(judged),
    }


def coverage_at(judged: Sequence[Judged], precision: float) -> float | None:
    """Return the largest share of answerable questions answered rightly by one threshold.

    All questions whose top probability reaches the threshold count, unanswerable ones too;
    questions of equal probability are taken together.
    """
    asked = sum(one.answerable for one in judged)
    ranked = sorted((one for one in judged if one.ranked), key=lambda one: -one.probability)
    best = right = above = 0
    for _, group in groupby(ranked, key=lambda one: one.probability):
        members = list(group)
        above += len(members)
        right += sum(one.solved for one in members)
        if right >= precision * above:
            best = max(best, right)
    return _share(best, asked)


def brier(judged: Sequence[Judged]) -> float | None:
    """Return the mean squared distance between the top probability and whether it answered.

    Source: Brier 1950. Always saying the share of right ones gives share × (1 - share).
    """
    if not judged:
        return None
    return round(sum((one.probability - one.solved) ** 2 for one in judged) / len(judged), 4)


def reliability(judged: Sequence[Judged]) -> list[dict[str, float | int]]:
    """Return the points of the reliability diagram: ten equal bins of the top probability.

    Returns:
        For each bin with questions `{"from", "to", "queries", "predicted", "right"}`: the mean
        probability and the share that was answered rightly; equal numbers are perfect.
    """
    bins: dict[int, list[Judged]] = {}
    for one in judged:
        bins.setdefault(min(int(one.probability * BINS), BINS - 1), []).append(one)
    return [
        {
            "from": place / BINS,
            "to": (place + 1) / BINS,
            "queries": len(members),
            "predicted": round(sum(one.probability for one in members) / len(members), 4),
            "right": round(sum(one.solved for one in members) / len(members), 4),
        }
        for place, members in sorted(bins.items())
    ]


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the chance that a positive ranks above a negative; None without either."""
    if not positive or not negative:
        return None
    ranks = _ranks([*positive, *negative])
    many = len(positive)
    above = sum(ranks[:many]) - many * (many + 1) / 2
    return round(above / (many * len(negative)), 4)


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    for _, group in groupby(order, key=values.__getitem__):
        members = list(group)
        for index in members:
            ranks[index] = start + (len(members) + 1) / 2
        start += len(members)
    return ranks


def _reciprocal(one: Judged) -> float:
    places = (rank for rank, id_ in enumerate(one.ranked[:10], 1) if id_ in one.relevant)
    return 1 / next(places, float("inf"))


def _recall(one: Judged) -> float:
    return len(one.relevant.intersection(one.ranked[:10])) / len(one.relevant)


def _by_kind(judged: Sequence[Judged]) -> dict[str, dict[str, object]]:
    kinds: dict[str, list[Judged]] = {}
    for one in judged:
        kinds.setdefault(one.kind or ("plain" if one.answerable else "unanswerable"), []).append(
            one
        )
    return {kind: _kind(kinds[kind]) for kind in sorted(kinds)}


def _kind(judged: Sequence[Judged]) -> dict[str, object]:
    asked = [one for one in judged if one.answerable]
    answered = [one for one in judged if one.answered]
    return {
        "queries": len(judged),
        "p_at_1": _share(sum(one.right for one in asked), len(asked)),
        "answered": len(answered),
        "correct": sum(one.solved for one in answered),
    }


def _milliseconds(judged: Sequence[Judged]) -> dict[str, float | None]:
    times = sorted(one.seconds * 1000 for one in judged)
    if not times:
        return {"p50": None, "p95": None}
    return {
        "p50": round(times[len(times) // 2], 2),
        "p95": round(times[min(len(times) - 1, int(len(times) * 0.95))], 2),
    }


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None

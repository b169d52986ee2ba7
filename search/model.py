"""Ranking and probability from stored numbers; no scikit-learn, no pickle.

Two linear steps. The ranker gives each candidate a utility. The calibrator turns the utility, how
it stands to those of the other candidates, and most features into the probability that this
article answers, which is low when nothing does. Cosines as such tell it nothing: how near the
neighbours of an article are differs from base to base, so it reads by how much one exceeds others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import Invalid
from search.features import LEXICAL
from search.meaning import SEMANTIC

FORMAT = 3
MANY_WAYS = 6.0
"""So many ways to ask an article tell the vectors of a base all that they can tell a ranker."""

WITH_MEANING = (*LEXICAL, *SEMANTIC)
LEADS = ("utility", "lead", "share", "spread", "votes")
"""`share`: of the probability that one of the candidates is the one; `spread`: how evenly it is
shared among them, in nats; `votes`: of the features, in how large a part the candidate is first."""

AHEAD = "vector_ahead"
"""Cosine with the closest way to ask, less the mean of those of the ten nearest candidates."""

NEAREST = 10
_SAME, _NOTHING = 1e-4, 1e-6
"""Part of the range of a feature, and difference of features, in which two candidates are equal."""
FOREIGN = "term_foreign"
UNREAD = ("vector_best", "vector_second", "vector_title", "class_score")
"""Features that mean something in one base only; the ranker compares them within a question."""

FILES = {False: "lexical.json", True: "semantic.json"}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """A bias and one weight for each named number."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float = 0.0

    def __call__(self, rows: Floats) -> Floats:
        """Return the weighted sum of each row, (n,)."""
        return np.asarray(rows @ np.asarray(self.weights) + self.bias, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Model:
    """A ranker with its calibrator.

    Attributes:
        ranker: over the features.
        calibrator: over `utility`, `lead` and the features.
        gates: `channel` or `channel@category` -> lowest probability to answer, learned for a
            target precision.
        digest: names what it was trained on.
        examples: how many questions taught it.
        many: the ranker of a base in which each article has `MANY_WAYS` ways to ask; None when
            the model is of one base. Then `ranker` is that of bare titles.
    """

    ranker: Linear
    calibrator: Linear
    gates: Mapping[str, float]
    digest: str
    examples: int
    many: Linear | None = None

    def of_base(self, ways: float) -> Model:
        """Return the model for a base whose articles have so many ways to ask, at least 1."""
        if self.many is None:
            return self
        ranker = blended(self.many, self.ranker, phrased(ways))
        return replace(self, ranker=ranker, many=None)

    def utilities(self, rows: Floats, boosts: Sequence[float] = ()) -> Floats:
        """Return one utility for each candidate, in log-odds between candidates."""
        lifted: Floats = np.asarray(boosts or [0.0], dtype=np.float64)
        total: Floats = np.asarray(self.ranker(rows) + lifted, dtype=np.float64)
        return total

    def gate(self, channel: str, categories: Sequence[str], otherwise: float) -> float:
        """Return the strictest gate of a channel for an article of some categories."""
        names = (f"{channel}@{category}" for category in categories)
        stricter = (self.gates[name] for name in names if name in self.gates)
        return max(self.gates.get(channel, otherwise), *stricter, 0.0)

    def probabilities(self, rows: Floats, utilities: Floats) -> Floats:
        """Return P(this article answers) of each candidate; never rises as utility falls."""
        return self.calibrated(evidence(rows, utilities, self.ranker.names), utilities)

    def calibrated(self, told: Floats, utilities: Floats) -> Floats:
        """Return probabilities from rows of `evidence`."""
        raw = 1.0 / (1.0 + np.exp(-np.clip(self.calibrator(told), -30.0, 30.0)))
        order = np.argsort(-utilities, kind="stable")
        falling = np.minimum.accumulate(raw[order])
        # Two articles cannot both be the one that answers.
        rest = np.maximum(1.0 - np.concatenate([[0.0], np.cumsum(falling)[:-1]]), 0.0)
        result = np.empty_like(raw)
        result[order] = np.minimum.accumulate(np.minimum(falling, rest))
        return result


def phrased(ways: float) -> float:
    """Return where a base stands between bare titles, 0, and `MANY_WAYS` ways to ask, 1."""
    return min(log(max(ways, 1.0)) / log(MANY_WAYS), 1.0)


def blended(first: Linear, second: Linear, share: float) -> Linear:
    """Return `share` of the first and the rest of the second."""
    pairs = zip(first.weights, second.weights, strict=True)
    weights = tuple(share * a + (1 - share) * b for a, b in pairs)
    return Linear(first.names, weights, share * first.bias + (1 - share) * second.bias)


def told(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of what the calibrator reads, where these are the features."""
    ahead = (AHEAD,) if UNREAD[0] in names else ()
    return (*LEADS, *ahead, *(name for name in names if name not in UNREAD))


def evidence(rows: Floats, utilities: Floats, names: Sequence[str]) -> Floats:
    """Return what the calibrator reads of each candidate.

    Args:
        rows: features, (candidates, features).
        utilities: of the ranker, (candidates,).
        names: of the features.

    Returns:
        (candidates, len(told(names))).
    """
    columns = [utilities, leads(utilities), *_shares(utilities), _votes(rows)]
    if UNREAD[0] in names:
        columns.append(_ahead(rows[:, list(names).index(UNREAD[0])]))
    read = [place for place, name in enumerate(names) if name not in UNREAD]
    return np.column_stack([*columns, rows[:, read]])


def _shares(utilities: Floats) -> tuple[Floats, Floats]:
    """Return each candidate's share of the probability, and the entropy of all shares."""
    if not len(utilities):
        return utilities, utilities
    powers = np.exp(utilities - utilities.max())
    shares = powers / powers.sum()
    entropy = -float((shares * np.log(shares + 1e-12)).sum())
    return shares, np.full(len(shares), entropy)


def _votes(rows: Floats) -> Floats:
    """Return in how large a part of the features each candidate is first, or one of the first."""
    if not len(rows):
        return np.zeros(0)
    highest, lowest = rows.max(axis=0), rows.min(axis=0)
    # The last digits depend on what was computed together, and must not decide who is first.
    same = np.maximum(_SAME * (highest - lowest), _NOTHING)
    first = (rows >= highest - same) & (rows > lowest + same)
    return np.asarray(first.mean(axis=1), np.float64)


def _ahead(cosines: Floats) -> Floats:
    """Return by how much each cosine exceeds the mean of the nearest ones."""
    if not len(cosines):
        return cosines
    return np.asarray(cosines - np.sort(cosines)[-NEAREST:].mean(), np.float64)


def leads(utilities: Floats) -> Floats:
    """Return each utility minus the best other one; a lone candidate leads by 10."""
    if len(utilities) < 2:
        return np.full(len(utilities), 10.0)
    order = np.argsort(-utilities, kind="stable")
    others = np.full(len(utilities), utilities[order[0]])
    others[order[0]] = utilities[order[1]]
    clipped: Floats = np.clip(utilities - others, -10.0, 10.0)
    return clipped


def shipped(*, semantic: bool) -> Model:
    """Return the coefficients that come with the product, for a base that taught nothing yet."""
    file = resources.files("search") / "models" / FILES[semantic]
    return from_json(json.loads(file.read_text(encoding="utf-8")))


def to_json(model: Model) -> dict[str, Any]:
    """Write a model as JSON types."""
    many = {} if model.many is None else {"many": _written(model.many)}
    return many | {
        "format": FORMAT,
        "digest": model.digest,
        "examples": model.examples,
        "ranker": _written(model.ranker),
        "calibrator": _written(model.calibrator),
        "gates": dict(model.gates),
    }


# JSON from a file or a database column; each part is checked on the way.
def from_json(value: Mapping[str, Any]) -> Model:
    """Read a model.

    Raises:
        Invalid: another format, or features that this version does not compute.
    """
    try:
        if value["format"] != FORMAT:
            raise Invalid("model_format", field="format", value=value["format"])
        ranker = _read(value["ranker"])
        many = _read(value["many"]) if "many" in value else None
        if many is not None and many.names != ranker.names:
            raise ValueError("rankers of different features")
        return Model(
            ranker=ranker,
            calibrator=_read(value["calibrator"]),
            gates={str(name): float(gate) for name, gate in value["gates"].items()},
            digest=str(value["digest"]),
            examples=int(value["examples"]),
            many=many,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("model_damaged", field="model", reason=str(error)) from error


def digest_of(*parts: object) -> str:
    """Return a short name for what a model was trained on."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _written(linear: Linear) -> dict[str, object]:
    weights = {name: round(w, 5) for name, w in zip(linear.names, linear.weights, strict=True)}
    return {"bias": round(linear.bias, 5), "weights": weights}


def _read(value: Mapping[str, Any]) -> Linear:
    weights = {str(name): float(weight) for name, weight in value["weights"].items()}
    if not np.isfinite([*weights.values(), float(value["bias"])]).all():
        raise ValueError("not a number")
    return Linear(tuple(weights), tuple(weights.values()), float(value["bias"]))

"""What a base teaches about directions in the space of its vectors, and what follows for each row.

Block by block: the vectors of a large base are larger than anything else in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from search.encoder import Vectors

SHRINKAGE = 0.7
ENOUGH = 200
BLOCK = 1_000
"""Articles that are gone through at a time."""


@dataclass(frozen=True, slots=True)
class Space:
    """What a base taught about directions.

    Attributes:
        mean: of all ways to ask, float32 (d,).
        precision: inverse of the covariance inside articles, shrunk, float32 (d, d), scaled so
            that its mean diagonal is 1.
        told: mean of all passages of answers, float32 (d,); zeros without any.
        pull: by how much the inverse of `precision` grew with the square of one vector's
            deviation; 0 where that is not known.
        inside: whether deviations are those from the mean of the article, not of everything.
    """

    mean: Vectors
    precision: Vectors
    told: Vectors
    pull: float = 0.0
    inside: bool = False

    def without(self, deviation: Vectors, share: float) -> tuple[Space, Vectors]:
        """Return the space that one vector took no part in.

        A way to ask that is asked against the rest of its base would otherwise look nearer to
        its own article than any question does that was never seen: the directions in which it
        deviates were taken to mean nothing because of itself.

        Args:
            deviation: of the vector, float32 (d,).
            share: what leaving it out takes from the scatter, as a multiple of its square.

        Returns:
            The space, and what was added to the precision: the square of this, float32 (d,).

        Source: Sherman and Morrison 1950.
        """
        along = self.precision @ deviation
        pull = self.pull * share
        left = max(1.0 - pull * float(deviation @ along), 1e-3)
        added = (along * np.float32((pull / left) ** 0.5)).astype(np.float32)
        return replace(self, precision=self.precision + np.outer(added, added)), added


def learn_space(
    vectors: Vectors, owners: npt.NDArray[np.int64], answers: Vectors | None = None
) -> Space:
    """Estimate the space from all ways to ask.

    With at least `ENOUGH` phrasings beyond the first of each article, the covariance is the one
    inside articles; with fewer it is that of everything, which still takes out what all
    questions of the base share.

    Args:
        vectors: float32 (n, d).
        owners: which article each belongs to, ascending, 0 … articles - 1, (n,).
        answers: passages of the answers, (articles, passages, d); zeros where there is none.

    Source: Ledoit and Wolf 2004 for shrinking towards a multiple of the identity; the fixed
    amount was chosen on held-out questions (docs/ranking.md).
    """
    mean = vectors.mean(axis=0)
    size = vectors.shape[1]
    spare = len(vectors) - (int(owners.max()) + 1 if len(owners) else 0)
    inside = spare >= ENOUGH
    scatter = np.zeros((size, size), np.float64)
    for some, rows in _blocks(owners):
        part, own = vectors[rows], owners[rows] - some.start
        apart = part - (class_means(part, own)[own] if inside else mean)
        scatter += apart.T @ apart
    counted = max(spare if inside else len(vectors), 1)
    covariance = scatter / counted
    level = max(float(np.trace(covariance)) / size, 1e-9)
    # Few vectors say little about hundreds of directions, so they are believed less.
    believed = min(1 - SHRINKAGE, len(vectors) / (len(vectors) + size))
    shrunk = believed * covariance + (1 - believed) * level * np.eye(size)
    precision = np.linalg.inv(shrunk / level)
    told = np.zeros(size) if answers is None else _mean_told(answers)
    return Space(
        mean.astype(np.float32),
        precision.astype(np.float32),
        told.astype(np.float32),
        believed / (counted * level),
        inside,
    )


def _mean_told(answers: Vectors) -> Vectors:
    """Return the mean of the passages that are there."""
    rows = answers.reshape(-1, answers.shape[-1])
    # Those that are not there are zeros, and add nothing.
    mean: Vectors = rows.sum(axis=0) / max(int(rows.any(axis=1).sum()), 1)
    return mean


def class_means(vectors: Vectors, owners: npt.NDArray[np.int64]) -> Vectors:
    """Return the mean vector of each article, (articles, d)."""
    count = int(owners.max()) + 1 if len(owners) else 0
    sums = np.zeros((count, vectors.shape[1]), np.float64)
    np.add.at(sums, owners, vectors)
    many = np.maximum(np.bincount(owners, minlength=count), 1)
    return (sums / many[:, None]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Measures:
    """What is computed once of each row, so that a question costs two products and no more.

    Attributes:
        white: length of each way to ask as the discriminant sees it, float32 (n,).
        bias: of each article's discriminant, float32 (articles,).
        told: length of each passage from the mean of all, infinite where there is none, float32
            (articles, passages).
    """

    white: Vectors
    bias: Vectors
    told: Vectors

    def of(self, rows: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> Measures:
        """Return those of some ways to ask and articles."""
        return Measures(self.white[rows], self.bias[places], self.told[places])

    def along(self, ways: Vectors, means: Vectors) -> Measures:
        """Return the same where a square was added to the precision, see `Space.without`.

        Args:
            ways: products of each way to ask with what was added, (n,).
            means: the same of each article's mean, (articles,).
        """
        white: Vectors = np.hypot(self.white, ways)
        bias = self.bias - np.square(means) / np.float32(2)
        return Measures(white, bias.astype(np.float32), self.told)


def measures_of(
    owners: npt.NDArray[np.int64], vectors: Vectors, answers: Vectors, space: Space
) -> Measures:
    """Compute the measures.

    Args:
        owners: article of each row of `vectors`, ascending, each with at least one, (n,).
        vectors: of all ways to ask, float32 (n, d).
        answers: passages, (articles, passages, d).
        space: see `learn_space`.
    """
    white, bias = np.zeros(len(owners), np.float32), np.zeros(len(answers), np.float32)
    told = np.zeros(answers.shape[:2], np.float32)
    for some, rows in _blocks(owners):
        centred = vectors[rows] - space.mean
        squares = ((centred @ space.precision) * centred).sum(axis=1)
        white[rows] = np.sqrt(np.maximum(squares, 1e-9))
        means = class_means(centred, owners[rows] - some.start)
        bias[some] = -0.5 * ((means @ space.precision) * means).sum(axis=1)
        told[some] = _told_lengths(answers[some], space.told)
    return Measures(white, bias, told)


def _blocks(owners: npt.NDArray[np.int64]) -> Iterator[tuple[slice, slice]]:
    """Yield articles and their rows, a block at a time."""
    count = int(owners.max()) + 1 if len(owners) else 0
    first = np.searchsorted(owners, np.arange(count + 1))
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        yield slice(start, stop), slice(int(first[start]), int(first[stop]))


def _told_lengths(answers: Vectors, mean: Vectors) -> Vectors:
    """Return the length of each passage from the mean of all; infinite where there is none."""
    squares = np.square(answers).sum(axis=2)
    lengths = squares - 2 * (answers @ mean) + mean @ mean
    norms: Vectors = np.sqrt(np.maximum(lengths, 1e-9))
    return np.where(squares > 0, norms, np.inf).astype(np.float32)

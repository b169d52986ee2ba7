"""The vectors of one base and how near a question's vector is to each article.

Three distances: plain cosine to the closest ways to ask; a discriminant that knows in which
directions phrasings of one article differ among themselves and so mean nothing; and the cosine to
the passages of the answer, after what all passages and all questions share was taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from search.encoder import Vectors

SEMANTIC = (
    "vector_best",
    "vector_second",
    "vector_title",
    "vector_answer",
    "white_best",
    "class_score",
)
SHRINKAGE = 0.7
ENOUGH = 200
BLOCK = 1_000
"""Articles whose measures are computed at a time."""


@dataclass(frozen=True, slots=True)
class Space:
    """What a base taught about directions.

    Attributes:
        mean: of all ways to ask, float32 (d,).
        precision: inverse of the covariance inside articles, shrunk, float32 (d, d), scaled so
            that its mean diagonal is 1.
        told: mean of all passages of answers, float32 (d,); zeros without any.
    """

    mean: Vectors
    precision: Vectors
    told: Vectors


def learn_space(
    vectors: Vectors, owners: npt.NDArray[np.int64], answers: Vectors | None = None
) -> Space:
    """Estimate the space from all ways to ask.

    With at least `ENOUGH` phrasings beyond the first of each article, the covariance is the one
    inside articles; with fewer it is that of everything, which still takes out what all
    questions of the base share.

    Args:
        vectors: float32 (n, d).
        owners: which article each belongs to, 0 … articles - 1, (n,).
        answers: passages of the answers, (articles, passages, d); zeros where there is none.

    Source: Ledoit and Wolf 2004 for shrinking towards a multiple of the identity; the fixed
    amount was chosen on held-out questions (docs/ranking.md).
    """
    mean = vectors.mean(axis=0)
    means = class_means(vectors, owners)
    spare = len(vectors) - len(means)
    inside = vectors - means[owners] if spare >= ENOUGH else vectors - mean
    covariance = inside.T @ inside / max(spare if spare >= ENOUGH else len(vectors), 1)
    size = len(covariance)
    level = max(float(np.trace(covariance)) / size, 1e-9)
    # Few vectors say little about hundreds of directions, so they are believed less.
    believed = min(1 - SHRINKAGE, len(vectors) / (len(vectors) + size))
    shrunk = believed * covariance + (1 - believed) * level * np.eye(size)
    precision = np.linalg.inv(shrunk / level)
    told = np.zeros(size) if answers is None else _mean_told(answers)
    return Space(mean.astype(np.float32), precision.astype(np.float32), told.astype(np.float32))


def _mean_told(answers: Vectors) -> Vectors:
    """Return the mean of the passages that are there."""
    rows = answers.reshape(-1, answers.shape[-1])
    there = rows[np.abs(rows).sum(axis=1) > 0]
    mean: Vectors = there.mean(axis=0) if len(there) else np.zeros(answers.shape[-1], np.float32)
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

    def joined(
        self, rows: npt.NDArray[np.bool_], kept: npt.NDArray[np.bool_], more: Measures
    ) -> Measures:
        """Return those of some ways to ask and articles, followed by others."""
        return Measures(
            np.concatenate([self.white[rows], more.white]),
            np.concatenate([self.bias[kept], more.bias]),
            np.concatenate([self.told[kept], more.told]),
        )


def measures_of(
    owners: npt.NDArray[np.int64], vectors: Vectors, answers: Vectors, space: Space
) -> Measures:
    """Compute the measures, block by block: vectors are larger than anything else in memory.

    Args:
        owners: article of each row of `vectors`, ascending, each with at least one, (n,).
        vectors: of all ways to ask, float32 (n, d).
        answers: passages, (articles, passages, d).
        space: see `learn_space`.
    """
    count = len(answers)
    first = np.searchsorted(owners, np.arange(count + 1))
    white, bias = np.zeros(len(owners), np.float32), np.zeros(count, np.float32)
    told = np.zeros(answers.shape[:2], np.float32)
    for start in range(0, count, BLOCK):
        some = slice(start, min(start + BLOCK, count))
        rows = slice(int(first[some.start]), int(first[some.stop]))
        centred = vectors[rows] - space.mean
        squares = ((centred @ space.precision) * centred).sum(axis=1)
        white[rows] = np.sqrt(np.maximum(squares, 1e-9))
        means = class_means(centred, owners[rows] - start)
        bias[some] = -0.5 * ((means @ space.precision) * means).sum(axis=1)
        told[some] = _told_lengths(answers[some], space.told)
    return Measures(white, bias, told)


def _told_lengths(answers: Vectors, mean: Vectors) -> Vectors:
    """Return the length of each passage from the mean of all; infinite where there is none."""
    squares = np.square(answers).sum(axis=2)
    lengths = squares - 2 * (answers @ mean) + mean @ mean
    norms: Vectors = np.sqrt(np.maximum(lengths, 1e-9))
    return np.where(squares > 0, norms, np.inf).astype(np.float32)


class Meaning:
    """All vectors of a base, ready to be compared. Immutable."""

    def __init__(
        self,
        keys: Sequence[str],
        owners: npt.NDArray[np.int64],
        vectors: Vectors,
        answers: Vectors,
        space: Space,
        measures: Measures | None = None,
    ) -> None:
        """Prepare.

        Args:
            keys: one for each article.
            owners: index into `keys` of each row of `vectors`, ascending.
            vectors: of all ways to ask, float32 (n, d).
            answers: the first passages of each article's answer, (articles, passages, d); zeros
                where it has no or fewer.
            space: see `learn_space`.
            measures: of these rows in this space, when they were computed before.
        """
        # One question is far too small to share between cores: with other work on them, waiting
        # for each other was measured at 9 ms a question instead of 0.7.
        threadpool_limits(limits=1, user_api="blas")
        self.keys = tuple(keys)
        self.owners = owners
        self.vectors = vectors
        self.answers = answers
        self.space = space
        self._place = {key: place for place, key in enumerate(keys)}
        self._first = np.searchsorted(owners, np.arange(len(keys) + 1))
        self._many = np.diff(self._first).astype(np.float32)
        self.measures = measures or measures_of(owners, vectors, answers, space)

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self.keys)

    def replaced(self, ways: Mapping[str, Vectors], answers: Mapping[str, Vectors]) -> Meaning:
        """Return the same with some articles' vectors replaced, added or, without ways, removed.

        The space stays: a handful of articles tells little about directions.

        Args:
            ways: key -> vectors of all ways to ask, (n, d); n = 0 removes the article.
            answers: key -> passages of the answer, (passages, d), for each of those that stay.
        """
        kept = np.array([key not in ways for key in self.keys], bool)
        old = [key for key, stays in zip(self.keys, kept, strict=True) if stays]
        fresh = [key for key, rows in ways.items() if len(rows)]
        many = np.concatenate([self._many[kept], [len(ways[key]) for key in fresh]])
        owners = np.repeat(np.arange(len(many)), many.astype(np.int64))
        rows = kept[self.owners]
        size = self.vectors.shape[1]
        more = np.concatenate([np.zeros((0, size), np.float32), *(ways[key] for key in fresh)])
        told = np.concatenate([self.answers[:0], *(answers[key][None] for key in fresh)])
        of_more = owners[int(rows.sum()) :] - len(old)
        measured = measures_of(of_more, more, told, self.space)
        return Meaning(
            [*old, *fresh],
            owners,
            np.concatenate([self.vectors[rows], more]),
            np.concatenate([self.answers[kept], told]),
            self.space,
            self.measures.joined(rows, kept, measured),
        )

    def measure(self, question: Vectors, hidden: int | None = None) -> Vectors:
        """Compare a question's vector with every article.

        Args:
            question: (d,), length 1.
            hidden: row of `vectors` to leave out, when that row is the question itself.

        Returns:
            float32 (articles, len(SEMANTIC)); rows in the order of `keys`.
        """
        cosines = self.vectors @ question
        centred = question - self.space.mean
        projected = self.space.precision @ centred
        length = max(float(np.sqrt(max(float(centred @ projected), 1e-9))), 1e-6)
        products = self.vectors @ projected - self.space.mean @ projected
        white = products / (self.measures.white * length)
        # The mean of products is the product with the mean, which need not be kept then.
        classes = np.add.reduceat(products, self._first[:-1]) / self._many + self.measures.bias
        if hidden is not None:
            cosines[hidden] = white[hidden] = -1.0
            owner = int(self.owners[hidden])
            classes[owner] = self._without(owner, self.vectors[hidden], centred)
        best, second = self._two_best(cosines)
        titles = cosines[self._first[:-1]]
        titles = np.where(titles > -1.0, titles, best)
        columns = (best, second, titles, self._told(centred), self._best(white), classes)
        return np.stack(columns, axis=1).astype(np.float32)

    def place(self, key: str) -> int | None:
        """Return the row of an article, or None when it has no vectors yet."""
        return self._place.get(key)

    def _told(self, centred: Vectors) -> Vectors:
        """Return the cosine with the closest passage of each answer; 0 without an answer."""
        length = max(float(np.linalg.norm(centred)), 1e-6)
        near = (self.answers @ centred - self.space.told @ centred) / (self.measures.told * length)
        closest: Vectors = np.where(np.isfinite(self.measures.told), near, -np.inf).max(axis=1)
        return np.where(np.isfinite(closest), closest, 0.0)

    def _best(self, values: Vectors) -> Vectors:
        best: Vectors = np.maximum.reduceat(values, self._first[:-1])
        return best

    def _two_best(self, values: Vectors) -> tuple[Vectors, Vectors]:
        """Return the best of each article and the second best (the best where there is one)."""
        best = self._best(values)
        at_best = values == best[self.owners]
        rest = np.where(at_best, -1.0, values).astype(np.float32)
        second = self._best(rest)
        return best, np.where(second <= -1.0, best, second)

    def _without(self, owner: int, left_out: Vectors, centred: Vectors) -> float:
        """Return the discriminant of an article whose mean lacks one vector."""
        rows = slice(int(self._first[owner]), int(self._first[owner + 1]))
        many = rows.stop - rows.start
        if many == 1:
            return float(self.measures.bias.min())
        total = self.vectors[rows].sum(axis=0) - left_out
        mean = total / (many - 1) - self.space.mean
        weights = self.space.precision @ mean
        return float(weights @ centred - 0.5 * weights @ mean)

"""The vectors of one base and how near a question's vector is to each article.

Three distances: plain cosine to the closest ways to ask; a discriminant that knows in which
directions phrasings of one article differ among themselves and so mean nothing; and the cosine to
the passages of the answer, after what all passages and all questions share was taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from search.encoder import Vectors
from search.quantised import Quantised, quantised
from search.space import Measures, Space, measures_of

SEMANTIC = (
    "vector_best",
    "vector_second",
    "vector_title",
    "vector_answer",
    "white_best",
    "class_score",
)
NEAREST = 48
"""By each measure that finds candidates so many are measured exactly, twice those taken."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question's vector, ready for products with rows.

    Attributes:
        weights: the vector, and the vector as the discriminant sees it, (d, 2).
        centred: the vector from the mean of all ways to ask, (d,).
        shift: what the mean adds to each product with the second of the weights.
        told: the same of the mean of all passages with `centred`.
        length: as the discriminant sees it.
        norm: of `centred`.
    """

    weights: Vectors
    centred: Vectors
    shift: float
    told: float
    length: float
    norm: float


def _asked(question: Vectors, space: Space) -> _Asked:
    centred = question - space.mean
    projected = space.precision @ centred
    return _Asked(
        weights=np.stack([question, projected], axis=1),
        centred=centred,
        shift=float(space.mean @ projected),
        told=float(space.told @ centred),
        length=max(float(np.sqrt(max(float(centred @ projected), 1e-9))), 1e-6),
        norm=max(float(np.linalg.norm(centred)), 1e-6),
    )


class Meaning:
    """All vectors of a base, ready to be compared. Immutable."""

    def __init__(
        self,
        keys: Sequence[str],
        owners: npt.NDArray[np.int64],
        vectors: Quantised,
        answers: Quantised,
        space: Space,
        measures: Measures,
    ) -> None:
        """Prepare.

        Args:
            keys: one for each article.
            owners: index into `keys` of each row of `vectors`, ascending.
            vectors: of all ways to ask.
            answers: the first passages of each article's answer, equally many of each; zeros
                where it has no or fewer.
            space: see `learn_space`.
            measures: of these rows in this space.
        """
        # One question is far too small to share between cores: with other work on them, waiting
        # for each other was measured at 9 ms a question instead of 0.7.
        threadpool_limits(limits=1, user_api="blas")
        self.keys = tuple(keys)
        self.owners = owners
        self.vectors = vectors
        self.answers = answers
        self.space = space
        self.measures = measures
        self._place = {key: place for place, key in enumerate(keys)}
        self._first = np.searchsorted(owners, np.arange(len(keys) + 1))
        self._many = np.diff(self._first)

    @classmethod
    def of(
        cls,
        keys: Sequence[str],
        owners: npt.NDArray[np.int64],
        vectors: Vectors,
        answers: Vectors,
        space: Space,
    ) -> Meaning:
        """Make it from vectors, float32 (n, d), and passages, (articles, passages, d)."""
        measures = measures_of(owners, vectors, answers, space)
        told = quantised(answers.reshape(-1, answers.shape[2]))
        return cls(keys, owners, quantised(vectors), told, space, measures)

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self.keys)

    @property
    def ways(self) -> float:
        """Return how many ways to ask an article has (the geometric mean), at least 1."""
        return float(np.exp(np.log(self._many).mean())) if len(self._many) else 1.0

    @property
    def passages(self) -> int:
        """Return how many passages of each answer there is room for."""
        return int(self.measures.told.shape[1])

    def part(self, key: str) -> tuple[Vectors, Vectors]:
        """Return an article's vectors, (n, d), and its passages, (passages, d).

        Raises:
            KeyError: it has none.
        """
        place = self._place[key]
        rows = np.arange(self._first[place], self._first[place + 1])
        return self.vectors.rows(rows), self.answers.rows(self._told_rows(np.array([place])))

    def place(self, key: str) -> int | None:
        """Return the row of an article in what is measured; None when it has no vectors yet."""
        return self._place.get(key)

    def measure(
        self, question: Vectors, hidden: int | None = None, *, also: Iterable[str] = ()
    ) -> Vectors:
        """Compare a question's vector with every article.

        Args:
            question: (d,), length 1.
            hidden: row of `vectors` to leave out, when that row is the question itself.
            also: keys of articles that are looked at in any case. Of these and of the nearest
                the measures are exact; of the others they are good enough to be the others.

        Returns:
            float32 (articles, len(SEMANTIC)); each article's row is at its `place`.
        """
        space, added = (self.space, None) if hidden is None else self._unseen(hidden)
        asked = _asked(question, space)
        products = self.vectors.products(asked.weights)
        told = self.answers.products(asked.centred[:, None])
        found = _compared(asked, products, told, self._first[:-1], self._many, self.measures)
        places = {self._place[key] for key in also if key in self._place}
        places.update(_nearest(found))
        if hidden is not None:
            places.add(int(self.owners[hidden]))
        chosen = np.array(sorted(places), np.int64)
        if hidden is None or added is None:
            found[chosen] = self._exactly(asked, chosen)
            return found
        found[chosen] = self._exactly(asked, chosen, hidden, added)
        owner = int(self.owners[hidden])
        found[owner, -1] = self._without(owner, hidden, asked, space)
        return found

    def _unseen(self, hidden: int) -> tuple[Space, Vectors]:
        """Return the space as one row was no part of it, and what that added."""
        rows = np.arange(*self._first[self.owners[hidden] :][:2])
        many = len(rows) if self.space.inside else len(self.owners)
        centre = self.vectors.rows(rows).mean(axis=0) if self.space.inside else self.space.mean
        return self.space.without(self.vectors[hidden] - centre, many / max(many - 1, 1))

    def _exactly(
        self,
        asked: _Asked,
        places: npt.NDArray[np.int64],
        hidden: int | None = None,
        added: Vectors | None = None,
    ) -> Vectors:
        """Return what is measured of some articles, from their exact rows."""
        many = self._many[places]
        first = np.cumsum(many) - many
        rows = np.repeat(self._first[places] - first, many) + np.arange(many.sum())
        left_out = None if hidden is None else int(np.searchsorted(rows, hidden))
        vectors, measures = self.vectors.rows(rows), self.measures.of(rows, places)
        if added is not None:
            ways = vectors @ added - self.space.mean @ added
            measures = measures.along(
                ways, (np.add.reduceat(ways, first) / many).astype(np.float32)
            )
        return _compared(
            asked,
            vectors @ asked.weights,
            self.answers.rows(self._told_rows(places)) @ asked.centred[:, None],
            first,
            many,
            measures,
            hidden=left_out,
        )

    def _told_rows(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        passages = self.passages
        return (places[:, None] * passages + np.arange(passages)).reshape(-1)

    def _without(self, owner: int, hidden: int, asked: _Asked, space: Space) -> float:
        """Return the discriminant of an article whose mean lacks one vector."""
        rows = np.arange(self._first[owner], self._first[owner + 1])
        if len(rows) == 1:
            return float(self.measures.bias.min())
        mean = self.vectors.rows(rows[rows != hidden]).mean(axis=0) - space.mean
        weights = space.precision @ mean
        return float(weights @ asked.centred - 0.5 * weights @ mean)


def _nearest(measured: Vectors) -> Iterable[int]:
    """Return the places of those that may be among the nearest when measured exactly."""
    if len(measured) <= 2 * NEAREST:
        return range(len(measured))
    columns = (measured[:, 0], measured[:, -1])
    best = [np.argpartition(-column, NEAREST)[:NEAREST] for column in columns]
    return map(int, np.concatenate(best))


def _compared(
    asked: _Asked,
    products: Vectors,
    told: Vectors,
    first: npt.NDArray[np.int64],
    many: npt.NDArray[np.int64],
    measures: Measures,
    *,
    hidden: int | None = None,
) -> Vectors:
    """Return what is measured of some articles.

    Args:
        asked: the question.
        products: of all ways to ask with its weights, (n, 2).
        told: products of all passages with the centred question, (articles · passages, 1).
        first: row of `products` at which each article begins.
        many: ways to ask of each, at least one.
        measures: of these rows and articles.
        hidden: row of `products` to leave out.
    """
    cosines = np.ascontiguousarray(products[:, 0])
    seen = products[:, 1] - asked.shift
    white = seen / (measures.white * asked.length)
    # The mean of products is the product with the mean, which need not be kept then.
    classes = np.add.reduceat(seen, first) / many + measures.bias
    if hidden is not None:
        cosines[hidden] = white[hidden] = -1.0
    best, second = _two_best(cosines, first, many)
    titles = cosines[first]
    titles = np.where(titles > -1.0, titles, best)
    near = (told.reshape(measures.told.shape) - asked.told) / (measures.told * asked.norm)
    closest = np.where(np.isfinite(measures.told), near, -np.inf).max(axis=1)
    closest = np.where(np.isfinite(closest), closest, 0.0)
    columns = (best, second, titles, closest, np.maximum.reduceat(white, first), classes)
    return np.stack(columns, axis=1).astype(np.float32)


def _two_best(
    values: Vectors, first: npt.NDArray[np.int64], many: npt.NDArray[np.int64]
) -> tuple[Vectors, Vectors]:
    """Return the best of each article and the second best (the best where there is one)."""
    best: Vectors = np.maximum.reduceat(values, first)
    at_best = values == np.repeat(best, many)
    rest = np.where(at_best, -1.0, values).astype(np.float32)
    second = np.maximum.reduceat(rest, first)
    return best, np.where(second <= -1.0, best, second)

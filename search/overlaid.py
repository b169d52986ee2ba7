"""The vectors of a base in which those of a few articles are others than they were.

Those of the base are mapped and shared by all processes; to copy them for one article would cost
more than the questions do, in memory and in time. So what changed lies beside them, is measured
apart, and takes its place in what was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from search.encoder import Vectors
from search.meaning import Meaning


class Overlaid(Meaning):
    """Vectors with others laid over them. Immutable."""

    def __init__(self, before: Meaning, own: Meaning | None, gone: Iterable[str] = ()) -> None:
        """Lay over.

        Args:
            before: the base as it was.
            own: articles that are others or new, in the same space; None for none.
            gone: keys of articles that are not there any more; unknown ones are ignored.
        """
        self._before, self._own = before, own
        self._gone = frozenset(key for key in gone if before.place(key) is not None)
        kept = [key for key in before.keys if key not in self._gone]
        places = {key: place for place, key in enumerate(kept)}
        fresh = [] if own is None else [key for key in own.keys if key not in places]
        self.keys = (*kept, *fresh)
        self.space = before.space
        self._place = places | {key: len(kept) + n for n, key in enumerate(fresh)}
        self._stays = np.array([key not in self._gone for key in before.keys], bool)

    @property
    def ways(self) -> float:
        """Return how many ways to ask an article has, as the base was."""
        return self._before.ways

    @property
    def passages(self) -> int:
        """Return how many passages of each answer there is room for."""
        return self._before.passages

    def part(self, key: str) -> tuple[Vectors, Vectors]:
        """Return an article's vectors and passages. Raises KeyError when it has none."""
        if key in self._gone:
            raise KeyError(key)
        inside = self._own is not None and self._own.place(key) is not None
        return self._own.part(key) if inside and self._own else self._before.part(key)

    def measure(
        self, question: Vectors, hidden: int | None = None, *, also: Iterable[str] = ()
    ) -> Vectors:
        """Compare a question's vector with every article; `hidden` is a row of the base's."""
        wanted = list(also)
        measured = self._before.measure(question, hidden, also=wanted)
        if self._gone:
            measured = measured[self._stays]
        if self._own is None:
            return measured
        own = self._own.measure(question, also=wanted)
        places = np.array([self._place[key] for key in self._own.keys])
        fresh = np.zeros((len(self) - len(measured), measured.shape[1]), np.float32)
        measured = np.concatenate([measured, fresh]) if len(fresh) else measured
        measured[places] = own
        return measured


def replaced(
    meaning: Meaning, ways: Mapping[str, Vectors], answers: Mapping[str, Vectors]
) -> Meaning:
    """Return the vectors with those of some articles replaced, added or removed.

    The space stays: a handful of articles tells little about directions.

    Args:
        meaning: as it was.
        ways: key -> vectors of all ways to ask, (n, d); n = 0 removes the article.
        answers: key -> passages of the answer, (passages, d), for each of those that stay.
    """
    before, own, gone = _taken_apart(meaning)
    known = () if own is None else own.keys
    parts = {key: own.part(key) for key in known if own is not None and key not in ways}
    parts |= {key: (rows, answers[key]) for key, rows in ways.items() if len(rows)}
    gone = (gone | {key for key, rows in ways.items() if not len(rows)}) - set(parts)
    if not parts:
        return Overlaid(before, None, gone) if gone else before
    many = [len(rows) for rows, _ in parts.values()]
    own = Meaning.of(
        list(parts),
        np.repeat(np.arange(len(parts)), many),
        np.concatenate([rows for rows, _ in parts.values()]),
        np.stack([told for _, told in parts.values()]),
        before.space,
    )
    return Overlaid(before, own, gone)


def _taken_apart(meaning: Meaning) -> tuple[Meaning, Meaning | None, frozenset[str]]:
    if isinstance(meaning, Overlaid):
        return meaning._before, meaning._own, meaning._gone
    return meaning, None, frozenset()

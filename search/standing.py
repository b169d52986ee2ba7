"""What texts find in a base as it stands, kept so that an edit costs one comparison a text.

The numbers of an article do not depend on the articles that it is compared with, but for one. So
when one article is edited, all others keep theirs, and only the edited one is compared anew; that
one number, utilities and probabilities are computed again from all of them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from search.base import Base
from search.candidates import CANDIDATES, PUBLIC, Hidden, Sieve, allowed, obeying
from search.corrections import Corrector
from search.encoder import Encoder, Vectors
from search.finder import Finder
from search.knowledge import Knowledge
from search.matches import NOTHING, Scored
from search.meaning import SEMANTIC, Meaning
from search.text import fold

KEPT = 1_500
"""Texts; what one found takes about 10 KB."""

FOUND_BY = (0, len(SEMANTIC) - 1)
"""Of a meaning's measures, those by which candidates are found (`candidates.nearest`)."""


@dataclass(frozen=True, slots=True)
class Near:
    """The articles nearest by one measure, best first: the candidates and the one after them."""

    keys: tuple[str, ...]
    values: tuple[float, ...]

    def with_value(self, key: str, value: float | None, many: int) -> frozenset[str] | None:
        """Return the `many` nearest when an article's value is another one, or it is gone.

        None where that is not known from here: the last two are equally near.
        """
        ranked = [(-v, k) for k, v in zip(self.keys, self.values, strict=True) if k != key]
        ranked = sorted([*ranked, (-value, key)] if value is not None else ranked)
        if len(ranked) > many and ranked[many - 1][0] == ranked[many][0]:
            return None
        return frozenset(k for _, k in ranked[:many])


@dataclass(frozen=True, slots=True)
class Kept:
    """What one text found.

    Attributes:
        scored: the candidates, before any of them was pinned.
        words: keys of the candidates by words.
        asked: keys of all candidates, also of those that may not be seen.
        near: by each of the two measures; () where no vector was known.
        vector: of the text; None for words alone.
        pinned: key of the article that people put first, if any.
        unplaced: keys of candidates that are too new to have vectors, where others have them.
    """

    scored: Scored
    words: tuple[str, ...]
    asked: frozenset[str]
    near: tuple[Near, ...]
    vector: Vectors | None
    pinned: str | None
    unplaced: frozenset[str]


class Standing(Finder):
    """The finder in use over a base as it stands, which keeps what each text found.

    Safe to share between threads.
    """

    def __init__(self, finder: Finder, encoder: Encoder | None) -> None:
        """Stand in for a finder, with an encoder that remembers; None for words alone."""
        super().__init__(
            engine=finder.engine,
            analyzer=finder.analyzer,
            profiler=finder.profiler,
            knowledge=_reading_once(finder.knowledge),
            encoder=encoder,
            policy=finder.policy,
        )
        self.worded: dict[str, Finder] = {}
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, tuple[str, ...]], Kept | None] = OrderedDict()

    def score(
        self,
        base: Base,
        question: str,
        sieve: Sieve = PUBLIC,
        *,
        vector: Vectors | None = None,
        hidden: Hidden | None = None,
    ) -> Scored:
        """Compute as `Finder.score`; a text that was asked before costs nothing."""
        if sieve.narrows or hidden or vector is not None:
            return super().score(base, question, sieve, vector=vector, hidden=hidden)
        kept = self.kept(base, question, sieve.audiences)
        return NOTHING if kept is None else kept.scored.with_first(kept.pinned)

    def kept(self, base: Base, question: str, audiences: Sequence[str]) -> Kept | None:
        """Return what a text found; None when it holds nothing to look for."""
        name = (question, tuple(audiences))
        if name in self._kept:
            return self._kept[name]
        found = self._found(base, question, Sieve(audiences))
        missed = found is not None and found.vector is None and self.knowledge.meaning is not None
        if not (missed and self.encoder is not None):
            with self._lock:
                self._kept[name] = found
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return found

    def _found(self, base: Base, question: str, sieve: Sieve) -> Kept | None:
        if not any(sign.isalnum() for sign in fold(question[:4000])):
            return None
        vector, meaning = self._vector(question), self.knowledge.meaning
        words = self._words(question, sieve)
        pinned = base.pinned(question)
        also = [*filter(None, [pinned]), *words]
        measured = (
            meaning.measure(vector, also=also)
            if meaning is not None and vector is not None
            else None
        )
        near: tuple[Near, ...] = ()
        if meaning is not None and measured is not None:
            near = tuple(_nearest(meaning, measured[:, column]) for column in FOUND_BY)
        nearest = (key for one in near for key in one.keys[:CANDIDATES])
        keys = list(dict.fromkeys([*also, *nearest]))
        cards = obeying(question, allowed(base.cards(keys), sieve))
        place = meaning.place if meaning is not None and measured is not None else None
        return Kept(
            scored=self._scored(question, cards, measured, None),
            words=tuple(words),
            asked=frozenset(keys),
            near=near,
            vector=vector,
            pinned=pinned,
            unplaced=frozenset(c.key for c in cards if place and place(c.key) is None),
        )


def _nearest(meaning: Meaning, values: Vectors) -> Near:
    """Return the candidates by one measure, and the one after them."""
    many = min(CANDIDATES + 1, len(meaning))
    rows = np.argpartition(-values, many - 1)[:many] if many else np.zeros(0, np.int64)
    rows = rows[np.argsort(-values[rows], kind="stable")]
    return Near(tuple(meaning.keys[row] for row in rows), tuple(map(float, values[rows])))


def _reading_once(knowledge: Knowledge) -> Knowledge:
    corrector = knowledge.corrector
    return knowledge if corrector is None else replace(knowledge, corrector=_ReadingOnce(corrector))


class _ReadingOnce(Corrector):
    """A corrector that reads a text once: editing an article changes nothing in how it is read."""

    def __init__(self, corrector: Corrector) -> None:
        self.wording = corrector.wording
        remember = lru_cache(maxsize=KEPT)
        self._heard, self._spelt = remember(corrector.sound), remember(corrector.spelling)
        self._said, self._known = remember(corrector.in_chinese), remember(corrector.knows)

    def sound(self, text: str) -> str | None:
        return self._heard(text)

    def spelling(self, text: str) -> str | None:
        return self._spelt(text)

    def in_chinese(self, text: str) -> str | None:
        return self._said(text)

    def knows(self, text: str) -> bool:
        return self._known(text)

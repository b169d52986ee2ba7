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

from search.base import Base, Card
from search.candidates import CANDIDATES, Hidden, Sieve, allowed, obeying, own
from search.corrections import Corrector
from search.encoder import Encoder, Vectors
from search.features import LEXICAL, Candidate
from search.finder import Finder
from search.knowledge import Knowledge
from search.matches import NOTHING, Scored
from search.meaning import SEMANTIC, Meaning
from search.model import FOREIGN, Floats
from search.text import fold

KEPT = 1_500
"""Texts; what one found takes about 10 KB."""

_COLUMNS = (0, len(SEMANTIC) - 1)
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
        *,
        audiences: Sequence[str] = ("public",),
        categories: Sequence[str] = (),
        language: str | None = None,
        vector: Vectors | None = None,
        hidden: Hidden | None = None,
    ) -> Scored:
        """Compute as `Finder.score`; a text that was asked before costs nothing."""
        if categories or language or hidden or vector is not None:
            return super().score(
                base, question, audiences=audiences, categories=categories,
                language=language, vector=vector, hidden=hidden,
            )  # fmt: skip
        kept = self.kept(base, question, audiences)
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
        words = self._words(question, sieve.audiences, (), None)
        pinned = base.pinned(question)
        also = [*filter(None, [pinned]), *words]
        measured = (
            meaning.measure(vector, also=also)
            if meaning is not None and vector is not None
            else None
        )
        near: tuple[Near, ...] = ()
        if meaning is not None and measured is not None:
            near = tuple(_nearest(meaning, measured[:, column]) for column in _COLUMNS)
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


class Edited(Finder):
    """The finder as it would be with one article edited, or without it.

    What cannot be known from the base as it stands is looked for in full.
    """

    def __init__(
        self,
        standing: Standing,
        base: Base,
        knowledge: Knowledge,
        *,
        card: Card | None,
        gone: str | None,
        meaning: Meaning | None,
    ) -> None:
        """Put the parts together.

        Args:
            standing: the finder before the edit.
            base: before the edit.
            knowledge: with the vectors as they would be.
            card: the article as it would be; None when `gone` says which one is not there.
            gone: key of the article that would not be there.
            meaning: vectors of the edited article alone; None without vectors.
        """
        super().__init__(
            engine=standing.engine,
            analyzer=standing.analyzer,
            profiler=standing.profiler,
            knowledge=knowledge,
            encoder=standing.encoder,
            policy=standing.policy,
        )
        self._standing, self._before = standing, base
        self._card, self._own_meaning = card, meaning
        self._key = card.key if card is not None else gone or ""

    def score(
        self,
        base: Base,
        question: str,
        *,
        audiences: Sequence[str] = ("public",),
        categories: Sequence[str] = (),
        language: str | None = None,
        vector: Vectors | None = None,
        hidden: Hidden | None = None,
    ) -> Scored:
        """Compute as `Finder.score` from what the text found before the edit."""
        if not (categories or language or hidden or vector is not None):
            kept = self._standing.kept(self._before, question, audiences)
            found = NOTHING if kept is None else self._changed(kept, question, audiences)
            if found is not None:
                return found
        return super().score(
            base, question, audiences=audiences, categories=categories,
            language=language, vector=vector, hidden=hidden,
        )  # fmt: skip

    def _words(
        self,
        question: str,
        audiences: Sequence[str],
        categories: Sequence[str],
        language: str | None,
    ) -> list[str]:
        """Look at the edited article in any case: the index does not know it yet."""
        found = super()._words(question, audiences, categories, language)
        return found if self._card is None else list(dict.fromkeys([*found, self._key]))

    def _changed(self, kept: Kept, question: str, audiences: Sequence[str]) -> Scored | None:
        """Return the candidates with the edited article's numbers; None: look in full."""
        measured = self._measured(kept)
        keys = self._candidates(kept, measured)
        if keys is None or kept.unplaced - {self._key}:
            return None
        stay = [
            row
            for row, other in enumerate(kept.scored.cards)
            if other.key in keys and other.key != self._key
        ]
        cards = [kept.scored.cards[row] for row in stay]
        closest = [kept.scored.closest[row] for row in stay]
        rows, names = kept.scored.rows[stay], kept.scored.names
        card = self._card
        if card is not None and card.audience in audiences and obeying(question, [card]):
            own_row, text, names = self._compared(card, question, measured)
            cards, closest = [*cards, card], [*closest, text]
            rows = np.vstack([rows, own_row]) if stay else own_row
        if not cards:
            return NOTHING
        rows = self._with_foreign(rows, question, cards)
        model = self.knowledge.semantic if kept.near else self.knowledge.lexical
        utilities = model.utilities(rows, [card.boost for card in cards])
        chances = model.probabilities(rows, utilities)
        return Scored(cards, closest, names, rows, utilities, chances).with_first(kept.pinned)

    def _with_foreign(self, rows: Floats, question: str, cards: Sequence[Card]) -> Floats:
        """Return the numbers with what none of these articles names."""
        candidates = [Candidate(self._asked(card, None), card.answer) for card in cards]
        changed = rows.copy()
        changed[:, LEXICAL.index(FOREIGN)] = self._comparer.foreign(question, candidates)
        return changed

    def _measured(self, kept: Kept) -> Vectors | None:
        """Return the measures of the edited article; None where there are no vectors."""
        if not kept.near or kept.vector is None or self._own_meaning is None:
            return None
        return self._own_meaning.measure(kept.vector)

    def _candidates(self, kept: Kept, measured: Vectors | None) -> frozenset[str] | None:
        """Return the keys that would be compared; None when one of them never was."""
        keys = {*kept.words, *filter(None, [kept.pinned])}
        keys |= {self._key} if self._card is not None else set()
        for near, column in zip(kept.near, _COLUMNS, strict=False):
            if measured is None:
                # An article that is gone still takes its place among the nearest vectors.
                keys.update(near.keys[:CANDIDATES])
                continue
            nearest = near.with_value(self._key, float(measured[0, column]), CANDIDATES)
            if nearest is None:
                return None
            keys |= nearest
        return frozenset(keys) if keys <= kept.asked | {self._key} else None

    def _compared(
        self, card: Card, question: str, measured: Vectors | None
    ) -> tuple[Floats, str, tuple[str, ...]]:
        """Return the edited article's numbers, its closest way to ask, and the numbers' names."""
        asked = self._asked(card, None)
        lexical, closest = self._comparer.compare(question, [Candidate(asked, card.answer)])
        rows, names, _ = self._rows([card], lexical, None)
        if measured is not None:
            rows, names = np.hstack([rows, measured.astype(np.float64)]), (*names, *SEMANTIC)
        return rows, own(card, asked[closest[0]]), names


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
        self._said = remember(corrector.in_chinese)

    def sound(self, text: str) -> str | None:
        return self._heard(text)

    def spelling(self, text: str) -> str | None:
        return self._spelt(text)

    def in_chinese(self, text: str) -> str | None:
        return self._said(text)

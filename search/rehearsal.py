"""What people would find if something were different: asked of the product's own finder.

A `Rehearsal` belongs to one unit of work. Each `Edit` makes a `Stage`, a finder over the base as it
would be; nothing is written, and the index stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from kb.wording import key_of
from search.acquainting import told
from search.analysis import Analyzer
from search.base import Base, Card
from search.base_db import DatabaseBase
from search.dictionaries import Dictionaries
from search.encoder import Encoder, Vectors
from search.finder import Finder, Knowledge
from search.matches import Match
from search.meaning import Meaning
from search.profiles import Profiler, build_lexicon
from search.text import fold
from search.vectors import digest_of, stored

ENCODED_AT_ONCE = 16
MOST_COUNTED = 3_000
"""Articles up to which new words are counted anew; in more it would take seconds."""

LIKELY = 0.1
"""What is less probable than this counts as no answer."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What would be different.

    Attributes:
        card: an article as it would be; also one that is not there yet.
        gone: key of an article that would not be there.
        dictionaries: all of them, shipped and edited.
        pin: a question, and the key of the article that would stand first for it.
    """

    card: Card | None = None
    gone: str | None = None
    dictionaries: Dictionaries | None = None
    pin: tuple[str, str] | None = None


NOTHING = Edit()


def likely(found: Sequence[Match]) -> Match | None:
    """Return the first of what was found, when it is likely to answer."""
    return found[0] if found and found[0].probability >= LIKELY else None


@dataclass(frozen=True, slots=True)
class Stage:
    """A finder over the base as it would be."""

    finder: Finder
    base: Base
    audiences: tuple[str, ...]

    def first(self, text: str) -> Match | None:
        """Return what people would find first; None when nothing is likely to answer."""
        return likely(self.best(text, limit=1))

    def best(self, text: str, *, limit: int) -> list[Match]:
        """Return what people would find, best first, however unlikely."""
        return self.finder.find(self.base, text, limit=limit, audiences=self.audiences)


class Rehearsal:
    """Makes stages over one moment of one base."""

    def __init__(
        self,
        session: Session,
        finder: Finder,
        base: DatabaseBase,
        *,
        audiences: Sequence[str],
        encoder: Encoder | None,
    ) -> None:
        """Keep what stages are made of.

        Args:
            session: the unit of work that `base` reads in.
            finder: the one in use.
            base: what may be seen now.
            audiences: whose answers are looked at.
            encoder: of the finder, better one that remembers; None for words alone.
        """
        self._session, self._finder, self._base = session, finder, base
        self._audiences, self._encoder = tuple(audiences), encoder

    def prepare(self, texts: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the texts in small groups, each with its vectors ready: the slow part."""
        ready = self._encoder is not None and self._finder.knowledge.meaning is not None
        for start in range(0, len(texts), ENCODED_AT_ONCE):
            part = texts[start : start + ENCODED_AT_ONCE]
            if ready and self._encoder is not None:
                self._encoder.encode([fold(text) for text in part])
            yield part

    def stage(self, edit: Edit = NOTHING) -> Stage:
        """Return the finder as it would be. Raises Unavailable when the encoder is down."""
        knowledge, profiler = self._finder.knowledge, self._finder.profiler
        if edit.dictionaries is not None:
            profiler = Profiler(Analyzer(edit.dictionaries))
            knowledge = self._counted(profiler, knowledge)
        if edit.card is not None and knowledge.meaning is not None and self._encoder is not None:
            knowledge = replace(knowledge, meaning=self._meant(knowledge, edit.card))
        finder = _Rehearsing(
            engine=self._finder.engine,
            analyzer=profiler.analyzer,
            profiler=profiler,
            knowledge=knowledge,
            encoder=self._encoder,
            policy=self._finder.policy,
        )
        finder.besides = edit.card.key if edit.card else None
        return Stage(finder, _Edited(self._base, edit), self._audiences)

    def _counted(self, profiler: Profiler, knowledge: Knowledge) -> Knowledge:
        """Count how rare the words are, as they are cut now, where that takes no time."""
        if self._base.published() > MOST_COUNTED:
            return knowledge
        asked = ((*card.asked, *knowledge.examples.get(card.key, ())) for card in iter(self._base))
        return replace(knowledge, lexicon=build_lexicon(profiler, asked))

    def _meant(self, knowledge: Knowledge, card: Card) -> Meaning:
        before = knowledge.meaning
        if before is None or self._encoder is None:
            raise AssertionError("asked only with vectors")
        texts = [fold(text) for text in (*card.asked, *knowledge.examples.get(card.key, ()))]
        vectors = self._vectors(texts, passage=False)
        parts = told(card, before.answers.shape[1])
        answer = np.zeros((1, before.answers.shape[1], self._encoder.dimension), np.float32)
        if parts:
            answer[0, : len(parts)] = self._vectors(parts, passage=True)
        owners = np.zeros(len(texts), np.int64)
        return _Patched(before, Meaning([card.key], owners, vectors, answer, before.space))

    def _vectors(self, texts: Sequence[str], *, passage: bool) -> Vectors:
        """Return vectors, those that the base keeps without encoding them again."""
        if self._encoder is None:
            raise AssertionError("asked only with an encoder")
        names = {t: digest_of(self._encoder.version, t, passage=passage) for t in texts}
        kept = stored(self._session, list(names.values()))
        known = {text: kept[name] for text, name in names.items() if name in kept}
        missing = [text for text in names if text not in known]
        known |= dict(zip(missing, self._encoder.encode(missing, passage=passage), strict=True))
        return np.stack([known[text] for text in texts])


class _Rehearsing(Finder):
    """A finder that always looks at the edited article: the index does not know it yet."""

    besides: str | None = None

    def _words(
        self,
        question: str,
        audiences: Sequence[str],
        categories: Sequence[str],
        language: str | None,
    ) -> list[str]:
        found = super()._words(question, audiences, categories, language)
        return list(dict.fromkeys([*found, self.besides])) if self.besides else found


class _Edited:
    """A base with an edit laid over it."""

    def __init__(self, base: DatabaseBase, edit: Edit) -> None:
        self._base, self._edit = base, edit
        self._pin = key_of(fold(edit.pin[0])) if edit.pin else ""

    def cards(self, keys: Sequence[str]) -> Mapping[str, Card]:
        card, gone = self._edit.card, self._edit.gone
        own = card.key if card else None
        found = dict(self._base.cards([key for key in keys if key not in (own, gone)]))
        if card is not None and card.key in keys:
            found[card.key] = card
        return found

    def published(self) -> int:
        return self._base.published()

    def pinned(self, text: str) -> str | None:
        if self._edit.pin and key_of(fold(text)) == self._pin:
            return self._edit.pin[1]
        return self._base.pinned(text)

    def __iter__(self) -> Iterator[Card]:
        return iter(self._base)


class _Patched(Meaning):
    """The vectors of a base in which those of one article are others.

    Both are measured apart and put together, because copying all vectors of a large base for one
    article would cost more than the questions do.
    """

    def __init__(self, before: Meaning, own: Meaning) -> None:
        self._before, self._own = before, own
        key = own.keys[0]
        self._row = before.place(key)
        self.keys = before.keys if self._row is not None else (*before.keys, key)
        self.space, self.vectors, self.owners = before.space, before.vectors, before.owners
        self.answers = before.answers

    def __len__(self) -> int:
        return len(self.keys)

    def measure(self, question: Vectors, hidden: int | None = None) -> Vectors:
        measured = self._before.measure(question, hidden)
        own = self._own.measure(question)
        if self._row is None:
            return np.vstack([measured, own])
        measured[self._row] = own[0]
        return measured

    def place(self, key: str) -> int | None:
        if self._row is None and key == self._own.keys[0]:
            return len(self.keys) - 1
        return self._before.place(key)

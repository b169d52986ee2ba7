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
from search.edited import Edited
from search.encoder import Vectors, normalised
from search.finder import Finder
from search.knowledge import Knowledge
from search.matches import Match
from search.meaning import Meaning
from search.overlaid import Overlaid
from search.profiles import Profiler, build_lexicon
from search.recall import Remembering
from search.reworded import Reworded, recounted, renamed
from search.standing import Standing
from search.text import fold
from search.vectors import digest_of, stored

ENCODED_AT_ONCE = 16
REMEMBERED = 4_000
"""Texts whose profile by other words is kept."""

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
        standing: Standing,
        base: DatabaseBase,
        *,
        audiences: Sequence[str],
        encoder: Remembering | None,
    ) -> None:
        """Keep what stages are made of.

        Args:
            session: the unit of work that `base` reads in.
            standing: of the finder in use, with `encoder`.
            base: what may be seen now.
            audiences: whose answers are looked at.
            encoder: of the finder; None for words alone.
        """
        self._session, self._standing, self._base = session, standing, base
        self._audiences, self._encoder = tuple(audiences), encoder

    def prepare(self, texts: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the texts in small groups, each with its vectors ready: the slow part."""
        ready = self._encoder is not None and self._standing.knowledge.meaning is not None
        for start in range(0, len(texts), ENCODED_AT_ONCE):
            part = texts[start : start + ENCODED_AT_ONCE]
            if ready:
                self._vectors([fold(text) for text in part], passage=False)
            yield part

    def stage(self, edit: Edit = NOTHING) -> Stage:
        """Return the finder as it would be. Raises Unavailable when the encoder is down."""
        base = self._base if edit == NOTHING else _Edited(self._base, edit)
        return Stage(self._staged(edit), base, self._audiences)

    def _staged(self, edit: Edit) -> Finder:
        if edit == NOTHING:
            return self._standing
        knowledge, own = self._standing.knowledge, None
        if edit.dictionaries is not None:
            return self._with_words(edit.dictionaries)
        if edit.pin is not None:
            return self._plain()
        if edit.card is not None and knowledge.meaning is not None and self._encoder is not None:
            own = self._meant(knowledge, edit.card, knowledge.meaning)
            knowledge = replace(knowledge, meaning=Overlaid(knowledge.meaning, own))
        return Edited(
            self._standing,
            self._base,
            knowledge,
            card=edit.card,
            gone=edit.gone,
            meaning=own,
        )

    def _with_words(self, dictionaries: Dictionaries) -> Finder:
        """Return a finder with other words; the latest two are kept, counting takes its time."""
        worded = self._standing.worded
        if dictionaries.digest not in worded:
            profiler = Profiler(Analyzer(dictionaries), remembered=REMEMBERED)
            finder = Reworded(self._standing, profiler, self._counted(profiler))
            for oldest in list(worded)[: max(len(worded) - 1, 0)]:
                worded.pop(oldest, None)
            worded[dictionaries.digest] = finder
        return worded[dictionaries.digest]

    def _plain(self) -> Finder:
        """Return a finder that looks for every text in full."""
        return Finder(
            engine=self._standing.engine,
            analyzer=self._standing.analyzer,
            profiler=self._standing.profiler,
            knowledge=self._standing.knowledge,
            encoder=self._encoder,
            policy=self._standing.policy,
        )

    def _counted(self, profiler: Profiler) -> Knowledge:
        """Count how rare the words are, as they are cut now, where that takes no time.

        How long articles are on average is left: a word more or less does not change it, and all
        texts would have to be compared anew for it.
        """
        knowledge, now = self._standing.knowledge, self._standing.profiler
        if self._base.published() > MOST_COUNTED:
            return knowledge
        cards = list(self._base)
        asked = [(*card.asked, *knowledge.examples.get(card.key, ())) for card in cards]
        before, after = (build_lexicon(one, asked).words for one in (now, profiler))
        places = renamed(now.analyzer, profiler.analyzer)
        lexicon = recounted(knowledge.lexicon, before, after, places)
        return replace(knowledge, lexicon=lexicon)

    def _meant(self, knowledge: Knowledge, card: Card, before: Meaning) -> Meaning:
        """Return the vectors of an edited article alone."""
        texts = [fold(text) for text in (*card.asked, *knowledge.examples.get(card.key, ()))]
        vectors = self._vectors(texts, passage=False)
        parts = told(card, before.passages)
        answer = np.zeros((1, before.passages, vectors.shape[1]), np.float32)
        if parts:
            answer[0, : len(parts)] = self._vectors(parts, passage=True)
        owners = np.zeros(len(texts), np.int64)
        return Meaning.of([card.key], owners, vectors, answer, before.space)

    def _vectors(self, texts: Sequence[str], *, passage: bool) -> Vectors:
        """Return vectors, those that the base keeps without encoding them again."""
        encoder = self._encoder
        if encoder is None:
            raise AssertionError("asked only with an encoder")
        unknown = encoder.unknown(texts, passage=passage)
        names = {digest_of(encoder.version, t, passage=passage): t for t in unknown}
        kept = stored(self._session, list(names)) if names else {}
        if kept:
            rows = normalised(np.stack(list(kept.values())))
            known = [names[name] for name in kept]
            encoder.keep(dict(zip(known, rows, strict=True)), passage=passage)
        return encoder.encode(texts, passage=passage)


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

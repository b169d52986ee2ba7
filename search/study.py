"""Gets to know a base as a whole and fits models to it: minutes of work, in a process of its own.

First what every process needs is written (`search.snapshots`); then, when enough was confirmed
since the last time, models are fitted, stand their trial, and go live or are refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kb import changes, questions
from kb.changes import Mark
from kb.db import Database
from search import model_history
from search.acquainting import Past, acquainted, meaning_of, passages_for, told, ways_to_ask
from search.analysis import Analyzer
from search.base import Card, FileBase
from search.base_db import DatabaseBase
from search.documents import Reader
from search.encoder import Encoder
from search.engine import Engine
from search.finder import Finder, Knowledge
from search.learner import STAFF, past_of
from search.learning import Lesson
from search.lock import FileLock
from search.meaning import Meaning
from search.model import Model
from search.model_history import Models
from search.profiles import Profiler
from search.schooling import Syllabus, lesson_of, syllabus_of, teach, topic_of
from search.text import fold
from search.trial import ENOUGH, Outcome, cross_trial, trial
from search.vectors import StoredEncoder, kept_among

log = logging.getLogger(__name__)

LOCK: Final = "study.lock"
STEP = 1_000
"""Articles whose vectors are computed before what is known so far is kept, or more."""

GROWTH = 4
"""A step is at least this part of what is known: to keep it takes as long as it is large."""

Tell = Callable[[str, int, int], None]
"""Told what is going on, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Studied:
    """What one study got to know."""

    knowledge: Knowledge
    mark: Mark
    profiler: Profiler
    cards: tuple[Card, ...]
    past: tuple[Past, ...]
    held_out: tuple[Past, ...]


class Study:
    """One base as it stands; made for one study."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        analyzer: Analyzer,
        encoder: Encoder | None,
        *,
        clock: Callable[[], datetime],
        tell: Tell = lambda what, done, all_: None,
    ) -> None:
        """Keep the parts.

        Args:
            database: the knowledge base.
            engine: an index of it.
            analyzer: the one that made the index.
            encoder: None for words alone.
            clock: the moment for publish and expiry.
            tell: is told how far it is.
        """
        self._database, self._engine, self._analyzer = database, engine, analyzer
        self._clock, self._tell = clock, tell
        self._encoder = StoredEncoder(encoder, database) if encoder else None

    def stages(self) -> Iterator[Studied]:
        """Read the whole base: words, confirmed past, vectors.

        When many vectors have to be computed, which takes hours for tens of thousands of articles,
        what is known so far is worth having meanwhile.

        Yields:
            What is known of the base, each time with more of its vectors; in the end with all.

        Raises:
            Unavailable: the database.
        """
        with self._database.reading() as session:
            mark = changes.latest(session)
            reader = Reader(session, self._analyzer)
            base = DatabaseBase(session, reader, now=self._clock(), audiences=STAFF)
            cards, past, judges = tuple(base), past_of(session), _held_out(session)
        self._tell("articles", len(cards), len(cards))
        profiler = Profiler(self._analyzer)
        knowledge = acquainted(FileBase(cards), profiler, None, past)
        for meaning in self._meanings(cards, ways_to_ask(cards, knowledge.examples)):
            known = replace(knowledge, meaning=meaning)
            yield Studied(known, mark, profiler, cards, tuple(past), tuple(judges))

    def _meanings(
        self, cards: Sequence[Card], asked: Mapping[str, Sequence[str]]
    ) -> Iterator[Meaning | None]:
        """Yield the vectors of more and more of the base."""
        encoder, passages = self._encoder, passages_for(len(cards))
        if encoder is None or not cards:
            yield None
            return
        ready, rest = self._parted(cards, asked, encoder, passages)
        for done in _steps(len(ready), len(rest)):
            self._tell("vectors", done, len(rest))
            some = [*ready, *rest[:done]]
            yield meaning_of(some, asked, encoder, passages=passages) if some else None
        yield meaning_of(cards, asked, encoder, passages=passages)
        self._tell("vectors", len(rest), len(rest))

    def _parted(
        self,
        cards: Sequence[Card],
        asked: Mapping[str, Sequence[str]],
        encoder: StoredEncoder,
        passages: int,
    ) -> tuple[list[Card], list[Card]]:
        """Return the articles whose vectors are kept already, and the others."""
        digests = {
            card.key: {
                *(encoder.digest(fold(text)) for text in asked[card.key]),
                *(encoder.digest(text, passage=True) for text in told(card, passages)),
            }
            for card in cards
        }
        with self._database.reading() as session:
            kept = kept_among(session, [one for some in digests.values() for one in some])
        ready = [card for card in cards if digests[card.key] <= kept]
        return ready, [card for card in cards if not digests[card.key] <= kept]

    def refit(self, studied: Studied) -> Outcome | None:
        """Fit models to what was confirmed and try them, when there is enough that is new.

        Returns:
            How the trial ended; None when nothing was fitted.

        Raises:
            Unavailable: the database or the index.
        """
        taught = len(studied.past)
        with self._database.reading() as session:
            models = model_history.in_use(session)
            if not model_history.is_due(session, taught):
                return None
        fresh, outcome = self._fitted(studied, models)
        with self._database.transaction() as session:
            model_history.keep(
                session,
                fresh,
                state=model_history.LIVE if outcome.passed else model_history.REFUSED,
                taught=taught,
                trial=outcome.as_json(),
                now=self._clock(),
            )
        return outcome

    def _fitted(self, studied: Studied, models: Models) -> tuple[Models, Outcome]:
        finder = Finder(
            engine=self._engine,
            analyzer=self._analyzer,
            profiler=studied.profiler,
            knowledge=replace(studied.knowledge, lexical=models.lexical, semantic=models.semantic),
        )
        base = FileBase(studied.cards)
        self._tell("lessons", 0, len(studied.past))
        syllabus = syllabus_of(finder, base, studied.past, encoder=self._encoder)
        self._tell("lessons", len(studied.past), len(studied.past))
        known, live = studied.knowledge, finder.knowledge
        fresh = Models(
            teach(known.lexical, syllabus.lexical, syllabus.real),
            teach(known.semantic, syllabus.semantic, syllabus.real),
        )
        judges = self._judges(finder, base, studied.held_out)
        before = Models(live.lexical, live.semantic)
        return fresh, _tried(syllabus, before, fresh, judges, prior=known)

    def _judges(self, finder: Finder, base: FileBase, held_out: Sequence[Past]) -> list[Lesson]:
        """Ask the questions that were held out; their texts are no way to ask of anything."""
        meaning = finder.knowledge.meaning is not None
        encoder = self._encoder if meaning else None
        vectors = encoder.encode([one.text for one in held_out]) if encoder else None
        return [
            lesson_of(finder, base, topic_of(one), None if vectors is None else vectors[row])
            for row, one in enumerate(held_out)
        ]


def _steps(ready: int, rest: int) -> Iterator[int]:
    """Yield after how many of the rest what is known so far is kept."""
    done = 0
    while rest > STEP and done < rest:
        yield done
        done += max(STEP, (ready + done) // GROWTH)


def _tried(
    syllabus: Syllabus, live: Models, fresh: Models, judges: Sequence[Lesson], *, prior: Knowledge
) -> Outcome:
    """Try the models that most questions meet: those with meaning, where there is meaning."""
    semantic = bool(syllabus.semantic)
    lessons = syllabus.semantic if semantic else syllabus.lexical
    before, after = (live.semantic, fresh.semantic) if semantic else (live.lexical, fresh.lexical)
    if len(judges) >= ENOUGH:
        return trial(before, after, judges)

    def fit(places: Sequence[int]) -> Model:
        known = prior.semantic if semantic else prior.lexical
        return teach(known, [lessons[i] for i in places], [syllabus.real[i] for i in places])

    asked = [place for place, real in enumerate(syllabus.real) if real]
    return cross_trial(before, fit, lessons, asked)


def _held_out(session: Session) -> list[Past]:
    return [Past(one.text, tuple(map(str, one.article_ids))) for one in questions.judging(session)]


def study_lock(folder: Path) -> FileLock:
    """Return the lock of the one process of a node that studies."""
    return FileLock(folder / LOCK)

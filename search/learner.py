"""What one process knows of its base, kept fresh while it runs.

What is counted over the whole base is read from the node's snapshot (`search.snapshots`), what
changed since is taken up from the change log, the models come from the database. Getting to know
the base and fitting models are work for a process of its own (`search.study`): it must not take
the interpreter from those who answer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from kb import changes, questions
from kb.changes import Mark
from kb.db import Database
from kb.models.knowledge import INTERNAL, PUBLIC
from search import glossary, index, model_history
from search.acquainting import Past, reread, taken_up
from search.analysis import Analyzer
from search.base_db import DatabaseBase
from search.documents import Reader
from search.encoder import Encoder
from search.engine import ARTICLE, Engine
from search.finder import Finder, Knowledge
from search.profiles import Profiler
from search.snapshots import Origin, Snapshots
from search.vectors import StoredEncoder

log = logging.getLogger(__name__)

STAFF = (PUBLIC, INTERNAL)
TEACHING = frozenset({ARTICLE, questions.TAUGHT})
"""Kinds of changes after which an article is looked at again."""

STUDIED = TEACHING | {changes.ERASURE, glossary.KIND}
"""Kinds of changes after which the whole base is worth another look."""

AT_ONCE = 500
MOST_TAKEN_UP = 300
"""So many changed articles are taken up one by one; after more the base is got to know anew."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known, up to a place in the change log, as one analyzer reads it."""

    knowledge: Knowledge
    mark: Mark
    profiler: Profiler


@dataclass(frozen=True, slots=True)
class Finders:
    """Two finders over the same knowledge: with vectors, if there are any, and without."""

    full: Finder
    plain: Finder


class Learner:
    """One per process; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        snapshots: Snapshots,
        *,
        analyzer: Callable[[], Analyzer],
        encoder: Callable[[], Encoder | None],
        clock: Callable[[], datetime],
    ) -> None:
        """Prepare; nothing is read before the first use.

        Args:
            database: the knowledge base.
            engine: this process's view of the index.
            snapshots: of this node.
            analyzer: returns the one in use, which changes with the dictionaries.
            encoder: opens it at the first call, which takes a while.
            clock: the moment for publish and expiry.
        """
        self.finders: Finders | None = None
        self._database, self._engine, self._snapshots = database, engine, snapshots
        self._analyzer, self._encoder, self._clock = analyzer, encoder, clock
        self._known: _Known | None = None
        self._seen: object = None
        self._lock = threading.Lock()

    def has_news(self) -> bool:
        """Tell whether another process has got to know the base anew."""
        return self._snapshots.stamp() != self._seen

    def is_behind(self) -> bool:
        """Tell whether the base should be studied: it changed, or taught enough for a refit."""
        mark = self._snapshots.mark(self.origin())
        with self._database.reading() as session:
            if mark is None or changes.behind(session, mark, kinds=STUDIED) > 0:
                return True
            return model_history.is_due(session, len(questions.teaching(session)))

    def take_up(self) -> bool:
        """Bring what is known to this moment.

        Returns:
            False while the base is not known at all.

        Raises:
            Unavailable: the database.
        """
        with self._lock:
            known = self._newest()
            if known is None:
                return False
            fresh = self._caught_up(known)
            if fresh is not self._known:
                self._use(fresh)
        corrector = fresh.knowledge.corrector
        if corrector is not None:
            corrector.prepare()
        return True

    def adopt(self, knowledge: Knowledge, mark: Mark, profiler: Profiler) -> None:
        """Use what this process itself got to know.

        Args:
            knowledge: of the base; its models are replaced by those in use.
            mark: the place in the change log before the base was read.
            profiler: of the analyzer that read it.
        """
        with self._lock, self._database.reading() as session:
            known = _Known(_with_models(session, knowledge), mark, profiler)
            self._seen = self._snapshots.stamp()
            self._use(known)

    def _newest(self) -> _Known | None:
        """Return what is known, from a new snapshot when there is one."""
        stamp, known = self._snapshots.stamp(), self._known
        if stamp == self._seen and known is not None:
            return known
        analyzer = self._analyzer()
        profiler = _profiler(known, analyzer)
        snapshot = self._snapshots.read(profiler, self.origin())
        self._seen = stamp
        if snapshot is None:
            return known
        with self._database.reading() as session:
            return _Known(_with_models(session, snapshot.knowledge), snapshot.mark, profiler)

    def _caught_up(self, known: _Known) -> _Known:
        """Return what is known with all that the change log tells since."""
        analyzer = self._analyzer()
        if analyzer is not known.profiler.analyzer:
            profiler = _profiler(known, analyzer)
            known = _Known(reread(known.knowledge, profiler), known.mark, profiler)
        with self._database.reading() as session:
            entries: list[changes.Entry] = []
            mark = known.mark
            while more := changes.after(session, mark, limit=AT_ONCE):
                entries.extend(more)
                mark = more[-1].mark
            knowledge = known.knowledge
            if any(entry.kind == model_history.KIND for entry in entries):
                knowledge = _with_models(session, knowledge)
        keys = dict.fromkeys(f"{ARTICLE}:{e.object_id}" for e in entries if e.kind in TEACHING)
        erased = any(entry.kind == changes.ERASURE for entry in entries)
        if erased:
            # What an erased person asked must not go on as a way to ask.
            keys |= dict.fromkeys(knowledge.examples)
        if keys and (erased or len(keys) <= MOST_TAKEN_UP):
            knowledge = self._with_articles(knowledge, list(keys))
        if mark == known.mark and knowledge is known.knowledge:
            return known
        return _Known(knowledge, mark, known.profiler)

    def _with_articles(self, knowledge: Knowledge, keys: list[str]) -> Knowledge:
        with self._database.reading() as session:
            reader = Reader(session, self._analyzer())
            base = DatabaseBase(session, reader, now=self._clock(), audiences=STAFF)
            cards = base.cards(keys)
            past = past_of(session)
        encoder = self._encoder()
        stored = StoredEncoder(encoder, self._database) if encoder else None
        return taken_up(knowledge, cards, keys, encoder=stored, past=past)

    def _use(self, known: _Known) -> None:
        encoder = self._encoder()
        full, plain = (
            Finder(
                engine=self._engine,
                analyzer=known.profiler.analyzer,
                profiler=known.profiler,
                knowledge=known.knowledge,
                encoder=one,
            )
            for one in (encoder, None)
        )
        self._known, self.finders = known, Finders(full, plain)

    def origin(self) -> Origin:
        """Return what a snapshot made now would be of."""
        encoder = self._encoder()
        version = encoder.version if encoder else ""
        return Origin(index.identity(self._database), self._analyzer().version, version)


def past_of(session: Session) -> list[Past]:
    """Return the confirmed questions that may teach."""
    return [Past(one.text, tuple(map(str, one.article_ids))) for one in questions.teaching(session)]


def _with_models(session: Session, knowledge: Knowledge) -> Knowledge:
    models = model_history.in_use(session)
    return replace(knowledge, lexical=models.lexical, semantic=models.semantic)


def _profiler(known: _Known | None, analyzer: Analyzer) -> Profiler:
    """Return a profiler of an analyzer, the one in use if it is one: it remembers texts."""
    if known is not None and known.profiler.analyzer is analyzer:
        return known.profiler
    return Profiler(analyzer)

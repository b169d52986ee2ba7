"""Who learns what, when, in one process of a node.

What changed is taken up here at once (`search.learner`). The base as a whole is studied by the
process that writes the index, in a process of its own when there is a `Teacher`, so that counting
and fitting never take the interpreter from those who answer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kb.changes import Entry
from kb.db import Database
from kb.errors import Unavailable
from search.base_db import DatabaseBase
from search.corrections import Corrector
from search.encoder import Encoder
from search.engine import TICKET, Engine
from search.finder import Finder, untaught
from search.follower import Follower
from search.learner import Learner
from search.lessons import Lessons
from search.profiles import Profiler
from search.snapshots import Snapshots
from search.study import Studied, Study, Tell, study_lock
from search.trial import Outcome

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
"""Articles that are read while somebody waits; nobody waits for more."""


class Teacher(Protocol):
    """Studies the base in another process, which keeps what it learned for all of the node."""

    def teach(self) -> None:
        """Study; returns when it is over."""

    def stop(self) -> None:
        """End a study that is going on."""


def _silent(what: str, done: int, all_: int) -> None:
    """Tell nobody."""


class Tutor:
    """One per process; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        folder: Path,
        follower: Follower,
        *,
        open_encoder: Callable[[], Encoder | None],
        clock: Callable[[], datetime],
        teacher: Teacher | None,
    ) -> None:
        """Prepare; nothing is read or written before the first use.

        Args:
            database: the knowledge base.
            engine: this process's view of the index.
            folder: of the index, the same for all processes of a node.
            follower: of this process.
            open_encoder: takes a while, so it is called when an encoder is first needed.
            clock: the moment for publish and expiry.
            teacher: None: this process studies itself.
        """
        self._database, self._engine, self._follower = database, engine, follower
        self._clock, self._teacher, self._open = clock, teacher, open_encoder
        self._encoder_here: Encoder | None = None
        self._opened, self._opening = False, threading.Lock()
        self._first: Finder | None = None
        self._making = threading.Lock()
        self._snapshots, self._study_lock = Snapshots(folder), study_lock(folder)
        self._learner = Learner(
            database,
            engine,
            self._snapshots,
            analyzer=lambda: follower.analyzer,
            encoder=self._encoder,
            clock=clock,
        )
        self.lessons = Lessons(
            self._learner.take_up, self._study_if_due, has_news=self._learner.has_news
        )
        follower.listen(self._heard)

    def stop(self) -> None:
        """Ask the loops of `lessons` to end, and a study in another process."""
        self.lessons.stop()
        if self._teacher is not None:
            self._teacher.stop()

    def finder(self, base: DatabaseBase, *, vectors: bool = True) -> Finder:
        """Return the finder in use; before the base is known, one of words alone.

        Args:
            base: what may be seen now.
            vectors: False saves the encoder's time where words are enough.
        """
        finders = self._learner.finders
        if finders is not None:
            return finders.full if vectors else finders.plain
        with self._making:
            if self._first is None:
                self._first = self._of_words(base)
            return self._first

    def corrector(self) -> Corrector | None:
        """Return what reads texts with the words of the base; None while it is not known."""
        finders = self._learner.finders
        return finders.plain.knowledge.corrector if finders is not None else None

    def learn(self, *, fit: bool = True) -> None:
        """Bring what is known of the base to this moment, in this process.

        Args:
            fit: False is content with what was known before and what changed since; True gets
                to know the whole base anew, and fits models when there is enough to learn from.
        """
        if fit or not self._learner.take_up():
            self.study(fit=fit)

    def study(self, *, fit: bool = True, tell: Tell = _silent) -> Outcome | None:
        """Get to know the whole base, keep it for all processes of this node, and fit models.

        Args:
            fit: False leaves the models as they are.
            tell: is told how far it is.

        Returns:
            How the trial of newly fitted models ended; None when there was nothing new to fit,
            or when another process is at it.

        Raises:
            Unavailable: the database or the index.
        """
        with self._study_lock.tried() as alone:
            if not alone:
                return None
            self._follower.step()
            study = Study(
                self._database,
                self._engine,
                self._follower.analyzer,
                self._encoder(),
                clock=self._clock,
                tell=tell,
            )
            for studied in study.stages():
                self._keep(studied)
                self._learner.adopt(studied.knowledge, studied.mark, studied.profiler)
            outcome = study.refit(studied) if fit else None
        if outcome is not None:
            self._learner.take_up()
        return outcome

    def _keep(self, studied: Studied) -> None:
        """Write the snapshot; without room for it this process still knows what it learned."""
        try:
            self._snapshots.write(studied.knowledge, studied.mark, self._learner.origin())
        except OSError as error:
            log.warning("what is known of the base cannot be kept: %s", error)

    def _study_if_due(self) -> None:
        """Study when something changed; of the processes of a node the index's writer does it."""
        if not (self._follower.is_writer and self._learner.is_behind()):
            return
        if self._teacher is None:
            self.study()
        else:
            self._teacher.teach()
        if self._learner.is_behind():
            # Something changed meanwhile, or another process was at it and did less.
            self.lessons.study_again()

    def _heard(self, entries: Sequence[Entry]) -> None:
        """Something changed; tickets alone teach nothing."""
        if {entry.kind for entry in entries} - {TICKET}:
            self.lessons.want()

    def _encoder(self) -> Encoder | None:
        with self._opening:
            if not self._opened:
                try:
                    self._encoder_here = self._open()
                    self._opened = True
                except Unavailable as error:
                    log.warning("going on without vectors: %s", error)
            return self._encoder_here

    def _of_words(self, base: DatabaseBase) -> Finder:
        """Make a finder of words alone; of a large base it does not even know the rare ones."""
        analyzer = self._follower.analyzer
        profiler = Profiler(analyzer)
        known = base if base.published() <= MOST_AT_ONCE else ()
        return Finder(
            engine=self._engine,
            analyzer=analyzer,
            profiler=profiler,
            knowledge=untaught(profiler, known),
        )

"""One process's finder over its database: index, words, vectors and what was learned, kept fresh.

Pages, mail and commands ask here (`search.asking`). A thread follows the change log
(`search.follower`), another takes up what it tells (`search.learner`). Until the base is known, and
whenever the index is down, what is there answers: first words alone, then titles alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from kb.db import Database
from kb.errors import Unavailable
from search.asking import EVERYBODY, Asking, Found, Segment
from search.encoder import HttpSettings, open_encoder
from search.engines import open_engine
from search.follower import Follower
from search.suggest import Suggester
from search.tutor import Teacher, Tutor


class Finding(Asking):
    """The finder of one process; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        engine: str = "auto",
        encoder: str = "auto",
        http: HttpSettings | None = None,
        clock: Callable[[], datetime],
        teacher: Teacher | None = None,
    ) -> None:
        """Open the index; nothing is read or written before the first use.

        Args:
            database: the knowledge base.
            folder: where this node keeps its index.
            engine: as in `--engine`.
            encoder: as in `--encoder`.
            http: for the encoder `http`.
            clock: the present moment, for what the background threads read.
            teacher: studies the base in another process; None: in this one.
        """
        opened = open_engine(engine, folder)
        follower = Follower(database, opened, folder)
        tutor = Tutor(
            database,
            opened,
            folder,
            follower,
            open_encoder=lambda: open_encoder(encoder, http=http, folder=folder),
            clock=clock,
            teacher=teacher,
        )
        suggester = Suggester(database, lambda: follower.analyzer, tutor.corrector)
        super().__init__(opened, follower, suggester, tutor)
        for listener in (suggester.heard, self._rehearsals.heard):
            follower.listen(listener)
        self.database = database
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Follow the change log and learn in the background."""
        self.tutor.lessons.want()
        loops = (
            ("follower", self.follower.run),
            ("lessons", self.tutor.lessons.run),
            ("studies", self.tutor.lessons.run_studies),
            ("suggestions", self._suggester.prepare),
        )
        for name, target in loops:
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End the threads after what they have in hand."""
        self.tutor.stop()
        self.follower.stop()
        for thread in self._threads:
            thread.join(10)
        # Also one that was never started may hold the writer's lock, from a rebuild.
        self.follower.release()
        self.engine.close()

    def wake(self) -> None:
        """Say that something was committed in this process."""
        self.follower.wake()

    def catch_up(self) -> bool:
        """Return when the index holds all that is committed now."""
        return self.follower.catch_up()

    def settle(self, *, seconds: float) -> bool:
        """Take up words and meaning of what is committed now, before deciding about a mail.

        Not inside a unit of work: lessons write the vectors that they compute.

        Returns:
            False when it takes longer, or when nothing learns in this process; what was known
            before answers then.
        """
        if not self._threads:
            return False
        try:
            self.follower.step()
        except Unavailable:
            return False
        return self.tutor.lessons.wait(seconds)

    def rebuild(self) -> bool:
        """Build the index anew."""
        return self.follower.rebuild()

    def status(self) -> dict[str, Any]:  # Any: JSON values
        """Tell how the index stands."""
        return self.follower.status().as_json()

    def lag(self) -> int:
        """Return how many changes the index does not hold yet."""
        return self.follower.lag()

    def learn(self, *, fit: bool = True) -> None:
        """Bring what is known of the base to this moment (see `search.tutor.Tutor.learn`)."""
        self.tutor.learn(fit=fit)


__all__ = ["EVERYBODY", "Finding", "Found", "Segment"]

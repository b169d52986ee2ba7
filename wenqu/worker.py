"""The worker: claims jobs and runs the handler of their kind until told to stop."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from kb import jobs
from kb.db import Database
from kb.errors import DomainError, Unavailable
from kb.jobs import Claimed

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# Any: JSON, whose shape the kind's handler knows.
Effect = Callable[[Session, dict[str, Any], datetime], None]
Handler = Callable[[Database, Claimed, Clock], None]

POLL_SECONDS = 0.3
POLL_AFTER_FAULT = 3.0


@dataclass(frozen=True, slots=True)
class Chore:
    """Work that comes round by itself.

    Attributes:
        kind: the job's kind.
        every: how often.
    """

    kind: str
    every: timedelta


def within(effect: Effect) -> Handler:
    """Make a handler whose effect and end stand in one transaction."""

    def handle(db: Database, job: Claimed, clock: Clock) -> None:
        with db.transaction() as session:
            effect(session, job.payload, clock())
            jobs.finish(session, job.id, now=clock())

    return handle


@dataclass(slots=True)
class Worker:
    """One loop over the job table.

    Attributes:
        handlers: kind -> handler; a kind without one is left for other workers.
        chores: what to enqueue from time to time.
    """

    db: Database
    handlers: Mapping[str, Handler]
    chores: tuple[Chore, ...]
    clock: Clock
    stopping: threading.Event = field(default_factory=threading.Event)
    owner: str = field(default_factory=lambda: f"{os.getpid()}-{uuid4().hex[:8]}")
    _next_chores: datetime | None = None
    _woken: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until `stop`; the job in hand is finished first."""
        while not self.stopping.is_set():
            try:
                self._chores()
                if not self.step():
                    self._woken.wait(POLL_SECONDS)
                    self._woken.clear()
            except Unavailable as error:
                log.warning("worker waits for the database: %s", error)
                self.stopping.wait(POLL_AFTER_FAULT)

    def stop(self) -> None:
        """Ask the loop to end after the job in hand."""
        self.stopping.set()
        self.wake()

    def wake(self) -> None:
        """Say that there is work: look at once instead of at the next poll."""
        self._woken.set()

    def step(self) -> bool:
        """Claim and run one job; False when there is none."""
        with self.db.transaction() as session:
            kinds = tuple(self.handlers)
            job = jobs.claim(session, owner=self.owner, now=self.clock(), kinds=kinds)
        if job is None:
            return False
        try:
            self.handlers[job.kind](self.db, job, self.clock)
        # A handler may fail in any way; the job goes back with a delay and its reason is kept.
        except Exception as error:
            self._failed(job, error)
        return True

    def _failed(self, job: Claimed, error: Exception) -> None:
        known = isinstance(error, DomainError)
        log.warning("job %s (%s) failed: %s", job.id, job.kind, error, exc_info=not known)
        with self.db.transaction() as session:
            alive = jobs.fail(session, job, f"{type(error).__name__}: {error}", now=self.clock())
        if not alive:
            log.error("job %s (%s) is dead after %s attempts", job.id, job.kind, job.attempts)

    def _chores(self) -> None:
        """Enqueue what is due; the period in the dedupe key keeps it at once per period."""
        now = self.clock()
        if self._next_chores is not None and now < self._next_chores:
            return
        self._next_chores = now + timedelta(seconds=30)
        with self.db.transaction() as session:
            for chore in self.chores:
                period = int(now.timestamp() // chore.every.total_seconds())
                jobs.enqueue(session, chore.kind, {}, now=now, dedupe=f"{chore.kind}:{period}")

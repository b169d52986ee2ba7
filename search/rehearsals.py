"""What a process keeps between rehearsals: vectors of what was asked, and what texts find now."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kb import changes
from kb.changes import Entry, Mark
from search.base_db import DatabaseBase
from search.encoder import Encoder
from search.finder import Finder
from search.learner import STUDIED
from search.recall import Remembering
from search.rehearsal import Rehearsal
from search.standing import Standing

KEPT_FOR = timedelta(minutes=5)
"""Publish and expiry pass without leaving a change; nobody looks at a preview for longer."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A finder in use, what it stood for, and what stands in for it."""

    finder: Finder
    mark: Mark
    since: datetime
    standing: Standing


class Rehearsals:
    """One per process; safe to share between threads."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._remembering: Remembering | None = None
        self._kept: _Kept | None = None

    def of(
        self,
        session: Session,
        finder: Finder,
        base: DatabaseBase,
        *,
        audiences: Sequence[str],
        now: datetime,
    ) -> Rehearsal:
        """Return a rehearsal with what is remembered from those before it.

        Args:
            session: the unit of work that `base` reads in.
            finder: the one in use.
            base: what may be seen now.
            audiences: whose answers are looked at.
            now: the moment.
        """
        with self._lock:
            encoder = self._encoder(finder.encoder)
            standing = self._standing(session, finder, encoder, now)
        return Rehearsal(session, standing, base, audiences=audiences, encoder=encoder)

    def heard(self, entries: Sequence[Entry]) -> None:
        """Let go of what texts found when the base changed, or when somebody was erased."""
        if {entry.kind for entry in entries} & STUDIED:
            self._kept = None

    def _encoder(self, encoder: Encoder | None) -> Remembering | None:
        if encoder is not None and self._remembering is None:
            self._remembering = Remembering(encoder)
        return self._remembering if encoder is not None else None

    def _standing(
        self, session: Session, finder: Finder, encoder: Remembering | None, now: datetime
    ) -> Standing:
        """Return what was kept, unless the base or what is known of it changed since."""
        kept = self._kept
        if (
            kept is not None
            and _same(kept.finder, finder)
            and now - kept.since < KEPT_FOR
            and not changes.behind(session, kept.mark, kinds=STUDIED)
        ):
            return kept.standing
        standing = Standing(finder, encoder)
        position = finder.engine.position()
        mark = changes.latest(session)
        # What an index finds that lags behind the base is true for a moment only.
        at = Mark(position.transaction, position.change)
        current = not changes.behind(session, at, kinds=STUDIED)
        self._kept = _Kept(finder, mark, now, standing) if current else None
        return standing


def _same(one: Finder, other: Finder) -> bool:
    """Say whether two finders know the same: one is made anew for each ticket that comes in."""
    return one.knowledge is other.knowledge and one.profiler is other.profiler

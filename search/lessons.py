"""When a process learns: what changed is taken up at once, ranking anew after a rest."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from kb.errors import Unavailable

log = logging.getLogger(__name__)

PAUSE = 0.3
"""Saving an article often comes in a row of changes: seconds in which they may settle."""

REST = 10.0
"""A lesson is followed by a rest of this many times its own length, so that it takes at most
a tenth of one core however often articles are saved."""


class Lessons:
    """The loop of the thread that learns; everything else may be called from anywhere."""

    def __init__(self, learn: Callable[[bool], None]) -> None:
        """Prepare.

        Args:
            learn: takes up words and vectors; with True it also learns to rank anew.
        """
        self._learn = learn
        self._wanted, self._fresh = threading.Event(), threading.Event()
        self._stopping = threading.Event()

    def want(self) -> None:
        """Say that there is something to take up."""
        self._fresh.clear()
        self._wanted.set()

    def wait(self, seconds: float) -> bool:
        """Return when everything wanted has been taken up; False when it takes longer."""
        return self._fresh.wait(seconds)

    def stop(self) -> None:
        """Ask the loop to end after the lesson in hand."""
        self._stopping.set()
        self._wanted.set()

    def run(self) -> None:
        """Learn until `stop`."""
        rested, due = time.monotonic(), False
        while not self._stopping.is_set():
            changed = self._wanted.wait(max(rested - time.monotonic(), 0.0) if due else None)
            if changed:
                if self._stopping.wait(PAUSE):
                    return
                self._wanted.clear()
                due = self._learnt(anew=False)
                if due and not self._wanted.is_set():
                    self._fresh.set()
            if due and time.monotonic() >= rested and not self._stopping.is_set():
                started = time.monotonic()
                due = not self._learnt(anew=True)
                rested = time.monotonic() + (time.monotonic() - started) * REST

    def _learnt(self, *, anew: bool) -> bool:
        """Learn; on a database or encoder that is down try again with the next turn."""
        try:
            self._learn(anew)
        except Unavailable as error:
            log.warning("a lesson was put off: %s", error)
            self._stopping.wait(PAUSE)
            self._wanted.set()
            return False
        return True

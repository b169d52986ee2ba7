"""When a process learns: what changed is taken up at once, the whole base anew after a rest."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from kb.errors import Unavailable

log = logging.getLogger(__name__)

PAUSE = 0.3
"""Saving an article often comes in a row of changes: seconds in which they may settle."""

QUIET = 1.0
"""Seconds without a change after which the next one is taken up without that pause."""

WATCH = 1.0
"""Seconds between two looks whether another process has got to know the base anew."""

REST = 10.0
"""A study is followed by a rest of this many times its own length, so that it takes at most
a tenth of one core however often articles are saved."""

SHORTEST_REST = 20.0
FIRST_REST = 5.0
"""Seconds after a start before the first study: who starts has enough to do."""

AFTER_FAULT = 5.0


class Lessons:
    """The loops of the two threads that learn; everything else may be called from anywhere."""

    def __init__(
        self,
        take_up: Callable[[], bool],
        study: Callable[[], None],
        *,
        has_news: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare.

        Args:
            take_up: takes up what changed; False while the base is not known at all.
            study: gets to know the whole base, here or in another process; it may take minutes.
            has_news: tells whether a study ended, also one of another process.
        """
        self._take_up, self._study, self._has_news = take_up, study, has_news
        self._wanted, self._fresh = threading.Event(), threading.Event()
        self._due, self._stopping = threading.Event(), threading.Event()
        self._taken_up_at = -QUIET

    def want(self) -> None:
        """Say that there is something to take up."""
        self._fresh.clear()
        self._wanted.set()
        self._due.set()

    def study_again(self) -> None:
        """Say that another study is due after the rest."""
        self._due.set()

    def wait(self, seconds: float) -> bool:
        """Return when everything wanted has been taken up; False when it takes longer."""
        return self._fresh.wait(seconds)

    def stop(self) -> None:
        """Ask the loops to end after what they have in hand."""
        self._stopping.set()
        self._wanted.set()
        self._due.set()

    def run(self) -> None:
        """Take up what changes until `stop`."""
        while not self._stopping.is_set():
            if self._wanted.wait(WATCH):
                quiet = time.monotonic() - self._taken_up_at >= QUIET
                if self._stopping.wait(0 if quiet else PAUSE):
                    return
                self._wanted.clear()
            elif not self._has_news():
                continue
            known = self._taken_up()
            self._taken_up_at = time.monotonic()
            if known and not self._wanted.is_set():
                self._fresh.set()

    def run_studies(self) -> None:
        """Study whenever something changed, with a rest in between, until `stop`."""
        rest = FIRST_REST
        while self._due.wait() and not self._stopping.wait(rest):
            self._due.clear()
            started = time.monotonic()
            try:
                self._study()
            except Unavailable as error:
                log.warning("a study was put off: %s", error)
                self._due.set()
                rest = AFTER_FAULT
                continue
            rest = max((time.monotonic() - started) * REST, SHORTEST_REST)

    def _taken_up(self) -> bool:
        """Take up; on a database or encoder that is down try again with the next turn."""
        try:
            return self._take_up()
        except Unavailable as error:
            log.warning("a lesson was put off: %s", error)
            self._stopping.wait(PAUSE)
            self._wanted.set()
            return False

"""Follows the change log: one process writes the index, every process hears what changed.

The writer is whoever holds the file lock; when it dies the kernel frees the lock and the next
process takes over. Each process has its own place in the log for what it keeps in memory
(dictionaries, suggestions, vectors).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from kb import changes
from kb.changes import Entry
from kb.db import Database
from kb.errors import Unavailable
from search import glossary, index
from search.analysis import Analyzer
from search.engine import Engine

_log = logging.getLogger(__name__)

Listener = Callable[[Sequence[Entry]], None]
"""Called with what changed, before the index has it: what they do need not wait for the disk, and
is done also while the index is down."""

POLL = 0.2
"""Seconds between two looks at the log, when nobody in this process says that it wrote."""

AFTER_FAULT = 2.0
CATCH_UP = 30.0
AT_ONCE = 500


class Follower:
    """One per process. `run` is the loop of its thread; everything else may be called anywhere."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        folder: Path,
        *,
        listeners: Sequence[Listener] = (),
        poll: float = POLL,
    ) -> None:
        """Prepare; nothing is written before the first step.

        Args:
            database: whose log is followed.
            engine: this process's view of the index.
            folder: where the writer's lock is; the same for all processes of an index.
            listeners: heard after each step that saw changes.
            poll: seconds between two looks.
        """
        self.engine = engine
        self._database = database
        self._lock = index.writer_lock(folder)
        self._listeners = list(listeners)
        self._poll = poll
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._stepping = threading.Lock()
        with database.reading() as session:
            self._seen = changes.latest(session)
            self.analyzer = Analyzer(glossary.current(session))

    @property
    def is_writer(self) -> bool:
        """Tell whether this process writes the index."""
        return not self.engine.capabilities.shared or self._lock.held

    def listen(self, listener: Listener) -> None:
        """Add somebody who wants to hear what changed."""
        self._listeners.append(listener)

    def wake(self) -> None:
        """Say that something was committed in this process: look at once."""
        self._wake.set()

    def run(self) -> None:
        """Follow until `stop`; a fault is logged and tried again."""
        while not self._stopping.is_set():
            pause = self._poll
            try:
                self.step()
            except Unavailable as error:
                _log.warning("index waits: %s", error)
                pause = AFTER_FAULT
            except Exception:
                # Whatever it was, the next look may go well, and nobody else would follow.
                _log.exception("index follower failed")
                pause = AFTER_FAULT
            self._wake.wait(pause)
            self._wake.clear()
        self._lock.release()

    def stop(self) -> None:
        """Ask the loop to end after the step in hand."""
        self._stopping.set()
        self._wake.set()

    def step(self) -> int:
        """Look once: hear what changed, and write the index when this process may.

        Returns:
            How many changes were heard.
        """
        with self._stepping:
            entries = self._news()
            if any(entry.kind == glossary.KIND for entry in entries):
                self._reread_dictionaries()
            for listener in self._listeners if entries else ():
                listener(entries)
            if self._may_write():
                index.sync(self._database, self.engine, self.analyzer)
            self.engine.refresh()
        return len(entries)

    def catch_up(self, *, seconds: float = CATCH_UP) -> bool:
        """Return when the index holds everything that is committed now, whoever writes it.

        Returns:
            False when the writing process did not get there in time.
        """
        self.step()
        return self.is_writer or index.wait(
            self._database, self.engine, self.analyzer, seconds=seconds
        )

    def rebuild(self, *, seconds: float = CATCH_UP) -> bool:
        """Build the index anew, here or, when another process writes, there.

        Returns:
            False when the writing process did not get there in time.
        """
        with self._stepping:
            if self._may_write():
                index.rebuild(self._database, self.engine, self.analyzer)
                return True
        self.engine.condemn()
        return index.wait(self._database, self.engine, self.analyzer, seconds=seconds)

    def status(self) -> index.Status:
        """Tell how the index stands."""
        return index.status(self._database, self.engine, self.analyzer)

    def lag(self) -> int:
        """Return how many changes the index does not hold yet."""
        return self.status().behind

    def release(self) -> None:
        """Let another process write; for one that ends without `run`."""
        self._lock.release()

    def _may_write(self) -> bool:
        return not self.engine.capabilities.shared or self._lock.acquire()

    def _news(self) -> list[Entry]:
        found: list[Entry] = []
        with self._database.reading() as session:
            while more := changes.after(session, self._seen, limit=AT_ONCE):
                found.extend(more)
                self._seen = more[-1].mark
        return found

    def _reread_dictionaries(self) -> None:
        with self._database.reading() as session:
            self.analyzer = Analyzer(glossary.current(session))

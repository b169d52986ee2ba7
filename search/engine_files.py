"""What engines with files share: generations, one reader for all threads, what damage means."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from kb.errors import Unavailable
from search.engine import Document, Hit, Position, Query
from search.generations import Generations, stamp, write_position

_log = logging.getLogger(__name__)


class Opened(Protocol):
    """A generation that is open for reading, as it was at one moment."""

    @property
    def generation(self) -> Path:
        """Return its folder."""

    def count(self) -> int:
        """Return the number of documents."""


R = TypeVar("R", bound=Opened)


class FileEngine(ABC, Generic[R]):
    """`search.engine.Engine` over an index folder. Safe to search from many threads."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which need not exist; nothing is opened before the first call."""
        self._generations = Generations(folder)
        self._reader: R | None = None
        self._seen: object = None
        self._opening = threading.RLock()

    @abstractmethod
    def _found(self, reader: R, query: Query, limit: int) -> list[Hit]:
        """Search an open generation; any fault means that it is damaged."""

    @abstractmethod
    def _opened(self, generation: Path, before: R | None) -> R:
        """Open a generation, with what can be kept of an older look at the same one."""

    @abstractmethod
    def _changed(self, generation: Path, upserts: Sequence[Document], gone: Sequence[str]) -> None:
        """Write into a generation and commit.

        Raises:
            Unavailable: another process is writing, or the generation cannot be opened; what
                goes wrong later (a full disk) does not make it unusable.
        """

    @abstractmethod
    def _filled(self, generation: Path, documents: Iterable[Document]) -> None:
        """Write a whole generation into an empty folder and commit."""

    @abstractmethod
    def _committed(self, generation: Path) -> Path:
        """Return what is replaced on disk with every commit."""

    def search(self, query: Query, limit: int) -> list[Hit]:
        """Return the best hits; see `Engine`."""
        if not query.terms or limit <= 0:
            return []
        self.refresh()
        reader = self._reader
        if reader is None:
            raise Unavailable("index_missing")
        with self._trusting(reader.generation):
            return self._found(reader, query, limit)

    def apply(
        self, upserts: Sequence[Document], deletes: Sequence[str], position: Position
    ) -> None:
        """Write documents; see `Engine`."""
        generation = self._generations.current()
        if generation is None:
            raise Unavailable("index_missing")
        self._changed(generation, upserts, deletes)
        write_position(generation, position)
        self.refresh()

    def build(self, documents: Iterable[Document], position: Position) -> None:
        """Build a new generation and switch to it; see `Engine`."""
        with self._generations.building() as generation:
            self._filled(generation, documents)
            write_position(generation, position)
        self.refresh()

    def position(self) -> Position:
        """Return how far this index has come."""
        return self._generations.position()

    def count(self) -> int:
        """Return the number of documents."""
        self.refresh()
        return self._reader.count() if self._reader else 0

    def condemn(self) -> None:
        """Ask the writer for a new index; this one serves until then."""
        self._generations.condemn()

    def refresh(self) -> None:
        """Make what other processes wrote visible; two calls of stat when there is nothing."""
        generation = self._generations.current()
        if generation is None:
            self._reader, self._seen = None, None
            return
        seen = stamp(self._generations.folder / "CURRENT", self._committed(generation))
        if seen == self._seen and self._reader is not None:
            return
        with self._opening:
            if seen != self._seen or self._reader is None:
                self._reader, self._seen = self._look(generation), seen

    def close(self) -> None:
        """Let go of the files."""
        self._reader = None

    def _look(self, generation: Path) -> R:
        before = self._reader
        if before is not None and before.generation != generation:
            before = None
        with self._trusting(generation):
            return self._opened(generation, before)

    @contextmanager
    def _trusting(self, generation: Path) -> Iterator[None]:
        """Take any fault in a block that reads a generation for damage.

        The writer is asked for a new one; search goes on without hits until then.
        """
        try:
            yield
        except Unavailable:
            raise
        except BaseException as error:
            if not _is_fault(error):
                raise
            _log.error("search index damaged, asking for a rebuild: %s", error)
            self._reader = None
            self._generations.condemn(generation)
            raise Unavailable("index_damaged", folder=str(generation)) from error


def _is_fault(error: BaseException) -> bool:
    """Tell damage from an interruption: the panics of tantivy are no Exceptions."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"

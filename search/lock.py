"""A lock between the processes of one machine; the kernel frees it when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """An exclusive advisory lock on a file. Not re-entrant; one holder per object."""

    def __init__(self, path: Path) -> None:
        """Name the file, which is made when the lock is first tried."""
        self.path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Tell whether this object holds the lock on the file that is there now.

        Somebody may have deleted the whole folder; a lock on a file that is gone keeps nobody
        out.
        """
        if self._handle is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._handle), os.stat(self.path))
        except OSError:
            return False

    def acquire(self) -> bool:
        """Try to take the lock; never waits.

        Returns:
            True when this object holds it now.
        """
        if self.held:
            return True
        self.release()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @contextmanager
    def tried(self) -> Iterator[bool]:
        """Try to hold the lock for a block; yields whether it is held."""
        try:
            yield self.acquire()
        finally:
            self.release()

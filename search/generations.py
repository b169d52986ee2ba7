"""Index folders that are replaced as a whole, and the position that belongs to each.

A folder holds generations `g<number>` and a file `CURRENT` that names the one in use. A rebuild
fills a new generation beside the old one; renaming a new `CURRENT` over the old one switches all
processes at once. The position is a file of the generation, written after the index's own
commit, so it never claims more than the index holds.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from search.engine import Position

_NAME = re.compile(r"^g(\d{1,12})$")
_POINTER = "CURRENT"
_POSITION = "position.json"
_CONDEMNED = "condemned"


class Generations:
    """The generations of one index folder. Holds no open files; cheap to create."""

    def __init__(self, folder: Path) -> None:
        """Look at a folder, which need not exist yet."""
        self.folder = folder

    def current(self) -> Path | None:
        """Return the generation in use; None when there is none that can be used."""
        try:
            name = (self.folder / _POINTER).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        generation = self.folder / name
        return generation if _NAME.match(name) and generation.is_dir() else None

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Open an empty new generation; it is switched to when the block ends well.

        Nobody reads it before that. When the block fails it is removed and the old one stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"g{max(self._numbers(), default=0) + 1}"
        fresh.mkdir()
        try:
            yield fresh
            self._switch(fresh)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise

    def _switch(self, generation: Path) -> None:
        """Make a generation the one in use and remove those before the last one.

        The last one stays, because other processes may be reading it for another moment.
        """
        before = self.current()
        replace(self.folder / _POINTER, generation.name)
        for number in self._numbers():
            old = self.folder / f"g{number}"
            if old not in (generation, before):
                shutil.rmtree(old, ignore_errors=True)

    def forget_others(self) -> None:
        """Remove every generation but the one in use, also the one before it."""
        current = self.current()
        for number in self._numbers():
            old = self.folder / f"g{number}"
            if old != current:
                shutil.rmtree(old, ignore_errors=True)

    def position(self) -> Position:
        """Return how far the generation in use has come; the zero position when unusable."""
        generation = self.current()
        if generation is None or (generation / _CONDEMNED).exists():
            return Position()
        try:
            stored = json.loads((generation / _POSITION).read_text(encoding="utf-8"))
            return Position(
                database=str(stored["database"]),
                change=int(stored["change"]),
                analyzer=str(stored["analyzer"]),
                transaction=int(stored["transaction"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Position()

    def condemn(self, generation: Path | None = None) -> None:
        """Mark a generation as damaged, so that the writer builds a new one.

        Args:
            generation: the one that was found damaged; None for the one in use. One that is gone
                already needs no mark.
        """
        marked = generation or self.current()
        if marked is not None:
            with suppress(OSError):
                (marked / _CONDEMNED).touch()

    def _numbers(self) -> list[int]:
        matches = (_NAME.match(entry.name) for entry in self.folder.glob("g*"))
        return sorted(int(match[1]) for match in matches if match)


def write_position(generation: Path, position: Position) -> None:
    """Store a position, after the index's own commit."""
    replace(generation / _POSITION, json.dumps(asdict(position)))


def replace(path: Path, content: str) -> None:
    """Write a small file so that a crash leaves the old content or the new one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def stamp(*paths: Path) -> tuple[tuple[int, int, int], ...] | None:
    """Return what changes whenever one of the files is replaced; None when one is missing."""
    try:
        stats = [path.stat() for path in paths]
    except OSError:
        return None
    return tuple((found.st_mtime_ns, found.st_ino, found.st_size) for found in stats)

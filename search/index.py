"""Keeps an index true to the change log: sync, rebuild, status.

The position is stored with the index and after its commit, so a crash at any moment only means
applying some changes again. One process writes at a time, by a file lock; the others only read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from kb import changes
from kb.changes import Entry, Mark
from kb.db import Database
from kb.errors import Unavailable
from kb.models.system import Setting
from search.analysis import Analyzer
from search.documents import Batch, Reader, everything
from search.engine import Engine, Position
from search.lock import FileLock

LOCK_NAME = "writer.lock"
AT_ONCE = 200
"""Changes applied in one commit of the index."""

_WAIT = 0.1


@dataclass(frozen=True, slots=True)
class Status:
    """How an index stands.

    Attributes:
        engine: its name.
        documents: how many it holds.
        change: number of the last change applied.
        behind: changes not applied yet.
        analyzer: version of the analysis that made it.
        usable: False when it has to be built anew: missing, damaged, made by another analysis or
            from another database.
    """

    engine: str
    documents: int
    change: int
    behind: int
    analyzer: str
    usable: bool

    def as_json(self) -> dict[str, Any]:  # Any: JSON values
        """Return the fields by name."""
        return asdict(self)


def writer_lock(folder: Path) -> FileLock:
    """Return the lock that the one writer of an index folder holds."""
    return FileLock(folder / LOCK_NAME)


def status(database: Database, engine: Engine, analyzer: Analyzer) -> Status:
    """Tell how an index stands against the database."""
    position = engine.position()
    usable = is_usable(database, position, analyzer)
    with database.reading() as session:
        behind = changes.behind(session, mark_of(position) if usable else Mark())
    return Status(
        engine=engine.capabilities.name,
        documents=_count(engine),
        change=position.change,
        behind=behind,
        analyzer=position.analyzer,
        usable=usable,
    )


def _count(engine: Engine) -> int:
    try:
        return engine.count()
    except Unavailable:
        return 0


def is_usable(database: Database, position: Position, analyzer: Analyzer) -> bool:
    """Tell whether changes can be applied, or everything has to be read again."""
    return position.database == identity(database) and position.analyzer == analyzer.version


def identity(database: Database) -> str:
    """Return the database's own id; only the first call ever writes."""
    with database.reading() as session:
        known = session.get(Setting, changes.DATABASE_SETTING) is not None
        if known:
            return changes.database_id(session)
    with database.transaction() as session:
        return changes.database_id(session)


def mark_of(position: Position) -> Mark:
    """Return the place in the change log that an index has come to."""
    return Mark(position.transaction, position.change)


def sync(database: Database, engine: Engine, analyzer: Analyzer) -> int:
    """Apply all changes, or rebuild when they cannot be applied. Only for the lock's holder.

    Returns:
        How many changes or, after a rebuild, documents were written.

    Raises:
        Unavailable: the database or the disk; the index stays as it was.
    """
    done = 0
    while True:
        # Looked at each time: a reader may find the index damaged while changes are applied.
        position = engine.position()
        if not is_usable(database, position, analyzer):
            return done + rebuild(database, engine, analyzer)
        applied = _apply_some(database, engine, analyzer, position)
        if not applied:
            return done
        done += applied


def rebuild(database: Database, engine: Engine, analyzer: Analyzer) -> int:
    """Build a new index beside the old one and switch to it. Only for the lock's holder.

    The place in the log is read before the documents: what is written meanwhile is applied again
    afterwards.

    Returns:
        How many documents the new index holds.
    """
    owner = identity(database)
    with database.reading() as session:
        mark = changes.latest(session)
    engine.build(everything(database, analyzer), _position(owner, mark, analyzer))
    return engine.count()


def wait(
    database: Database,
    engine: Engine,
    analyzer: Analyzer,
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> bool:
    """Wait until another process has applied everything.

    Returns:
        Whether it has, within the time.
    """
    until = clock() + seconds
    while True:
        now = status(database, engine, analyzer)
        if now.usable and not now.behind:
            return True
        if clock() >= until:
            return False
        pause(_WAIT)


def _apply_some(database: Database, engine: Engine, analyzer: Analyzer, position: Position) -> int:
    with database.reading() as session:
        entries = changes.after(session, mark_of(position), limit=AT_ONCE)
        if not entries:
            return 0
        erased = any(entry.kind == changes.ERASURE for entry in entries)
        batch = Batch((), ()) if erased else _read(session, analyzer, entries)
    if erased:
        # The index before the last one stays for its readers, so only the second build removes
        # what stood in the old one. People are erased rarely.
        rebuild(database, engine, analyzer)
        rebuild(database, engine, analyzer)
        return len(entries)
    moved = _position(position.database, entries[-1].mark, analyzer)
    try:
        engine.apply(batch.upserts, batch.deletes, moved)
    except Unavailable as error:
        if error.code not in ("index_damaged", "index_missing"):
            raise
        rebuild(database, engine, analyzer)
    return len(entries)


def _read(session: Session, analyzer: Analyzer, entries: Sequence[Entry]) -> Batch:
    """Read what the changed objects are now, each once."""
    reader = Reader(session, analyzer)
    ordered = sorted(entries, key=lambda entry: entry.kind)
    batches = [
        reader.batch(kind, (entry.object_id for entry in group))
        for kind, group in groupby(ordered, key=lambda entry: entry.kind)
    ]
    return Batch(
        upserts=tuple(document for batch in batches for document in batch.upserts),
        deletes=tuple(gone for batch in batches for gone in batch.deletes),
    )


def _position(identity: str, mark: Mark, analyzer: Analyzer) -> Position:
    return Position(
        database=identity,
        change=mark.number,
        analyzer=analyzer.version,
        transaction=mark.xid,
    )

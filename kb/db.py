"""The database: one object that opens units of work.

`transaction()` is for what writes and `reading()` for what only reads. On SQLite a unit of work
that reads first and writes later fails at once when another writer came between (its
`busy_timeout` is ignored then), so `transaction()` begins with BEGIN IMMEDIATE.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from kb.errors import Unavailable
from kb.models import knowledge, people, service, steering, system
from kb.models.base import Base

# Tables name each other in foreign keys, so all of the ground must be known to the metadata.
GROUND = (knowledge, people, service, steering, system)

BUSY_TIMEOUT_MS = 8_000
# What a database says -> the word for it.
_FAULTS = (
    ("database is locked", "locked"),
    ("database table is locked", "locked"),
    ("disk is full", "full"),
    ("no space left on device", "full"),
    ("disk i/o error", "disk"),
    ("readonly database", "readonly"),
)


def _on_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Set SQLite up; transactions are begun by `_on_begin`, not by the driver."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # What is erased leaves the file too, not only its index.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _engine(url: URL) -> Engine:
    """Build the SQLAlchemy engine for one database."""
    if url.get_backend_name() != "sqlite":
        # psycopg 3 is the driver that we install; a bare postgresql:// means it.
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8)
    if url.database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    return engine


class Database:
    """One database, shared by all threads of a process."""

    def __init__(self, url: str) -> None:
        """Open lazily.

        Args:
            url: `sqlite:////path/file.db`, `sqlite://` (memory) or `postgresql://…`.
        """
        self.url = make_url(url)
        self.engine = _engine(self.url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database, else None."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @contextmanager
    def transaction(self, *, wait_ms: int | None = None) -> Iterator[Session]:
        """Open a unit of work that writes; commit at the end, roll back on any error.

        Args:
            wait_ms: how long to wait for another writer (SQLite); short for what may be left out,
                None for as long as usual.

        Raises:
            Unavailable: the database is locked, full or gone.
        """
        with self._session("BEGIN IMMEDIATE", wait_ms) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a unit of work that only reads; never commits."""
        with self._session("BEGIN") as session:
            yield session

    @contextmanager
    def _session(self, begin: str, wait_ms: int | None = None) -> Iterator[Session]:
        session = Session(self.engine, expire_on_commit=False)
        try:
            if self.is_sqlite:
                _begin(session.connection(), begin, wait_ms)
            yield session
        except OperationalError as error:
            session.rollback()
            raise Unavailable("database", reason=reason_of(error)) from error
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def create_all(self) -> None:
        """Create every table at once (tests and throw-away bases); others migrate."""
        Base.metadata.create_all(self.engine)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _begin(connection: Connection, begin: str, wait_ms: int | None) -> None:
    """Begin on SQLite; the connection goes on with its usual patience."""
    if wait_ms is None:
        connection.exec_driver_sql(begin)
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(wait_ms)}")
    try:
        connection.exec_driver_sql(begin)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def one_at_a_time(session: Session, what: str) -> bool:
    """Wait until no other unit of work does what the words name; until the end of this one.

    SQLite has one writer anyway, which every writing transaction of ours is from its beginning.

    Returns:
        whether something may have changed meanwhile, so that it has to be looked at again.
    """
    if session.get_bind().dialect.name != "postgresql":
        return False
    key = func.hashtextextended(what, 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    return True


def reason_of(error: OperationalError) -> str:
    """Name the fault in a word that the edge can translate."""
    text = str(error.orig).lower()
    return next((word for said, word in _FAULTS if said in text), "down")

"""The change log (transactional outbox) that every index follows.

Numbers are not commit order on PostgreSQL: with several writers a plain `number > last` loses
rows. Each row keeps the writing transaction, and a reader takes only rows below the snapshot's
horizon, ordered by (transaction, number). SQLite has one writer, so there its numbers are safe.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select, text, tuple_
from sqlalchemy.orm import Session

from kb.models.base import table_of
from kb.models.system import Change, Setting

DATABASE_SETTING = "database"
# A person was erased: an index builds itself anew, because deleted words stay in its old files.
ERASURE = "erasure"
_RECORDED = insert(table_of(Change))


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the log; everything up to it has been seen."""

    xid: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: the object `kind`:`object_id` has to be read again."""

    mark: Mark
    kind: str
    object_id: int


def record(session: Session, kind: str, object_id: int, *, now: datetime) -> None:
    """Note that an object changed; part of the caller's transaction."""
    xid = 0
    if _is_postgres(session):
        xid = session.scalar(text("SELECT pg_current_xact_id()::text::bigint")) or 0
    row = {"kind": kind, "object_id": object_id, "created_at": now, "xid": xid}
    session.execute(_RECORDED, row)


def after(session: Session, mark: Mark, *, limit: int = 500) -> Sequence[Entry]:
    """Return the entries behind `mark` that are safe to take, oldest first."""
    query = select(Change).where(tuple_(Change.xid, Change.id) > tuple_(mark.xid, mark.number))
    if _is_postgres(session):
        horizon = text("change.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        query = query.where(horizon)
    rows = session.scalars(query.order_by(Change.xid, Change.id).limit(limit))
    return [Entry(Mark(row.xid, row.id), row.kind, row.object_id) for row in rows]


def latest(session: Session) -> Mark:
    """Return the newest safe place in the log; a rebuild reads it before the documents."""
    query = select(Change.xid, Change.id).order_by(Change.xid.desc(), Change.id.desc()).limit(1)
    if _is_postgres(session):
        query = query.where(
            text("change.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        )
    row = session.execute(query).first()
    return Mark(row[0], row[1]) if row else Mark()


def behind(session: Session, mark: Mark, *, kinds: Collection[str] = ()) -> int:
    """Return how many entries stand behind `mark`, of some kinds or of all."""
    newer = tuple_(Change.xid, Change.id) > tuple_(mark.xid, mark.number)
    query = select(func.count()).select_from(Change).where(newer)
    return session.scalar(query.where(Change.kind.in_(kinds)) if kinds else query) or 0


def database_id(session: Session) -> str:
    """Return this database's own id, made on first use; an index belongs to one database."""
    setting = session.get(Setting, DATABASE_SETTING)
    if setting is None:
        setting = Setting(name=DATABASE_SETTING, value={"id": uuid4().hex})
        session.add(setting)
        session.flush()
    return str(setting.value["id"])


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"

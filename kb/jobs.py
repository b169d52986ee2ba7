"""Jobs: work done later, at least once, under a lease.

A row is written in the transaction that causes it, claimed in one statement, and finished in the
transaction that holds its effect. `kill -9` anywhere only means that the lease runs out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from kb.models.base import table_of
from kb.models.system import Job

READY, DONE, DEAD, CANCELLED = "ready", "done", "dead", "cancelled"
LEASE = timedelta(seconds=60)
# Growing delays; after the last one the job is dead and waits for a person.
DELAYS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 7200, 21600, 43200))


# Made once, and of the table: for each job anew it takes longer than the database's answer.
_JOB = table_of(Job)
_ADDED = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_JOB)
    .on_conflict_do_nothing(index_elements=["dedupe"])
    .returning(_JOB.c.id)
    for dialect in (postgresql, sqlite)
}
_DUE = (
    select(_JOB.c.id)
    .where(
        _JOB.c.state == READY,
        _JOB.c.run_at <= bindparam("moment"),
        or_(_JOB.c.leased_until.is_(None), _JOB.c.leased_until < bindparam("moment")),
    )
    .order_by(_JOB.c.run_at, _JOB.c.id)
    .limit(1)
)
_FINISHED = (
    update(_JOB)
    .where(_JOB.c.id == bindparam("number"))
    .values(state=DONE, done_at=bindparam("moment"), leased_until=None, error="")
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in the hands of one worker."""

    id: int
    kind: str
    payload: dict[str, Any]  # JSON: each kind's handler knows its shape
    attempts: int


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],  # JSON: each kind's handler knows its shape
    *,
    now: datetime,
    run_at: datetime | None = None,
    dedupe: str | None = None,
) -> int | None:
    """Add a job and return its id; None when one with the same `dedupe` is known already."""
    row = {"kind": kind, "payload": payload, "dedupe": dedupe, "created_at": now}
    added = _ADDED[session.get_bind().dialect.name]
    number: int | None = session.scalar(added, {**row, "run_at": run_at or now})
    return number


def claim(
    session: Session, *, owner: str, now: datetime, kinds: tuple[str, ...] = ()
) -> Claimed | None:
    """Take the oldest ready job; None when there is none. Commit before working on it."""
    taken = _taking(kinds, locked=session.get_bind().dialect.name == "postgresql")
    given = {"moment": now, "lease": now + LEASE, "by": owner}
    row = session.execute(taken, given).first()
    return Claimed(row.id, row.kind, row.payload, row.attempts) if row else None


@lru_cache(maxsize=64)
def _taking(kinds: tuple[str, ...], *, locked: bool) -> ReturningUpdate[tuple[Any, ...]]:
    """Make the statement once for each worker's kinds."""
    due = _DUE.where(or_(*(_JOB.c.kind == kind for kind in kinds))) if kinds else _DUE
    if locked:
        due = due.with_for_update(skip_locked=True)
    return (
        update(_JOB)
        .where(_JOB.c.id == due.scalar_subquery())
        .values(
            leased_until=bindparam("lease"), owner=bindparam("by"), attempts=_JOB.c.attempts + 1
        )
        .returning(_JOB.c.id, _JOB.c.kind, _JOB.c.payload, _JOB.c.attempts)
    )


def finish(session: Session, job_id: int, *, now: datetime) -> None:
    """Mark a job done, in the transaction that holds its effect."""
    session.execute(_FINISHED, {"number": job_id, "moment": now})


def fail(session: Session, job: Claimed, error: str, *, now: datetime) -> bool:
    """Put a job back with a growing delay; False when it is dead now."""
    if job.attempts > len(DELAYS):
        _set(session, job.id, state=DEAD, error=error[:2000], leased_until=None)
        return False
    later = now + DELAYS[job.attempts - 1]
    _set(session, job.id, run_at=later, error=error[:2000], leased_until=None)
    return True


def bury(session: Session, job_id: int, error: str) -> None:
    """Mark a job dead at once: trying again cannot help."""
    _set(session, job_id, state=DEAD, error=error[:2000], leased_until=None)


def cancel(session: Session, dedupe: str) -> bool:
    """Take back a job that no worker has begun; False when it is too late."""
    gone = (
        update(Job)
        .where(Job.dedupe == dedupe, Job.state == READY, Job.attempts == 0)
        .values(state=CANCELLED)
        .returning(Job.id)
    )
    return session.scalar(gone) is not None


def retry(session: Session, job_id: int, *, now: datetime) -> bool:
    """Give a dead job another round; False when it is not dead."""
    again = (
        update(Job)
        .where(Job.id == job_id, Job.state == DEAD)
        .values(state=READY, run_at=now, attempts=0, leased_until=None)
        .returning(Job.id)
    )
    return session.scalar(again) is not None


def oldest_ready(session: Session, *, now: datetime) -> datetime | None:
    """Return since when the oldest due job has waited; None when nothing is due."""
    due = select(func.min(Job.run_at)).where(Job.state == READY, Job.run_at <= now)
    return session.scalar(due)


def _set(session: Session, job_id: int, **values: object) -> None:
    session.execute(update(Job).where(Job.id == job_id).values(**values))

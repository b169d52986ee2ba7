"""A back-test as a job of the worker, with progress that the desk shows; it can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from autoreply import backtest, backtest_base, backtest_sources, backtest_threads
from autoreply.backtest import Item, Report
from autoreply.backtest_base import Words
from autoreply.backtest_threads import Reading
from autoreply.case import Answers
from autoreply.policy_tables import DONE, FAILED, RUNNING, STOPPED, WAITING, Backtest
from autoreply.sender import Sender, own_addresses
from kb import jobs
from kb.db import Database
from kb.errors import Conflict, DomainError, Invalid, NotFound
from kb.jobs import Claimed
from kb.models.system import Job

KIND = "backtest"
DATABASE, UPLOAD = "database", "upload"
MOST_MAILS = 5_000
MOST_BYTES = 8 * 1024 * 1024
TICK = 20
MOST_ATTEMPTS = 3
KEPT = 20
"""Older tests go when a new one starts."""


class _StoppedByPerson(Exception):
    """Somebody pressed stop."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a back-test needs of this process."""

    sender: Sender
    answers: Answers
    words: Words
    reading: Reading


def start(
    session: Session,
    *,
    by: int | None,
    now: datetime,
    last: int | None = None,
    name: str = "",
    upload: bytes | None = None,
) -> Backtest:
    """Enqueue a back-test over the base's own mails, or over an uploaded mbox.

    Raises:
        Invalid: the upload is empty or too large (`mbox_missing`, `file_large`).
        Conflict: another one is running (`backtest_running`).
    """
    if upload is not None and not upload.strip():
        raise Invalid("mbox_missing", field="mbox")
    if upload is not None and len(upload) > MOST_BYTES:
        raise Invalid("file_large", field="mbox", name=name, limit=MOST_BYTES // 1024 // 1024)
    if session.scalar(select(Backtest.id).where(Backtest.state.in_((WAITING, RUNNING))).limit(1)):
        raise Conflict("backtest_running")
    row = Backtest(
        source=DATABASE if upload is None else UPLOAD,
        name=name[:200],
        last=min(last or MOST_MAILS, MOST_MAILS),
        upload=upload,
        result={},
        user_id=by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    jobs.enqueue(session, KIND, {"backtest": row.id}, now=now)
    _tidy(session)
    return row


def _tidy(session: Session) -> None:
    old = select(Backtest).order_by(Backtest.id.desc()).offset(KEPT)
    for row in session.scalars(old):
        session.delete(row)
    session.flush()


def stop(session: Session, number: int, *, now: datetime) -> Backtest:
    """End a back-test. Raises NotFound, Conflict (`backtest_over`)."""
    row = session.get(Backtest, number)
    if row is None:
        raise NotFound(backtest=number)
    if row.state not in (WAITING, RUNNING):
        raise Conflict("backtest_over", backtest=number)
    row.state, row.upload, row.done_at = STOPPED, None, now
    session.flush()
    return row


def work(db: Database, job: Claimed, clock: Callable[[], datetime], bench: Bench) -> None:
    """Run the back-test of one job; what goes wrong is kept for people to read."""
    number = int(job.payload["backtest"])
    try:
        report = _run(db, job, number, clock, bench)
    except _StoppedByPerson:
        _end(db, job, clock, None)
    except DomainError as error:
        _end(db, job, clock, number, state=FAILED, error=error.code)
    # Whoever waits for the result must see that there will be none.
    except Exception as error:
        if job.attempts < MOST_ATTEMPTS:
            raise
        _end(db, job, clock, number, state=FAILED, error=f"{type(error).__name__}: {error}"[:300])
    else:
        _end(db, job, clock, number, state=DONE, report=report)


def _run(
    db: Database, job: Claimed, number: int, clock: Callable[[], datetime], bench: Bench
) -> Report:
    items = _items(db, number, bench)
    now = clock()
    _progress(db, job, number, 0, len(items), clock())

    def tick(report: Report) -> None:
        if report.mails % TICK == 0:
            _progress(db, job, number, report.mails, len(items), clock())

    with db.reading() as session:
        likeness = backtest_base.likeness_of(session, bench.words, now=now)
    judge = backtest_base.judge_of(db, bench.answers, now)
    return backtest.run(items, judge, likeness.of, tick=tick)


def _items(db: Database, number: int, bench: Bench) -> list[Item]:
    with db.reading() as session:
        row = session.get(Backtest, number)
        if row is None or row.state == STOPPED:
            raise _StoppedByPerson
        ours = own_addresses(session, bench.sender)
        if row.source == DATABASE:
            return backtest_base.items(session, bench.reading, ours, last=row.last)
        raws, last = backtest_sources.of_bytes(row.name, row.upload or b""), row.last
    found = backtest_threads.letters(raws, bench.reading)
    if not any(ours & (letter.recipients | {letter.sender}) for letter in found):
        # An mbox of another mailbox, from before the move.
        ours = backtest_threads.own_address(found)
    return backtest_threads.items(found, ours)[-(last or MOST_MAILS) :]


def _progress(
    db: Database, job: Claimed, number: int, done: int, total: int, now: datetime
) -> None:
    """Say how far it is, and keep the lease."""
    with db.transaction() as session:
        going = (
            update(Backtest)
            .where(Backtest.id == number, Backtest.state.in_((WAITING, RUNNING)))
            .values(state=RUNNING, done=done, total=total)
            .returning(Backtest.id)
        )
        if session.scalar(going) is None:
            raise _StoppedByPerson
        lease = update(Job).where(Job.id == job.id).values(leased_until=now + jobs.LEASE)
        session.execute(lease)


def _end(
    db: Database,
    job: Claimed,
    clock: Callable[[], datetime],
    number: int | None,
    *,
    state: str = STOPPED,
    error: str = "",
    report: Report | None = None,
) -> None:
    with db.transaction() as session:
        row = session.get(Backtest, number) if number is not None else None
        if row is not None and row.state != STOPPED:
            row.state, row.error, row.upload, row.done_at = state, error, None, clock()
            if report is not None:
                row.result, row.done, row.total = report.as_json(), report.mails, report.mails
        jobs.finish(session, job.id, now=clock())

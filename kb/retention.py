"""Forget what is older than the company keeps it (`kb.settings.Retention`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from kb import askings, attachments, changes, impact_runs, jobs, ratelimit, settings
from kb.models.people import WebSession
from kb.models.service import Feedback, Question, Ticket
from kb.models.system import AuditEntry, Job
from kb.settings import Retention

RATE_WINDOWS = timedelta(days=1)
TICKETS_AT_ONCE = 500


def purge(session: Session, *, now: datetime) -> dict[str, int]:
    """Remove what is too old; counts of it stay.

    Returns:
        kind -> how many rows were emptied or removed.
    """
    keep = settings.read(session, Retention)
    ratelimit.forget(session, before=now - RATE_WINDOWS)
    done = {
        "questions": _questions(session, _before(now, keep.questions_days)),
        "comments": _comments(session, _before(now, keep.questions_days)),
        "sessions": _sessions(session, now, _before(now, keep.sessions_days)),
        "jobs": _jobs(session, _before(now, keep.jobs_days)),
        "audit": _audit(session, _before(now, keep.audit_days)),
        "tickets": _tickets(session, now, _before(now, keep.closed_tickets_days)),
        "files": attachments.sweep(session),
    }
    askings.prune(session, now=now)
    impact_runs.forget(session, before=now - impact_runs.KEPT)
    return done


def _before(now: datetime, days: int) -> datetime | None:
    """Return the moment before which things go; None keeps them for good."""
    return now - timedelta(days=days) if days > 0 else None


def _questions(session: Session, before: datetime | None) -> int:
    """Empty what people typed and who they were; that something was asked still counts."""
    if before is None:
        return 0
    return _empty(session, Question.created_at < before)


def _empty(session: Session, condition: ColumnElement[bool]) -> int:
    emptied = (
        update(Question)
        .where(condition, Question.text != "")
        .values(text="", visitor="", contact_id=None)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(emptied.returning(Question.id)).all())


def _comments(session: Session, before: datetime | None) -> int:
    if before is None:
        return 0
    emptied = (
        update(Feedback)
        .where(Feedback.created_at < before, Feedback.comment != "")
        .values(comment="")
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(emptied.returning(Feedback.id)).all())


def _sessions(session: Session, now: datetime, before: datetime | None) -> int:
    ended = WebSession.expires_at <= now
    if before is not None:
        ended = or_(ended, WebSession.seen_at < before)
    gone = delete(WebSession).where(ended).execution_options(synchronize_session=False)
    return len(session.scalars(gone.returning(WebSession.token_hash)).all())


def _jobs(session: Session, before: datetime | None) -> int:
    """Remove finished jobs; dead ones wait for a person."""
    if before is None:
        return 0
    ended = func.coalesce(Job.done_at, Job.run_at)
    gone = (
        delete(Job)
        .where(Job.state.in_((jobs.DONE, jobs.CANCELLED)), ended < before)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(gone.returning(Job.id)).all())


def _audit(session: Session, before: datetime | None) -> int:
    if before is None:
        return 0
    gone = delete(AuditEntry).where(AuditEntry.created_at < before)
    gone = gone.execution_options(synchronize_session=False)
    return len(session.scalars(gone.returning(AuditEntry.id)).all())


def _tickets(session: Session, now: datetime, before: datetime | None) -> int:
    if before is None:
        return 0
    query = select(Ticket).where(Ticket.closed_at < before).limit(TICKETS_AT_ONCE)
    old = session.scalars(query).all()
    _empty(session, Question.ticket_id.in_([ticket.id for ticket in old]))
    for ticket in old:
        changes.record(session, "ticket", ticket.id, now=now)
        session.delete(ticket)
    session.flush()
    return len(old)

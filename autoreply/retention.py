"""Forget: everything about one contact, and raw mail that is too old to keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from autoreply import addresses
from autoreply.policy_tables import Backtest, Pause
from autoreply.tables import (
    DONE,
    QUEUED,
    SENDING,
    Decision,
    OutgoingMail,
    Spool,
    Suppression,
)
from kb import contacts, settings
from kb.models.people import Identity
from kb.models.service import Question, Ticket

MOST_AT_ONCE = 5_000
"""The rest of old decisions waits for the next round."""


def erase_contact(session: Session, contact_id: int, *, now: datetime) -> tuple[int, ...]:
    """Remove a contact and all mail of theirs, in and out.

    Returns:
        ids of the tickets that are gone, for packages that keep more (index, vectors).

    Raises:
        NotFound: no such contact.
    """
    mails = session.scalars(
        select(Identity.value).where(Identity.contact_id == contact_id, Identity.kind == "mail")
    ).all()
    ids = session.scalars(select(Ticket.id).where(Ticket.contact_id == contact_id)).all()
    asked = session.scalars(select(Question.id).where(Question.contact_id == contact_id)).all()
    _erase(session, mails, ids, asked)
    return contacts.erase(session, contact_id, now=now)


def _erase(
    session: Session, mails: Sequence[str], tickets: Sequence[int], asked: Sequence[int]
) -> None:
    keys = [addresses.canonical(mail) for mail in mails]
    came = or_(Spool.from_address.in_(mails), Spool.ticket_id.in_(tickets))
    rows = select(Spool.id).where(came)
    of_them = or_(
        Decision.from_address.in_(mails),
        Decision.ticket_id.in_(tickets),
        Decision.question_id.in_(asked),
        Decision.spool_id.in_(rows),
    )
    left = or_(OutgoingMail.to_key.in_(keys), OutgoingMail.ticket_id.in_(tickets))
    _delete(session, Decision, of_them)
    _delete(session, OutgoingMail, left)
    _delete(session, Spool, came)
    _delete(session, Suppression, Suppression.address.in_(keys))
    _delete(session, Pause, Pause.key.in_(keys))
    _forget_in_tests(session, {mail.lower() for mail in mails})


def _forget_in_tests(session: Session, mails: set[str]) -> None:
    """Take somebody's lines out of back-tests; an upload that waits may hold them, so it goes."""
    for row in session.scalars(select(Backtest)):
        row.upload = None
        lines = row.result.get("lines") or []
        kept = [line for line in lines if str(line["sender"]).lower() not in mails]
        if len(kept) < len(lines):
            row.result = {**row.result, "lines": kept}
    session.flush()


def _delete(
    session: Session,
    table: type[Backtest | Decision | OutgoingMail | Pause | Spool | Suppression],
    where: ColumnElement[bool],
) -> None:
    session.execute(delete(table).where(where).execution_options(synchronize_session=False))


def forget(session: Session, *, now: datetime) -> dict[str, int]:
    """Drop what is older than the company keeps it; counts of it stay.

    Mail in quarantine keeps its bytes until somebody has looked at it.

    Returns:
        kind -> how many rows were emptied.
    """
    keep = settings.read(session, settings.Retention)
    raw, asked = _before(now, keep.raw_mail_days), _before(now, keep.questions_days)
    return {
        "mail_in": _mail_in(session, raw),
        "mail_out": _mail_out(session, raw),
        "decisions": _decisions(session, asked),
    }


def _before(now: datetime, days: int) -> datetime | None:
    return now - timedelta(days=days) if days > 0 else None


def _mail_in(session: Session, before: datetime | None) -> int:
    if before is None:
        return 0
    emptied = (
        update(Spool)
        .where(Spool.received_at < before, Spool.state == DONE, Spool.raw.is_not(None))
        .values(raw=None, cuts=[], envelope_to=[], envelope_from=None, from_address="", subject="")
        .returning(Spool.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(emptied).all())


def _mail_out(session: Session, before: datetime | None) -> int:
    if before is None:
        return 0
    emptied = (
        update(OutgoingMail)
        .where(
            OutgoingMail.created_at < before,
            OutgoingMail.state.not_in((QUEUED, SENDING)),
            OutgoingMail.raw.is_not(None),
        )
        .values(raw=None)
        .returning(OutgoingMail.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(emptied).all())


def _decisions(session: Session, before: datetime | None) -> int:
    """Empty old decisions, and drop back-tests and pauses that name people."""
    if before is None:
        return 0
    _delete(session, Pause, Pause.until < before)
    _delete(session, Backtest, Backtest.created_at < before)
    query = select(Decision).where(Decision.created_at < before, Decision.question != "")
    rows = session.scalars(query.limit(MOST_AT_ONCE)).all()
    for row in rows:
        row.question = row.subject = row.from_address = ""
        tried = [{**one, "text": ""} for one in row.inputs.get("tried") or ()]
        row.inputs = {**row.inputs, "tried": tried}
    session.flush()
    return len(rows)

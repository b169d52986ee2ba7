"""Deliver what stands in the outbox: queued → sending → sent | failed | unknown.

`sending` is committed before the first byte leaves. A worker that dies then leaves a row that
nobody can judge; it becomes `unknown`, is never sent again, and a person sees it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, defer

from autoreply import outgoing, suppression, verp
from autoreply.compose import compose
from autoreply.letters import OLDEST, Stale, write
from autoreply.sender import AUTHORISED, NULL, VERP, Channel, Sender, channel, mailbox_of
from autoreply.tables import (
    ALARM,
    AUTOMATIC,
    BOUNCED,
    CANCELLED,
    FAILED,
    MACHINE_KINDS,
    QUEUED,
    SENDING,
    SENT,
    TO_OWN_PEOPLE,
    UNKNOWN,
    Decision,
    OutgoingMail,
)
from autoreply.transport import OutcomeUnknown, Parcel, Transport, Undelivered
from kb import jobs, questions, tickets
from kb.db import Database
from kb.errors import Invalid
from kb.jobs import Claimed
from kb.models.base import table_of
from kb.models.service import PERSON, Message, Question, Ticket

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

_CLAIMED = (
    update(OutgoingMail)
    .where(OutgoingMail.id == bindparam("number"), OutgoingMail.state == QUEUED)
    .values(state=SENDING, attempts=OutgoingMail.attempts + 1)
    .returning(OutgoingMail)
    .execution_options(synchronize_session=False, populate_existing=True)
)
# Its bytes are of no use any more.
_ROW = (
    select(OutgoingMail)
    .where(OutgoingMail.id == bindparam("number"))
    .options(defer(OutgoingMail.raw))
)


_OUT, _MESSAGE, _QUESTION = table_of(OutgoingMail), table_of(Message), table_of(Question)
_LEFT = (
    update(_OUT)
    .where(_OUT.c.id == bindparam("number"))
    .values(state=SENT, error="", envelope=bindparam("used"), sent_at=bindparam("moment"))
    .returning(_OUT.c.kind, _OUT.c.message_id, _OUT.c.question_id)
)
# What was withdrawn before it left is not shown to the customer either.
_MESSAGE_LEFT = (
    update(_MESSAGE)
    .where(_MESSAGE.c.id == bindparam("number"), _MESSAGE.c.delivery.is_distinct_from("undone"))
    .values(delivery=SENT)
)
_QUESTION_ANSWERED = (
    update(_QUESTION)
    .where(_QUESTION.c.id == bindparam("number"))
    .values(answered_at=bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How an attempt ended."""

    state: str
    error: str = ""
    bad_address: bool = False


def deliver(
    db: Database, job: Claimed, clock: Clock, *, sender: Sender, transport: Transport
) -> None:
    """Deliver the mail of one job.

    Args:
        db: the database.
        job: of kind `deliver`, its payload `{"mail": id}`.
        clock: the present moment.
        sender: this installation.
        transport: how mail leaves.

    Raises:
        Undelivered: not now; the job comes back with a growing delay.
    """
    number = int(job.payload["mail"])
    with db.transaction() as session:
        parcel = _take(session, number, sender, now=clock())
        if parcel is None:
            jobs.finish(session, job.id, now=clock())
    if parcel is None:
        return
    try:
        used = transport.send(parcel)
    except Undelivered as error:
        last = error.permanent or job.attempts > len(jobs.DELAYS)
        ending = _Ending(FAILED if last else QUEUED, str(error), error.bad_address)
        _end(db, job, number, ending, clock)
        if not last:
            raise
    except OutcomeUnknown as error:
        _end(db, job, number, _Ending(UNKNOWN, str(error)), clock)
    else:
        _left(db, job, number, used, clock)


def _take(session: Session, number: int, sender: Sender, *, now: datetime) -> Parcel | None:
    """Make a queued mail `sending`; None when there is nothing to send (any more)."""
    mail = session.scalar(_CLAIMED, {"number": number})
    if mail is None:
        stopped = session.get(OutgoingMail, number)
        if stopped is not None and stopped.state == SENDING:
            # An earlier attempt died between DATA and its record.
            settle(session, stopped, UNKNOWN, "interrupted", now=now)
        return None
    reason = suppression.suppressed(session, mail.to_address, automatic=mail.kind in MACHINE_KINDS)
    if reason:
        settle(session, mail, FAILED, f"suppressed: {reason}", now=now)
        return None
    return _parcel(session, mail, sender, now)


def _parcel(session: Session, mail: OutgoingMail, sender: Sender, now: datetime) -> Parcel | None:
    try:
        # What was true when it was queued is looked at again before every attempt.
        raw = (
            _ready(mail, now)
            if mail.kind in TO_OWN_PEOPLE
            else _written(session, mail, sender, now)
        )
    except Stale as error:
        settle(session, mail, CANCELLED, str(error), now=now)
        return None
    except Invalid as error:
        settle(session, mail, FAILED, str(error), now=now)
        return None
    mailbox = mailbox_of(session, sender, mail.mailbox)
    first, fallback = _envelope(mail, sender, channel(session, sender, mailbox), mailbox)
    return Parcel(
        number=mail.id,
        kind=mail.kind,
        sender=first,
        fallback=fallback,
        recipient=mail.to_address,
        raw=raw or b"",
        quiet=mail.kind in MACHINE_KINDS,
        mailbox=mailbox,
    )


def _ready(mail: OutgoingMail, now: datetime) -> bytes | None:
    """Return a mail that was written when it was queued. Raises Stale (yesterday's news)."""
    if mail.kind == ALARM and now - mail.created_at > OLDEST:
        raise Stale("too_old", mail=mail.id)
    return mail.raw


def _written(session: Session, mail: OutgoingMail, sender: Sender, now: datetime) -> bytes:
    letter = write(session, mail, sender, now=now)
    if mail.raw is None:
        mail.mail_id, mail.raw = letter.message_id, compose(letter)
    return mail.raw


def _envelope(
    mail: OutgoingMail, sender: Sender, way: Channel, mailbox: str
) -> tuple[str, str | None]:
    """Return the envelope sender, and what to try when it is refused."""
    authorised = way.account
    if way.envelope == VERP:
        return verp.address(mailbox, mail.id, sender.secret), authorised
    if way.envelope == NULL and mail.kind in MACHINE_KINDS:
        return "", authorised
    return authorised, None


def _left(db: Database, job: Claimed, number: int, envelope: str, clock: Clock) -> None:
    """Record that a mail left; an answer's 72 hours of silence begin. Nearly every mail ends so."""
    with db.transaction() as session:
        now = clock()
        given = {"number": number, "used": _mode(envelope), "moment": now}
        mail = session.execute(_LEFT, given).one()
        if mail.message_id:
            session.execute(_MESSAGE_LEFT, {"number": mail.message_id})
        if mail.kind == AUTOMATIC and mail.question_id:
            session.execute(_QUESTION_ANSWERED, {"number": mail.question_id, "moment": now})
        jobs.finish(session, job.id, now=now)


def _end(db: Database, job: Claimed, number: int, ending: _Ending, clock: Clock) -> None:
    """Record how an attempt failed; the job ends in the same transaction unless it comes back."""
    with db.transaction() as session:
        now = clock()
        mail = session.scalars(_ROW, {"number": number}).one()
        if ending.state == QUEUED:
            mail.state, mail.error = QUEUED, ending.error
            return
        mail.envelope = ""
        settle(session, mail, ending.state, ending.error, now=now)
        if ending.bad_address:
            suppression.suppress(session, mail.to_address, BOUNCED, ending.error, now=now)
        jobs.finish(session, job.id, now=now)


def _mode(envelope: str) -> str:
    """Name the envelope sender that a relay took."""
    if not envelope:
        return NULL
    return VERP if verp.is_verp(envelope) else AUTHORISED


def settle(session: Session, mail: OutgoingMail, state: str, error: str, *, now: datetime) -> None:
    """Bring a mail to its end and tell message, question, decision and ticket.

    Args:
        session: the unit of work.
        mail: of the outbox.
        state: `failed`, `unknown` or `cancelled`.
        error: why, for people at the desk; "" when all went well.
        now: the moment.
    """
    mail.state, mail.error = state, error[:2000]
    message = session.get(Message, mail.message_id) if mail.message_id else None
    if message is not None and message.delivery != "undone":
        # What was withdrawn before it left is not shown to the customer either.
        message.delivery = "undone" if state == CANCELLED else state
    if mail.kind == AUTOMATIC:
        _settle_answer(session, mail, now)
    if state in (FAILED, UNKNOWN):
        log.warning("mail %s (%s) is %s: %s", mail.id, mail.kind, state, error)
        _back_to_desk(session, mail, now)
    session.flush()


def _settle_answer(session: Session, mail: OutgoingMail, now: datetime) -> None:
    """Let a person answer what the machine could not."""
    question = session.get(Question, mail.question_id) if mail.question_id else None
    if question is not None:
        questions.end(session, question, PERSON, now=now)
    for decision in session.scalars(select(Decision).where(Decision.spool_id == mail.spool_id)):
        decision.sent = False
    _back_to_desk(session, mail, now)
    ticket = session.get(Ticket, mail.ticket_id) if mail.ticket_id else None
    if ticket is not None and mail.state in (CANCELLED, UNKNOWN):
        outgoing.queue_receipt(session, ticket, now=now, spool_id=mail.spool_id)


def _back_to_desk(session: Session, mail: OutgoingMail, now: datetime) -> None:
    """Let a person see that the customer heard nothing."""
    ticket = session.get(Ticket, mail.ticket_id) if mail.ticket_id else None
    if ticket is not None and ticket.state == "waiting":
        tickets.move(session, ticket, "reopened", now=now)


def retry(session: Session, mail: OutgoingMail, *, now: datetime) -> bool:
    """Send a mail again that failed or whose outcome is unknown, because a person says so.

    An automatic answer is never sent again. Returns whether it was queued.
    """
    if mail.state not in (FAILED, UNKNOWN) or mail.kind == AUTOMATIC:
        return False
    mail.state, mail.error = QUEUED, ""
    message = session.get(Message, mail.message_id) if mail.message_id else None
    if message is not None:
        message.delivery = QUEUED
    jobs.enqueue(session, outgoing.DELIVER, {"mail": mail.id}, now=now)
    return True

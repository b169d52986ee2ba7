"""A mail's way: spool → parse → conversation → guard → question → match → decide → effects.

Reading and matching happen outside the writing transaction, which therefore stays short; in it
everything that can have changed meanwhile is looked at once more. All effects and the end of the
job stand in that one transaction: a crash anywhere leaves the mail as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from autoreply import decide, effects, inbound, pauses, phrases, quota, spool, storable
from autoreply.addresses import Address
from autoreply.case import Answers, Arrived, Case
from autoreply.inbound import Inbound
from autoreply.isolation import Unreadable
from autoreply.limits import DEFAULT
from autoreply.looking import choose, look, match
from autoreply.sender import Sender, channel
from autoreply.tables import ANSWERED, IGNORED, QUARANTINED, RECEIVED, TICKET, Decision, Spool
from kb import contacts, jobs, settings, tickets
from kb.db import Database, one_at_a_time
from kb.errors import Invalid, Unavailable
from kb.jobs import Claimed
from kb.models.base import table_of
from kb.models.knowledge import Article
from kb.models.service import CUSTOMER, Ticket

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

MOST_ATTEMPTS = 3

_SPOOL = table_of(Spool).c
_BEGUN = (
    update(table_of(Spool))
    .where(_SPOOL.id == bindparam("number"), _SPOOL.state == RECEIVED, _SPOOL.raw.is_not(None))
    .values(attempts=_SPOOL.attempts + 1)
    .returning(*(_SPOOL[field.name] for field in fields(Arrived)))
)
_DECISION = table_of(Decision)
_DECIDED = insert(_DECISION).returning(_DECISION.c.id)
_LED_TO = (
    update(_DECISION)
    .where(_DECISION.c.id == bindparam("number"))
    .values(ticket_id=bindparam("ticket"), question_id=bindparam("asked"))
)
# What a decision does -> how its mail ends; all else is a ticket.
_ENDS = {decide.ANSWER: ANSWERED, decide.IGNORE: IGNORED}


class Reading(Protocol):
    """Reads raw bytes: `inbound.read` here, or `isolation.IsolatedReader.read` in a child."""

    def __call__(self, raw: bytes, *, envelope_from: str | None = None) -> Inbound:
        """Return the mail."""


def process(
    db: Database,
    job: Claimed,
    clock: Clock,
    *,
    sender: Sender,
    answers: Answers,
    reading: Reading = inbound.read,
) -> None:
    """Bring the mail of one job to its end, exactly once.

    Args:
        db: the database.
        job: of kind `mail_in`, its payload `{"spool": id}`.
        clock: the present moment.
        sender: this installation.
        answers: the finder.
        reading: how raw bytes are read.

    Raises:
        Exception: whatever went wrong, while the mail has attempts left; the last one puts it
            into quarantine with a ticket, so that no mail stops the queue.
    """
    arrived = _begin(db, job, clock)
    if arrived is None:
        return
    try:
        _work(db, job, arrived, parse(arrived, reading), clock, sender, answers)
    except Exception as error:
        if isinstance(error, Unavailable) and not isinstance(error, Unreadable):
            # The database or the disk is at fault, not the mail.
            with db.transaction() as session:
                spool.attempt(session, arrived.id, -1)
            raise
        if arrived.attempts < MOST_ATTEMPTS:
            raise
        log.exception("mail %s goes into quarantine", arrived.id)
        _quarantine(db, job, arrived, f"{type(error).__name__}: {error}", clock())


def _begin(db: Database, job: Claimed, clock: Clock) -> Arrived | None:
    """Take the mail out of the spool, counting the attempt; None when it has come to its end."""
    number = int(job.payload["spool"])
    with db.transaction() as session:
        arrived = _count(session, number)
        if arrived is None:
            jobs.finish(session, job.id, now=clock())
            return None
    if arrived.attempts <= MOST_ATTEMPTS:
        return arrived
    # It took the whole worker down each time.
    _quarantine(db, job, arrived, "interrupted", clock())
    return None


def _count(session: Session, number: int) -> Arrived | None:
    row = session.execute(_BEGUN, {"number": number}).first()
    if row is None:
        return None
    return Arrived(**{**row._mapping, "envelope_to": tuple(row.envelope_to)})


def _work(
    db: Database,
    job: Claimed,
    arrived: Arrived,
    mail: Inbound,
    clock: Clock,
    sender: Sender,
    answers: Answers,
) -> None:
    with db.reading() as session:
        read = look(session, arrived, mail, sender, now=clock(), quotas=False)
        found = match(session, read, answers, now=clock())
    with db.transaction() as session:
        # No two decisions share a quota.
        one_at_a_time(session, "mail")
        now = clock()
        read = look(session, arrived, mail, sender, now=now)
        case = choose(session, arrived, read, found, sender, now=now)
        conclude(session, case, sender)
        jobs.finish(session, job.id, now=now)


def parse(arrived: Arrived, reading: Reading = inbound.read) -> Inbound:
    """Read the raw mail within limits, as text that can be stored."""
    mail = reading(arrived.raw, envelope_from=arrived.envelope_from)
    delivered = (Address("", one) for one in arrived.envelope_to if "@" in one)
    mail = storable.mail(
        replace(
            mail,
            received_at=arrived.received_at,
            delivered_to=(*mail.delivered_to, *delivered),
        )
    )
    if arrived.size > DEFAULT.message_bytes and "message_bytes" not in mail.exceeded:
        # Only its beginning was fetched.
        return replace(mail, exceeded=(*mail.exceeded, "message_bytes"))
    return mail


def conclude(session: Session, case: Case, sender: Sender) -> bool:
    """Put a decision into effect and keep why; False when another worker was faster."""
    outcome = _ENDS.get(case.choice.action, TICKET)
    end = spool.End(outcome, case.choice.why, kind=case.read.verdict.kind)
    if not spool.claim(session, case.arrived.id, end, now=case.now):
        return False
    _note_pause(session, case, sender)
    decision = _decision(session, case)
    done = effects.apply(session, case, decision, sender)
    led_to = {
        "number": decision,
        "ticket": done.ticket.id if done.ticket else None,
        "asked": done.question.id if done.question else None,
    }
    session.execute(_LED_TO, led_to)
    session.flush()
    return True


def _note_pause(session: Session, case: Case, sender: Sender) -> None:
    """Write down that a quota stopped this mail, when nothing else would have."""
    if case.choice.why not in ("quota", "N34") or case.read.reply_to is None:
        return
    automation = settings.read(session, settings.Automation)
    of_sender = quota.of_sender(
        automation, strict=channel(session, sender, case.arrived.mailbox).strict
    )
    limit = pauses.limit_of(case.read.quota, automation, of_sender=of_sender)
    pauses.note(session, case.read.quota, case.read.reply_to, automation, limit, now=case.now)


def _decision(session: Session, case: Case) -> int:
    """Keep a decision with its inputs; returns its id."""
    best = case.answered[0] if case.answered else None
    matches = case.found.matches if case.found else ()
    second = matches[1].probability if len(matches) > 1 else 0.0
    article = session.get(Article, int(best.article_id)) if best else None
    decision = {
        "spool_id": case.arrived.id,
        "created_at": case.now,
        "mode": case.situation.mode,
        "action": case.choice.action,
        "wanted": case.choice.wanted,
        "band": case.situation.band,
        "probability": best.probability if best else None,
        "margin": matches[0].probability - second if matches else None,
        "article_id": article.id if article else None,
        "article_version": article.live_version if article else None,
        "inputs": {
            **asdict(case.situation),
            "matches": _matches(case),
            "tried": [asdict(one) for one in case.judged.tried],
        },
        "explanation": {"why": case.choice.why, "checks": decide.checks(case.situation)},
        "sent": case.choice.action == decide.ANSWER,
        "held": case.choice.held,
        "category_id": article.category_id if article else None,
        "from_address": case.arrived.from_address,
        "subject": case.arrived.subject,
        "question": case.read.question,
    }
    number: int = session.execute(_DECIDED, decision).scalar_one()
    return number


def _matches(case: Case) -> list[dict[str, Any]]:  # JSON, see Decision.inputs
    return [
        {
            "article": one.article_id,
            "question": one.question,
            "probability": round(one.probability, 4),
            "matched": one.matched,
        }
        for one in (case.found.matches if case.found else ())
    ]


def _quarantine(db: Database, job: Claimed, arrived: Arrived, error: str, now: datetime) -> None:
    """Set a mail aside with its raw bytes, and give people a ticket for it."""
    with db.transaction() as session:
        end = spool.End(QUARANTINED, "poison", error=error)
        if spool.claim(session, arrived.id, end, now=now):
            ticket = _poison_ticket(session, arrived, now)
            spool.place(session, arrived.id, ticket=ticket.id, message=None)
        jobs.finish(session, job.id, now=now)


def _poison_ticket(session: Session, arrived: Arrived, now: datetime) -> Ticket:
    try:
        contact = contacts.find_or_create(session, contacts.MAIL, arrived.from_address, now=now).id
    except Invalid:
        contact = None
    opening = tickets.Opening(
        subject=phrases.UNREADABLE,
        text=f"{arrived.subject}\n{arrived.from_address}",
        channel="mail",
        contact_id=contact,
        context={"spool": arrived.id, "subject": arrived.subject},
    )
    ticket = tickets.open_ticket(session, opening, now=now)
    text = f"{phrases.UNREADABLE}：{arrived.subject}（{arrived.from_address}）"
    tickets.say(session, ticket, tickets.Saying(CUSTOMER, text, "mail"), now=now)
    return ticket

"""Which ticket a mail continues, and what was said and sent in it before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from autoreply import addresses, threading
from autoreply.inbound import Inbound
from autoreply.tables import (
    AUTOMATIC,
    CANCELLED,
    RECEIPT,
    RECEIVED,
    TO_OWN_PEOPLE,
    OutgoingMail,
    Spool,
)
from kb.models.base import table_of
from kb.models.people import Identity
from kb.models.service import AGENT, CLOSED, CUSTOMER, NEW, OPEN, Message, Ticket

ECHO_SECONDS = 60
ECHO_LIKENESS = 0.9
_PARENTS = 12

# Made once: every mail runs them, twice.
_SPOOL, _SENT = table_of(Spool).c, table_of(OutgoingMail).c
_SAME_MAIL = (
    select(_SPOOL.id)
    .where(
        _SPOOL.fingerprint == bindparam("fingerprint"),
        _SPOOL.id != bindparam("number"),
        or_(_SPOOL.state != RECEIVED, _SPOOL.id < bindparam("number")),
    )
    .limit(1)
)
_SAME_QUESTION = (
    select(_SENT.id)
    .where(
        _SENT.to_key == bindparam("key"),
        _SENT.kind == AUTOMATIC,
        _SENT.state != CANCELLED,
        _SENT.question_digest == bindparam("digest"),
        _SENT.created_at > bindparam("since"),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a mail belongs.

    Attributes:
        ticket: that it continues; None for a new one.
        linked: id of a ticket that it names but may not continue: it is closed, or somebody
            else's.
        parents: texts of the ticket so far, ours first, to cut quotes by.
        answers: automatic answers in it.
        receipts: receipts in it.
        person_has_it: a person answered, was asked for, or has it to answer.
        to_own_people: it answers a mail that was for our own people: a trial, an alarm.
    """

    ticket: Ticket | None = None
    linked: int | None = None
    parents: tuple[str, ...] = ()
    answers: int = 0
    receipts: int = 0
    person_has_it: bool = False
    to_own_people: bool = False


def find(session: Session, mail: Inbound, secret: bytes) -> Conversation:
    """Return the conversation of a mail: signed ids first, then tokens, then stored ids.

    A token proves only that we wrote it; the sender must take part in the ticket, too.
    """
    ticket = _named(session, mail, secret)
    if ticket is None:
        return Conversation(to_own_people=_to_own_people(session, mail))
    if ticket.state == CLOSED or not _takes_part(session, mail, ticket):
        return Conversation(linked=ticket.id)
    messages = session.scalars(select(Message).where(Message.ticket_id == ticket.id)).all()
    said = [m.text for m in messages if m.author != CUSTOMER] + [
        m.text for m in messages if m.author == CUSTOMER
    ]
    return Conversation(
        ticket=ticket,
        parents=tuple(said[:_PARENTS]),
        answers=_sent(session, ticket.id, AUTOMATIC),
        receipts=_sent(session, ticket.id, RECEIPT),
        person_has_it=ticket.person_asked
        or ticket.state in (NEW, OPEN)
        or any(m.author == AGENT and m.delivery != "undone" for m in messages),
    )


def _to_own_people(session: Session, mail: Inbound) -> bool:
    ids = threading.newest_first(mail)[:20]
    if not ids:
        return False
    query = select(OutgoingMail.id).where(
        OutgoingMail.mail_id.in_(ids), OutgoingMail.kind.in_(TO_OWN_PEOPLE)
    )
    return session.scalar(query.limit(1)) is not None


def _named(session: Session, mail: Inbound, secret: bytes) -> Ticket | None:
    thread = threading.find(mail, secret=secret)
    for number in thread.sent:
        sent = session.get(OutgoingMail, number)
        if sent is not None and sent.ticket_id is not None:
            return session.get(Ticket, sent.ticket_id)
    if thread.ticket is not None:
        return session.get(Ticket, thread.ticket)
    return _by_stored_id(session, thread.message_ids)


def _by_stored_id(session: Session, ids: tuple[str, ...]) -> Ticket | None:
    for one in ids[:20]:
        query = (
            select(Ticket)
            .join(Message, Message.ticket_id == Ticket.id)
            .where(Message.mail_id == one)
            .order_by(Ticket.id.desc())
            .limit(1)
        )
        ticket = session.scalar(query)
        if ticket is not None:
            return ticket
    return None


def _takes_part(session: Session, mail: Inbound, ticket: Ticket) -> bool:
    if mail.author is None or ticket.contact_id is None:
        return False
    query = select(Identity.value).where(
        Identity.contact_id == ticket.contact_id, Identity.kind == "mail"
    )
    known = {addresses.canonical(value) for value in session.scalars(query)}
    return addresses.canonical(mail.author.address) in known


def _sent(session: Session, ticket_id: int, kind: str) -> int:
    query = (
        select(func.count())
        .select_from(OutgoingMail)
        .where(
            OutgoingMail.ticket_id == ticket_id,
            OutgoingMail.kind == kind,
            OutgoingMail.state != CANCELLED,
        )
    )
    return session.scalar(query) or 0


def is_duplicate(session: Session, spool_id: int, fingerprint: str) -> bool:
    """Say whether the same mail came in before, through another of our mailboxes."""
    given = {"fingerprint": fingerprint, "number": spool_id}
    return session.scalar(_SAME_MAIL, given) is not None


def is_echo(session: Session, talk: Conversation, text: str, *, now: datetime) -> bool:
    """Say whether a mail repeats, within a minute of our automatic mail, what was said before."""
    if talk.ticket is None or not text:
        return False
    recent = select(OutgoingMail.id).where(
        OutgoingMail.ticket_id == talk.ticket.id,
        OutgoingMail.kind.in_((AUTOMATIC, RECEIPT)),
        OutgoingMail.created_at > now - timedelta(seconds=ECHO_SECONDS),
    )
    if session.scalar(recent.limit(1)) is None:
        return False
    earlier = select(Message.text).where(
        Message.ticket_id == talk.ticket.id, Message.author == CUSTOMER
    )
    return any(_alike(text, before) for before in session.scalars(earlier))


def _alike(one: str, other: str) -> bool:
    one, other = one.strip()[:2000], other.strip()[:2000]
    return SequenceMatcher(None, one, other).ratio() >= ECHO_LIKENESS


def repeated(session: Session, address: str, digest: str, *, now: datetime) -> bool:
    """Say whether this sender was answered the same question in the last 24 hours."""
    key, since = addresses.canonical(address), now - timedelta(days=1)
    given = {"key": key, "digest": digest, "since": since}
    return session.scalar(_SAME_QUESTION, given) is not None

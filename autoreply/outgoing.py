"""Queue mail that leaves: a person's reply, a receipt, an answer, the news of a closed gap.

A queued mail is only what to say to whom; `autoreply.letters` writes it when the worker sends it,
where the service's key and address are known. The row and its job `deliver` stand in the caller's
transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from autoreply import addresses, language, said, subjects
from autoreply.suppression import recount, refused
from autoreply.tables import (
    AUTOMATIC,
    CANCELLED,
    QUEUED,
    RECEIPT,
    REPLY,
    TOLD,
    OutgoingMail,
    Spool,
)
from kb import contacts, jobs, tickets
from kb.errors import Conflict
from kb.models.knowledge import Article
from kb.models.service import CUSTOMER, Message, Ticket
from search.text import fold

DELIVER = "deliver"
UNDO = timedelta(seconds=10)

# Made once: every mail that leaves asks them, unless it is the answer to one in hand.
_LATEST = (
    select(Spool.mailbox, Spool.subject)
    .where(Spool.ticket_id == bindparam("ticket"), Spool.message_id.is_not(None))
    .order_by(Spool.id.desc())
    .limit(1)
)
_ANSWERED = (
    select(Message.mail_id, Message.detail)
    .where(
        Message.ticket_id == bindparam("ticket"),
        Message.author == CUSTOMER,
        Message.mail_id.is_not(None),
    )
    .order_by(Message.id.desc())
    .limit(1)
)
_RECEIPTED = (
    select(OutgoingMail.id)
    .where(
        OutgoingMail.ticket_id == bindparam("ticket"),
        OutgoingMail.kind == RECEIPT,
        OutgoingMail.state != CANCELLED,
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Offered:
    """An article that a mail answers with or suggests.

    Attributes:
        article_id: which.
        version: live revision at the moment of the decision.
        probability: that it answers, in [0, 1].
    """

    article_id: int
    version: int
    probability: float

    def as_json(self) -> dict[str, object]:
        """Return the item of `OutgoingMail.articles`."""
        return {"id": self.article_id, "version": self.version, "probability": self.probability}


@dataclass(frozen=True, slots=True)
class Asked:
    """The customer's mail that a mail of ours answers.

    Attributes:
        mail_id: its Message-ID, or "" when there is none.
        reply_to: where its sender wants the answer, or None.
        references: of an answer, oldest first.
        mailbox: ours, that it was written to; "" when the ticket came by another way.
        subject: its own; None when the ticket's stands in.
    """

    mail_id: str = ""
    reply_to: str | None = None
    references: tuple[str, ...] = ()
    mailbox: str = ""
    subject: str | None = None


def queue_reply(session: Session, message: Message, *, now: datetime) -> OutgoingMail | None:
    """Queue an agent's reply, held for ten seconds so that it can be taken back.

    Args:
        session: the unit of work that also holds the message.
        message: what the agent said; its `delivery` becomes `queued`.
        now: the moment.

    Returns:
        The queued mail; None when the customer left no mail address (`delivery` is None then).
    """
    mail = _about(session, message.ticket, REPLY, now=now)
    message.delivery = QUEUED if mail else None
    if mail is None:
        return None
    mail.message_id = message.id
    mail.hold_until = now + UNDO
    return _queue(session, mail, dedupe=_dedupe_reply(message), now=now)


def undo_reply(session: Session, message: Message, *, now: datetime) -> None:
    """Take a reply back that has not left. Raises Conflict (`already_sent`)."""
    if not jobs.cancel(session, _dedupe_reply(message)):
        raise Conflict("already_sent", message=message.id)
    mail = session.scalar(select(OutgoingMail).where(OutgoingMail.message_id == message.id))
    if mail is not None:
        mail.state = CANCELLED
    tickets.unsay(session, message, now=now)


def queue_receipt(
    session: Session,
    ticket: Ticket,
    *,
    now: datetime,
    suggestions: Sequence[Offered] = (),
    spool_id: int | None = None,
    asked: Asked | None = None,
    first: bool = False,
) -> OutgoingMail | None:
    """Queue the receipt of a ticket: number, link, expected time; once per ticket.

    Args:
        session: the unit of work that also holds the ticket.
        ticket: what a person will answer.
        now: the moment.
        suggestions: at most three articles to look at meanwhile.
        spool_id: the mail that it answers, if it was a mail.
        asked: that mail, when it is in hand.
        first: the ticket was opened a moment ago, so that it had no receipt.

    Returns:
        The queued mail; None when there is no address, one was queued before, the customer
        wants no automatic mail, or a quota is used up.
    """
    mail = _about(session, ticket, RECEIPT, now=now, asked=asked)
    if mail is None or not (first or not _receipted(session, ticket)):
        return None
    if refused(session, mail.to_address, now=now):
        return None
    mail.spool_id = spool_id
    mail.articles = [one.as_json() for one in suggestions[:3]]
    return _queue(session, mail, dedupe=f"{DELIVER}:receipt:{ticket.id}", now=now)


def queue_answer(
    session: Session,
    message: Message,
    offered: Sequence[Offered],
    *,
    question: str,
    spool_id: int,
    now: datetime,
    question_id: int | None = None,
    asked: Asked | None = None,
) -> OutgoingMail:
    """Queue an automatic answer. The caller has decided; nothing is checked again here.

    Args:
        session: the unit of work that also holds ticket and message.
        message: the automatic message.
        offered: the articles that it answers with, first the one that answers.
        question: what was asked.
        spool_id: the mail that it answers.
        now: the moment.
        question_id: the row of what was asked.
        asked: the mail that it answers, when it is in hand.

    Raises:
        Conflict: this mail was answered before (`already_answered`).
    """
    mail = _about(session, message.ticket, AUTOMATIC, now=now, asked=asked)
    if mail is None:
        raise Conflict("address_missing", ticket=message.ticket_id)
    mail.message_id, mail.spool_id = message.id, spool_id
    mail.articles = [one.as_json() for one in offered]
    mail.probability = offered[0].probability
    mail.question_digest, mail.question_id = question_digest(question), question_id
    message.delivery = QUEUED
    # One answer for each mail that came in, whatever happens.
    queued = _queue(session, mail, dedupe=f"{DELIVER}:answer:{spool_id}", now=now)
    if queued is None:
        raise Conflict("already_answered", spool=spool_id)
    return queued


def queue_told(
    session: Session, ticket: Ticket, article: Article, *, now: datetime
) -> OutgoingMail | None:
    """Tell who asked that their question now has an answer; once per ticket and article."""
    mail = _about(session, ticket, TOLD, now=now)
    if mail is None or refused(session, mail.to_address, now=now):
        return None
    mail.articles = [Offered(article.id, article.live_version or 0, 1.0).as_json()]
    dedupe = f"{DELIVER}:told:{ticket.id}:{article.id}"
    return _queue(session, mail, dedupe=dedupe, now=now)


def question_digest(question: str) -> str:
    """Return the key under which the same question is recognised: folded, letters only."""
    letters = "".join(char for char in fold(question) if char.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()


def _asked(session: Session, ticket: Ticket) -> Asked:
    """Return the customer's newest mail in a ticket, which a mail of ours answers."""
    message = session.execute(_ANSWERED, {"ticket": ticket.id}).first()
    kept = (message.detail or {}) if message else {}
    spool = session.execute(_LATEST, {"ticket": ticket.id}).first()
    return Asked(
        mail_id=(message.mail_id or "") if message else "",
        reply_to=kept.get("reply_to"),
        references=tuple(kept.get("references", [])),
        mailbox=spool.mailbox if spool else "",
        subject=spool.subject if spool else None,
    )


def _about(
    session: Session, ticket: Ticket, kind: str, *, now: datetime, asked: Asked | None = None
) -> OutgoingMail | None:
    """Return a mail to a ticket's contact that continues the thread; None without an address."""
    asked = asked or _asked(session, ticket)
    # Somebody with several addresses is answered at the one they wrote from.
    address = asked.reply_to or (contacts.address(ticket.contact) if ticket.contact else None)
    if ticket.contact is None or address is None:
        return None
    return OutgoingMail(
        kind=kind,
        to_address=address,
        to_name=ticket.contact.name,
        to_key=addresses.canonical(address),
        to_domain=addresses.canonical(address).rpartition("@")[2],
        mailbox=asked.mailbox,
        subject=subjects.clean(ticket.subject if asked.subject is None else asked.subject),
        language=_language(ticket),
        ticket_id=ticket.id,
        articles=[],
        in_reply_to=asked.mail_id,
        references=list(asked.references),
        created_at=now,
    )


def _language(ticket: Ticket) -> str:
    known = (ticket.context or {}).get("language")
    if isinstance(known, str) and known:
        return known
    english = ticket.contact is not None and ticket.contact.language.startswith("en")
    return language.EN if english else language.ZH_HANS


def _queue(
    session: Session, mail: OutgoingMail, *, dedupe: str, now: datetime
) -> OutgoingMail | None:
    """Add the mail and its job; None when its job is known already."""
    session.add(mail)
    session.flush()
    recount(session)
    run_at = mail.hold_until or now
    payload = {"mail": mail.id}
    if jobs.enqueue(session, DELIVER, payload, now=now, run_at=run_at, dedupe=dedupe) is None:
        session.delete(mail)
        session.flush()
        return None
    if mail.kind in (AUTOMATIC, TOLD):
        said.remember(session, mail)
    return mail


def _receipted(session: Session, ticket: Ticket) -> bool:
    """Say whether a ticket had its receipt; the row outlives the job that sent it."""
    return session.scalar(_RECEIPTED, {"ticket": ticket.id}) is not None


def _dedupe_reply(message: Message) -> str:
    return f"{DELIVER}:message:{message.id}"

"""Tickets and their states: the only place that changes them.

new → open (an agent took it or answered) → waiting (answered; the customer's turn) → resolved →
closed. A customer's message opens waiting and resolved tickets again; a closed ticket only starts
a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import changes, settings, tokens
from kb.errors import Conflict, Invalid, NotFound
from kb.models.service import (
    AGENT,
    AUTOMATIC,
    CLOSED,
    CUSTOMER,
    NEW,
    NOTE,
    OPEN,
    RESOLVED,
    WAITING,
    Message,
    Ticket,
)

TICKET = "ticket"
LINK_DAYS = 90
MAX_TEXT, MAX_SUBJECT = 200_000, 300

# (state, event) -> next state. What is not here is refused.
MOVES: dict[tuple[str, str], str] = {
    (NEW, "customer_wrote"): NEW,
    (OPEN, "customer_wrote"): OPEN,
    (WAITING, "customer_wrote"): OPEN,
    (RESOLVED, "customer_wrote"): OPEN,
    (NEW, "agent_replied"): WAITING,
    (OPEN, "agent_replied"): WAITING,
    (WAITING, "agent_replied"): WAITING,
    (RESOLVED, "agent_replied"): WAITING,
    (NEW, "answered"): WAITING,
    (NEW, "taken"): OPEN,
    (OPEN, "taken"): OPEN,
    (WAITING, "taken"): WAITING,
    (NEW, "resolved"): RESOLVED,
    (OPEN, "resolved"): RESOLVED,
    (WAITING, "resolved"): RESOLVED,
    (WAITING, "reopened"): OPEN,
    (RESOLVED, "reopened"): OPEN,
    (NEW, "reopened"): NEW,
    (OPEN, "reopened"): OPEN,
    (RESOLVED, "closed"): CLOSED,
    (NEW, "discarded"): CLOSED,
    (OPEN, "discarded"): CLOSED,
    (WAITING, "discarded"): CLOSED,
    (RESOLVED, "discarded"): CLOSED,
    (CLOSED, "restored"): OPEN,
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new ticket starts with.

    Attributes:
        subject: one line; the first words of the text when empty.
        text: what the customer said.
        channel: `mail`, `form`, `phone`, `wechat`, `api`.
        context: what was asked and seen before, carried to the agent.
        person_asked: the customer asked for a person.
    """

    subject: str
    text: str
    channel: str
    contact_id: int | None = None
    category_id: int | None = None
    context: dict[str, Any] = field(default_factory=dict)  # JSON, see Ticket.context
    person_asked: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """One message to add.

    Attributes:
        author: `customer`, `agent`, `automatic` or `note`.
        delivery: `queued` when it has to leave, else None.
    """

    author: str
    text: str
    channel: str
    user_id: int | None = None
    html: str = ""
    mail_id: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)  # JSON, see Message.detail
    delivery: str | None = None


def open_ticket(session: Session, opening: Opening, *, now: datetime) -> Ticket:
    """Open a ticket without messages yet. Raises Invalid for an empty text."""
    text = opening.text.strip()
    if not text and not opening.subject.strip():
        raise Invalid("text_missing", field="text")
    company = settings.read(session, settings.Company)
    ticket = Ticket(
        number="",
        subject=_subject(opening.subject, text),
        state=NEW,
        channel=opening.channel,
        contact_id=opening.contact_id,
        category_id=opening.category_id,
        context=opening.context,
        person_asked=opening.person_asked,
        created_at=now,
        updated_at=now,
        waiting_since=now,
    )
    ticket.number = f"pending-{tokens.fresh(64)}"
    session.add(ticket)
    session.flush()
    ticket.number = f"{company.ticket_prefix}-{10000 + ticket.id}"
    return ticket


def say(session: Session, ticket: Ticket, saying: Saying, *, now: datetime) -> Message:
    """Add a message and move the ticket. Raises Invalid (empty, too long), Conflict (closed)."""
    if not saying.text.strip() and not saying.html:
        raise Invalid("text_missing", field="text")
    if len(saying.text) > MAX_TEXT:
        raise Invalid("too_long", field="text", limit=MAX_TEXT)
    event = {CUSTOMER: "customer_wrote", AGENT: "agent_replied", AUTOMATIC: "answered"}
    if saying.author != NOTE and (ticket.state, event[saying.author]) in MOVES:
        _move(session, ticket, event[saying.author], now=now)
    elif saying.author in (CUSTOMER, AGENT):
        raise Conflict("ticket_closed", ticket=ticket.id)
    message = Message(
        ticket_id=ticket.id,
        author=saying.author,
        channel=saying.channel,
        user_id=saying.user_id,
        text=saying.text,
        html=saying.html,
        mail_id=saying.mail_id,
        detail=saying.detail,
        delivery=saying.delivery,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def move(session: Session, ticket: Ticket, event: str, *, now: datetime) -> None:
    """Change a ticket's state. Raises Conflict when the event does not fit."""
    _move(session, ticket, event, now=now)
    session.flush()


def _move(session: Session, ticket: Ticket, event: str, *, now: datetime) -> None:
    """Change a ticket's state; what follows writes it to the database."""
    target = MOVES.get((ticket.state, event))
    if target is None:
        raise Conflict("ticket_state", ticket=ticket.id, state=ticket.state, event=event)
    ticket.state = target
    ticket.updated_at = now
    _clock(ticket, event, now)
    changes.record(session, TICKET, ticket.id, now=now)


def _clock(ticket: Ticket, event: str, now: datetime) -> None:
    """Keep the times that people are measured by."""
    if event == "customer_wrote":
        ticket.waiting_since = ticket.waiting_since or now
        ticket.resolved_at = None
    elif event in ("agent_replied", "answered"):
        ticket.waiting_since = None
        if event == "agent_replied":
            ticket.first_response_at = ticket.first_response_at or now
    elif event in ("resolved", "discarded"):
        ticket.waiting_since = None
        ticket.resolved_at = now
    elif event in ("reopened", "restored"):
        ticket.waiting_since = now
        ticket.resolved_at = None
        ticket.closed_at = None
    if event in ("closed", "discarded"):
        ticket.closed_at = now
        ticket.token_expires_at = now + timedelta(days=LINK_DAYS)


def unsay(session: Session, message: Message, *, now: datetime) -> None:
    """Take back a reply that has not left (undo). Raises Conflict when it has."""
    if message.delivery != "queued":
        raise Conflict("already_sent", message=message.id)
    message.delivery = "undone"
    ticket = message.ticket
    replies = [m for m in ticket.messages if m.author == AGENT and m.delivery != "undone"]
    if not replies:
        ticket.first_response_at = None
    ticket.state = OPEN
    ticket.waiting_since = _last_customer_moment(ticket) or now
    ticket.updated_at = now
    session.flush()
    changes.record(session, TICKET, ticket.id, now=now)


def _last_customer_moment(ticket: Ticket) -> datetime | None:
    return max((m.created_at for m in ticket.messages if m.author == CUSTOMER), default=None)


def link_token(session: Session, ticket: Ticket, secret: bytes) -> str:
    """Return the token of the customer's page, the same until it is revoked.

    Args:
        session: the unit of work; the hash that the page is found by is stored in it.
        ticket: whose page.
        secret: the service's key; the database alone does not give the token away.
    """
    if not ticket.token_nonce:
        ticket.token_nonce = tokens.fresh(96)
    token = tokens.derive(secret, TICKET, str(ticket.id), ticket.token_nonce)
    ticket.token_hash = tokens.digest(token)
    session.flush()
    return token


def revoke_link(session: Session, ticket: Ticket) -> None:
    """Make the link of a ticket stop working; the next one is another."""
    ticket.token_nonce, ticket.token_hash = "", None
    session.flush()


def by_link(session: Session, token: str, *, now: datetime) -> Ticket:
    """Return the ticket of a link. Raises NotFound: unknown, revoked or expired."""
    ticket = session.scalar(select(Ticket).where(Ticket.token_hash == tokens.digest(token)))
    if ticket is None or (ticket.token_expires_at and ticket.token_expires_at < now):
        raise NotFound("link_unknown")
    return ticket


def get(session: Session, ticket_id: int) -> Ticket:
    """Return a ticket. Raises NotFound."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound(ticket=ticket_id)
    return ticket


def by_context(session: Session, name: str, value: str) -> Ticket | None:
    """Return the ticket whose context holds a value, as an idempotency key."""
    query = select(Ticket).where(Ticket.context[name].as_string() == value)
    return session.scalar(query.limit(1))


def count_waiting(session: Session) -> int:
    """Return how many tickets wait for a person."""
    query = select(func.count()).select_from(Ticket).where(Ticket.state.in_((NEW, OPEN)))
    return session.scalar(query) or 0


def _subject(subject: str, text: str) -> str:
    """Return a one-line subject; a long text is cut at its first sentence."""
    line = " ".join((subject or text).split())
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1] + "…"

"""Contacts: one customer behind several identities; export and erasure of all they left."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from kb import askings, attachments, changes, impact_runs, pins
from kb.db import one_at_a_time
from kb.errors import Invalid, NotFound
from kb.models.people import Contact, Identity
from kb.models.service import Question, Ticket

MAIL, PHONE = "mail", "phone"
MAX_ADDRESS = 254
_MAIL = re.compile(r"[^@\s<>\"\x00-\x1f\x7f]{1,64}@[^@\s<>\"\x00-\x1f\x7f]{1,253}")

_KNOWN = (
    select(Identity)
    .where(Identity.kind == bindparam("kind"), Identity.value == bindparam("value"))
    .options(joinedload(Identity.contact))
)


def normalise(kind: str, value: str) -> str:
    """Return the one spelling of an address. Raises Invalid."""
    value = value.strip()
    if kind == MAIL:
        if not _MAIL.fullmatch(value) or len(value) > MAX_ADDRESS:
            raise Invalid("address_invalid", field="mail")
        local, _, domain = value.rpartition("@")
        return f"{local}@{domain}".lower()
    if kind == PHONE:
        digits = re.sub(r"[^\d+]", "", value)
        if not 5 <= len(digits) <= 20:
            raise Invalid("phone_invalid", field="phone")
        return digits
    if not value or len(value) > 254:
        raise Invalid("identity_invalid", field=kind)
    return value


def find_or_create(
    session: Session,
    kind: str,
    value: str,
    *,
    name: str = "",
    language: str = "zh",
    now: datetime,
) -> Contact:
    """Return the contact behind an address, new when unknown. Raises Invalid."""
    value = normalise(kind, value)
    asked = {"kind": kind, "value": value}
    identity = session.scalar(_KNOWN, asked)
    if identity is None and one_at_a_time(session, f"contact {kind} {value}"):
        identity = session.scalar(_KNOWN, asked)
    if identity is not None:
        contact = identity.contact
        contact.name = contact.name or name[:120]
        return contact
    contact = Contact(name=name[:120], language=language, segments=[], created_at=now)
    contact.identities.append(Identity(kind=kind, value=value))
    session.add(contact)
    session.flush()
    return contact


def address(contact: Contact, kind: str = MAIL) -> str | None:
    """Return the contact's first address of a kind."""
    return next((i.value for i in contact.identities if i.kind == kind), None)


def get(session: Session, contact_id: int) -> Contact:
    """Return a contact. Raises NotFound."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise NotFound(contact=contact_id)
    return contact


def export(session: Session, contact_id: int) -> dict[str, Any]:  # JSON document
    """Return everything kept about one contact, as JSON."""
    contact = get(session, contact_id)
    tickets = session.scalars(select(Ticket).where(Ticket.contact_id == contact_id)).all()
    questions = session.scalars(select(Question).where(Question.contact_id == contact_id)).all()
    return {
        "name": contact.name,
        "language": contact.language,
        "segments": contact.segments,
        "note": contact.note,
        "created_at": contact.created_at.isoformat(),
        "identities": [{"kind": i.kind, "value": i.value} for i in contact.identities],
        "tickets": [_ticket(ticket) for ticket in tickets],
        "questions": [
            {"text": q.text, "channel": q.channel, "at": q.created_at.isoformat()}
            for q in questions
        ],
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:  # JSON document
    said = [
        {"from": m.author, "at": m.created_at.isoformat(), "text": m.text}
        for m in ticket.messages
        if m.author != "note"
    ]
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "state": ticket.state,
        "channel": ticket.channel,
        "created_at": ticket.created_at.isoformat(),
        "messages": said,
    }


def erase(session: Session, contact_id: int, *, now: datetime) -> tuple[int, ...]:
    """Remove a contact, their identities, tickets and questions.

    Other packages remove what they keep (the mail spool, vectors) from the ids returned.

    Returns:
        ids of the tickets that are gone.
    """
    contact = get(session, contact_id)
    tickets = session.scalars(select(Ticket).where(Ticket.contact_id == contact_id)).all()
    gone = tuple(ticket.id for ticket in tickets)
    asked = session.scalars(select(Question).where(Question.contact_id == contact_id)).all()
    pins.forget(session, [question.text for question in asked], now=now)
    for question in asked:
        session.delete(question)
    for ticket in tickets:
        for question in session.scalars(select(Question).where(Question.ticket_id == ticket.id)):
            session.delete(question)
        session.flush()
        session.delete(ticket)
        changes.record(session, "ticket", ticket.id, now=now)
    changes.record(session, changes.ERASURE, contact.id, now=now)
    session.flush()
    session.delete(contact)
    session.flush()
    attachments.sweep(session)
    askings.prune(session, now=now)
    impact_runs.forget(session)
    return gone

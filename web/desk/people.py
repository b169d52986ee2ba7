"""Contacts: who wrote to us, everything between us, and taking it all away again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from autoreply import retention
from kb import access, attachments, audit, contacts
from kb.errors import Invalid
from kb.models.people import Contact, Identity
from kb.models.service import Question, Ticket
from web import current
from web.desk import choices, frame
from web.desk.blueprint import desk
from web.paging import pager

PAGE = 50
MOST_ROWS = 200
MOST_NOTE = 5_000


@dataclass(frozen=True, slots=True)
class Way:
    """One address of a contact."""

    kind: str
    value: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One contact in the list."""

    id: int
    name: str
    identities: list[Way]
    tickets: int
    last_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket of a contact."""

    number: str
    subject: str
    state: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a contact."""

    text: str
    channel: str
    band: str
    outcome: str
    at: datetime


@desk.get("/contacts", endpoint="contacts")
def all_contacts() -> ResponseReturnValue:
    """Show the contacts, newest first, or those that a search finds."""
    current.require("contact.see")
    q, number = request.args.get("q", "").strip()[:100], max(1, current.whole("page", 1) or 1)
    with current.reading() as session:
        where = _holds(q)
        total = session.scalar(select(func.count()).select_from(Contact).where(where)) or 0
        query = select(Contact).where(where).order_by(Contact.id.desc())
        rows = session.scalars(
            query.options(selectinload(Contact.identities)).limit(PAGE).offset((number - 1) * PAGE)
        ).all()
        return render_template(
            "desk/contacts.html",
            contacts=_lines(session, rows),
            q=q,
            pager=pager(number, total, PAGE, "desk.contacts", q=q or None),
        )


def _holds(q: str) -> ColumnElement[bool]:
    if not q:
        return true()
    known = select(Identity.contact_id).where(Identity.value.icontains(q, autoescape=True))
    return or_(Contact.name.icontains(q, autoescape=True), Contact.id.in_(known))


def _lines(session: Session, rows: Sequence[Contact]) -> list[Line]:
    query = (
        select(Ticket.contact_id, func.count(), func.max(Ticket.created_at))
        .where(Ticket.contact_id.in_([row.id for row in rows]))
        .group_by(Ticket.contact_id)
    )
    counts = {row[0]: (row[1], row[2]) for row in session.execute(query)}
    return [
        Line(
            id=row.id,
            name=row.name,
            identities=_ways(row),
            tickets=counts.get(row.id, (0, None))[0],
            last_at=counts.get(row.id, (0, None))[1],
            url=url_for("desk.contact", contact_id=row.id),
        )
        for row in rows
    ]


@desk.get("/contacts/<int:contact_id>")
def contact(contact_id: int) -> ResponseReturnValue:
    """Show everything between us and one contact."""
    current.require("contact.see")
    with current.reading() as session:
        row = contacts.get(session, contact_id)
        return _page(session, row, {"name": row.name, "note": row.note})


def _page(
    session: Session,
    row: Contact,
    values: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    return render_template(
        "desk/contact.html",
        contact={
            "id": row.id,
            "name": row.name,
            "language": row.language,
            "note": row.note,
            "segments": row.segments,
            "erased": row.erased_at is not None,
        },
        identities=_ways(row),
        tickets=_tickets(session, row.id),
        questions=_questions(session, row.id),
        values=values,
        errors=faults or {},
        can_erase=access.can(current.actor(), "contact.erase"),
        can_export=access.can(current.actor(), "contact.export"),
    )


def _ways(row: Contact) -> list[Way]:
    return [Way(one.kind, one.value, one.verified_at is not None) for one in row.identities]


def _tickets(session: Session, contact_id: int) -> list[TicketLine]:
    query = select(Ticket).where(Ticket.contact_id == contact_id).order_by(Ticket.id.desc())
    return [
        TicketLine(
            row.number,
            row.subject,
            row.state,
            row.updated_at,
            url_for("desk.ticket", ticket_id=row.id),
        )
        for row in session.scalars(query.limit(MOST_ROWS))
    ]


def _questions(session: Session, contact_id: int) -> list[Asked]:
    words = choices.outcome_words()
    query = select(Question).where(Question.contact_id == contact_id).order_by(Question.id.desc())
    return [
        Asked(
            row.text[:200], row.channel, row.band, words.get(row.outcome or "", ""), row.created_at
        )
        for row in session.scalars(query.limit(MOST_ROWS))
    ]


@desk.post("/contacts/<int:contact_id>", endpoint="contact_post")
def change(contact_id: int) -> ResponseReturnValue:
    """Keep a note, export everything, or erase everything (administrators)."""
    deeds = {"save": _save, "export": _export, "erase": _erase}
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise Invalid("refused", field="do")
    return deed(contact_id)


def _save(contact_id: int) -> ResponseReturnValue:
    current.require("contact.see")
    with current.writing() as session:
        row = contacts.get(session, contact_id)
        row.name = request.form.get("name", "").strip()[:120]
        row.note = request.form.get("note", "").strip()[:MOST_NOTE]
        _note(session, contact_id, "contact.save")
    return frame.back("contact", "saved", contact_id=contact_id)


def _export(contact_id: int) -> ResponseReturnValue:
    current.require("contact.export")
    with current.writing() as session:
        document: dict[str, Any] = contacts.export(session, contact_id)
        _note(session, contact_id, "contact.export")
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    response = Response(text, mimetype="application/json")
    name = f"contact-{contact_id}.json"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _erase(contact_id: int) -> ResponseReturnValue:
    current.require("contact.erase")
    with current.writing() as session:
        retention.erase_contact(session, contact_id, now=current.now())
        attachments.sweep(session)
        _note(session, contact_id, "contact.erase")
    current.parts().finding.wake()
    return frame.back("contacts", "erased")


def _note(session: Session, contact_id: int, verb: str) -> None:
    audit.note(session, current.actor(), verb, ("contact", contact_id), now=current.now())

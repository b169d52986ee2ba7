"""Bring the demo's tickets in, with the customers who wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import contacts, questions, redaction, tickets
from kb.errors import Invalid
from kb.models.people import Contact, User
from kb.models.service import AGENT, CUSTOMER, Ticket
from kb.tickets import Opening, Saying

Record = Mapping[str, Any]  # JSON: the T lines of `wenqu harvest replay`
WAITING_MINUTES = 6
MAIL_DOMAIN = "customer.example"


def load(session: Session, paths: Iterable[Path], *, now: datetime) -> int:
    """Add the tickets of files, as if they had come in during the weeks before now.

    Args:
        session: the unit of work.
        paths: JSON Lines with `{"id", "subject", "channel", "opened_at", "resolved_at",
            "handling_minutes", "agent", "messages": [{"from", "at", "text"}]}`.
        now: the newest ticket was resolved the day before.

    Returns:
        how many tickets were added.

    Raises:
        Invalid: `line_wrong`.
    """
    records = [record for path in paths for record in _read(path)]
    records.sort(key=lambda record: (str(record["opened_at"]), str(record["id"])))
    if not records:
        return 0
    ended = (record.get("resolved_at") or record["opened_at"] for record in records)
    newest = max(map(datetime.fromisoformat, ended))
    # Whole days, so that the hours of the day stay as they were written.
    shift = timedelta(days=(now - newest).days)
    users = {row.name: row.id for row in session.execute(select(User.name, User.id))}
    waiting = 0
    for record in records:
        if record.get("resolved_at"):
            _add(session, record, users, shift)
            continue
        # Nobody has answered these yet, so they came in just now.
        waiting += 1
        at = now - timedelta(minutes=WAITING_MINUTES * waiting)
        _add(session, record, users, at - datetime.fromisoformat(str(record["opened_at"])))
    return len(records)


def _read(path: Path) -> list[Record]:
    records: list[Record] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not record["messages"] or not record["opened_at"]:
                raise ValueError
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid("line_wrong", field="path", value=path.name, line=number) from error
        records.append(record)
    return records


def _add(session: Session, record: Record, users: Mapping[str, int], shift: timedelta) -> None:
    opened = datetime.fromisoformat(record["opened_at"]) + shift
    said = record["messages"]
    first = next((m["text"] for m in said if m["from"] == CUSTOMER), said[0]["text"])
    contact = _contact(session, record, opened)
    opening = Opening(
        subject=record["subject"], text=first, channel=record["channel"], contact_id=contact.id
    )
    ticket = tickets.open_ticket(session, opening, now=opened)
    agent = users.get(record.get("agent") or "")
    ticket.assignee_id = agent
    _say_all(session, ticket, record, agent, shift)
    if record.get("resolved_at"):
        resolved = datetime.fromisoformat(record["resolved_at"]) + shift
        tickets.move(session, ticket, "resolved", now=resolved)
    ticket.handling_seconds = int(record.get("handling_minutes") or 0) * 60
    asked = questions.Asked(record["channel"], first, contact_id=contact.id, band="human")
    question = questions.record(session, asked, (), now=opened)
    questions.to_person(session, question, ticket.id, now=opened)
    question.answered_at = ticket.first_response_at


def _say_all(
    session: Session,
    ticket: Ticket,
    record: Record,
    agent: int | None,
    shift: timedelta,
) -> None:
    at = datetime.fromisoformat(record["opened_at"]) + shift
    for message in record["messages"]:
        if message.get("at"):
            at = datetime.fromisoformat(message["at"]) + shift
        by_agent = message["from"] == AGENT
        saying = Saying(
            author=AGENT if by_agent else CUSTOMER,
            text=message["text"],
            channel=record["channel"],
            user_id=agent if by_agent else None,
        )
        tickets.say(session, ticket, saying, now=at)


def _contact(session: Session, record: Record, now: datetime) -> Contact:
    """Return who wrote, by the address in their words, else by one made from the ticket."""
    words = "\n".join(m["text"] for m in record["messages"] if m["from"] == CUSTOMER)
    found = {item.kind: item.text for item in reversed(redaction.redact(words).found)}
    kind, value = _identity(record, found)
    return contacts.find_or_create(
        session, kind, value, name=str(record.get("name") or found.get("name", "")), now=now
    )


def _identity(record: Record, found: Mapping[str, str]) -> tuple[str, str]:
    ours = str(record["id"]).lower()
    if record["channel"] in ("mail", "form"):
        return contacts.MAIL, found.get("email", f"{ours}@{MAIL_DOMAIN}")
    if record["channel"] == "phone" and "phone" in found:
        return contacts.PHONE, found["phone"]
    return "wechat" if record["channel"] == "wechat" else "other", ours

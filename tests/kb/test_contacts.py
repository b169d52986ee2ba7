"""Contacts: one customer behind several addresses, and all of them gone when they ask."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import attachments, changes, contacts, questions
from kb.errors import Invalid, NotFound
from kb.models.base import Base
from kb.models.people import Identity
from kb.questions import Asked
from tests.factories import make_contact, make_ticket

SECRET = "独一无二的秘密"


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("mail", " Zhang.San@Example.COM ", "zhang.san@example.com"),
        ("phone", "+86 138-0000 0000", "+8613800000000"),
        ("wechat", " wx_1 ", "wx_1"),
    ],
)
def test_an_address_has_one_spelling(kind: str, value: str, kept: str) -> None:
    assert contacts.normalise(kind, value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [("mail", "张三"), ("mail", "a@b@c"), ("mail", "a b@c"), ("mail", "@c"), ("mail", ""),
     ("phone", "12"), ("phone", "1" * 21), ("wechat", " "), ("wechat", "x" * 255)],
)  # fmt: skip
def test_what_is_no_address(kind: str, value: str) -> None:
    with pytest.raises(Invalid):
        contacts.normalise(kind, value)


def test_the_same_address_is_the_same_person(session: Session) -> None:
    one = make_contact(session, "a@example.com")
    two = make_contact(session, "A@EXAMPLE.com", name="张三")
    assert one is two
    assert (one.name, contacts.address(one)) == ("张三", "a@example.com")
    assert contacts.address(one, "phone") is None


def test_everything_is_handed_out(session: Session, now: datetime) -> None:
    contact = make_contact(session, "a@example.com", name="张三")
    make_ticket(session, text=SECRET, answer="好。", contact=contact)
    questions.record(session, Asked("form", SECRET, contact_id=contact.id), (), now=now)
    document = contacts.export(session, contact.id)
    assert json.dumps(document, ensure_ascii=False).count(SECRET) == 2
    assert document["identities"] == [{"kind": "mail", "value": "a@example.com"}]


def test_nothing_is_left_after_erasure(session: Session, now: datetime) -> None:
    contact = make_contact(session, f"{SECRET}@example.com", name=SECRET)
    ticket = make_ticket(session, subject=SECRET, text=SECRET, contact=contact)
    attachments.add_file(
        session, SECRET.encode(), filename=SECRET, message_id=ticket.messages[0].id, now=now
    )
    asked = Asked("form", SECRET, contact_id=contact.id, ticket_id=ticket.id)
    questions.record(session, asked, (), now=now)
    other = make_ticket(session, text="别人的")
    mark = changes.latest(session)
    number = contact.id
    assert contacts.erase(session, number, now=now) == (ticket.id,)
    heard = [(entry.kind, entry.object_id) for entry in changes.after(session, mark)]
    assert heard == [("ticket", ticket.id), (changes.ERASURE, number)]
    rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    text = "".join(str(row) for row in rows)
    assert SECRET not in text
    assert SECRET.encode() not in b"".join(
        cell for row in rows for cell in row if isinstance(cell, bytes)
    )
    assert len(session.scalars(select(Identity)).all()) == 1
    assert other.contact_id is not None
    with pytest.raises(NotFound):
        contacts.erase(session, contact.id, now=now)

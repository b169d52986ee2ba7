"""Tickets: every state and event, the times people are measured by, and the customer's link."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from kb import changes, tickets
from kb.errors import Conflict, Invalid, NotFound
from kb.models.service import AGENT, CUSTOMER, NOTE, TICKET_STATES
from kb.tickets import MOVES, Opening, Saying
from tests.factories import make_ticket

EVENTS = sorted({event for _, event in MOVES})
SECRET = b"secret"


@pytest.mark.parametrize(("state", "event"), list(itertools.product(TICKET_STATES, EVENTS)))
def test_every_event_in_every_state(
    session: Session, now: datetime, state: str, event: str
) -> None:
    ticket = make_ticket(session, state=state)
    if (state, event) not in MOVES:
        with pytest.raises(Conflict):
            tickets.move(session, ticket, event, now=now)
        assert ticket.state == state
        return
    tickets.move(session, ticket, event, now=now)
    assert ticket.state == MOVES[state, event]
    assert changes.after(session, changes.Mark())[-1].object_id == ticket.id
    if event in ("agent_replied", "answered", "resolved", "discarded"):
        assert ticket.waiting_since is None
    if event in ("customer_wrote", "reopened", "restored"):
        assert (ticket.waiting_since is not None, ticket.resolved_at) == (True, None)


def test_the_first_answer_counts_from_the_first_message(session: Session, now: datetime) -> None:
    ticket = make_ticket(session)
    for minutes in (10, 90):
        moment = now + timedelta(minutes=minutes)
        tickets.say(session, ticket, Saying(AGENT, "好的。", "mail"), now=moment)
    assert ticket.first_response_at == now + timedelta(minutes=10)
    assert ticket.state == "waiting"


def test_a_note_changes_nothing(session: Session, now: datetime) -> None:
    ticket = make_ticket(session)
    tickets.say(session, ticket, Saying(NOTE, "记一下", "desk"), now=now)
    assert (ticket.state, ticket.first_response_at) == ("new", None)


def test_a_closed_ticket_takes_no_more_words(session: Session, now: datetime) -> None:
    ticket = make_ticket(session, state="closed")
    with pytest.raises(Conflict):
        tickets.say(session, ticket, Saying(CUSTOMER, "还有", "mail"), now=now)


@pytest.mark.parametrize("text", ["", "  \n", "x" * (tickets.MAX_TEXT + 1)])
def test_an_empty_or_endless_message_is_refused(session: Session, now: datetime, text: str) -> None:
    ticket = make_ticket(session)
    with pytest.raises(Invalid):
        tickets.say(session, ticket, Saying(CUSTOMER, text, "form"), now=now)
    with pytest.raises(Invalid):
        tickets.open_ticket(session, Opening("", " ", "form"), now=now)


def test_a_reply_is_taken_back_only_before_it_left(session: Session, now: datetime) -> None:
    ticket = make_ticket(session)
    saying = Saying(AGENT, "写错了", "mail", delivery="queued")
    message = tickets.say(session, ticket, saying, now=now + timedelta(minutes=1))
    session.expire(ticket, ["messages"])
    tickets.unsay(session, message, now=now + timedelta(minutes=2))
    assert (message.delivery, ticket.state, ticket.first_response_at) == ("undone", "open", None)
    assert ticket.waiting_since == now
    with pytest.raises(Conflict):
        tickets.unsay(session, message, now=now)


def test_a_link_works_until_it_is_revoked_or_expires(session: Session, now: datetime) -> None:
    ticket = make_ticket(session, answer="好。", state="resolved")
    token = tickets.link_token(session, ticket, SECRET)
    assert tickets.link_token(session, ticket, SECRET) == token
    assert token not in (ticket.token_hash, ticket.token_nonce)
    assert tickets.by_link(session, token, now=now) is ticket
    tickets.move(session, ticket, "closed", now=now)
    late = now + timedelta(days=tickets.LINK_DAYS, seconds=1)
    with pytest.raises(NotFound):
        tickets.by_link(session, token, now=late)
    tickets.revoke_link(session, ticket)
    with pytest.raises(NotFound):
        tickets.by_link(session, token, now=now)
    assert tickets.link_token(session, ticket, SECRET) != token


def test_numbers_and_subjects(session: Session, now: datetime) -> None:
    one, two = make_ticket(session), make_ticket(session, subject="", text="字" * 400)
    assert one.number != two.number
    assert one.number.startswith("WQ-1")
    assert len(two.subject) == tickets.MAX_SUBJECT
    assert two.subject.endswith("…")
    assert tickets.count_waiting(session) == 2

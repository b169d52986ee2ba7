"""Closing a gap: who asked it, telling them that there is an answer now, and learning from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from authoring import likeness
from kb import jobs, questions
from kb.models.knowledge import Article
from kb.models.service import (
    AGENT,
    CUSTOMER,
    NEW,
    OPEN,
    Candidate,
    CandidateTicket,
    Message,
    Ticket,
)

TELL = "tell_asker"
RECENT = timedelta(days=60)
MOST_LOOKED_AT = 500
ALIKE = 0.45
"""Likeness from which a waiting question counts as the same; a person still ticks it."""


def askers(session: Session, candidate: Candidate, *, now: datetime) -> list[Ticket]:
    """Return the tickets whose customers asked this and have heard nothing from a person yet.

    The candidate's own, and those that wait with a question much like it; nobody twice.
    """
    untold = {row.ticket_id for row in candidate.sources if row.told_at is None}
    told = {row.ticket_id for row in candidate.sources} - untold
    ways = (candidate.question, *candidate.phrasings)
    waiting = [t for t in _unanswered(session, now) if t.id not in told]
    return [t for t in waiting if t.id in untold or likeness.closest(ways, _said(t)) >= ALIKE]


def _unanswered(session: Session, now: datetime) -> list[Ticket]:
    answered = select(Message.ticket_id).where(Message.author == AGENT)
    query = (
        select(Ticket)
        .where(
            Ticket.state.in_((NEW, OPEN)),
            Ticket.spam.is_(False),
            Ticket.created_at >= now - RECENT,
            Ticket.id.not_in(answered),
        )
        .options(selectinload(Ticket.messages))
        .order_by(Ticket.id.desc())
        .limit(MOST_LOOKED_AT)
    )
    return list(session.scalars(query))


def _said(ticket: Ticket) -> list[str]:
    """Return what the customer said first, with and without the subject."""
    first = next((m.text[:300] for m in ticket.messages if m.author == CUSTOMER), "")
    return [text for text in (ticket.subject, first) if text]


def close(
    session: Session, candidate: Candidate, article: Article, *, tell: Iterable[int], now: datetime
) -> None:
    """Tell those whom the agent ticked, each once, and let the questions teach the ranker."""
    wanted = set(tell)
    for ticket in askers(session, candidate, now=now) if wanted else ():
        if ticket.id in wanted:
            payload = {"ticket": ticket.id, "article": article.id}
            dedupe = f"tell:{ticket.id}:{article.id}"
            jobs.enqueue(session, TELL, payload, now=now, dedupe=dedupe)
    for source in candidate.sources:
        for question in questions.of_ticket(session, source.ticket_id):
            questions.confirm(session, question, article.id, AGENT, now=now)


def run_told(session: Session, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Note that the asker of a ticket was told (`tell_asker` calls it with its own payload)."""
    query = select(CandidateTicket).where(CandidateTicket.ticket_id == payload["ticket"])
    for source in session.scalars(query):
        source.told_at = source.told_at or now
    session.flush()

"""From a resolved ticket to the next answer: candidates. `authoring.deciding` decides them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import likeness
from authoring.harvest_text import SPAM, Harvested, Said, Skipped, harvest
from kb import audit, settings, tickets
from kb.access import Actor, require
from kb.errors import Conflict, Invalid, NotFound
from kb.models.service import (
    AGENT,
    CLOSED,
    CUSTOMER,
    RESOLVED,
    Candidate,
    CandidateTicket,
    Ticket,
)

NEW, PUBLISHED, MERGED, SKIPPED, REJECTED = "new", "published", "merged", "skipped", "rejected"
DECIDED = (PUBLISHED, MERGED, SKIPPED, REJECTED)

MAX_PHRASINGS = 20
SHOWN_SIMILAR = 4

Similar = Callable[[str], Sequence[tuple[int, float]]]
"""A question → (article id, likeness 0–1), most similar first."""


def nothing_similar(_question: str) -> Sequence[tuple[int, float]]:
    """Stand for a finder where there is none yet."""
    return ()


def read(session: Session, ticket: Ticket) -> Harvested | Skipped:
    """Return what a ticket teaches, or why it teaches nothing; writes nothing."""
    if ticket.spam:
        return Skipped(SPAM)
    said = [
        Said(message.author == CUSTOMER, message.text)
        for message in ticket.messages
        if message.author in (CUSTOMER, AGENT) and message.delivery not in ("undone", "failed")
    ]
    company = settings.read(session, settings.Company)
    public = (company.name, company.name_en, company.mailbox, company.phone)
    return harvest(ticket.subject, said, keep=filter(None, public))


def make(
    session: Session, ticket_id: int, *, similar: Similar, actor: Actor, now: datetime
) -> Candidate:
    """Put what a resolved ticket teaches into the queue.

    A ticket that asks the same as an open candidate joins it.

    Args:
        session: the unit of work.
        ticket_id: resolved or closed.
        similar: finds existing articles, so that a person can add instead of write.
        actor: who.
        now: the moment.

    Raises:
        Conflict: `not_resolved`; `already_harvested` (with `candidate`); `nothing_to_harvest`
            (with `reason`, one of `authoring.harvest_text.REASONS`).
    """
    require(actor, "candidate.make")
    ticket = tickets.get(session, ticket_id)
    if ticket.state not in (RESOLVED, CLOSED):
        raise Conflict("not_resolved", ticket=ticket_id, state=ticket.state)
    known = of_ticket(session, ticket_id)
    if known is not None and known.state not in (SKIPPED, REJECTED):
        raise Conflict("already_harvested", ticket=ticket_id, candidate=known.id)
    found = read(session, ticket)
    if isinstance(found, Skipped):
        raise Conflict("nothing_to_harvest", ticket=ticket_id, reason=found.reason)
    candidate = _open_one_like(session, found)
    if candidate is None:
        candidate = _add(session, ticket, found, actor, now)
    else:
        _join(candidate, found)
    candidate.sources.append(CandidateTicket(ticket_id=ticket.id))
    candidate.minutes += max(1, ticket.handling_seconds // 60)
    look_again(candidate, similar)
    note(session, candidate, "make", actor, now, ticket=ticket.id)
    return candidate


def of_ticket(session: Session, ticket_id: int) -> Candidate | None:
    """Return the latest candidate that a ticket went into."""
    query = (
        select(Candidate)
        .join(CandidateTicket)
        .where(CandidateTicket.ticket_id == ticket_id)
        .order_by(Candidate.id.desc())
    )
    return session.scalars(query).first()


def _add(
    session: Session, ticket: Ticket, found: Harvested, actor: Actor, now: datetime
) -> Candidate:
    candidate = Candidate(
        state=NEW,
        question=found.question,
        answer_md=found.answer_md,
        phrasings=list(found.phrasings),
        redacted=[{"kind": kind, "count": count} for kind, count in found.redacted],
        similar=[],
        minutes=0,
        category_id=ticket.category_id,
        created_by=actor.user_id,
        created_at=now,
    )
    session.add(candidate)
    session.flush()
    return candidate


def _join(candidate: Candidate, found: Harvested) -> None:
    """Add another ticket's words; the answer that is there stays, and can be edited."""
    ways = [*candidate.phrasings, found.question, *found.phrasings]
    candidate.phrasings = likeness.distinct([candidate.question, *ways])[1 : MAX_PHRASINGS + 1]
    counts = {item["kind"]: item["count"] for item in candidate.redacted}
    for kind, count in found.redacted:
        counts[kind] = counts.get(kind, 0) + count
    candidate.redacted = [{"kind": kind, "count": counts[kind]} for kind in sorted(counts)]


def _open_one_like(session: Session, found: Harvested) -> Candidate | None:
    """Return the open candidate that asks the same, the closest one."""
    waiting = session.scalars(select(Candidate).where(Candidate.state == NEW)).all()
    asked = (found.question, *found.phrasings)
    scored = [
        (
            likeness.of_answers(
                asked, found.answer_md, (row.question, *row.phrasings), row.answer_md
            ),
            -row.id,
            row,
        )
        for row in waiting
    ]
    best = max(scored, default=None, key=lambda item: item[:2])
    return best[2] if best is not None and best[0] >= likeness.SAME else None


def look_again(candidate: Candidate, similar: Similar) -> None:
    """Look up which existing articles are most similar to a candidate."""
    best: dict[int, float] = {}
    for text in (candidate.question, *candidate.phrasings[:3]):
        for article_id, score in similar(text):
            best[article_id] = max(score, best.get(article_id, 0.0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:SHOWN_SIMILAR]
    candidate.similar = [{"article": number, "score": round(score, 4)} for number, score in ranked]


def get(session: Session, candidate_id: int) -> Candidate:
    """Return a candidate. Raises NotFound."""
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise NotFound(candidate=candidate_id)
    return candidate


def edit(
    session: Session,
    candidate_id: int,
    *,
    question: str,
    answer_md: str,
    phrasings: Sequence[str],
    category_id: int | None,
    actor: Actor,
    now: datetime,
) -> Candidate:
    """Change a candidate before it is decided. Raises Invalid, Conflict (decided)."""
    require(actor, "candidate.make")
    candidate = undecided(session, candidate_id)
    if not question.strip():
        raise Invalid("question_missing", field="question")
    candidate.question = " ".join(question.split())[:300]
    candidate.answer_md = answer_md
    candidate.phrasings = [text.strip() for text in phrasings if text.strip()][:MAX_PHRASINGS]
    candidate.category_id = category_id
    note(session, candidate, "edit", actor, now)
    return candidate


def forget(session: Session, candidate_id: int, ticket_id: int) -> None:
    """Take a ticket out of an undecided candidate, which goes when it was the only one."""
    candidate = session.get(Candidate, candidate_id)
    if candidate is None or candidate.state != NEW:
        return
    source = next((row for row in candidate.sources if row.ticket_id == ticket_id), None)
    if source is None:
        return
    candidate.sources.remove(source)
    if not candidate.sources:
        session.delete(candidate)
    session.flush()


def undecided(session: Session, candidate_id: int) -> Candidate:
    """Return a candidate that waits. Raises NotFound, Conflict (decided)."""
    candidate = get(session, candidate_id)
    if candidate.state != NEW:
        raise Conflict("candidate_decided", candidate=candidate_id, state=candidate.state)
    return candidate


def note(
    session: Session,
    candidate: Candidate,
    verb: str,
    actor: Actor,
    now: datetime,
    **detail: object,
) -> None:
    """Write down who did what to a candidate."""
    session.flush()
    thing = ("candidate", candidate.id)
    audit.note(session, actor, f"candidate.{verb}", thing, now=now, **detail)

"""From a ticket to 待沉淀, with the index of this process to find what is there already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import harvest
from kb.errors import Conflict, Invalid
from kb.models.people import User
from kb.models.service import CLOSED, RESOLVED, Candidate, CandidateTicket, Ticket
from search.learner import STAFF
from web import current

MOST_ALIKE = 3
AT_ONCE, LOOKED_AT = 10, 60


def similar_in(session: Session, *, vectors: bool = True) -> harvest.Similar:
    """Return what looks up existing articles for a question, in one unit of work."""

    def similar(text: str) -> Sequence[tuple[int, float]]:
        found = current.parts().finding.find(
            session, text, limit=MOST_ALIKE, now=current.now(), audiences=STAFF, vectors=vectors
        )
        return [(int(match.article_id), match.probability) for match in found]

    return similar


def gather(session: Session) -> int:
    """Put what the newest resolved tickets taught into the queue; return how many did.

    Only so many at a time: nobody looks at more, and the database is held meanwhile.
    """
    similar = similar_in(session, vectors=False)
    known = select(CandidateTicket.ticket_id)
    query = (
        select(Ticket.id)
        .where(
            Ticket.state.in_((RESOLVED, CLOSED)), Ticket.spam.is_(False), Ticket.id.not_in(known)
        )
        .order_by(Ticket.resolved_at.desc(), Ticket.id.desc())
        .limit(LOOKED_AT)
    )
    made = 0
    for number in session.scalars(query).all():
        try:
            harvest.make(session, number, similar=similar, actor=current.actor(), now=current.now())
        except Conflict:
            continue
        made += 1
        if made == AT_ONCE:
            break
    return made


def keep(session: Session, ticket: Ticket) -> Candidate | None:
    """Put what a resolved ticket taught into the queue; None when it taught nothing new."""
    try:
        return harvest.make(
            session,
            ticket.id,
            similar=similar_in(session),
            actor=current.actor(),
            now=current.now(),
        )
    except Conflict as error:
        if error.code not in ("already_harvested", "nothing_to_harvest"):
            raise
        return None


def forget(session: Session, ticket: Ticket, candidate: object) -> None:
    """Take back what a reply put into the queue, when the reply is taken back."""
    if isinstance(candidate, int):
        harvest.forget(session, candidate, ticket.id)


def check_user(session: Session, number: int | None) -> None:
    """Refuse somebody who cannot look after a ticket. Raises Invalid."""
    user = session.get(User, number) if number else None
    if number is not None and (user is None or not user.active):
        raise Invalid("user_unknown", field="user_id")

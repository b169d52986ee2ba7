"""From a ticket to 待沉淀, with the index of this process to find what is there already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from authoring import harvest
from kb.errors import Conflict, Invalid
from kb.models.people import User
from kb.models.service import Candidate, Ticket
from web import current


def similar_in(session: Session) -> harvest.Similar:
    """Return what looks up existing articles for a question, in one unit of work."""

    def similar(text: str) -> Sequence[tuple[int, float]]:
        return current.parts().finding.similar(session, text, now=current.now())

    return similar


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

"""The 已解决 / 没解决 links of an automatic answer: signed, used once, committed by POST only.

The link records an outcome and nothing else; it shows no ticket. Mail scanners follow links, so
looking changes nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from autoreply.tables import AUTOMATIC, OutgoingMail
from kb import questions, tickets, tokens
from kb.errors import Conflict, Invalid, NotFound
from kb.models.service import CONFIRMED, FAILED, Question, Ticket

YES, NO = "yes", "no"
CHOICES = (YES, NO)
EXPIRY = timedelta(days=90)
ASK, DONE, USED, EXPIRED = "ask", "done", "used", "expired"


@dataclass(frozen=True, slots=True)
class Look:
    """What a link stands for.

    Attributes:
        stage: `ask`, `used` or `expired`.
        article_id: the article that was sent, or None.
        ticket_id: the ticket of the answer, or None when it is gone.
        recorded: the choice that was made, or None.
    """

    stage: str
    article_id: int | None
    ticket_id: int | None
    recorded: str | None = None


def token_of(mail_id: int, secret: bytes) -> str:
    """Return the token of an answer's links: the row's id and 128 bits that only we can make."""
    return f"{mail_id}.{tokens.derive(secret, 'solved', str(mail_id))}"


def look(session: Session, token: str, secret: bytes, *, now: datetime) -> Look:
    """Tell what a link stands for; changes nothing. Raises NotFound (`link_unknown`)."""
    mail = _mail(session, token, secret)
    article = int(mail.articles[0]["id"]) if mail.articles else None
    return Look(_stage(mail, now), article, mail.ticket_id, mail.solved)


def commit(
    session: Session, token: str, choice: str, secret: bytes, *, now: datetime
) -> Ticket | None:
    """Record a choice, once.

    `yes` confirms the article and resolves the ticket; `no` gives the ticket to a person with
    everything that was asked and shown.

    Args:
        session: the unit of work.
        token: of the link.
        choice: `yes` or `no`.
        secret: the service's key.
        now: the moment.

    Returns:
        The ticket; None when it is gone.

    Raises:
        NotFound: `link_unknown`.
        Invalid: another choice (`choice_unknown`).
        Conflict: `link_used` or `link_expired`.
    """
    if choice not in CHOICES:
        raise Invalid("choice_unknown", field="choice")
    mail = _mail(session, token, secret)
    stage = _stage(mail, now)
    if stage != ASK:
        raise Conflict(f"link_{stage}")
    mail.solved, mail.solved_at = choice, now
    ticket = session.get(Ticket, mail.ticket_id) if mail.ticket_id else None
    question = session.get(Question, mail.question_id) if mail.question_id else None
    if choice == YES:
        _solved(session, mail, ticket, question, now)
    else:
        _to_person(session, ticket, question, now)
    session.flush()
    return ticket


def _mail(session: Session, token: str, secret: bytes) -> OutgoingMail:
    number, _, _ = token.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise NotFound("link_unknown")
    if not hmac.compare_digest(token.encode(), token_of(int(number), secret).encode()):
        raise NotFound("link_unknown")
    mail = session.get(OutgoingMail, int(number))
    if mail is None or mail.kind != AUTOMATIC:
        raise NotFound("link_unknown")
    return mail


def _stage(mail: OutgoingMail, now: datetime) -> str:
    if mail.solved is not None:
        return USED
    return EXPIRED if now > mail.created_at + EXPIRY else ASK


def _solved(
    session: Session,
    mail: OutgoingMail,
    ticket: Ticket | None,
    question: Question | None,
    now: datetime,
) -> None:
    if question is not None and mail.articles:
        questions.confirm(session, question, int(mail.articles[0]["id"]), "link", now=now)
        questions.end(session, question, CONFIRMED, now=now)
    # A person who has the ticket by now decides themselves when it is resolved.
    if ticket is not None and ticket.state == "waiting":
        tickets.move(session, ticket, "resolved", now=now)


def _to_person(
    session: Session, ticket: Ticket | None, question: Question | None, now: datetime
) -> None:
    if question is not None:
        questions.end(session, question, FAILED, now=now)
    if ticket is None:
        return
    ticket.person_asked = True
    ticket.context = {**ticket.context, "not_solved_at": now.isoformat()}
    if (ticket.state, "reopened") in tickets.MOVES:
        tickets.move(session, ticket, "reopened", now=now)

"""Questions: what somebody asked on any channel, what was shown, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, selectinload

from kb import changes
from kb.errors import NotFound
from kb.models.base import table_of
from kb.models.knowledge import Article
from kb.models.service import CONFIRMED, FAILED, PERSON, PRESUMED, Question, Shown
from kb.wording import held_out

TAUGHT = "taught"
"""Kind of the change that a confirmation leaves; its object is the article that answered."""

SILENCE = timedelta(hours=72)
AGAIN = timedelta(days=7)
# Typing a question letter by letter is one question: the last of a quick row counts.
KEYSTROKES = timedelta(seconds=30)
MAX_TEXT = 10_000

# Made once: every question that comes in runs them.
_ARTICLE = table_of(Article).c
_VERSIONS = select(_ARTICLE.id, _ARTICLE.live_version).where(
    _ARTICLE.id.in_(bindparam("ids", expanding=True))
)
_OF_TICKET = select(Question).where(Question.ticket_id == bindparam("ticket")).order_by(Question.id)
_EARLIER = (
    update(Question)
    .where(
        Question.contact_id == bindparam("contact"),
        Question.id != bindparam("question"),
        Question.text == bindparam("asked"),
        Question.created_at >= bindparam("since"),
        Question.outcome.in_((PRESUMED, CONFIRMED)),
    )
    .values(outcome=FAILED, outcome_at=bindparam("moment"))
    .execution_options(synchronize_session=False)
    .returning(Question.id)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came in.

    Attributes:
        to_person: it goes to a person at once (`to_person`).
    """

    channel: str
    text: str
    language: str = "zh"
    contact_id: int | None = None
    visitor: str = ""
    band: str = ""
    ticket_id: int | None = None
    to_person: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One article that was shown, with the probability that it answers."""

    article_id: int
    probability: float


def record(session: Session, asked: Asked, offers: Sequence[Offer], *, now: datetime) -> Question:
    """Remember a question and what was shown for it."""
    before = _same_breath(session, asked, now)
    if before is not None:
        # Rows of an earlier keystroke go first, or the unique (question, article) would clash.
        before.shown.clear()
        session.flush()
    question = before or Question(created_at=now, shown=[])
    question.channel = asked.channel
    question.text = asked.text[:MAX_TEXT]
    question.language = asked.language
    question.contact_id = asked.contact_id
    question.visitor = asked.visitor
    question.band = asked.band
    question.ticket_id = asked.ticket_id
    question.results = len(offers)
    if asked.to_person:
        question.outcome, question.outcome_at = PERSON, now
    question.shown.extend(_shown(session, offers))
    session.add(question)
    session.flush()
    return question


def _same_breath(session: Session, asked: Asked, now: datetime) -> Question | None:
    """Return the visitor's search of a moment ago when this one goes on typing it."""
    if asked.channel != "search" or not asked.visitor:
        return None
    query = (
        select(Question)
        .where(Question.visitor == asked.visitor, Question.channel == "search")
        .order_by(Question.id.desc())
        .limit(1)
    )
    last = session.scalar(query)
    if last is None or now - last.created_at > KEYSTROKES or any(s.clicked_at for s in last.shown):
        return None
    return last if asked.text.startswith(last.text) or last.text.startswith(asked.text) else None


def _shown(session: Session, offers: Sequence[Offer]) -> list[Shown]:
    if not offers:
        return []
    versions = _versions(session, [offer.article_id for offer in offers])
    return [
        Shown(
            article_id=offer.article_id,
            version=versions[offer.article_id] or 0,
            position=place,
            probability=offer.probability,
        )
        for place, offer in enumerate(offers)
        if offer.article_id in versions
    ]


def _versions(session: Session, ids: Sequence[int]) -> dict[int, int | None]:
    """Return article -> live version; what the session holds is not asked again."""
    held = {one: session.identity_map.get(session.identity_key(Article, one)) for one in ids}
    known = {one: row.live_version for one, row in held.items() if row is not None}
    missing = [one for one in ids if one not in known]
    if missing:
        session.flush()
        rows = session.execute(_VERSIONS, {"ids": missing})
        known |= {row.id: row.live_version for row in rows}
    return known


def get(session: Session, question_id: int) -> Question:
    """Return a question. Raises NotFound."""
    question = session.get(Question, question_id)
    if question is None:
        raise NotFound(question=question_id)
    return question


def clicked(session: Session, question_id: int, article_id: int, *, now: datetime) -> None:
    """Note that a shown article was opened; what was not shown is ignored."""
    session.execute(
        update(Shown)
        .where(
            Shown.question_id == question_id,
            Shown.article_id == article_id,
            Shown.clicked_at.is_(None),
        )
        .values(clicked_at=now)
    )


def confirm(
    session: Session, question: Question, article_id: int, by: str, *, now: datetime
) -> None:
    """Note that an article answered a question.

    Args:
        session: the unit of work.
        question: what was asked.
        article_id: the article that answered it.
        by: `agent`, `link` or `holdout`: only these may teach the ranker.
        now: the moment.
    """
    row = next((shown for shown in question.shown if shown.article_id == article_id), None)
    if row is None:
        row = Shown(article_id=article_id, position=len(question.shown), probability=0.0)
        question.shown.append(row)
    row.confirmed_by = by
    question.nothing_by = None
    changes.record(session, TAUGHT, article_id, now=now)
    if by == "link":
        end(session, question, CONFIRMED, now=now)
    session.flush()


def refute(session: Session, question: Question, by: str) -> None:
    """Note that nothing in the base answered a question; `by` as in `confirm`."""
    question.nothing_by = by
    session.flush()


@dataclass(frozen=True, slots=True)
class Taught:
    """A question of the past that may teach the ranker.

    Attributes:
        text: as it was asked.
        article_ids: what answered it; empty when nothing did.
    """

    text: str
    article_ids: tuple[int, ...]


def teaching(session: Session, *, limit: int = 6000) -> list[Taught]:
    """Return what may teach: confirmed choices and confirmed gaps, newest first, each text once.

    Clicks and anonymous votes are not among them, nor what is held out to judge (`kb.judged`).
    """
    return [one for one in _confirmed(session, limit) if not held_out(one.text)]


def judging(session: Session, *, limit: int = 6000) -> list[Taught]:
    """Return the confirmed questions that are held out: they judge models and teach nothing."""
    return [one for one in _confirmed(session, limit) if held_out(one.text)]


def _confirmed(session: Session, limit: int) -> list[Taught]:
    confirmed = select(Shown.question_id).where(Shown.confirmed_by.is_not(None))
    query = (
        select(Question)
        .where(Question.nothing_by.is_not(None) | Question.id.in_(confirmed))
        .options(selectinload(Question.shown))
        .order_by(Question.id.desc())
        .limit(limit)
    )
    found: dict[str, Taught] = {}
    for row in session.scalars(query):
        chosen = tuple(shown.article_id for shown in row.shown if shown.confirmed_by)
        found.setdefault(row.text, Taught(row.text, chosen))
    return list(found.values())


def end(session: Session, question: Question, outcome: str, *, now: datetime) -> None:
    """Record what came of a question. A failure outweighs what was thought before."""
    if question.outcome == FAILED and outcome in (PRESUMED, CONFIRMED):
        return
    question.outcome = outcome
    question.outcome_at = now
    session.flush()


def to_person(session: Session, question: Question, ticket_id: int, *, now: datetime) -> None:
    """Note that a question went to a person."""
    question.ticket_id = ticket_id
    end(session, question, PERSON, now=now)


def settle_silent(session: Session, *, now: datetime) -> int:
    """Presume answered: answers were given, and nothing was heard for 72 hours.

    Returns:
        how many questions were settled.
    """
    quiet = (
        update(Question)
        .where(
            Question.outcome.is_(None),
            Question.answered_at.is_not(None),
            Question.answered_at <= now - SILENCE,
        )
        .values(outcome=PRESUMED, outcome_at=now)
        .execution_options(synchronize_session=False)
        .returning(Question.id)
    )
    return len(session.scalars(quiet).all())


def asked_again(session: Session, question: Question, *, now: datetime) -> int:
    """Mark as failed what the same contact asked in the last 7 days and is asking again.

    Returns:
        how many earlier questions turned out to have failed.
    """
    if question.contact_id is None:
        return 0
    given = {
        "contact": question.contact_id,
        "question": question.id,
        "asked": question.text,
        "since": now - AGAIN,
        "moment": now,
    }
    return len(session.scalars(_EARLIER, given).all())


def of_ticket(session: Session, ticket_id: int) -> Sequence[Question]:
    """Return the questions that led to a ticket, oldest first."""
    return session.scalars(_OF_TICKET, {"ticket": ticket_id}).all()


def recent_searches(session: Session, visitor: str, *, now: datetime, limit: int = 10) -> list[str]:
    """Return what a visitor searched for in the last half hour, oldest first."""
    query = (
        select(Question.text)
        .where(
            Question.visitor == visitor,
            Question.channel == "search",
            Question.created_at >= now - timedelta(minutes=30),
        )
        .order_by(Question.id.desc())
        .limit(limit)
    )
    return list(reversed(session.scalars(query).all())) if visitor else []

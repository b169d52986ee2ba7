"""What came of questions and tickets in a span of time: the figures of 成效."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import median

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from kb.models.service import CONFIRMED, FAILED, PERSON, PRESUMED, Question, Shown, Ticket

SELF, UNSURE, HUMAN = "self", "unsure", "person"


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` (included) to `until` (not included), aware."""

    since: datetime
    until: datetime

    @property
    def before(self) -> Span:
        """The span of the same length just before this one."""
        return Span(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, as far as it counts.

    Attributes:
        clicked: an answer that was shown was opened.
        result: `self`, `unsure` or `person`: whether somebody was helped without a person.
    """

    day: date
    channel: str
    band: str
    outcome: str | None
    results: int
    clicked: bool
    result: str


@dataclass(frozen=True, slots=True)
class Share:
    """What came of some questions."""

    questions: int = 0
    self: int = 0
    unsure: int = 0
    person: int = 0

    @property
    def self_share(self) -> float:
        """Share in [0, 1] that needed no person; 0 when nobody asked."""
        return self.self / self.questions if self.questions else 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day: questions, searches without results, searches without a click, tickets."""

    day: date
    questions: int
    zero: int
    no_click: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Times:
    """Medians over the tickets of a span; None when there are none.

    Attributes:
        first_response: seconds from opening to the first answer of a person.
        handling: seconds that people spent on one ticket.
        tickets: how many were opened.
        after_search: how many of them were opened by somebody who had searched before.
    """

    first_response: float | None
    handling: float | None
    tickets: int
    after_search: int


@dataclass(frozen=True, slots=True)
class Open:
    """A question that the base does not answer yet.

    Attributes:
        times: how often it was asked.
        found: whether something was shown for it at least once.
    """

    text: str
    times: int
    found: bool


def asked(session: Session, span: Span, zone: tzinfo) -> list[Asked]:
    """Return the questions of a span; `zone` says where its days begin."""
    clicked = exists().where(Shown.question_id == Question.id, Shown.clicked_at.is_not(None))
    query = select(
        Question.created_at,
        Question.channel,
        Question.band,
        Question.outcome,
        Question.results,
        clicked,
    ).where(Question.created_at >= span.since, Question.created_at < span.until)
    return [
        Asked(at.astimezone(zone).date(), channel, band, outcome, results, click,
              result_of(outcome, clicked=click))
        for at, channel, band, outcome, results, click in session.execute(query)
    ]  # fmt: skip


def result_of(outcome: str | None, *, clicked: bool) -> str:
    """Return `self`, `unsure` or `person` for what is known about a question.

    A search has no outcome of its own: who opened an answer and did not come to a person was
    helped, as far as anybody can tell.
    """
    if outcome in (PERSON, FAILED):
        return HUMAN
    if outcome in (CONFIRMED, PRESUMED) or clicked:
        return SELF
    return UNSURE


def share(questions: Iterable[Asked]) -> Share:
    """Count what came of some questions."""
    counts = Counter(question.result for question in questions)
    return Share(counts.total(), counts[SELF], counts[UNSURE], counts[HUMAN])


def by_channel(questions: Sequence[Asked]) -> dict[str, Share]:
    """Return channel -> what came of its questions, most questions first."""
    names = Counter(question.channel for question in questions)
    return {
        name: share(question for question in questions if question.channel == name)
        for name, _ in names.most_common()
    }


def by_day(session: Session, span: Span, questions: Sequence[Asked], zone: tzinfo) -> list[Day]:
    """Return one row for each day of a span, newest first."""
    query = select(Ticket.created_at).where(
        Ticket.created_at >= span.since, Ticket.created_at < span.until, Ticket.spam.is_(False)
    )
    tickets = Counter(at.astimezone(zone).date() for at in session.scalars(query))
    asked_on = Counter(question.day for question in questions)
    zero = Counter(q.day for q in questions if q.channel == "search" and not q.results)
    unread = Counter(
        q.day for q in questions if q.channel == "search" and q.results and not q.clicked
    )
    return [
        Day(day, asked_on[day], zero[day], unread[day], tickets[day]) for day in _days(span, zone)
    ]


def _days(span: Span, zone: tzinfo) -> Iterator[date]:
    first = span.since.astimezone(zone).date()
    day = (span.until - timedelta(microseconds=1)).astimezone(zone).date()
    while day >= first:
        yield day
        day -= timedelta(days=1)


def right_answers(questions: Iterable[Asked]) -> tuple[int, int]:
    """Return (right, known) among the automatic answers by mail whose outcome is known."""
    known = [
        q.outcome
        for q in questions
        if q.channel == "mail" and q.band == "answer" and q.outcome in (CONFIRMED, PRESUMED, FAILED)
    ]
    return sum(outcome != FAILED for outcome in known), len(known)


def times(session: Session, span: Span) -> Times:
    """Return how long people took for the tickets of a span."""
    query = select(
        Ticket.created_at, Ticket.first_response_at, Ticket.handling_seconds, Ticket.context
    ).where(Ticket.created_at >= span.since, Ticket.created_at < span.until, Ticket.spam.is_(False))
    rows = session.execute(query).all()
    first = [(row[1] - row[0]).total_seconds() for row in rows if row[1] is not None]
    handling = [row[2] for row in rows if row[2]]
    searched = [row for row in rows if row[3].get("searches") or row[3].get("query")]
    return Times(
        median(first) if first else None,
        median(handling) if handling else None,
        len(rows),
        len(searched),
    )


def unanswered(session: Session, span: Span, *, limit: int) -> list[Open]:
    """Return the questions that most often found nothing or went to a person, most first."""
    missed = or_(Question.results == 0, Question.outcome.in_((PERSON, FAILED)))
    number = func.count()
    query = (
        select(Question.text, number, func.max(Question.results))
        .where(Question.created_at >= span.since, Question.created_at < span.until, missed)
        .where(func.length(Question.text) <= 100)
        .group_by(Question.text)
        .order_by(number.desc(), Question.text)
        .limit(limit)
    )
    return [Open(text, count, bool(most)) for text, count, most in session.execute(query)]

"""What answering really saves: mails that were answered against those that were held out.

Both would have been answered; a hash decided which went to a person. What differs between them is
therefore the work of the answer, apart from chance, which the intervals state.

Source: Wilson, JASA 22 (1927), for shares; Newcombe, Statistics in Medicine 17 (1998), method 10,
for the difference of two; Welch's standard error for the difference of means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean, median, variance

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply.tables import AUTOMATIC, Decision, OutgoingMail, Spool
from kb.models.service import AGENT, CUSTOMER, Message, Ticket

FEWEST = 20
"""With fewer mails on either side no difference is stated."""

Z = 1.96
AGAIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trace:
    """What happened with one mail that would be, or was, answered.

    Attributes:
        answered: by the machine.
        first: seconds to the first answer of anybody; None: none yet.
        handling: seconds that people spent.
        again: the customer wrote again within a week of the first answer.
        person: a person had to answer.
    """

    answered: bool
    first: float | None
    handling: float
    again: bool
    person: bool


@dataclass(frozen=True, slots=True)
class Arm:
    """One side. Times in seconds; `again` and `person` count mails."""

    mails: int
    first: float | None
    handling: float
    again: int
    person: int
    answered: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference with its 95 % interval: answered minus held out."""

    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether chance alone hardly explains it."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Effect:
    """Both sides and their differences; a difference is None while there is too little."""

    answered: Arm
    held_out: Arm
    handling: Gap | None
    again: Gap | None
    person: Gap | None


def traces(session: Session, *, since: datetime, until: datetime) -> list[Trace]:
    """Return the mails of a span that were answered or held out."""
    query = (
        select(Decision, Spool.received_at)
        .join(Spool, Spool.id == Decision.spool_id, isouter=True)
        .where(
            Decision.created_at >= since,
            Decision.created_at < until,
            Decision.wanted == "answer",
            (Decision.sent.is_(True)) | (Decision.held == "holdout"),
        )
    )
    return [_trace(session, row, came or row.created_at) for row, came in session.execute(query)]


def _trace(session: Session, row: Decision, came: datetime) -> Trace:
    ticket = session.get(Ticket, row.ticket_id) if row.ticket_id else None
    said = _said(session, row.ticket_id)
    by_person = [at for author, at in said if author == AGENT]
    left = _left(session, row) if row.sent else None
    firsts = [at for at in (left, *by_person) if at is not None]
    first = min(firsts) if firsts else None
    again = first is not None and any(
        author == CUSTOMER and first < at <= first + AGAIN for author, at in said
    )
    return Trace(
        answered=row.sent,
        first=(first - came).total_seconds() if first else None,
        handling=float(ticket.handling_seconds) if ticket else 0.0,
        again=again,
        person=bool(by_person),
    )


def _said(session: Session, ticket_id: int | None) -> list[tuple[str, datetime]]:
    if ticket_id is None:
        return []
    query = select(Message.author, Message.created_at).where(
        Message.ticket_id == ticket_id, Message.delivery.is_distinct_from("undone")
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _left(session: Session, row: Decision) -> datetime | None:
    query = select(OutgoingMail.sent_at).where(
        OutgoingMail.spool_id == row.spool_id, OutgoingMail.kind == AUTOMATIC
    )
    return session.scalar(query.limit(1))


def effect(found: Sequence[Trace]) -> Effect:
    """Compare both sides."""
    answered = [one for one in found if one.answered]
    held_out = [one for one in found if not one.answered]
    enough = min(len(answered), len(held_out)) >= FEWEST
    one, other = arm(answered), arm(held_out)
    return Effect(
        answered=one,
        held_out=other,
        handling=means([t.handling for t in answered], [t.handling for t in held_out])
        if enough
        else None,
        again=shares((one.again, one.mails), (other.again, other.mails)) if enough else None,
        person=shares((one.person, one.mails), (other.person, other.mails)) if enough else None,
    )


def arm(found: Sequence[Trace]) -> Arm:
    """Sum one side up."""
    firsts = [one.first for one in found if one.first is not None]
    return Arm(
        mails=len(found),
        first=median(firsts) if firsts else None,
        handling=mean(one.handling for one in found) if found else 0.0,
        again=sum(one.again for one in found),
        person=sum(one.person for one in found),
        answered=len(firsts),
    )


def means(one: Sequence[float], other: Sequence[float]) -> Gap:
    """Return the difference of two means; each side has at least two values."""
    value = mean(one) - mean(other)
    error = math.sqrt(variance(one) / len(one) + variance(other) / len(other))
    return Gap(value, value - Z * error, value + Z * error)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; (0, 1) of nothing."""
    if whole == 0:
        return 0.0, 1.0
    share, z2 = part / whole, Z * Z
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    spread = math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    half = Z * spread / (1 + z2 / whole)
    return max(0.0, centre - half), min(1.0, centre + half)


def shares(one: tuple[int, int], other: tuple[int, int]) -> Gap:
    """Return the difference of two shares, each (part, whole) with whole > 0."""
    first, second = one[0] / one[1], other[0] / other[1]
    low1, high1 = wilson(*one)
    low2, high2 = wilson(*other)
    value = first - second
    return Gap(
        value,
        value - math.sqrt((first - low1) ** 2 + (high2 - second) ** 2),
        value + math.sqrt((high1 - first) ** 2 + (second - low2) ** 2),
    )


def who_taught(session: Session, question_id: int) -> str:
    """Return as what an agent's choice for a question teaches: `holdout` or `agent`."""
    query = select(Decision.id).where(
        Decision.question_id == question_id, Decision.held == "holdout"
    )
    return "holdout" if session.scalar(query.limit(1)) is not None else "agent"

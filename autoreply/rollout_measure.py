"""How right the answers of the past were, by category, and how sure one must be for a target.

An answer is known to be right or wrong when a person judged it, an agent chose an article for the
question, the customer used a link, or wrote again. An answer that left and met with silence counts
as right, but not towards the number that must be known. What the finder was not sure enough of to
answer counts as wrong unless somebody said that it was right: agents confirm what fits and say
nothing about the rest, so silence there is no praise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply.policy_tables import EVERYTHING
from autoreply.rollout import CLOSED, stance, topic
from autoreply.tables import Decision
from kb import categories, settings
from kb.models.service import CONFIRMED, FAILED, PRESUMED, Question, Shown
from kb.policies import Automation

WINDOW = timedelta(days=180)
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer of the past, given or only considered.

    Attributes:
        probability: of the best article, in [0, 1].
        sure: the finder would have answered.
        right: None when nobody said anything.
        said: somebody said so, rather than only kept silent.
    """

    probability: float
    sure: bool
    right: bool | None
    said: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """How sure an answer must be; `gate` is None while too little is known."""

    gate: float | None
    known: int
    right: int


def measure(seen: Sequence[Seen], target: float, fewest: int) -> Measured:
    """Return the lowest probability from which on the target was reached.

    Args:
        seen: answers of the past.
        target: precision, 0–1.
        fewest: so many must be known.

    Returns:
        The gate, `CLOSED` when the target was missed at every probability, and how many of the
        answers that the finder was sure of are known and right.
    """
    sure = [one for one in seen if one.sure and one.right is not None]
    known, right = len(sure), sum(bool(one.right) for one in sure)
    if sum(one.said for one in sure) < fewest:
        return Measured(None, known, right)
    counted = [one for one in seen if one.right is not None or not one.sure]
    counted.sort(key=lambda one: -one.probability)
    gate, good = CLOSED, 0
    for place, one in enumerate(counted, start=1):
        good += bool(one.right)
        last = place == len(counted) or counted[place].probability < one.probability
        if last and good >= target * place:
            gate = one.probability
    return Measured(gate, known, right)


def refresh(session: Session, *, now: datetime) -> int:
    """Measure every category anew and keep the gates; returns how many answers were looked at."""
    automation = settings.read(session, settings.Automation)
    seen = history(session, now=now)
    grouped: dict[int, list[Seen]] = defaultdict(list)
    above = {row.id: categories.path_ids(session, row.id) for row in categories.tree(session)}
    for category, one in seen:
        for number in (EVERYTHING, *above.get(category or 0, ())):
            grouped[number].append(one)
    for number in (EVERYTHING, *above):
        _keep(session, number, grouped[number], automation, now)
    session.flush()
    return len(seen)


def _keep(
    session: Session, number: int, seen: Sequence[Seen], automation: Automation, now: datetime
) -> None:
    target = stance(session, number or None, automation).target
    found = measure(seen, target, automation.fewest_known)
    row = topic(session, number)
    row.gate, row.known, row.right = found.gate, found.known, found.right
    row.measured_at = now


def history(session: Session, *, now: datetime) -> list[tuple[int | None, Seen]]:
    """Return (category, answer) of the last half year, newest first."""
    chosen = _chosen(session, now)
    query = (
        select(Decision, Question.outcome, Question.nothing_by)
        .join(Question, Question.id == Decision.question_id, isouter=True)
        .where(
            Decision.created_at >= now - WINDOW,
            Decision.article_id.is_not(None),
            Decision.probability.is_not(None),
        )
        .order_by(Decision.id.desc())
        .limit(MOST)
    )
    return [
        (row.category_id, _seen(row, outcome, nothing, chosen.get(row.question_id or 0, set())))
        for row, outcome, nothing in session.execute(query)
    ]


def _chosen(session: Session, now: datetime) -> dict[int, set[int]]:
    query = (
        select(Shown.question_id, Shown.article_id)
        .join(Question, Question.id == Shown.question_id)
        .where(Shown.confirmed_by.is_not(None), Question.created_at >= now - WINDOW)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for question, article in session.execute(query):
        found[question].add(article)
    return found


def _seen(row: Decision, outcome: str | None, nothing: str | None, chosen: set[int]) -> Seen:
    right, said = known(row, outcome, nothing, chosen)
    return Seen(row.probability or 0.0, row.band == "answer", right, said)


def known(
    row: Decision, outcome: str | None, nothing: str | None, chosen: set[int]
) -> tuple[bool | None, bool]:
    """Return whether an answer was right (None: unknown), and whether somebody said so."""
    if row.right is not None:
        return row.right, True
    if chosen:
        return row.article_id in chosen, True
    if nothing:
        return False, True
    if row.sent and outcome in (CONFIRMED, FAILED):
        return outcome == CONFIRMED, True
    if row.sent and outcome == PRESUMED:
        return True, False
    return None, False

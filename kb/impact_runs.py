"""What a change does to people's questions, while it is asked: one row a look, gone after a day.

A row names questions by number, so what is erased from them is gone here as well; what changes may
be a customer's own words, so an erasure of anybody removes all rows. Looking again makes new ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kb.models.service import Question
from kb.models.steering import ImpactRun

FRESH = timedelta(minutes=15)
"""What was found earlier is asked anew: the base has changed meanwhile."""

KEPT = timedelta(days=1)
LOOKUP = 500


def begin(
    session: Session,
    *,
    user_id: int,
    digest: str,
    subject: Mapping[str, Any],  # JSON: see `authoring.impact_job`
    questions: Sequence[Any] = (),  # JSON: see `ImpactRun.questions`
    now: datetime,
) -> ImpactRun:
    """Add a look that has asked nothing yet; an earlier one at the same change is replaced."""
    drop(session, user_id=user_id, digest=digest)
    run = ImpactRun(
        user_id=user_id,
        digest=digest,
        subject=dict(subject),
        questions=list(questions),
        moved=[],
        created_at=now,
    )
    session.add(run)
    session.flush()
    return run


def latest(session: Session, *, user_id: int, digest: str, now: datetime) -> ImpactRun | None:
    """Return somebody's look at a change, if it is still worth showing."""
    query = select(ImpactRun).where(
        ImpactRun.user_id == user_id,
        ImpactRun.digest == digest,
        ImpactRun.created_at > now - FRESH,
    )
    return session.scalar(query.order_by(ImpactRun.id.desc()).limit(1))


def advance(run: ImpactRun, *, asked: int, moved: Sequence[Any], now: datetime) -> None:
    """Note how far a look has come.

    Args:
        run: the row.
        asked: how many of its questions are through by now.
        moved: rows as in `ImpactRun.moved`, of those that are new.
        now: the moment.
    """
    run.asked = asked
    run.moved = [*run.moved, *moved]
    if asked >= len(run.questions):
        run.done_at = now


def drop(session: Session, *, user_id: int, digest: str) -> None:
    """Remove somebody's look at a change; the job that asks for it ends by itself."""
    mine = (ImpactRun.user_id == user_id, ImpactRun.digest == digest)
    session.execute(delete(ImpactRun).where(*mine))


def forget(session: Session, *, before: datetime | None = None) -> None:
    """Remove what is too old, or everything, as an erasure needs."""
    gone = delete(ImpactRun)
    session.execute(gone if before is None else gone.where(ImpactRun.created_at < before))


def texts(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return question id -> what was asked; without those that were erased or emptied."""
    wanted, found = list(ids), dict[int, str]()
    for start in range(0, len(wanted), LOOKUP):
        query = select(Question.id, Question.text).where(
            Question.id.in_(wanted[start : start + LOOKUP]), Question.text != ""
        )
        found |= {row.id: row.text for row in session.execute(query)}
    return found

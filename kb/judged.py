"""The judged set that grows from use: questions whose answer is known and that teach nothing.

Of what agents, signed links and hold-out mails confirmed, one text in `kb.wording.SHARE` is kept
here by its hash and left out of `kb.questions.teaching`. What people opened is here as well: it may
be shown to people, and never teaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, selectinload

from kb.models.service import Question, Shown
from kb.wording import held_out, key_of

CLICK = "click"
RECENT = timedelta(days=30)
LONGEST = 500
LOOKED_AT = 4_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A question whose answer is known.

    Attributes:
        text: as it was asked.
        article_ids: what answers it; never empty.
        by: `agent`, `link`, `holdout`, or `click` for what somebody merely opened.
        question_id: the newest row that asked it.
    """

    text: str
    article_ids: tuple[int, ...]
    by: str
    question_id: int


@dataclass(frozen=True, slots=True)
class Recent:
    """What was asked in the last 30 days.

    Attributes:
        text: as it was asked.
        count: how often.
        question_id: the newest row that asked it.
    """

    text: str
    count: int
    question_id: int


def judged(session: Session, *, limit: int = 400) -> list[Judged]:
    """Return the judged questions, confirmed ones first, then newest first, each text once."""
    found: dict[str, Judged] = {}
    for confirmed in (True, False):
        for row in session.scalars(_rows(confirmed=confirmed)):
            one = _judged(row, confirmed=confirmed)
            if one is not None and len(found) < limit:
                found.setdefault(key_of(one.text), one)
    return list(found.values())


def _rows(*, confirmed: bool) -> Select[Question]:
    told = Shown.confirmed_by if confirmed else Shown.clicked_at
    ids = select(Shown.question_id).where(told.is_not(None))
    return (
        select(Question)
        .where(Question.id.in_(ids), *_readable())
        .options(selectinload(Question.shown))
        .order_by(Question.id.desc())
        .limit(LOOKED_AT)
    )


def _readable() -> tuple[ColumnElement[bool], ...]:
    return (func.length(Question.text) > 1, func.length(Question.text) <= LONGEST)


def _judged(row: Question, *, confirmed: bool) -> Judged | None:
    if not confirmed:
        opened = tuple(shown.article_id for shown in row.shown if shown.clicked_at)
        return Judged(row.text, opened, CLICK, row.id)
    if not held_out(row.text):
        return None
    chosen = [shown for shown in row.shown if shown.confirmed_by]
    ids = tuple(shown.article_id for shown in chosen)
    return Judged(row.text, ids, str(chosen[0].confirmed_by), row.id)


def recent(session: Session, *, now: datetime, limit: int = 300) -> Sequence[Recent]:
    """Return the different texts of the last 30 days, the most frequent first."""
    often, newest = func.count(), func.max(Question.id)
    query = (
        select(Question.text, often, newest)
        .where(Question.created_at >= now - RECENT, *_readable())
        .group_by(Question.text)
        .order_by(often.desc(), newest.desc())
        .limit(limit)
    )
    return [Recent(*row) for row in session.execute(query)]

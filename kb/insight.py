"""Counts over questions and tickets: what people ask, what came of it, how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, cast, distinct, func, select
from sqlalchemy.orm import Session

from kb import articles
from kb.models.knowledge import PUBLIC, Article, Phrasing
from kb.models.service import Question, Shown

LEAST_ASKERS = 3


def most_asked(session: Session, *, since: datetime, limit: int) -> Sequence[tuple[int, int]]:
    """Return (article id, number of askers), most first; only those of at least three.

    An asker is a contact or a visitor; an article counts when they opened it, or when it was the
    first that they were shown.
    """
    contact = cast(Question.contact_id, String)
    asker = func.coalesce(func.nullif(Question.visitor, ""), contact, cast(Question.id, String))
    askers = func.count(distinct(asker))
    query = (
        select(Shown.article_id, askers)
        .join(Question, Question.id == Shown.question_id)
        .where(
            Question.created_at >= since,
            Shown.clicked_at.is_not(None) | (Shown.position == 0),
            Shown.probability >= 0.3,
        )
        .group_by(Shown.article_id)
        .having(askers >= LEAST_ASKERS)
        .order_by(askers.desc(), Shown.article_id)
        .limit(limit)
    )
    return [(int(row[0]), int(row[1])) for row in session.execute(query)]


def frequent_words(session: Session, *, now: datetime, limit: int) -> list[str]:
    """Return short searches of the last 30 days that many people made.

    Only texts that also stand in a public answer, as another way to ask, are shown: what somebody
    typed is never shown to somebody else as it is, nor what only agents may read.
    """
    visitors = func.count(distinct(Question.visitor))
    seen = select(Phrasing.text).join(Article).where(articles.visible(now, (PUBLIC,)))
    query = (
        select(Question.text)
        .where(
            Question.created_at >= now - timedelta(days=30),
            Question.channel == "search",
            func.length(Question.text) <= 12,
            Question.text.in_(seen),
        )
        .group_by(Question.text)
        .having(visitors >= LEAST_ASKERS)
        .order_by(visitors.desc(), Question.text)
        .limit(limit)
    )
    return list(session.scalars(query))

"""Votes on answers: shown to people, never taught to the ranker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from kb.errors import Invalid
from kb.models.knowledge import Article
from kb.models.service import Feedback

REASONS = ("unclear", "wrong", "unsolved", "other")


def vote(
    session: Session,
    article: Article,
    visitor: str,
    *,
    helpful: bool,
    reason: str = "",
    comment: str = "",
    now: datetime,
) -> Feedback:
    """Record a visitor's vote on the live version; a later vote replaces it. Raises Invalid."""
    if reason and reason not in REASONS:
        raise Invalid("reason_unknown", field="reason")
    version = article.live_version or 0
    query = select(Feedback).where(
        Feedback.article_id == article.id,
        Feedback.version == version,
        Feedback.visitor == visitor,
    )
    row = session.scalar(query) or Feedback(article_id=article.id, version=version, visitor=visitor)
    row.helpful = helpful
    row.reason = "" if helpful else reason
    row.comment = "" if helpful else comment[:2000]
    row.created_at = now
    session.add(row)
    session.flush()
    return row


def tally(session: Session, article_id: int) -> tuple[int, int]:
    """Return (helpful, all) votes on an article, over all versions."""
    query = select(func.coalesce(func.sum(cast(Feedback.helpful, Integer)), 0), func.count())
    row = session.execute(query.where(Feedback.article_id == article_id)).one()
    return int(row[0]), int(row[1])

"""Votes on answers: shown to people, never taught to the ranker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from kb.errors import Conflict, Invalid
from kb.models.knowledge import Article
from kb.models.service import Feedback

REASONS = ("unclear", "wrong", "unsolved", "other")


def vote(
    session: Session,
    article: Article,
    visitor: str,
    *,
    helpful: bool,
    version: int | None = None,
    reason: str = "",
    comment: str = "",
    now: datetime,
) -> Feedback:
    """Record a visitor's vote; a later vote on the same version replaces it.

    Args:
        session: the unit of work.
        article: what was read.
        visitor: who, as the cookie says.
        helpful: 有帮助 or 没帮助.
        version: the version that was read; None is the live one.
        reason: one of `REASONS`, or nothing.
        comment: in the visitor's own words.
        now: the moment.

    Raises:
        Invalid: no such reason.
        Conflict: `stale`: no such version yet.
    """
    if reason and reason not in REASONS:
        raise Invalid("reason_unknown", field="reason")
    version = _read(article, version)
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


def _read(article: Article, version: int | None) -> int:
    """Return the version that a vote is about: one that was, or is, shown."""
    live = article.live_version or 0
    if version is None:
        return live
    if not 1 <= version <= live:
        raise Conflict("stale", article=article.id)
    return version


def tally(session: Session, article_id: int) -> tuple[int, int]:
    """Return (helpful, all) votes on an article, over all versions."""
    query = select(func.coalesce(func.sum(cast(Feedback.helpful, Integer)), 0), func.count())
    row = session.execute(query.where(Feedback.article_id == article_id)).one()
    return int(row[0]), int(row[1])

"""Looking after an article that is there: until when, when to look again, how high, and who."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from authoring.publishing import record
from kb import articles, changes, schedule
from kb.access import Actor, require
from kb.articles import ARTICLE
from kb.errors import Invalid
from kb.models.knowledge import ARCHIVED, PUBLISHED, Article

MAX_BOOST = 10.0


def set_expiry(
    session: Session, article_id: int, *, at: datetime | None, actor: Actor, now: datetime
) -> Article:
    """Say from when an article is no longer shown; None takes it back. Raises Invalid (past)."""
    require(actor, "article.publish")
    if at is not None and at <= now:
        raise Invalid("moment_passed", field="expire_at")
    article = articles.get(session, article_id)
    article.expire_at = at
    if at is None:
        schedule.drop(session, schedule.EXPIRE, article.id)
    else:
        schedule.plan(session, schedule.EXPIRE, article, at=at, now=now)
    _touch(session, article, now)
    record(session, article, "expiry", actor, now, at=at.isoformat() if at else None)
    return article


def run_expiry(
    session: Session, payload: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """Do the job `expire_article`: take the article down; a newer draft stays a draft."""
    article = session.get(Article, payload["article"])
    due = datetime.fromisoformat(payload["at"])
    if article is None or article.expire_at != due or due > now or article.live_version is None:
        return
    state = ARCHIVED if article.state == PUBLISHED else article.state
    articles.withdraw(session, article, now=now)
    article.state = state
    record(session, article, "expire", actor, now)


def mark_reviewed(
    session: Session,
    article_id: int,
    *,
    review_on: date | None,
    actor: Actor,
    now: datetime,
) -> Article:
    """Note that somebody checked that the answer still holds, and when to look again."""
    require(actor, "article.review")
    article = articles.get(session, article_id)
    article.review_on = review_on
    _touch(session, article, now)
    next_time = review_on.isoformat() if review_on else None
    record(session, article, "reviewed", actor, now, review_on=next_time)
    return article


def pin(session: Session, article_id: int, *, boost: float, actor: Actor, now: datetime) -> Article:
    """Move an article up (0 is where it stands by itself). Raises Invalid beyond ±10."""
    require(actor, "article.pin")
    if not -MAX_BOOST <= boost <= MAX_BOOST:
        raise Invalid("boost_range", field="boost", limit=MAX_BOOST)
    article = articles.get(session, article_id)
    article.boost = boost
    _touch(session, article, now)
    record(session, article, "pin", actor, now, boost=boost)
    return article


def hand_over(
    session: Session, article_id: int, *, owner_id: int | None, actor: Actor, now: datetime
) -> Article:
    """Say who looks after an article."""
    require(actor, "article.review")
    article = articles.get(session, article_id)
    article.owner_id = owner_id
    record(session, article, "owner", actor, now, owner=owner_id)
    return article


def _touch(session: Session, article: Article, now: datetime) -> None:
    """Tell the indexes about a change that is not part of a version."""
    session.flush()
    changes.record(session, ARTICLE, article.id, now=now)

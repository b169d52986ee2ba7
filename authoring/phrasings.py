"""Other ways to ask, added to an answer that customers see already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from authoring import publishing
from kb import articles, schedule
from kb.access import Actor, require
from kb.articles import Version
from kb.errors import Conflict, Invalid
from kb.models.knowledge import PUBLISHED, Article, Revision


def add(session: Session, article_id: int, text: str, *, actor: Actor, now: datetime) -> Article:
    """Add another way to ask, live at once; a pending draft gets it too and stays pending.

    Raises:
        Conflict: `not_published`; a phrasing of an unpublished article is part of its draft.
        Invalid: blank, too long, too many.
    """
    require(actor, "article.publish")
    article = articles.get(session, article_id)
    if article.live_version is None:
        raise Conflict("not_published", article=article_id)
    if not text.strip():
        raise Invalid("phrasing_missing", field="phrasings")
    live = articles.revision(session, article_id, article.live_version)
    pending = articles.latest(session, article) if article.state != PUBLISHED else None
    state, planned = article.state, publishing.scheduled_for(session, article)
    written = _write(session, article, live, text, actor, now)
    if written:
        articles.go_live(session, article, now=now)
        publishing.record(session, article, "phrasing", actor, now)
    if pending is not None and _write(session, article, pending, text, actor, now, always=written):
        article.state = state
        if planned is not None:
            schedule.plan(session, schedule.PUBLISH, article, at=planned, now=now)
    session.flush()
    return article


def _write(
    session: Session,
    article: Article,
    old: Revision,
    text: str,
    actor: Actor,
    now: datetime,
    *,
    always: bool = False,
) -> bool:
    """Write a version with one more way to ask; False when it was there already."""
    content = articles.content_of(old)
    wider = replace(content, phrasings=(*content.phrasings, text))
    if not always and articles.tidied(wider) == articles.tidied(content):
        return False
    publishing.save_version(session, article.id, wider, Version(article.version), actor, now)
    return True

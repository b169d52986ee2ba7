"""Other ways to ask, added to an answer that customers see already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from authoring import publishing
from kb import articles, schedule
from kb.access import Actor, require
from kb.articles import Version
from kb.errors import Conflict, Invalid
from kb.models.knowledge import ARCHIVED, PUBLISHED, Article, Revision


def add(
    session: Session, article_id: int, texts: Sequence[str], *, actor: Actor, now: datetime
) -> Article:
    """Add other ways to ask, live at once; a version that waits gets them too and goes on waiting.

    Raises:
        Conflict: `article_state`; the article is archived.
        Invalid: nothing to add, too long, too many.
    """
    require(actor, "article.publish")
    article = articles.get(session, article_id)
    if article.state == ARCHIVED:
        raise Conflict("article_state", article=article_id, state=ARCHIVED, event="phrasing")
    if not any(text.strip() for text in texts):
        raise Invalid("phrasing_missing", field="phrasings")
    pending = articles.latest(session, article) if article.state != PUBLISHED else None
    state, planned = article.state, publishing.scheduled_for(session, article)
    written = False
    if article.live_version is not None:
        live = articles.revision(session, article_id, article.live_version)
        written = _write(session, article, live, texts, actor, now)
    if written:
        articles.go_live(session, article, now=now)
    publishing.record(session, article, "phrasing", actor, now)
    if pending is not None and _write(session, article, pending, texts, actor, now, always=written):
        article.state = state
        if planned is not None:
            schedule.plan(session, schedule.PUBLISH, article, at=planned, now=now)
    session.flush()
    return article


def _write(
    session: Session,
    article: Article,
    old: Revision,
    texts: Sequence[str],
    actor: Actor,
    now: datetime,
    *,
    always: bool = False,
) -> bool:
    """Write a version with more ways to ask; False when they were there already."""
    content = articles.content_of(old)
    wider = replace(content, phrasings=(*content.phrasings, *texts))
    if not always and articles.tidied(wider) == articles.tidied(content):
        return False
    publishing.save_version(session, article.id, wider, Version(article.version), actor, now)
    return True

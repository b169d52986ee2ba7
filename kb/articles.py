"""Articles as rows: saving a version, making it live, and who sees what when.

The workflow (who may submit, review and publish) stands in `authoring.publishing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from kb import changes, markup
from kb.content import MAX_BODY as MAX_BODY
from kb.content import Content as Content
from kb.content import Version as Version
from kb.content import tidied as tidied
from kb.errors import Conflict, NotFound
from kb.links import Resolve
from kb.models.knowledge import (
    ARCHIVED,
    DRAFT,
    PUBLIC,
    PUBLISHED,
    Article,
    Phrasing,
    Revision,
)

ARTICLE = "article"


def visible(now: datetime, audiences: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition under which an article may be shown at this moment."""
    return _visible(now, tuple(audiences))


def _visible(
    now: datetime | BindParameter[datetime], audiences: Sequence[str] | BindParameter[Sequence[str]]
) -> ColumnElement[bool]:
    return and_(
        Article.live_version.is_not(None),
        Article.audience.in_(audiences),
        or_(Article.publish_at.is_(None), Article.publish_at <= now),
        or_(Article.expire_at.is_(None), Article.expire_at > now),
    )


VISIBLE = _visible(bindparam("now"), bindparam("audiences", expanding=True))
"""The same for statements that are made once, with the parameters `now` and `audiences`."""


def seen(session: Session, article_id: int, *, now: datetime, audiences: Iterable[str]) -> Article:
    """Return an article that may be shown now. Raises NotFound for every other."""
    article = session.get(Article, article_id)
    if article is None or not is_visible(article, now=now, audiences=audiences):
        raise NotFound(article=article_id)
    return article


def is_visible(article: Article, *, now: datetime, audiences: Iterable[str]) -> bool:
    """Say the same as `visible` about a row in hand."""
    return (
        article.live_version is not None
        and article.audience in tuple(audiences)
        and (article.publish_at is None or article.publish_at <= now)
        and (article.expire_at is None or article.expire_at > now)
    )


def get(session: Session, article_id: int) -> Article:
    """Return any article. Raises NotFound."""
    article = session.get(Article, article_id)
    if article is None:
        raise NotFound(article=article_id)
    return article


def count_published(session: Session, *, now: datetime, most: int | None = None) -> int:
    """Return how many public articles customers can see now, counting no further than `most`."""
    return session.scalar(_counting(most), {"now": now, "audiences": (PUBLIC,)}) or 0


@cache
def _counting(most: int | None) -> Select[int]:
    """Make the statement once for each bound: every question asks it."""
    seen_now = select(Article.id).where(VISIBLE).limit(most).subquery()
    return select(func.count()).select_from(seen_now)


def create(
    session: Session,
    content: Content,
    *,
    author_id: int | None,
    now: datetime,
    key: str | None = None,
) -> Article:
    """Add an article as a draft, version 1. Raises Invalid, Conflict (key taken)."""
    content = tidied(content)
    if key and session.scalar(select(Article.id).where(Article.key == key)):
        raise Conflict("key_taken", key=key)
    article = Article(
        key=key or f"new-{now.timestamp():.6f}",
        question=content.question,
        owner_id=author_id,
        created_at=now,
        updated_at=now,
        version=0,
    )
    session.add(article)
    session.flush()
    if key is None:
        article.key = f"a{article.id}"
    save(session, article.id, content, base=Version(0), author_id=author_id, now=now)
    return article


def save(
    session: Session,
    article_id: int,
    content: Content,
    *,
    base: Version,
    author_id: int | None,
    now: datetime,
    render: bool = True,
) -> Revision:
    """Write a new version; customers keep seeing the live one.

    Args:
        session: the unit of work.
        article_id: which article.
        content: all of it.
        base: the version the writer began with, and a note about the change.
        author_id: who wrote; None for imports.
        now: the moment.
        render: False when `go_live` follows at once and renders anyway.

    Raises:
        Conflict: `stale`; somebody saved meanwhile. `params["version"]` is theirs.
        Invalid: a field cannot be accepted.
    """
    content = tidied(content)
    article = _held(session, article_id)
    if article.version != base.number:
        raise Conflict("stale", article=article_id, version=article.version, base=base.number)
    revision = _revision(article, content, base.note, author_id, now)
    session.add(revision)
    article.version = revision.number
    article.state = DRAFT
    if article.live_version is None and render:
        _mirror(session, article, revision)
    article.updated_at = now
    session.flush()
    return revision


def go_live(session: Session, article: Article, *, now: datetime) -> None:
    """Show the latest version to its audience, and tell the indexes."""
    revision = latest(session, article)
    _mirror(session, article, revision)
    article.state = PUBLISHED
    article.phrasings[:] = [
        Phrasing(text=text, position=place) for place, text in enumerate(revision.phrasings)
    ]
    article.live_version = revision.number
    article.published_at = article.published_at or now
    article.updated_at = now
    session.flush()
    changes.record(session, ARTICLE, article.id, now=now)


def withdraw(session: Session, article: Article, *, now: datetime) -> None:
    """Take an article off every surface."""
    article.live_version = None
    article.state = ARCHIVED
    article.updated_at = now
    session.flush()
    changes.record(session, ARTICLE, article.id, now=now)


def latest(session: Session, article: Article) -> Revision:
    """Return the newest version. Raises NotFound when there is none."""
    return revision(session, article.id, article.version)


def revision(session: Session, article_id: int, number: int) -> Revision:
    """Return one version. Raises NotFound."""
    query = select(Revision).where(Revision.article_id == article_id, Revision.number == number)
    row = session.scalar(query)
    if row is None:
        raise NotFound(article=article_id, version=number)
    return row


def revisions(session: Session, article_id: int) -> Sequence[Revision]:
    """Return all versions, newest first."""
    query = select(Revision).where(Revision.article_id == article_id)
    return session.scalars(query.order_by(Revision.number.desc())).all()


def content_of(revision: Revision) -> Content:
    """Return what a version says, ready to be edited again."""
    return Content(
        question=revision.question,
        body_md=revision.body_md,
        phrasings=tuple(revision.phrasings),
        category_id=revision.category_id,
        audience=revision.audience,
        language=revision.language,
        applies_to=revision.applies_to,
    )


def in_order(query: Select[Any]) -> Select[Any]:  # Any: the caller's columns
    """Order articles as lists show them: newest change first."""
    return query.order_by(Article.updated_at.desc(), Article.id.desc())


def slug_of(question: str) -> str:
    """Return the readable part of an address: letters, digits and Han, at most 40 characters."""
    words = re.findall(r"[0-9a-z\u3400-\u9fff]+", question.lower())
    return "-".join(words)[:40].strip("-") or "article"


def render_again(session: Session, article: Article) -> None:
    """Render a row's Markdown anew: what it links to has come, or the renderer has changed."""
    rendered = markup.render(article.body_md, resolve=resolver(session))
    article.body_html, article.body_text = rendered.html, rendered.text
    article.renderer = markup.RENDERER_VERSION


def _held(session: Session, article_id: int) -> Article:
    """Return an article as it is now, held until the end of the unit of work.

    On PostgreSQL two writers could both see the version they began with; SQLite has one writer.
    """
    article = session.get(Article, article_id, with_for_update=True)
    if article is None:
        raise NotFound(article=article_id)
    return article


def _revision(
    article: Article, content: Content, note: str, author_id: int | None, now: datetime
) -> Revision:
    return Revision(
        article_id=article.id,
        number=article.version + 1,
        question=content.question,
        body_md=content.body_md,
        phrasings=list(content.phrasings),
        category_id=content.category_id,
        audience=content.audience,
        language=content.language,
        applies_to=content.applies_to,
        author_id=author_id,
        note=note,
        created_at=now,
    )


def _mirror(session: Session, article: Article, revision: Revision) -> None:
    """Copy a version's content into the article row and render it."""
    rendered = markup.render(revision.body_md, resolve=resolver(session))
    values: Mapping[str, object] = {
        "question": revision.question,
        "slug": slug_of(revision.question),
        "body_md": revision.body_md,
        "body_html": rendered.html,
        "body_text": rendered.text,
        "renderer": markup.RENDERER_VERSION,
        "category_id": revision.category_id,
        "audience": revision.audience,
        "language": revision.language,
        "applies_to": revision.applies_to,
    }
    for name, value in values.items():
        setattr(article, name, value)


def resolver(session: Session) -> Resolve:
    """Return the function that turns `article:KEY` into an address on the site."""

    def resolve(target: str) -> str | None:
        kind, _, key = target.partition(":")
        if kind != ARTICLE:
            # A picture that was not brought along; the ones we have are under /media/.
            return None
        row = session.execute(select(Article.id, Article.slug).where(Article.key == key)).first()
        return f"/a/{row.id}-{row.slug}" if row else None

    return resolve

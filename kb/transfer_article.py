"""Bring one article of a bundle into the database."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from kb import articles, changes, schedule
from kb.articles import ARTICLE, Content, Version
from kb.models.knowledge import ARCHIVED, PUBLISHED, SCHEDULED, Article
from kb.models.people import User
from kb.transfer_markdown import PICTURE
from kb.transfer_rows import Row
from kb.transfer_site import Import, category_id_of
from kb.transfer_values import Problem


def content_of_row(row: Row, category_id: int | None) -> Content:
    """Return what a row says as the content of a version."""
    return Content(
        question=row.question,
        body_md=row.body_md,
        phrasings=row.phrasings,
        category_id=category_id,
        audience=row.audience,
        language=row.language,
        applies_to=row.applies_to,
    )


def load_article(work: Import, row: Row) -> None:
    """Bring one row in: its content, its state, and what is not part of a version."""
    article = work.session.scalars(select(Article).where(Article.key == row.key)).one()
    before = (article.version, article.live_version, article.state)
    content = articles.tidied(content_of_row(_with_places(work, row), category_id_of(work, row)))
    _bring_to_state(work, article, row, content)
    changed = _set_facts(work, article, row)
    if changed or before != (article.version, article.live_version, article.state):
        work.updated.add(row.key)
    if row.key in work.created:
        article.updated_at = row.updated_at or work.now
        article.published_at = row.published_at or article.published_at
    work.session.flush()


def _with_places(work: Import, row: Row) -> Row:
    """Return a row whose pictures stand under their addresses on the site."""

    def settle(match: re.Match[str]) -> str:
        place = work.places.get(match[2])
        return f"{match[1]}{place}{match[3]}" if place else match[0]

    return replace(row, body_md=PICTURE.sub(settle, row.body_md))


def _bring_to_state(work: Import, article: Article, row: Row, content: Content) -> None:
    state = row.state
    if state == SCHEDULED and row.publish_at is not None and row.publish_at <= work.now:
        state = PUBLISHED
    if state == PUBLISHED:
        if not _live_says(work, article, content):
            _save(work, article, content, render=False)
            articles.go_live(work.session, article, now=work.now)
        return
    if state == article.state and _latest_says(work, article, content):
        return
    _save(work, article, content, always=article.state == PUBLISHED and state != ARCHIVED)
    if state == ARCHIVED:
        articles.withdraw(work.session, article, now=work.now)
    article.state = state
    if state == SCHEDULED and row.publish_at is not None:
        schedule.plan(work.session, schedule.PUBLISH, article, at=row.publish_at, now=work.now)


def _live_says(work: Import, article: Article, content: Content) -> bool:
    if article.live_version is None:
        return False
    live = articles.revision(work.session, article.id, article.live_version)
    return articles.content_of(live) == content


def _latest_says(work: Import, article: Article, content: Content) -> bool:
    if article.version == 0:
        return False
    return articles.content_of(articles.latest(work.session, article)) == content


def _save(
    work: Import, article: Article, content: Content, *, always: bool = False, render: bool = True
) -> None:
    if not always and _latest_says(work, article, content):
        return
    articles.save(
        work.session,
        article.id,
        content,
        base=Version(article.version),
        author_id=work.author_id,
        now=work.now,
        render=render,
    )


def _set_facts(work: Import, article: Article, row: Row) -> bool:
    """Set what is not part of a version; what the file does not say stays."""
    wanted: dict[str, object] = {
        "owner_id": _owner(work, row),
        "review_on": row.review_on,
        "expire_at": row.expire_at,
        "boost": row.boost,
    }
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and getattr(article, name) != value
    }
    for name, value in changed.items():
        setattr(article, name, value)
    if "expire_at" in changed and row.expire_at and row.expire_at > work.now:
        schedule.plan(work.session, schedule.EXPIRE, article, at=row.expire_at, now=work.now)
    if changed and article.live_version is not None:
        work.session.flush()
        changes.record(work.session, ARTICLE, article.id, now=work.now)
    return bool(changed)


def _owner(work: Import, row: Row) -> int | None:
    if row.owner is None:
        return None
    if not work.owners:
        rows = work.session.execute(select(User.name, User.id))
        work.owners = {"": 0, **{row.name: row.id for row in rows}}
    if row.owner not in work.owners:
        work.warnings.append(Problem(row.where, "owner", "owner_unknown", row.owner))
        # Said once for each name.
        work.owners[row.owner] = None
    return work.owners.get(row.owner)

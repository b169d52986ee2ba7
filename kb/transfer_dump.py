"""Read everything that people wrote out of the database, as a bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, attachments, categories, pins, schedule
from kb.models.knowledge import (
    ARCHIVED,
    PUBLISHED,
    SCHEDULED,
    Article,
    Attachment,
    Category,
    MenuGroup,
    Notice,
    Revision,
)
from kb.models.people import User
from kb.transfer_markdown import PICTURE
from kb.transfer_rows import Bundle, CategoryRow, MenuRow, NoticeRow, PinRow, Row

FOLDER = "images/"


def dump(session: Session) -> Bundle:
    """Return all articles with their order, states and pictures, the tree, menu and notices."""
    tree = {category.id: category for category in categories.tree(session)}
    owners = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    stored = set(session.scalars(select(Attachment.name).where(Attachment.message_id.is_(None))))
    shown: dict[str, None] = {}
    rows: list[Row] = []
    for article in session.scalars(select(Article).order_by(Article.id)):
        for state, revision in _versions(session, article):
            row = _row(session, article, revision, state, tree, owners)
            rows.append(_with_files(row, stored, shown))
    return Bundle(
        articles=tuple(rows),
        categories=tuple(_category(category, tree) for category in tree.values()),
        menu=tuple(_group(session, group, tree) for group in categories.menu(session)),
        notices=tuple(map(_notice, session.scalars(select(Notice).order_by(Notice.id)))),
        pins=tuple(PinRow(pin.text, pin.article.key) for pin in reversed(pins.every(session))),
        pictures={FOLDER + name: _bytes(session, name) for name in shown},
    )


def _versions(session: Session, article: Article) -> Iterator[tuple[str, Revision]]:
    """Yield the live version, then the newer one that waits, if there is one."""
    if article.version == 0:
        return
    if article.live_version is not None:
        yield PUBLISHED, articles.revision(session, article.id, article.live_version)
    if article.state != PUBLISHED or article.live_version is None:
        yield article.state, articles.latest(session, article)


def _row(
    session: Session,
    article: Article,
    revision: Revision,
    state: str,
    tree: dict[int, Category],
    owners: dict[int, str],
) -> Row:
    category = tree.get(revision.category_id or 0)
    planned = schedule.planned(session, schedule.PUBLISH, article.id)
    path = categories.path(session, category.id) if category else []
    return Row(
        where="",
        key=article.key,
        question=revision.question,
        body_md=revision.body_md,
        phrasings=tuple(revision.phrasings),
        category=category.slug if category else "",
        category_name=" / ".join(step.name for step in reversed(path)),
        audience=revision.audience,
        language=revision.language,
        applies_to=revision.applies_to,
        state=state if state != PUBLISHED or article.live_version else ARCHIVED,
        owner=owners.get(article.owner_id or 0),
        review_on=article.review_on,
        publish_at=planned if state == SCHEDULED else None,
        expire_at=article.expire_at,
        published_at=article.published_at,
        created_at=article.created_at,
        updated_at=article.updated_at,
        boost=article.boost or None,
    )


def _with_files(row: Row, stored: set[str], shown: dict[str, None]) -> Row:
    """Name the row's pictures as files; note which ones it shows."""

    def settle(match: re.Match[str]) -> str:
        name = match[2].removeprefix(attachments.MEDIA)
        if not match[2].startswith(attachments.MEDIA) or name not in stored:
            return match[0]
        shown[name] = None
        return f"{match[1]}{FOLDER}{name}{match[3]}"

    return replace(row, body_md=PICTURE.sub(settle, row.body_md))


def _bytes(session: Session, name: str) -> bytes:
    return attachments.content(session, attachments.by_name(session, name))


def _category(category: Category, tree: dict[int, Category]) -> CategoryRow:
    parent = tree.get(category.parent_id or 0)
    return CategoryRow(
        slug=category.slug,
        name=category.name,
        name_en=category.name_en,
        description=category.description,
        icon=category.icon,
        parent=parent.slug if parent else "",
    )


def _group(session: Session, group: MenuGroup, tree: dict[int, Category]) -> MenuRow:
    return MenuRow(
        title=group.title,
        title_en=group.title_en,
        icon=group.icon,
        entries=tuple(
            (
                entry.title,
                entry.title_en,
                tree[entry.category_id].slug if entry.category_id in tree else "",
                articles.get(session, entry.article_id).key if entry.article_id else "",
            )
            for entry in group.entries
        ),
    )


def _notice(notice: Notice) -> NoticeRow:
    return NoticeRow(
        title=notice.title,
        body_md=notice.body_md,
        keywords=tuple(notice.keywords),
        audience=notice.audience,
        starts_at=notice.starts_at,
        ends_at=notice.ends_at,
    )

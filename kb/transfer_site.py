"""The part of an import that is not articles: the tree, the menu, the notices."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import categories, pins
from kb.categories import Branch, Entry, Group
from kb.models.knowledge import Article, Category, Notice
from kb.transfer_rows import CategoryRow, MenuRow, NoticeRow, PinRow, Row
from kb.transfer_values import Problem

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(slots=True)
class Import:
    """One import on its way."""

    session: Session
    author_id: int | None
    # What makes one of variant characters.
    fold: Callable[[str], str]
    now: datetime
    problems: list[Problem]
    warnings: list[Problem]
    slugs: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    owners: dict[str, int | None] = field(default_factory=dict)
    # Picture of the bundle -> address on the site.
    places: dict[str, str] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    updated: set[str] = field(default_factory=set)
    categories: int = 0


def load_categories(work: Import, rows: Sequence[CategoryRow]) -> None:
    """Learn which categories there are, and add or change those of the bundle."""
    for category in work.session.scalars(select(Category)):
        work.slugs[category.slug] = category.id
        work.names.setdefault(category.name, category.id)
    for place, row in enumerate(rows):
        known = work.slugs.get(row.slug)
        branch = Branch(
            slug=row.slug,
            name=row.name or row.slug,
            name_en=row.name_en,
            description=row.description,
            icon=row.icon,
            parent_id=work.slugs.get(row.parent),
            position=place,
        )
        _put_category(work, branch, known)


def _put_category(work: Import, branch: Branch, known: int | None) -> int:
    if known is not None:
        old = work.session.get_one(Category, known)
        if all(getattr(old, name) == getattr(branch, name) for name in Branch.__slots__):
            return known
    row = categories.put(work.session, branch, now=work.now, category_id=known)
    work.slugs[row.slug] = row.id
    work.names.setdefault(row.name, row.id)
    work.categories += 1
    return row.id


def category_id_of(work: Import, row: Row) -> int | None:
    """Return a row's category by slug, by name, or newly made from `上级 / 下级`."""
    if not row.category:
        return None
    if row.category in work.slugs:
        return work.slugs[row.category]
    if row.category in work.names:
        return work.names[row.category]
    named = row.category_name or row.category
    steps = [step.strip() for step in named.split("/") if step.strip()] or [row.category]
    parent: int | None = None
    for depth, name in enumerate(steps, 1):
        wanted = row.category if depth == len(steps) else name
        slug = wanted if _SLUG.fullmatch(wanted) else f"c-{sha256(wanted.encode()).hexdigest()[:8]}"
        known = work.slugs.get(slug) or (work.names.get(name) if depth < len(steps) else None)
        branch = Branch(slug=slug, name=name[:64], parent_id=parent, position=len(work.slugs))
        parent = known or _put_category(work, branch, None)
    work.slugs[row.category] = parent or 0
    return parent


def load_menu(work: Import, menu: Sequence[MenuRow] | None) -> None:
    """Replace the home menu when the bundle has one."""
    if menu is None:
        return
    rows = work.session.execute(select(Article.key, Article.id))
    keys = {row.key: row.id for row in rows}
    groups = [
        Group(
            title=group.title,
            title_en=group.title_en,
            icon=group.icon,
            entries=tuple(
                Entry(title, title_en, work.slugs.get(slug), keys.get(key))
                for title, title_en, slug, key in group.entries
            ),
        )
        for group in menu
    ]
    categories.set_menu(work.session, groups)


def load_pins(work: Import, rows: Sequence[PinRow]) -> None:
    """Put articles first for their questions; a pin of an article that is not here is left out."""
    found = work.session.execute(select(Article.key, Article.id))
    keys = {row.key: row.id for row in found}
    for row in rows:
        if row.article not in keys:
            work.warnings.append(Problem(row.where, "article", "key_unknown", row.article))
            continue
        pins.place(
            work.session,
            row.question,
            keys[row.article],
            folded=work.fold(row.question),
            user_id=work.author_id,
            now=work.now,
        )


def load_notices(work: Import, notices: Sequence[NoticeRow]) -> None:
    """Add or change notices by their title; ended ones come back as ended."""
    for row in notices:
        query = select(Notice).where(Notice.title == row.title.strip()[:120])
        notice = work.session.scalar(query.limit(1)) or Notice(author_id=work.author_id)
        notice.title = row.title.strip()[:120]
        notice.body_md = row.body_md
        notice.keywords = list(row.keywords)
        notice.audience = row.audience
        notice.starts_at = row.starts_at or work.now + timedelta(days=row.days_from)
        notice.ends_at = row.ends_at or work.now + timedelta(days=row.days_until)
        notice.updated_at = work.now
        work.session.add(notice)
    work.session.flush()

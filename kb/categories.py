"""The category tree and the home menu, with the menu's limits (3 groups of 4 entries)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import changes
from kb.articles import visible
from kb.errors import Conflict, Invalid, NotFound
from kb.models.knowledge import Article, Category, MenuEntry, MenuGroup

MAX_GROUPS, MAX_ENTRIES = 3, 4
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Branch:
    """A category as it is written."""

    slug: str
    name: str
    name_en: str = ""
    description: str = ""
    icon: str = ""
    parent_id: int | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the home menu; it leads to a category or an article."""

    title: str
    title_en: str = ""
    category_id: int | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the home menu."""

    title: str
    title_en: str = ""
    icon: str = ""
    entries: tuple[Entry, ...] = ()


def put(
    session: Session, branch: Branch, *, now: datetime, category_id: int | None = None
) -> Category:
    """Add or change a category. Raises Invalid, NotFound, Conflict (slug taken, circle)."""
    if not _SLUG.fullmatch(branch.slug):
        raise Invalid("slug_invalid", field="slug", slug=branch.slug)
    if not branch.name.strip():
        raise Invalid("name_missing", field="name")
    other = session.scalar(select(Category.id).where(Category.slug == branch.slug))
    if other is not None and other != category_id:
        raise Conflict("slug_taken", field="slug", slug=branch.slug)
    category = _row(session, category_id)
    if category_id and branch.parent_id and category_id in path_ids(session, branch.parent_id):
        raise Conflict("category_circle", field="parent_id")
    for name in Branch.__slots__:
        setattr(category, name, getattr(branch, name))
    session.add(category)
    session.flush()
    _touch_articles(session, category.id, now)
    return category


def _row(session: Session, category_id: int | None) -> Category:
    if category_id is None:
        return Category()
    category = session.get(Category, category_id)
    if category is None:
        raise NotFound(category=category_id)
    return category


def _touch_articles(session: Session, category_id: int, now: datetime) -> None:
    """A renamed or moved category changes how its articles are found."""
    inside = subtree_ids(session, category_id)
    for article_id in session.scalars(select(Article.id).where(Article.category_id.in_(inside))):
        changes.record(session, "article", article_id, now=now)


def by_slug(session: Session, slug: str) -> Category:
    """Return a category. Raises NotFound."""
    category = session.scalar(select(Category).where(Category.slug == slug))
    if category is None:
        raise NotFound(category=slug)
    return category


def tree(session: Session) -> Sequence[Category]:
    """Return all categories, parents before children, in their order."""
    rows = session.scalars(select(Category).order_by(Category.position, Category.id)).all()
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[Category] = []

    def walk(parent: int | None) -> None:
        for row in children.get(parent, ()):
            ordered.append(row)
            walk(row.id)

    walk(None)
    return ordered


def path(session: Session, category_id: int | None) -> list[Category]:
    """Return a category and all above it, nearest first; circles end."""
    found: list[Category] = []
    while category_id is not None and category_id not in {row.id for row in found}:
        row = session.get(Category, category_id)
        if row is None:
            break
        found.append(row)
        category_id = row.parent_id
    return found


def path_ids(session: Session, category_id: int | None) -> list[int]:
    """Return the ids of `path`."""
    return [row.id for row in path(session, category_id)]


def subtree_ids(session: Session, category_id: int) -> list[int]:
    """Return the id of a category and of all below it."""
    rows = tree(session)
    inside = {category_id}
    for row in rows:
        if row.parent_id in inside:
            inside.add(row.id)
    return sorted(inside)


def counts(session: Session, *, now: datetime, audiences: Iterable[str]) -> dict[int, int]:
    """Return category id -> number of articles visible in it and below it."""
    query = select(Article.category_id, func.count()).where(visible(now, audiences))
    own = {row[0]: row[1] for row in session.execute(query.group_by(Article.category_id))}
    total: dict[int, int] = {}
    for row in tree(session):
        for above in path_ids(session, row.id):
            total[above] = total.get(above, 0) + own.get(row.id, 0)
    return total


def remove(session: Session, category_id: int) -> None:
    """Remove an empty category. Raises Conflict when it holds something."""
    inside = select(func.count()).select_from(Article).where(Article.category_id == category_id)
    below = select(func.count()).select_from(Category).where(Category.parent_id == category_id)
    if session.scalar(inside) or session.scalar(below):
        raise Conflict("category_not_empty", category=category_id)
    session.delete(_row(session, category_id))
    session.flush()


def menu(session: Session) -> Sequence[MenuGroup]:
    """Return the home menu in order."""
    return session.scalars(select(MenuGroup).order_by(MenuGroup.position)).all()


def set_menu(session: Session, groups: Sequence[Group]) -> None:
    """Replace the home menu.

    Raises:
        Invalid: more than 3 groups or 4 entries, a blank title, an entry that leads nowhere.
    """
    _check_menu(groups)
    for old in menu(session):
        session.delete(old)
    session.flush()
    for place, group in enumerate(groups):
        row = MenuGroup(title=group.title, title_en=group.title_en, icon=group.icon, position=place)
        row.entries = [
            MenuEntry(
                title=entry.title,
                title_en=entry.title_en,
                position=number,
                category_id=entry.category_id,
                article_id=entry.article_id,
            )
            for number, entry in enumerate(group.entries)
        ]
        session.add(row)
    session.flush()


def _check_menu(groups: Sequence[Group]) -> None:
    if len(groups) > MAX_GROUPS:
        raise Invalid("menu_groups", field="menu", limit=MAX_GROUPS)
    for group in groups:
        if not group.title.strip():
            raise Invalid("menu_title", field="menu")
        if len(group.entries) > MAX_ENTRIES:
            raise Invalid("menu_entries", field="menu", limit=MAX_ENTRIES, group=group.title)
        for entry in group.entries:
            if not entry.title.strip() or not (entry.category_id or entry.article_id):
                raise Invalid("menu_dead_end", field="menu", entry=entry.title)

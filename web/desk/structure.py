"""What customers browse: the category tree, the home menu and urgent notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, audit, categories
from kb.categories import Branch, Entry, Group
from kb.errors import DomainError, Invalid, NotFound
from kb.models.knowledge import PUBLIC, Article, Category, MenuEntry
from web import current, errors
from web.desk import choices, frame
from web.desk.blueprint import desk
from web.locale import gettext
from web.site import shown

BRANCH_FIELDS = ("id", "name", "name_en", "slug", "description", "icon", "parent_id")


@dataclass(frozen=True, slots=True)
class Twig:
    """A category in the tree."""

    id: int
    name: str
    slug: str
    icon: str
    articles: int
    children: tuple[Twig, ...]


@desk.get("/categories", endpoint="categories")
def tree() -> ResponseReturnValue:
    """Show the tree; `?id=` puts one category into the form."""
    current.require("category.write")
    with current.reading() as session:
        number = current.whole("id")
        row = session.get(Category, number) if number else None
        if number and row is None:
            raise NotFound(category=number)
        values = {name: getattr(row, name) for name in BRANCH_FIELDS} if row else {}
        return _tree_page(session, values)


def _tree_page(
    session: Session,
    values: Mapping[str, object],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    html = render_template(
        "desk/categories.html",
        tree=_twigs(session),
        values={name: "" if value is None else value for name, value in values.items()},
        errors=faults or {},
        parents=choices.category_choices(session, gettext("没有上级")),
        icons=choices.icons(),
    )
    return html, status


def _twigs(session: Session) -> tuple[Twig, ...]:
    counts = categories.counts(session, now=current.now(), audiences=current.audiences())
    rows = categories.tree(session)

    def below(parent: int | None) -> tuple[Twig, ...]:
        return tuple(
            Twig(row.id, row.name, row.slug, row.icon, counts.get(row.id, 0), below(row.id))
            for row in rows
            if row.parent_id == parent
        )

    return below(None)


@desk.post("/categories", endpoint="categories_post")
def change_tree() -> ResponseReturnValue:
    """Add, change, move or remove a category."""
    current.require("category.write")
    deeds = {"save": _save, "remove": _remove, "up": _up, "down": _down}
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise Invalid("refused", field="do")
    try:
        with current.writing() as session:
            said = deed(session)
            thing = ("category", current.whole("id"))
            audit.note(session, current.actor(), f"category.{said}", thing, now=current.now())
    except NotFound:
        raise
    except DomainError as error:
        typed = {name: request.form.get(name, "") for name in BRANCH_FIELDS}
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            return _tree_page(session, typed, faults, errors.status_of(error))
    current.parts().finding.wake()
    return frame.back("categories", said)


def _save(session: Session) -> str:
    form, number = request.form, current.whole("id")
    parent, icon = current.whole("parent_id"), form.get("icon", "")
    if parent is not None and session.get(Category, parent) is None:
        raise Invalid("category_unknown", field="parent_id")
    old = session.get(Category, number) if number else None
    branch = Branch(
        slug=form.get("slug", "").strip(),
        name=form.get("name", "").strip()[:64],
        name_en=form.get("name_en", "").strip()[:64],
        description=form.get("description", "").strip()[:500],
        icon=icon if choices.known(choices.icons(), icon) or (old and old.icon == icon) else "",
        parent_id=parent,
        position=old.position if old else _last(session, parent) + 1,
    )
    categories.put(session, branch, now=current.now(), category_id=number)
    return "saved"


def _last(session: Session, parent: int | None) -> int:
    rows = [row.position for row in categories.tree(session) if row.parent_id == parent]
    return max(rows, default=0)


def _remove(session: Session) -> str:
    categories.remove(session, current.whole("id") or 0)
    return "removed"


def _up(session: Session) -> str:
    return _move(session, -1)


def _down(session: Session) -> str:
    return _move(session, 1)


def _move(session: Session, step: int) -> str:
    """Swap a category with its neighbour; positions are written anew, so that ties end."""
    row = session.get(Category, current.whole("id"))
    if row is None:
        raise NotFound(category=current.whole("id"))
    siblings = [one for one in categories.tree(session) if one.parent_id == row.parent_id]
    place = siblings.index(row)
    other = place + step
    if 0 <= other < len(siblings):
        siblings[place], siblings[other] = siblings[other], siblings[place]
    for position, one in enumerate(siblings):
        one.position = position
    return "saved"


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the four lines of a group, perhaps empty."""

    title: str = ""
    title_en: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One of the three groups, perhaps empty."""

    title: str = ""
    title_en: str = ""
    icon: str = ""
    entries: tuple[Slot, ...] = (Slot(),) * categories.MAX_ENTRIES


@desk.get("/menu", endpoint="menu")
def home_menu() -> ResponseReturnValue:
    """Show the home menu as three groups of four lines."""
    current.require("menu.write")
    with current.reading() as session:
        return _menu_page(session, _blocks(session))


def _blocks(session: Session) -> list[Block]:
    found = [
        Block(
            group.title,
            group.title_en,
            group.icon,
            _filled([Slot(e.title, e.title_en, _target(e)) for e in group.entries]),
        )
        for group in categories.menu(session)[: categories.MAX_GROUPS]
    ]
    return found + [Block()] * (categories.MAX_GROUPS - len(found))


def _filled(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    kept = tuple(slots[: categories.MAX_ENTRIES])
    return kept + (Slot(),) * (categories.MAX_ENTRIES - len(kept))


def _target(entry: MenuEntry) -> str:
    if entry.category_id is not None:
        return f"c:{entry.category_id}"
    return f"a:{entry.article_id}" if entry.article_id is not None else ""


def _menu_page(
    session: Session,
    blocks: Sequence[Block],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    html = render_template(
        "desk/menu.html",
        groups=blocks,
        targets=_targets(session),
        icons=choices.icons(),
        errors=faults or {},
    )
    return html, status


def _targets(session: Session) -> list[choices.Choice]:
    """Return where a line may lead: categories first, then public articles."""
    found: list[choices.Choice] = [("", gettext("不用"))]
    for value, words in choices.category_choices(session, "")[1:]:
        found.append((f"c:{value}", words))
    visible = articles.visible(current.now(), (PUBLIC,))
    for row in session.scalars(select(Article).where(visible).order_by(Article.question)):
        found.append((f"a:{row.id}", row.question))
    return found


@desk.post("/menu", endpoint="menu_post")
def change_menu() -> ResponseReturnValue:
    """Replace the home menu; a refusal shows it again as it was typed."""
    current.require("menu.write")
    blocks = [_typed(number) for number in range(categories.MAX_GROUPS)]
    try:
        with current.writing() as session:
            categories.set_menu(session, [_group(session, b) for b in blocks if _used(b)])
            thing = ("menu", None)
            audit.note(session, current.actor(), "menu.saved", thing, now=current.now())
    except DomainError as error:
        faults = {"": errors.sentence(error)}
        with current.reading() as session:
            return _menu_page(session, blocks, faults, errors.status_of(error))
    return frame.back("menu", "saved")


def _typed(number: int) -> Block:
    def value(name: str, most: int) -> str:
        return request.form.get(f"g{number}{name}", "").strip()[:most]

    slots = [
        Slot(
            value(f"e{place}_title", 60),
            value(f"e{place}_title_en", 80),
            value(f"e{place}_target", 20),
        )
        for place in range(categories.MAX_ENTRIES)
    ]
    icon = value("_icon", 32)
    return Block(value("_title", 40), value("_title_en", 60), icon, tuple(slots))


def _used(block: Block) -> bool:
    return bool(block.title) or any(slot.title or slot.target for slot in block.entries)


def _group(session: Session, block: Block) -> Group:
    entries = [_entry(session, slot) for slot in block.entries if slot.title or slot.target]
    return Group(block.title, block.title_en, block.icon, tuple(entries))


def _entry(session: Session, slot: Slot) -> Entry:
    """Return a line; without words of its own it takes those of where it leads."""
    kind, _, number = slot.target.partition(":")
    wanted = int(number) if number.isascii() and number.isdigit() else 0
    if kind == "c" and (category := session.get(Category, wanted)) is not None:
        title = slot.title or shown.category_name(category)
        return Entry(title, slot.title_en, category_id=category.id)
    if kind == "a" and (article := session.get(Article, wanted)) is not None:
        return Entry(slot.title or article.question[:60], slot.title_en, article_id=article.id)
    return Entry(slot.title, slot.title_en)

"""What an import or export is made of, and how one record is read from named values (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from kb.states import PUBLIC, PUBLISHED, STATES
from kb.transfer_values import Problem, Values
from kb.wording import LONGEST_KEY, key_of

KINDS = ("article", "category", "menu", "notice", "picture", "pin")

# Keys stand in links and name files; `.draft` marks the file of a newer version.
KEY = re.compile(r"(?!\.)[^\s\x00-\x1f/\\()<>]{1,64}(?<!\.draft)")


@dataclass(frozen=True, slots=True)
class Row:
    """One version of one article. None: the file says nothing about it.

    A live article with a newer draft is two rows with the same key: the live one, then the draft.
    Pictures stand in `body_md` under their names in `Bundle.pictures`.
    """

    where: str
    key: str
    question: str
    body_md: str = ""
    phrasings: tuple[str, ...] = ()
    category: str = ""
    category_name: str = ""
    audience: str = PUBLIC
    language: str = "zh"
    applies_to: str = ""
    state: str = PUBLISHED
    owner: str | None = None
    review_on: date | None = None
    publish_at: datetime | None = None
    expire_at: datetime | None = None
    published_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    boost: float | None = None


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category; parents stand before their children."""

    slug: str
    name: str
    name_en: str = ""
    description: str = ""
    icon: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A group of the home menu; each entry is (title, title_en, category slug, article key)."""

    title: str
    title_en: str = ""
    icon: str = ""
    entries: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """An urgent notice; days count from the day of the import when moments are not given."""

    title: str
    body_md: str = ""
    keywords: tuple[str, ...] = ()
    audience: str = PUBLIC
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    days_from: float = 0.0
    days_until: float = 1.0


@dataclass(frozen=True, slots=True)
class PinRow:
    """A question, and the key of the article that stands first for it."""

    question: str
    article: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that was read from one place.

    Attributes:
        articles: in their order.
        categories: empty when the source says nothing about them.
        menu: None when the source says nothing about it.
        pictures: name in the articles' Markdown -> bytes.
        problems: records that cannot be taken; they are not in `articles`.
        warnings: what was left out of records that were taken.
        pins: articles that stand first for a question.
    """

    articles: tuple[Row, ...] = ()
    categories: tuple[CategoryRow, ...] = ()
    menu: tuple[MenuRow, ...] | None = None
    notices: tuple[NoticeRow, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    pins: tuple[PinRow, ...] = ()


def read_row(values: Values, *, key: str = "") -> Row | None:
    """Read one article; None when something is wrong, which then stands in `values.problems`.

    Args:
        values: the record.
        key: what to take when the record has no key of its own.
    """
    question, body = values.text("question"), values.text("answer")
    if not question.strip():
        values.wrong("question", "question_missing")
    key = values.text("key").strip() or key or derived_key(question)
    if not KEY.fullmatch(key):
        values.wrong("key", "key_invalid", key)
    state = values.text("state") or (PUBLISHED if body.strip() else "draft")
    if state not in STATES:
        values.wrong("state", "state_unknown", state)
    publish_at = values.moment("publish_at")
    if state == "scheduled" and publish_at is None:
        values.wrong("publish_at", "moment_missing")
    row = Row(
        where=values.where,
        key=key,
        question=question,
        body_md=body,
        phrasings=values.texts("phrasings"),
        category=values.text("category").strip(),
        category_name=values.text("category_name").strip(),
        audience=values.text("audience", PUBLIC).strip(),
        language=values.text("language", "zh").strip(),
        applies_to=values.text("applies_to"),
        state=state,
        owner=values.text("owner").strip() or None,
        review_on=values.day("review_on"),
        publish_at=publish_at,
        expire_at=values.moment("expire_at"),
        published_at=values.moment("published_at"),
        created_at=values.moment("created_at"),
        updated_at=values.moment("updated_at"),
        boost=values.number("boost"),
    )
    return None if values.problems else row


def derived_key(question: str) -> str:
    """Return a key for a record that has none: the same question, the same key."""
    return "q-" + sha256(" ".join(question.split()).encode("utf-8", "replace")).hexdigest()[:12]


def write_row(row: Row) -> dict[str, object]:
    """Return an article as JSON values; what is empty is left out."""
    named: dict[str, object] = {
        "key": row.key,
        "question": row.question,
        "answer": row.body_md,
        "phrasings": list(row.phrasings),
        "category": row.category,
        "audience": row.audience,
        "language": row.language,
        "applies_to": row.applies_to,
        "state": row.state,
        "owner": row.owner,
        "review_on": row.review_on and row.review_on.isoformat(),
    }
    for name in ("publish_at", "expire_at", "published_at", "created_at", "updated_at"):
        moment = getattr(row, name)
        named[name] = moment and moment.isoformat()
    named["boost"] = row.boost
    return {name: value for name, value in named.items() if value not in (None, "", [])}


def read_category(values: Values) -> CategoryRow:
    """Read a category; `position` is its place in the file."""
    names = ("slug", "name", "name_en", "description", "icon", "parent")
    row = CategoryRow(**{name: values.text(name).strip() for name in names})
    if not row.slug:
        values.wrong("slug", "slug_invalid")
    return row


def read_group(values: Values) -> MenuRow:
    """Read a group of the menu: `{"title", "title_en", "icon", "entries": [{…}]}`."""
    entries = values.raw("entries") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        values.wrong("entries", "list_wanted")
        entries = []
    inside = [Values(entry, values.where) for entry in entries]
    names = ("title", "title_en", "category", "article")
    lines = [tuple(entry.text(name) for name in names) for entry in inside]
    return MenuRow(
        title=values.text("title"),
        title_en=values.text("title_en"),
        icon=values.text("icon"),
        entries=tuple((line[0], line[1], line[2], line[3]) for line in lines),
    )


def read_notice(values: Values) -> NoticeRow:
    """Read a notice, with moments or with days counted from the import."""
    row = NoticeRow(
        title=values.text("title"),
        body_md=values.text("body"),
        keywords=values.texts("keywords"),
        audience=values.text("audience", PUBLIC),
        starts_at=values.moment("starts_at"),
        ends_at=values.moment("ends_at"),
        days_from=values.number("days_from") or 0.0,
        days_until=values.number("days_until") or 0.0,
    )
    if not row.title.strip():
        values.wrong("title", "title_missing")
    if row.ends_at is None and row.days_until <= row.days_from:
        values.wrong("ends_at", "end_missing")
    return row


def read_pin(values: Values) -> PinRow:
    """Read a pin: `{"question", "article"}`."""
    row = PinRow(
        values.text("question").strip(), values.text("article").strip(), where=values.where
    )
    if not key_of(row.question):
        values.wrong("question", "question_missing")
    elif len(row.question) > LONGEST_KEY:
        values.wrong("question", "too_long")
    if not row.article:
        values.wrong("article", "key_invalid")
    return row


def write_pin(row: PinRow) -> dict[str, object]:
    """Return a pin as JSON values."""
    return {"question": row.question, "article": row.article}


def write_category(row: CategoryRow) -> dict[str, object]:
    """Return a category as JSON values."""
    return {name: getattr(row, name) for name in CategoryRow.__slots__}


def write_group(row: MenuRow) -> dict[str, object]:
    """Return a group of the menu as JSON values."""
    names = ("title", "title_en", "category", "article")
    entries = [
        {name: value for name, value in zip(names, entry, strict=True) if value}
        for entry in row.entries
    ]
    return {"title": row.title, "title_en": row.title_en, "icon": row.icon, "entries": entries}


def write_notice(row: NoticeRow) -> dict[str, object]:
    """Return a notice as JSON values."""
    return {
        "title": row.title,
        "body": row.body_md,
        "keywords": list(row.keywords),
        "audience": row.audience,
        "starts_at": row.starts_at and row.starts_at.isoformat(),
        "ends_at": row.ends_at and row.ends_at.isoformat(),
    }


def together(parts: Sequence[Bundle]) -> Bundle:
    """Return several bundles as one; a later menu replaces an earlier one."""
    menus = [part.menu for part in parts if part.menu is not None]
    pictures: dict[str, bytes] = {}
    for part in parts:
        pictures.update(part.pictures)
    return Bundle(
        articles=tuple(row for part in parts for row in part.articles),
        categories=tuple(row for part in parts for row in part.categories),
        menu=menus[-1] if menus else None,
        notices=tuple(row for part in parts for row in part.notices),
        pictures=pictures,
        problems=tuple(row for part in parts for row in part.problems),
        warnings=tuple(row for part in parts for row in part.warnings),
        pins=tuple(row for part in parts for row in part.pins),
    )

"""Articles as JSON Lines (pure): one record a line; `kind` says what it is."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator

from kb.decoding import decode
from kb.transfer_rows import (
    KINDS,
    Bundle,
    CategoryRow,
    MenuRow,
    NoticeRow,
    PinRow,
    Row,
    read_category,
    read_group,
    read_notice,
    read_pin,
    read_row,
    write_category,
    write_group,
    write_notice,
    write_pin,
    write_row,
)
from kb.transfer_values import Problem, Values


class _Gathered:
    """What was read so far."""

    def __init__(self) -> None:
        self.articles: list[Row] = []
        self.categories: list[CategoryRow] = []
        self.groups: list[MenuRow] = []
        self.has_menu = False
        self.notices: list[NoticeRow] = []
        self.pictures: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self.pins: list[PinRow] = []

    def bundle(self) -> Bundle:
        """Return it as a bundle."""
        return Bundle(
            tuple(self.articles),
            tuple(self.categories),
            tuple(self.groups) if self.has_menu else None,
            tuple(self.notices),
            self.pictures,
            tuple(self.problems),
            pins=tuple(self.pins),
        )


def read(data: bytes, name: str) -> Bundle:
    """Read JSON Lines; also the plain `{"id", "question", "answer", "alternatives"}` form.

    Args:
        data: the file.
        name: of the file, for problems.

    Raises:
        Invalid: the encoding cannot be told.
    """
    gathered = _Gathered()
    for number, line in enumerate(decode(data, name=name).split("\n"), 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            gathered.problems.append(Problem(where, "", "json_broken", line[:40]))
            continue
        if isinstance(record, dict):
            _take(gathered, Values(record, where))
        else:
            gathered.problems.append(Problem(where, "", "object_wanted", line[:40]))
    return gathered.bundle()


def _take(gathered: _Gathered, values: Values) -> None:
    kind = values.text("kind")
    if kind == "category":
        row = read_category(values)
        if not values.problems:
            gathered.categories.append(row)
    elif kind == "menu":
        gathered.has_menu = True
        if values.raw("title") is not None:
            gathered.groups.append(read_group(values))
    elif kind == "notice":
        notice = read_notice(values)
        if not values.problems:
            gathered.notices.append(notice)
    elif kind == "pin":
        pin = read_pin(values)
        if not values.problems:
            gathered.pins.append(pin)
    elif kind == "picture":
        _take_picture(gathered, values)
    else:
        # Other people's files use `kind` for things of their own.
        article = read_row(values)
        if article is not None:
            gathered.articles.append(article)
    gathered.problems += values.problems


def _take_picture(gathered: _Gathered, values: Values) -> None:
    try:
        gathered.pictures[values.text("name")] = base64.b64decode(
            values.text("data"), validate=True
        )
    except (binascii.Error, ValueError):
        values.wrong("data", "base64_broken")


def write(bundle: Bundle) -> Iterator[bytes]:
    """Yield the lines of a bundle."""
    for record in _records(bundle):
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _records(bundle: Bundle) -> Iterator[dict[str, object]]:
    article, category, menu, notice, picture, pin = KINDS
    for row in bundle.categories:
        yield {"kind": category, **write_category(row)}
    for name, data in bundle.pictures.items():
        yield {"kind": picture, "name": name, "data": base64.b64encode(data).decode()}
    for version in bundle.articles:
        yield {"kind": article, **write_row(version)}
    if bundle.menu is not None:
        yield from ({"kind": menu, **write_group(group)} for group in bundle.menu)
        if not bundle.menu:
            yield {"kind": menu}
    for announcement in bundle.notices:
        yield {"kind": notice, **write_notice(announcement)}
    for first in bundle.pins:
        yield {"kind": pin, **write_pin(first)}

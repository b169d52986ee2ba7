"""Articles as Markdown files with YAML front matter (pure), from names and bytes to a bundle.

    categories.yaml  menu.yaml  notices.yaml  pins.yaml
    articles/<category>/<key>.md        the live version, or the only one
    articles/<category>/<key>.draft.md  a newer version of a live article
    images/<name>

Any other folder of Markdown files can be read too: a first heading or the file name becomes the
question, the folder's name the category.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import yaml

from kb.decoding import decode
from kb.errors import Invalid
from kb.states import PUBLISHED
from kb.transfer_rows import (
    KEY,
    Bundle,
    Row,
    read_category,
    read_group,
    read_notice,
    read_pin,
    read_row,
    together,
    write_category,
    write_group,
    write_notice,
    write_pin,
    write_row,
)
from kb.transfer_values import Problem, Values

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"\A\s*#[ \t]+(.+?)[ \t#]*(?:\n|\Z)")
PICTURE = re.compile(
    r"(!\[[^\]\n]{0,500}\]\()[ \t]{0,9}"
    r"<?([^()<>\s]+(?: [^()<>\s\"]+)*)>?"
    r"((?: \"[^\"\n]{0,500}\")?\))"
)
_MAX_FRONT = 200_000
_MARKDOWN = (".md", ".markdown")
_NOT_ARTICLES = {"readme", "license", "changelog", "contributing"}


def read(files: Mapping[str, bytes]) -> Bundle:
    """Read a folder or archive that `transfer_archive` opened.

    Raises:
        Invalid: `archive_empty`; nothing in it is an article.
    """
    names = _articles(files)
    problems: list[Problem] = []
    warnings: list[Problem] = []
    pictures: dict[str, bytes] = {}
    ordered: list[tuple[float, int, Row]] = []
    for place, name in enumerate(names):
        found = _read_article(name, files[name], problems)
        if found is not None:
            order, row = found
            row = _with_pictures(row, name, files, pictures, warnings)
            ordered.append((order, place, row))
    ordered.sort(key=lambda item: item[:2])
    if not names:
        raise Invalid("archive_empty", field="file")
    rows = tuple(row for _, _, row in ordered)
    read_articles = Bundle(
        articles=rows, pictures=pictures, problems=tuple(problems), warnings=tuple(warnings)
    )
    return together([read_articles, read_lists(files)])


def _articles(files: Mapping[str, bytes]) -> list[str]:
    found = [name for name in files if name.lower().endswith(_MARKDOWN)]
    inside = [name for name in found if name.startswith("articles/")]
    if inside:
        return sorted(inside)
    return sorted(n for n in found if PurePosixPath(n).stem.lower() not in _NOT_ARTICLES)


def _read_article(name: str, data: bytes, problems: list[Problem]) -> tuple[float, Row] | None:
    try:
        text = decode(data, name=name).replace("\r\n", "\n").replace("\r", "\n")
        front, body = _split(text)
    except Invalid as error:
        problems.append(Problem(name, "", error.code, str(error.params.get("line", ""))))
        return None
    if "question" not in front and "title" not in front:
        front, body = _titled(front, body, name)
    path = PurePosixPath(name)
    if not front.get("category") and path.parent.name not in ("", "articles"):
        front["category"] = path.parent.name
    values = Values({**front, "answer": body}, name)
    order = values.number("order")
    stem = path.name.removesuffix(path.suffix).removesuffix(".draft")
    row = read_row(values, key=stem if KEY.fullmatch(stem) else "")
    problems += values.problems
    return (float("inf") if order is None else order, row) if row is not None else None


def _split(text: str) -> tuple[dict[str, Any], str]:  # Any: texts, lists and mappings of YAML
    """Return the front matter and the body. Raises Invalid: `yaml_broken`."""
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    front = _yaml(match[1])
    if not isinstance(front, dict):
        raise Invalid("yaml_broken", field="file", line=1)
    return {str(name): value for name, value in front.items()}, text[match.end() :]


def _yaml(text: str) -> Any:  # Any: texts, lists and mappings
    """Read YAML whose every value is a text. Raises Invalid: `yaml_broken`."""
    if len(text) > _MAX_FRONT:
        raise Invalid("yaml_broken", field="file", line=1)
    try:
        # Only texts, lists and mappings come out of this loader: no dates, no `no` as False.
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise Invalid("yaml_broken", field="file", line=line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid("yaml_broken", field="file", line=1) from error


def _titled(front: dict[str, Any], body: str, name: str) -> tuple[dict[str, Any], str]:  # YAML
    heading = _TITLE.match(body)
    if heading:
        return {**front, "question": heading[1]}, body[heading.end() :]
    return {**front, "question": PurePosixPath(name).stem}, body


def _with_pictures(
    row: Row,
    name: str,
    files: Mapping[str, bytes],
    pictures: dict[str, bytes],
    warnings: list[Problem],
) -> Row:
    """Name each picture by its place in the archive and keep its bytes."""

    def settle(match: re.Match[str]) -> str:
        target = match[2]
        if "://" in target or target.startswith(("/", "data:")):
            return match[0]
        found = _find(target, name, files)
        if found is None:
            warnings.append(Problem(name, "answer", "picture_missing", target))
            return match[0]
        pictures[found] = files[found]
        return f"{match[1]}<{found}>{match[3]}" if " " in found else f"{match[1]}{found}{match[3]}"

    body = PICTURE.sub(settle, row.body_md)
    return replace(row, body_md=body)


def _find(target: str, name: str, files: Mapping[str, bytes]) -> str | None:
    here = PurePosixPath(name).parent
    for spelled in (target, unquote(target)):
        for folder in (here, PurePosixPath()):
            place = _normal(folder / spelled)
            if place in files:
                return place
    return None


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def read_lists(files: Mapping[str, bytes]) -> Bundle:
    """Read the tree, the menu and the notices of a folder."""
    problems: list[Problem] = []
    read = _records(files, "categories.yaml", problems) or ()
    categories = [(read_category(values), values) for values in read]
    groups = _records(files, "menu.yaml", problems)
    menu = None if groups is None else tuple(read_group(values) for values in groups)
    read = _records(files, "notices.yaml", problems) or ()
    notices = [(read_notice(values), values) for values in read]
    read = _records(files, "pins.yaml", problems) or ()
    pins = [(read_pin(values), values) for values in read]
    return Bundle(
        categories=tuple(row for row, values in categories if not values.problems),
        menu=menu,
        notices=tuple(row for row, values in notices if not values.problems),
        pins=tuple(row for row, values in pins if not values.problems),
        problems=tuple(problems),
    )


def _records(
    files: Mapping[str, bytes], name: str, problems: list[Problem]
) -> Iterator[Values] | None:
    """Return the records of a YAML list; None when there is no such file."""
    if name not in files:
        return None
    try:
        records = _yaml(decode(files[name], name=name)) or []
    except Invalid as error:
        problems.append(Problem(name, "", error.code, str(error.params.get("line", ""))))
        return None
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        problems.append(Problem(name, "", "list_wanted"))
        return None
    return _watched(records, name, problems)


def _watched(
    records: list[dict[str, Any]],  # Any: YAML
    name: str,
    problems: list[Problem],
) -> Iterator[Values]:
    for number, record in enumerate(records, 1):
        values = Values(record, f"{name}#{number}")
        yield values
        problems += values.problems


def write(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a bundle."""
    if bundle.categories:
        yield "categories.yaml", _dump([write_category(row) for row in bundle.categories])
    if bundle.menu is not None:
        yield "menu.yaml", _dump([write_group(row) for row in bundle.menu])
    if bundle.notices:
        yield "notices.yaml", _dump([write_notice(row) for row in bundle.notices])
    if bundle.pins:
        yield "pins.yaml", _dump([write_pin(row) for row in bundle.pins])
    live: set[str] = set()
    for order, row in enumerate(bundle.articles, 1):
        ending = ".draft.md" if row.key in live else ".md"
        if row.state == PUBLISHED:
            live.add(row.key)
        folder = f"articles/{row.category}" if row.category else "articles"
        yield f"{folder}/{row.key}{ending}", _file(row, order)
    yield from bundle.pictures.items()


def _file(row: Row, order: int) -> bytes:
    front = write_row(row)
    front.pop("answer", None)
    text = _dump({**front, "order": order}).decode()
    # From articles/<category>/ the pictures are two folders up; the reader finds both.
    return f"---\n{text}---\n{row.body_md}\n".encode()


def _dump(value: object) -> bytes:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1_000_000)
    return str(text).encode()

"""Take the knowledge out and bring it in: JSONL, CSV, a folder or a zip of Markdown.

The round trip loses nothing: order, phrasings, categories, menu, notices, pictures and states. A
table has no room for pictures and the tree, so `faq.csv` has a folder `faq.parts` beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from kb import cleaning, transfer_archive, transfer_csv, transfer_jsonl, transfer_markdown
from kb.errors import Invalid, Unavailable
from kb.transfer_dump import dump
from kb.transfer_load import Report, load
from kb.transfer_rows import Bundle, Row, together
from kb.transfer_values import Problem

__all__ = ["Bundle", "Problem", "Report", "Row", "export", "load", "read", "read_bytes"]

LARGEST = 512 * 1024 * 1024
_JSONL, _CSV = (".jsonl", ".ndjson"), (".csv", ".tsv", ".txt")


def read(path: Path, *, clean: bool = False) -> Bundle:
    """Read a file or folder; nothing is written anywhere.

    Args:
        path: `.jsonl`, `.csv`, `.zip`, `.md` or a folder.
        clean: strip pinyin in brackets, as 务(wù), that other systems put in.

    Raises:
        Invalid: `file_unreadable`, `file_large`, `format_unknown`, and what the formats raise.
    """
    try:
        bundle = _read(path)
    except OSError as error:
        reason = type(error).__name__
        raise Invalid("file_unreadable", field="path", value=str(path), reason=reason) from error
    return checked(bundle, clean=clean)


def _read(path: Path) -> Bundle:
    if path.is_dir():
        return transfer_markdown.read(transfer_archive.read_folder(path))
    if path.stat().st_size > LARGEST:
        raise Invalid("file_large", field="path", value=str(path), limit=LARGEST)
    bundle = _read_bytes(path.read_bytes(), path.name)
    parts = path.with_suffix(".parts")
    if path.suffix.lower() in _CSV and parts.is_dir() and not parts.is_symlink():
        return _with_parts(bundle, transfer_archive.read_folder(parts))
    return bundle


def read_bytes(data: bytes, name: str, *, clean: bool = False) -> Bundle:
    """Read an uploaded file by its name. Raises as `read`."""
    return checked(_read_bytes(data, name), clean=clean)


def _read_bytes(data: bytes, name: str) -> Bundle:
    suffix = Path(name).suffix.lower()
    if suffix in _JSONL:
        return transfer_jsonl.read(data, name)
    if suffix in _CSV:
        return transfer_csv.read(data, name)
    if suffix == ".zip":
        return transfer_markdown.read(transfer_archive.read_zip(data))
    if suffix in (".md", ".markdown"):
        return transfer_markdown.read({name: data})
    raise Invalid("format_unknown", field="path", value=name)


def _with_parts(bundle: Bundle, files: dict[str, bytes]) -> Bundle:
    lists = transfer_markdown.read_lists(files)
    pictures = {name: data for name, data in files.items() if not name.endswith(".yaml")}
    return together([bundle, replace(lists, pictures=pictures)])


def checked(bundle: Bundle, *, clean: bool = False) -> Bundle:
    """Point at destroyed characters, and strip pinyin when asked to."""
    if clean:
        bundle = replace(bundle, articles=tuple(map(_cleaned, bundle.articles)))
    lost = tuple(problem for row in bundle.articles for problem in _lost(row))
    return replace(bundle, warnings=(*bundle.warnings, *lost))


def _cleaned(row: Row) -> Row:
    return replace(
        row,
        question=cleaning.clean(row.question).text,
        body_md=cleaning.clean(row.body_md).text,
        phrasings=tuple(cleaning.clean(text).text for text in row.phrasings),
    )


def _lost(row: Row) -> Iterator[Problem]:
    texts = {"question": row.question, "answer": row.body_md, "phrasings": "\n".join(row.phrasings)}
    for name, text in texts.items():
        for place in cleaning.lost(text):
            yield Problem(row.where, name, "characters_lost", place.text)


def export(session: Session, path: Path) -> int:
    """Write everything; the ending of the path chooses the format, none means a folder.

    Returns:
        how many articles were written.

    Raises:
        Invalid: `format_unknown`.
        Conflict: `folder_not_empty`.
        Unavailable: the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in ("", ".zip", *_JSONL, ".csv"):
        raise Invalid("format_unknown", field="path", value=path.name)
    bundle = dump(session)
    try:
        _write(bundle, path, suffix)
    except OSError as error:
        raise Unavailable("file_write", path=str(path), reason=type(error).__name__) from error
    return len({row.key for row in bundle.articles})


def _write(bundle: Bundle, path: Path, suffix: str) -> None:
    if suffix == "":
        transfer_archive.write_folder(path, transfer_markdown.write(bundle))
    elif suffix == ".zip":
        _replace(path, [transfer_archive.write_zip(transfer_markdown.write(bundle))])
    elif suffix == ".csv":
        _replace(path, [transfer_csv.write(bundle.articles)])
        rest = replace(bundle, articles=())
        for name, data in transfer_markdown.write(rest):
            part = path.with_suffix(".parts") / transfer_archive.safe_name(name)
            part.parent.mkdir(parents=True, exist_ok=True)
            _replace(part, [data])
    else:
        _replace(path, transfer_jsonl.write(bundle))


def _replace(path: Path, chunks: Iterator[bytes] | list[bytes]) -> None:
    """Write a file beside its place and move it there, so that a full disk spoils nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)

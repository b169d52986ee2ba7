"""Mails of the past: an mbox, a Maildir, a folder of .eml files, or one file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from autoreply.limits import DEFAULT
from kb.errors import Invalid

_MBOX = b"From "


def of_path(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name, raw mail) of what stands at a path.

    Raises:
        Invalid: there is nothing, or it cannot be read (`file_missing`, `file_unreadable`).
    """
    if not path.exists():
        raise Invalid("file_missing", field="path", value=str(path))
    try:
        if path.is_dir():
            yield from _of_folder(path)
        else:
            with path.open("rb") as file:
                yield from _of_file(path.name, file)
    except OSError as error:
        raise Invalid("file_unreadable", field="path", value=str(path)) from error


def of_bytes(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (name, raw mail) of an uploaded mbox or mail."""
    return _of_file(name, io.BytesIO(data))


def _of_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    """Read a Maildir by its two folders, else every .eml and .mbox below."""
    boxes = [path / name for name in ("cur", "new") if (path / name).is_dir()]
    files = [one for box in boxes for one in sorted(box.iterdir()) if one.is_file()]
    if not boxes:
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in (".eml", ".mbox"))
    for one in files:
        with one.open("rb") as file:
            yield from _of_file(str(one.relative_to(path)), file)


def _of_file(name: str, file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    if file.read(len(_MBOX)) == _MBOX:
        file.seek(0)
        yield from _of_mbox(name, file)
        return
    file.seek(0)
    yield name, file.read(DEFAULT.message_bytes + 1)


def _of_mbox(name: str, file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Split at `From ` after a blank line (mboxrd); a mail beyond the limits is cut."""
    number, lines, size, blank = 0, list[bytes](), 0, True
    for line in file:
        if blank and line.startswith(_MBOX):
            if lines:
                yield f"{name}#{number}", b"".join(lines)
            number, lines, size = number + 1, [], 0
        elif size <= DEFAULT.message_bytes:
            kept = line[1:] if line.lstrip(b">").startswith(_MBOX) and line[:1] == b">" else line
            lines.append(kept)
            size += len(kept)
        blank = not line.strip()
    if lines:
        yield f"{name}#{number}", b"".join(lines)

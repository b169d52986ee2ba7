"""Folders and zip files as names and bytes, with nothing in them trusted."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kb.errors import Conflict, Invalid

_DRIVE = re.compile(r"[A-Za-z]:")
_READ = (".md", ".markdown", ".yaml", ".yml", ".png", ".jpg", ".jpeg", ".gif", ".webp")
# A moment that never changes, so that the same content makes the same archive.
_EPOCH = (2020, 1, 1, 0, 0, 0)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Caps:
    """How much an archive may hold.

    Attributes:
        entries: files and folders.
        entry_bytes: one file, unpacked.
        total_bytes: all files, unpacked.
        ratio: unpacked ÷ packed of one file; small files are let off.
    """

    entries: int = 20_000
    entry_bytes: int = 32 * 1024 * 1024
    total_bytes: int = 512 * 1024 * 1024
    ratio: int = 200


def read_zip(data: bytes, *, caps: Caps | None = None) -> dict[str, bytes]:
    """Return the files of an archive that an import may want, by their names.

    Raises:
        Invalid: `archive_broken`, `archive_unsafe` (name, link, encrypted), `archive_too_large`.
    """
    caps = caps or Caps()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _without_root(dict(_unpacked(archive, caps)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Invalid("archive_broken", field="file") from error
    except (RuntimeError, ValueError) as error:
        raise Invalid("archive_broken", field="file", reason="encrypted") from error


def _unpacked(archive: zipfile.ZipFile, caps: Caps) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > caps.entries:
        raise Invalid("archive_too_large", field="file", entries=caps.entries)
    total = 0
    for entry in entries:
        name = _name(entry)
        _check_entry(entry, name)
        if entry.is_dir() or not _wanted(name):
            continue
        data = _content(archive, entry, min(caps.entry_bytes, caps.total_bytes - total), caps)
        total += len(data)
        yield name, data


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    safe_name(name)
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Invalid("archive_unsafe", field="file", name=name, reason="link")
    if entry.flag_bits & 0x1:
        raise Invalid("archive_unsafe", field="file", name=name, reason="encrypted")


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, caps: Caps) -> bytes:
    """Unpack one entry, counting what really comes out and not what its header claims."""
    allowed = max(_CHUNK, entry.compress_size * caps.ratio)
    out = bytearray()
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            out += chunk
            if len(out) > min(room, allowed):
                raise Invalid("archive_too_large", field="file", name=entry.filename)
    return bytes(out)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name; Chinese Windows writes GBK without saying so."""
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def safe_name(name: str) -> str:
    """Return a name that stays inside its folder. Raises Invalid: `archive_unsafe`."""
    path = PurePosixPath(name)
    unsafe = (
        path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or "\x00" in name
        or _DRIVE.match(name) is not None
        or len(name) > 500
    )
    if unsafe:
        raise Invalid("archive_unsafe", field="file", name=name[:200], reason="name")
    return str(path)


def _wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and name.lower().endswith(_READ)


def _without_root(files: dict[str, bytes]) -> dict[str, bytes]:
    """Drop a folder that holds everything, as “compress this folder” makes it."""
    roots = {name.partition("/")[0] for name in files}
    if len(roots) != 1 or any("/" not in name for name in files):
        return files
    if roots & {"articles", "images"}:
        return files
    return {name.partition("/")[2]: data for name, data in files.items()}


def read_folder(folder: Path, *, caps: Caps | None = None) -> dict[str, bytes]:
    """Return the files of a folder that an import may want; links are refused.

    Raises:
        Invalid: `archive_unsafe` (a link), `archive_too_large`.
    """
    caps = caps or Caps()
    files: dict[str, bytes] = {}
    room = caps.total_bytes
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if not _wanted(name):
            continue
        if path.is_symlink():
            raise Invalid("archive_unsafe", field="file", name=name, reason="link")
        size = path.stat().st_size
        if size > min(caps.entry_bytes, room) or len(files) >= caps.entries:
            raise Invalid("archive_too_large", field="file", name=name)
        files[name] = path.read_bytes()
        room -= size
    return files


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        yield from (Path(here, name) for name in sorted(names))


def write_zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return an archive; the same files make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
    return out.getvalue()


def write_folder(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files into a new or empty folder. Raises Conflict: `folder_not_empty`."""
    if folder.exists() and any(folder.iterdir()):
        raise Conflict("folder_not_empty", path=str(folder))
    for name, data in files:
        path = folder / safe_name(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

"""Raw mail without the files that are kept beside it, and the whole mail again. Pure.

A file of a mail stands in the database as bytes of its own; its base64 in the raw mail would be the
same once more, a third larger. It is cut out only where putting it back gives the very same bytes.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

SMALLEST = 4096
"""Shorter pieces stay where they are, in encoded bytes."""

_LINE = re.compile(rb"[A-Za-z0-9+/=]+(\r?\n)?")


class Cut(TypedDict):
    """A piece that was cut out.

    Attributes:
        at: offset in the shortened mail at which it stood, in bytes.
        digest: SHA-256 of the file, hex.
        width: characters of base64 in a line; 0 for one long line.
        newline: CRLF or LF.
    """

    at: int
    digest: str
    width: int
    newline: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept: its body as `mime.Part.body` has it, its bytes, their SHA-256."""

    body: bytes
    data: bytes
    digest: str


def shorten(raw: bytes, files: Iterable[File]) -> tuple[bytes, list[Cut]]:
    """Cut files out of a mail.

    Args:
        raw: the mail as received.
        files: in the order in which they stand there.

    Returns:
        The rest, and what was cut, in order; both as they are when nothing could be cut.
    """
    rest: list[bytes] = []
    cuts: list[Cut] = []
    position = length = 0
    for file in files:
        place = _place(raw, file, position)
        if place is None:
            continue
        start, end, cut = place
        rest.append(raw[position:start])
        length += start - position
        cuts.append({**cut, "at": length})
        position = end
    rest.append(raw[position:])
    return b"".join(rest), cuts


def whole(raw: bytes, cuts: Sequence[Cut], file: Callable[[str], bytes | None]) -> bytes:
    """Put files back into a mail.

    Args:
        raw: what `shorten` left.
        cuts: what it cut, in order.
        file: digest -> bytes; None when the file is gone, which leaves its place empty.
    """
    out: list[bytes] = []
    position = 0
    for cut in cuts:
        out.append(raw[position : cut["at"]])
        position = cut["at"]
        data = file(cut["digest"])
        if data is not None:
            out.append(_encoded(data, cut["width"], cut["newline"].encode()))
    out.append(raw[position:])
    return b"".join(out)


def _place(raw: bytes, file: File, position: int) -> tuple[int, int, Cut] | None:
    """Return where a file's base64 stands, when encoding its bytes gives the same."""
    body = file.body.strip(b"\n")
    line = _LINE.match(body)
    if len(body) < SMALLEST or line is None:
        return None
    width = len(line[0].rstrip(b"\n")) if line[1] else 0
    for newline in (b"\r\n", b"\n"):
        encoded = _encoded(file.data, width, newline)
        start = raw.find(encoded, position)
        if start >= 0:
            cut: Cut = {
                "at": 0,
                "digest": file.digest,
                "width": width,
                "newline": newline.decode(),
            }
            return start, start + len(encoded), cut
    return None


def _encoded(data: bytes, width: int, newline: bytes) -> bytes:
    packed = base64.b64encode(data)
    if width <= 0:
        return packed
    return newline.join(packed[at : at + width] for at in range(0, len(packed), width))

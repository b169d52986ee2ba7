"""A file as a part of a mail, named so that every client reads the name. Pure.

RFC 2231 is the standard for names that are not ASCII, and current clients read it. Older Outlook,
Foxmail and some webmail in China only read an encoded word in the quoted `name` of Content-Type,
which RFC 2047 forbids and everybody writes. Both are given; neither is split over several
parameters (`filename*0*=`), which those clients do not join.

Source: RFC 2231, 4; RFC 2183, 2.3; RFC 2047, 5.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email.message import Message
from email.policy import compat32
from urllib.parse import quote

LONGEST_NAME = 80
"""Characters; nine bytes each when encoded still leave a line below 998."""

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,90}")
# Signs that a file system or a header gives a meaning to.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|\u202a-\u202e\u2066-\u2069]')
_WORD_BYTES = 42


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along.

    Attributes:
        name: as people see it; any language.
        media_type: such as `application/pdf`.
        data: the bytes.
    """

    name: str
    media_type: str
    data: bytes


def part(file: Enclosed) -> Message:
    """Return the MIME part of a file, base64, offered as a download.

    Its header fields are final: the policy of the whole mail leaves them as they are.
    """
    name = safe_name(file.name)
    made = Message(policy=compat32)
    kind = file.media_type if _TYPE.fullmatch(file.media_type) else "application/octet-stream"
    made["Content-Type"] = f"{kind};\n {_encoded('name', name)}"
    made["Content-Transfer-Encoding"] = "base64"
    made["Content-Disposition"] = f"attachment;\n {_extended('filename', name)}"
    made.set_payload(_lines(file.data))
    return made


def safe_name(name: str) -> str:
    """Return a file name without folders and control signs; its ending survives the cut."""
    clean = " ".join(_UNSAFE.sub(" ", name).split()).strip(". ")
    clean = clean.encode("utf-8", "ignore").decode("utf-8") or "file"
    if len(clean) <= LONGEST_NAME:
        return clean
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 10:
        return clean[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _lines(data: bytes) -> str:
    return base64.encodebytes(data).decode("ascii")


def _extended(parameter: str, name: str) -> str:
    """Return a parameter as RFC 2231 writes it, plain when the name is ASCII."""
    if name.isascii():
        return f'{parameter}="{name}"'
    return f"{parameter}*=UTF-8''{quote(name, safe='')}"


def _encoded(parameter: str, name: str) -> str:
    """Return a parameter as encoded words between quotes, one to a line."""
    if name.isascii():
        return f'{parameter}="{name}"'
    words = (base64.b64encode(piece).decode("ascii") for piece in _pieces(name))
    return f'{parameter}="' + "\n ".join(f"=?UTF-8?B?{word}?=" for word in words) + '"'


def _pieces(name: str) -> list[bytes]:
    """Cut a name into stretches that fit an encoded word; no character is cut in two."""
    pieces = [b""]
    for char in name:
        coded = char.encode("utf-8")
        if len(pieces[-1]) + len(coded) > _WORD_BYTES:
            pieces.append(b"")
        pieces[-1] += coded
    return pieces

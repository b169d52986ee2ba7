"""Header fields as they stand in a mail that leaves: words encoded, lines folded, ASCII only. Pure.

The standard library reads every value as RFC 5322 before it writes it, which takes a tenth of a
mail's processor time; what we write is flat text, an address or an id.

Source: RFC 2047, 2 and 5; RFC 5322, 2.1.1 and 3.4.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence

LONGEST_LINE = 76
NEWLINE = "\r\n"
_WORD_BYTES = 39
"""Bytes in an encoded word, so that it also fits behind the longest name of a field."""

_LONGEST_BARE = 60
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def text(name: str, value: str) -> str:
    """Return a field of free words such as Subject.

    Args:
        name: of the field.
        value: one line without control characters, words parted by single blanks.
    """
    return folded(name, _words(value.split(" ")))


def mailbox(name: str, address: str, display: str = "") -> str:
    """Return a field that names one address.

    Args:
        name: of the field.
        address: valid and ASCII.
        display: whose it is; one line without control characters, or "".
    """
    if not display:
        return folded(name, [address])
    return folded(name, [*_phrase(display), f"<{address}>"])


def whole(name: str, value: str) -> str:
    """Return a field that must not be folded, such as one of ids."""
    return f"{name}: {value}{NEWLINE}"


def folded(name: str, tokens: Iterable[str]) -> str:
    """Return a field whose tokens are parted by a blank, or by a new line where one is full."""
    lines, used = [f"{name}:"], len(name) + 1
    for token in tokens:
        if used + 1 + len(token) > LONGEST_LINE and lines[-1] != f"{name}:":
            lines.append("")
            used = 0
        lines[-1] += f" {token}"
        used += 1 + len(token)
    return NEWLINE.join(lines) + NEWLINE


def _words(words: Sequence[str]) -> list[str]:
    """Return the words, from the first to the last that cannot stand bare as encoded words."""
    odd = [place for place, word in enumerate(words) if not _is_bare(word)]
    if not odd:
        return list(words)
    first, last = odd[0], odd[-1] + 1
    return [*words[:first], *encoded(" ".join(words[first:last])), *words[last:]]


def _is_bare(word: str) -> bool:
    readable = word.isascii() and word.isprintable() and "=?" not in word
    return readable and 0 < len(word) <= _LONGEST_BARE


def _phrase(display: str) -> list[str]:
    if not _is_bare(display.replace(" ", "_")):
        return encoded(display)
    if _PHRASE.fullmatch(display):
        return [display]
    escaped = display.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"']


def encoded(value: str) -> list[str]:
    """Return a text as encoded words; no character is cut in two."""
    pieces = [b""]
    for char in value:
        coded = char.encode("utf-8", "replace")
        if len(pieces[-1]) + len(coded) > _WORD_BYTES:
            pieces.append(b"")
        pieces[-1] += coded
    return [f"=?utf-8?b?{base64.b64encode(piece).decode('ascii')}?=" for piece in pieces]

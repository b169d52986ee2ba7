"""Lines of a text that fit everywhere, and that clients may put together again. Pure.

Broken lines end in a blank that is not part of the text, so Chinese is not torn by it either. A
client that knows nothing of this shows lines of ordinary length.

Source: RFC 3676, 4.1–4.5 (format=flowed, DelSp=yes).
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, east_asian_width

PARAMS = {"format": "flowed", "delsp": "yes"}
COLUMNS = 76
"""Columns of a line with its blank; a Chinese character takes two."""

WIDOW = 16
"""A last line that is shorter than this looks lost."""

SIGNATURE = "-- "
_CODE = "    "
_STUFFED = (" ", ">", "From ")
# What must not begin or end a line.
_CLOSES = frozenset("，。、；：？！）」』】》〉”’…—～·,.;:?!)]}%％°")
_OPENS = frozenset("（「『【《〈“‘([{￥$¥#")


def write(text: str) -> str:
    """Break long lines.

    Args:
        text: one paragraph a line; lines that hold an address, or begin with four blanks (code),
            are never broken.

    Returns:
        Lines of at most `COLUMNS` columns where they can be broken at all, each with its newline.
    """
    return "".join(f"{line}\n" for whole in text.split("\n") for line in _lines(whole))


def read(text: str) -> str:
    """Put lines together again that `write` has broken."""
    found: list[str] = []
    pending = ""
    for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
        bare = line[1:] if line.startswith(" ") else line
        if bare != SIGNATURE and bare.endswith(" "):
            pending += bare[:-1]
            continue
        found.append(pending + bare)
        pending = ""
    return "\n".join([*found, pending] if pending else found)


def received(text: str, *, deletes_spaces: bool) -> str:
    """Put paragraphs together that a client has broken.

    Many clients declare this format and mean nothing by it, so only lines that are long enough to
    have been broken are joined, and neither quotes nor what begins a line of its own.

    Args:
        text: of a part that declares `format=flowed`.
        deletes_spaces: it declares `delsp=yes`.

    Returns:
        The text; nothing but line ends and blanks before them is ever taken away.
    """
    pieces: list[str] = []
    open_line = False
    for index, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        bare = line[1:] if _STUFFING.match(line) else line
        goes_on = open_line and bare.strip() and not _BEGINS.match(bare)
        open_line = _is_broken(line)
        cut = bare[:-1] if open_line and deletes_spaces else bare
        pieces.append(cut if goes_on or not index else f"\n{cut}")
    return "".join(pieces)


_STUFFING = re.compile(r" (?! ?>)")
# Marks of quotes and lists, rules, labels such as `From:`.
_BEGINS = re.compile(r" ?>|\s*(?:[-_*=—]{2,}|[-*•·]\s|\d{1,2}[.、)）]|[^\s:：]{1,14} ?[:：])")
_SHORTEST_BROKEN = 40


def _is_broken(line: str) -> bool:
    ends = line.endswith(" ") and line != SIGNATURE and not line.startswith((">", " >"))
    return ends and width(line.rstrip(" ")) >= _SHORTEST_BROKEN


def width(text: str) -> int:
    """Return how many columns a text takes; what may be wide counts as wide."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=8192)
def _columns(char: str) -> int:
    if char.isascii():
        return 1
    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WFA" else 1


def _lines(whole: str) -> list[str]:
    line = whole if whole == SIGNATURE else whole.rstrip(" ")
    fits = 2 * len(line) <= COLUMNS or width(line) <= COLUMNS
    if fits or "://" in line or line.startswith(_CODE):
        return [_stuffed(line)]
    pieces = _even(line)
    return [*(_stuffed(f"{piece} ") for piece in pieces[:-1]), _stuffed(pieces[-1])]


def _stuffed(line: str) -> str:
    return f" {line}" if line.startswith(_STUFFED) else line


def _even(line: str) -> list[str]:
    """Break a line, so that no few letters stand alone at its end; joined it is the line again."""
    # One column is for the blank of the break, one for a blank in front.
    pieces = _broken(line, COLUMNS - 2)
    if width(pieces[-1]) >= WIDOW:
        return pieces
    evenly = _broken(line, width(line) // len(pieces) + WIDOW // 2)
    return evenly if len(evenly) == len(pieces) else pieces


def _broken(line: str, room: int) -> list[str]:
    pieces: list[str] = []
    begun = place = 0
    taken, last = 0, 0
    while place < len(line):
        taken += _columns(line[place])
        if taken > room and last > begun:
            pieces.append(line[begun:last])
            begun, taken = last, width(line[last : place + 1])
        place += 1
        if place < len(line) and _may_break(line[place - 1], line[place]):
            last = place
    return [*pieces, line[begun:]]


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _CLOSES or before in _OPENS:
        return False
    return before == " " or _columns(before) == 2 or _columns(after) == 2

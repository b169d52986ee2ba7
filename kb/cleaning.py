"""Clean Chinese text that came from other systems (pure).

Strips pinyin in brackets after the character it explains, as 务(wù), and points at characters that
an earlier conversion destroyed; it never guesses what they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ"
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_SYLLABLE = f"[a-zü]{{0,4}}[{_TONES}][a-zü]{{0,4}}"
_ANNOTATION = re.compile(
    rf"(?<=[{_HAN}])[(（]\s*{_SYLLABLE}(?:[\s'’·]*{_SYLLABLE})*\s*[)）]", re.IGNORECASE
)
_LOST = re.compile("\ufffd+|\\?{3,}|锟斤拷(?:锟斤拷)*|(?:烫烫)+|(?:屯屯)+")


@dataclass(frozen=True, slots=True)
class Lost:
    """A place where characters were destroyed before they reached us."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text, how many annotations were stripped, and what cannot be repaired."""

    text: str
    stripped: int
    lost: tuple[Lost, ...]


def clean(text: str) -> Cleaned:
    """Strip pinyin annotations and find destroyed characters."""
    bare, stripped = _ANNOTATION.subn("", text)
    return Cleaned(bare, stripped, tuple(lost(bare)))


def lost(text: str) -> list[Lost]:
    """Return the places where characters were destroyed, with a little around them."""
    return [
        Lost(text.count("\n", 0, match.start()) + 1, _around(text, match.start(), match.end()))
        for match in _LOST.finditer(text)
    ]


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - 6) : end + 6].replace("\n", " ")

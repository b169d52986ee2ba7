"""Pure cutting of folded text without a dictionary: scripts, pairs, single characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from search import latin
from search.text import CJK, HAN

LATIN, CHINESE, OTHER = "latin", "han", "other"

_STRETCH = re.compile(
    rf"(?P<{LATIN}>{latin.CHUNK.pattern})|(?P<{CHINESE}>[{HAN}]+)|(?P<{OTHER}>[^\W\x00-\x7f{HAN}]+)"
)
_UNIT = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_CHARACTER = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of folded text of one script: `latin`, `han` or `other`."""

    text: str
    start: int
    kind: str


def pieces(folded: str) -> list[Piece]:
    """Cut folded text into stretches of Chinese, Latin and other writing; signs are left out.

    Signs inside a part number belong to it.
    """
    return [
        Piece(match.group(), match.start(), match.lastgroup or OTHER)
        for match in _STRETCH.finditer(folded)
    ]


def pairs(folded: str) -> list[str]:
    """Return pairs of neighbouring characters; a Latin word is one token of the stream."""
    found: list[str] = []
    for text in _UNIT.findall(folded):
        if text.isascii() or len(text) == 1:
            found.append(text)
        else:
            found.extend(map("".join, pairwise(text)))
    return found


def placed_pairs(folded: str) -> list[tuple[str, int]]:
    """Return the stream of `pairs`, each token with its start in the text."""
    found: list[tuple[str, int]] = []
    for match in _UNIT.finditer(folded):
        text, start = match.group(), match.start()
        if text.isascii() or len(text) == 1:
            found.append((text, start))
        else:
            found.extend((text[i : i + 2], start + i) for i in range(len(text) - 1))
    return found


def characters(texts: Iterable[str]) -> list[str]:
    """Return each character of writing without blanks once, in order of appearance."""
    return list(dict.fromkeys(ch for text in texts for ch in _CHARACTER.findall(text)))

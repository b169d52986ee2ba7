"""Only door to pypinyin: how Chinese characters and phrases are read, without tones.

pypinyin keeps its tables as Python objects of 55 MB and reads them with more care than is needed
here. Its files are read entry by entry into tables of a few megabytes; a phrase keeps a reading of
its own only where that differs from the readings of its characters.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_BETWEEN = re.compile(r"[\s,:]*")
_DIAERESIS, _CIRCUMFLEX = "̈", "̂"


class Readings:
    """Characters and phrases → syllables as they are typed. Immutable, safe to share."""

    def __init__(self) -> None:
        """Read the tables: half a second."""
        made = cache(lambda shown: tuple(dict.fromkeys(map(_typed_alike, shown.split(",")))))
        self._characters: dict[int, tuple[str, ...]] = {
            int(code): made(shown) for code, shown in _table("pinyin_dict")
        }
        self._phrases: dict[str, tuple[str, ...] | None] = {}
        self._longest: dict[str, int] = {}
        for phrase, spoken in _table("phrases_dict"):
            syllables = tuple(_typed_alike(ways[0]) for ways in spoken)
            same = [*syllables] == [self._first(ch) for ch in phrase]
            self._phrases[phrase] = None if same else syllables
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))

    def of(self, text: str) -> list[str]:
        """Return the syllables of Chinese text; characters without a reading are left out.

        The longest phrase that begins at a place is read as a phrase.
        """
        found: list[str] = []
        at = 0
        while at < len(text):
            phrase = self._phrase(text, at)
            syllables = self._phrases.get(phrase) or map(self._first, phrase)
            found.extend(syllable for syllable in syllables if syllable)
            at += len(phrase)
        return found

    def every(self, character: str) -> Sequence[str]:
        """Return all readings of a character, the usual one first; () for none."""
        return self._characters.get(ord(character), ())

    def _phrase(self, text: str, at: int) -> str:
        longest = min(self._longest.get(text[at], 1), len(text) - at)
        candidates = (text[at : at + size] for size in range(longest, 1, -1))
        return next((one for one in candidates if one in self._phrases), text[at])

    def _first(self, character: str) -> str:
        return next(iter(self.every(character)), "")


@cache
def readings() -> Readings:
    """Read the tables once per process, when first asked; never changed afterwards."""
    return Readings()


def typed(syllable: str) -> str:
    """Return a syllable as it is typed: no tone, v for ü (lǜ → lv)."""
    return "".join(_letters(unicodedata.normalize("NFD", syllable)))


@cache
def _typed_alike(syllable: str) -> str:
    """Return the same object for the same syllable, of which there are a few thousand."""
    return sys.intern(typed(syllable))


def _letters(decomposed: str) -> Iterator[str]:
    for ch, after in zip(decomposed, decomposed[1:] + " ", strict=True):
        if unicodedata.combining(ch):
            continue
        if ch == "u" and after == _DIAERESIS:
            yield "v"
        else:
            yield "ê" if ch == "e" and after == _CIRCUMFLEX else ch


def _table(name: str) -> Iterator[tuple[str, Any]]:
    """Yield the entries of one of pypinyin's tables, from its file where there is one."""
    spec = find_spec("pypinyin")
    folder = spec.submodule_search_locations if spec else None
    path = Path(next(iter(folder or ()), "")) / f"{name}.json"
    if path.is_file():
        yield from _entries(path.read_text(encoding="utf-8"))
        return
    from pypinyin import constants

    tables: Mapping[str, Mapping[Any, Any]] = {
        "pinyin_dict": constants.PINYIN_DICT,
        "phrases_dict": constants.PHRASES_DICT,
    }
    yield from tables[name].items()


def _entries(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the entries of a JSON object one by one, so that never all are in memory."""
    decode = json.JSONDecoder().raw_decode
    at = _after(text, text.index("{") + 1)
    while text[at] != "}":
        key, at = decode(text, at)
        value, at = decode(text, _after(text, at))
        at = _after(text, at)
        yield key, value


def _after(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at

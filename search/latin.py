"""Pure reading of Latin words, numbers and part numbers.

A part number is found however it is typed: `TH-01`, `TH 01` and `th01` share a token, and each
part is a token too. English words lose their plainest endings, nothing cleverer: a stemmer that
merges too much harms model names more than it helps prose.
"""

from __future__ import annotations

import re

CHUNK = re.compile(r"[a-z0-9]+(?:[-_./+#&@'][a-z0-9]+)*[+#]*")
"""One unbroken Latin stretch of folded text, with the signs that join its parts."""

_PART = re.compile(r"[a-z0-9]+")
_SPACED = re.compile(r"\b([a-z]{1,5}) ([a-z]?\d{1,6}[a-z]{0,3})\b")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_KEPT = ("ss", "us", "is", "eed")
_SHORTEST = 3


def words(chunk: str) -> list[str]:
    """Return the tokens of one chunk: the whole, then its parts, English endings removed."""
    parts = _PART.findall(chunk)
    if len(parts) == 1 and parts[0] == chunk:
        return [stem(chunk)]
    joined = "".join(parts)
    return list(dict.fromkeys([chunk, *map(stem, parts), joined]))


def codes(text: str) -> list[str]:
    """Return the part numbers of folded text, without the signs and blanks inside them."""
    found = ["".join(_PART.findall(chunk)) for chunk in CHUNK.findall(text)]
    found += [a + b for a, b in _SPACED.findall(text)]
    return found


def stem(word: str) -> str:
    """Remove the ending of an English plural, -ing or -ed; other words stay as they are."""
    if len(word) <= _SHORTEST or not word.isalpha() or word.endswith(_KEPT):
        return word
    for ending, replacement in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= _SHORTEST:
            return _undoubled(base + replacement)
    # `activate` has to meet what is left of `activated` and `activating`.
    return _without_e(word)


def _undoubled(base: str) -> str:
    """Undo what the ending changed: stopp(ed) → stop."""
    if len(base) > _SHORTEST and base[-1] == base[-2] and base[-1] not in "lsz":
        return base[:-1]
    return _without_e(base)


def _without_e(word: str) -> str:
    return word.removesuffix("e") if len(word) > _SHORTEST else word

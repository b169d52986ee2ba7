"""How Chinese sounds, and Chinese that somebody typed as sound.

Tokens are pairs of neighbouring syllables (`tuikuan`), because one syllable alone stands for
dozens of characters. Syllables that input methods and accents confuse (zh/z, in/ing, …) share
one token. These fields are asked only when the text is Latin or when too little was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from search.readings import readings
from search.text import is_han

_CONFUSED = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
    (re.compile(r"^v$|(?<=[nl])v|u:"), "u"),
)
_STRETCH = re.compile(r"[㐀-鿿]+|[^㐀-鿿]+")
_RUN = re.compile(r"[a-z]+")
_LONGEST_ROW = 8
"""Initials from one word on; nobody types more of them at once."""

_LONGEST = 60
"""Letters of one Latin run that are read as pinyin; longer runs are not typed by people."""


def syllables(text: str) -> list[list[str]]:
    """Return how each unbroken run of Chinese characters sounds.

    Args:
        text: folded text.

    Returns:
        One list of folded syllables per run, one syllable per character.
    """
    runs: list[list[str]] = []
    for run in _han_runs(text):
        spoken = _spoken(run)
        runs.append([_folded(syllable) for syllable in spoken])
    return runs


def tokens(text: str) -> list[str]:
    """Return the pinyin tokens of folded Chinese text, for the index and for homophones."""
    return [token for run in syllables(text) for token in pairs(run)]


def initials(words: Sequence[str]) -> list[str]:
    """Return first letters: of each Chinese word, and of each two neighbours (申请退款 → sqtk).

    Args:
        words: folded words in reading order.
    """
    letters = [_letters(word) for word in words]
    single = [one for one in letters if len(one) > 1]
    double = [a + b for a, b in pairwise(letters) if a and b]
    return list(dict.fromkeys(single + double))


def initial_rows(words: Sequence[str]) -> list[str]:
    """Return the first letters from each word on (如何申请退款 → rhsqtk, sqtk, tk).

    Args:
        words: folded words in reading order; a row ends before what is not Chinese.
    """
    rows: list[str] = []
    row = ""
    for word in reversed(words):
        letters = _letters(word)
        row = (letters + row)[:_LONGEST_ROW] if letters else ""
        if len(row) > 1:
            rows.append(row)
    return list(dict.fromkeys(reversed(rows)))


def typed(text: str) -> list[str]:
    """Read Latin letters as pinyin: `tuikuan` → its tokens; [] when it cannot be pinyin.

    Args:
        text: folded text; runs that cannot be cut into syllables are passed over.
    """
    found: list[str] = []
    pending: list[str] = []
    for run in _RUN.findall(text):
        cut = _cut(run[:_LONGEST])
        if cut:
            pending.extend(cut)
        else:
            found.extend(pairs(pending))
            pending = []
    return found + pairs(pending)


def is_spoken(run: str) -> bool:
    """Return whether letters can be cut into syllables without rest."""
    return bool(_cut(run[:_LONGEST])) and len(run) <= _LONGEST


def count(run: str) -> int:
    """Return how many syllables letters are, at the fewest; 0 when they are none."""
    return len(_cut(run[:_LONGEST]))


def spellings(word: str) -> list[tuple[str, ...]]:
    """Return how a Chinese word is typed, one syllable for each character.

    A single character may have several sounds, a word has one. `lü` and `nü` are typed with v,
    and by some with u.
    """
    spoken: list[tuple[str, ...]]
    if len(word) == 1:
        spoken = [(syllable,) for syllable in readings().every(word)]
    else:
        one = tuple(_spoken(word))
        spoken = [one] if len(one) == len(word) else []
    loose = [tuple(syllable.replace("v", "u") for syllable in row) for row in spoken]
    return list(dict.fromkeys(spoken + loose))


def sounds(text: str) -> list[str]:
    """Return one syllable for each character of folded text; "" for what is not Chinese."""
    found: list[str] = []
    for stretch in _STRETCH.findall(text):
        spoken = _spoken(stretch) if is_han(stretch[0]) else []
        found.extend(spoken if len(spoken) == len(stretch) else [""] * len(stretch))
    return found


def near(syllables: Sequence[str]) -> str:
    """Return what syllables have in common with those that people confuse with them."""
    return " ".join(_folded(syllable) for syllable in syllables)


def first_letters(words: Sequence[str]) -> str:
    """Return the initials of words in a row; "" when one of them is not Chinese."""
    letters = [_letters(word) for word in words]
    return "".join(letters) if all(letters) else ""


def typed_so_far(letters: str) -> tuple[list[str], str]:
    """Read pinyin that somebody is still typing: `tuikuanda` → ([tuikuan, kuanda], "").

    Args:
        letters: Latin letters without blanks.

    Returns:
        Tokens that are complete, and the beginning of one that may not be: `tuik` → ([], tuik).
        ([], "") when it cannot be pinyin.
    """
    for end in range(len(letters), 0, -1):
        cut = _cut(letters[:end][:_LONGEST])
        rest = _start(letters[end:])
        if cut and rest is not None:
            whole = pairs(cut) if len(cut) > 1 else []
            return (whole, cut[-1] + rest) if rest or len(cut) == 1 else (whole, "")
    return [], ""


def _start(rest: str) -> str | None:
    """Return a folded beginning of a syllable; None when no syllable begins so."""
    if not rest:
        return ""
    if rest in ("zh", "ch", "sh"):
        return rest[0]
    return rest if any(known.startswith(rest) for known in _known()) else None


def pairs(run: Sequence[str]) -> list[str]:
    """Join neighbouring syllables; a run of one is itself."""
    if len(run) == 1:
        return [run[0]] if run[0] else []
    return [a + b for a, b in pairwise(run) if a and b]


def _han_runs(text: str) -> list[str]:
    marked = "".join(ch if is_han(ch) else " " for ch in text)
    return marked.split()


@lru_cache(maxsize=50_000)
def _letters(word: str) -> str:
    if not word or not all(map(is_han, word)):
        return ""
    return "".join(syllable[:1] for syllable in _spoken(word))


def _spoken(text: str) -> list[str]:
    """Return how Chinese characters sound; the tables are read when first asked for."""
    return readings().of(text)


@cache
def _folded(syllable: str) -> str:
    """Give syllables that people confuse one spelling."""
    for pattern, kept in _CONFUSED:
        syllable = pattern.sub(kept, syllable)
    return syllable


@cache
def _known() -> frozenset[str]:
    """Every syllable of Mandarin, as typed on a keyboard."""
    spoken = _spoken("".join(map(chr, range(0x4E00, 0x9FA6))))
    return frozenset(s for s in spoken if set(s) & set("aeiouv") and s.isalpha() and s.isascii())


def _cut(run: str) -> list[str]:
    """Cut letters into the fewest syllables; [] when something is left over."""
    best: list[list[str] | None] = [[]] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or run[start:end] not in _known():
                continue
            after = best[end]
            if after is None or len(before) + 1 < len(after):
                best[end] = [*before, run[start:end]]
    whole = best[-1]
    return [_folded(syllable) for syllable in whole] if whole else []

"""The company's own words: what jieba must keep whole, what means the same, what says little.

Files of UTF-8 lines; `#` starts a comment, empty lines are ignored, a missing file is an
empty one:

- `user_words.txt`: one word a line;
- `synonyms.txt`: words that mean the same, between commas or blanks;
- `stop_words.txt`: words that carry little weight, one a line;
- `english.txt` (shipped only): English words with the Chinese that means the same;
- `look_alike.txt` (shipped only): characters that are taken for each other, a group a line.

What agents edit in the desk is laid over the files with `merge`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from search.text import fold, regional_words

LONGEST = 64
"""Characters of a word; what is longer is none, and took minutes to prepare for the analysis."""

_COMMENT = re.compile(r"(?:^|\s)#.*")
_SEPARATORS = re.compile(r"[,，、=|\t]+|\s{2,}")


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Words as people wrote them, folded; order does not matter, doubles are harmless.

    Attributes:
        user_words: words that analysis keeps whole.
        synonyms: groups of at least two words that mean the same.
        stop_words: words with little weight.
        english: groups of an English word with the Chinese that means the same. Unlike synonyms
            they count in this direction only and change nothing in how words are cut.
    """

    user_words: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    stop_words: frozenset[str] = frozenset()
    english: tuple[tuple[str, ...], ...] = ()

    def merge(self, other: Dictionaries) -> Dictionaries:
        """Return both together, as when the desk's words are laid over the shipped ones."""
        return Dictionaries(
            user_words=tuple(dict.fromkeys(self.user_words + other.user_words)),
            synonyms=tuple(dict.fromkeys(self.synonyms + other.synonyms)),
            stop_words=self.stop_words | other.stop_words,
            english=tuple(dict.fromkeys(self.english + other.english)),
        )

    @property
    def digest(self) -> str:
        """Name this content: equal digests analyse alike."""
        content = (
            sorted(self.user_words),
            sorted(map(sorted, self.synonyms)),
            sorted(self.stop_words),
            sorted(self.english),
        )
        return hashlib.sha256(repr(content).encode()).hexdigest()[:12]


def parse(*, user_words: str = "", synonyms: str = "", stop_words: str = "") -> Dictionaries:
    """Read the text of the three lists, as in the files or in the desk's edit boxes."""
    groups = (_group(line) for line in _lines(synonyms))
    return Dictionaries(
        user_words=_unique(_lines(user_words)),
        synonyms=tuple(dict.fromkeys(group for group in groups if len(group) > 1)),
        stop_words=frozenset(_unique(_lines(stop_words))),
    )


def load(folder: Path | Traversable) -> Dictionaries:
    """Read the three files of a folder; one that is missing counts as empty."""
    return parse(
        user_words=_read(folder, "user_words.txt"),
        synonyms=_read(folder, "synonyms.txt"),
        stop_words=_read(folder, "stop_words.txt"),
    )


def shipped() -> Dictionaries:
    """Return the dictionaries that come with the product, regional words among the synonyms."""
    folder = resources.files("data") / "dictionaries"
    english = parse(synonyms=_read(folder, "english.txt")).synonyms
    return load(folder).merge(Dictionaries(synonyms=regional_words(), english=english))


def look_alikes() -> Mapping[str, str]:
    """Return character -> the characters that are easily taken for it, as they are shipped."""
    folder = resources.files("data") / "dictionaries"
    found: dict[str, dict[str, None]] = {}
    for group in _lines(_read(folder, "look_alike.txt")):
        for ch in group:
            found.setdefault(ch, {}).update(dict.fromkeys(group.replace(ch, "")))
    return {ch: "".join(others) for ch, others in found.items()}


def _read(folder: Path | Traversable, name: str) -> str:
    file = folder / name
    return file.read_text(encoding="utf-8-sig") if file.is_file() else ""


def _lines(text: str) -> Iterable[str]:
    for line in text.splitlines():
        content = _COMMENT.sub("", line).strip()
        if content:
            yield content


def _group(line: str) -> tuple[str, ...]:
    """Split one synonym line: at commas and the like when there are any, else at blanks."""
    parts = _SEPARATORS.split(line) if _SEPARATORS.search(line) else line.split()
    return _unique(parts)


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    folded = (fold(word).strip() for word in words)
    return tuple(dict.fromkeys(word for word in folded if 0 < len(word) <= LONGEST))

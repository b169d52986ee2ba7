"""How one base puts its words: which it uses, and which follow each other.

Texts that were typed as sound or with errors are read with this: the same sounds mean one thing
in a base about locks and another in a base about shares.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Final

from search.analysis import Analyzer
from search.text import fold

START: Final = "¶"
"""What stands before the first word."""

ANSWER_CHARS = 300
ANSWERS_CHARS = 300_000
"""Of each answer, and of all together, as much is read; the ways to ask are read whole."""

FOLLOWING, OWN, LANGUAGE = 0.5, 0.35, 0.15
"""How far a word's chance comes from the word before it, from the base, from the language."""

_LANGUAGE_TOTAL = 6e7
_UNKNOWN = 0.2
REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in one base.

    Attributes:
        asked: words of the ways to ask.
        words: words of everything that was read.
        pairs: words with the one that follows.
    """

    asked: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)


def count(
    analyzer: Analyzer, asked: Iterable[Sequence[str]], answers: Iterable[str] = ()
) -> Counts:
    """Count the words of a base.

    Args:
        analyzer: cuts the words.
        asked: for each article all ways to ask.
        answers: plain texts.
    """
    counts = Counts()
    for text in (one for ways in asked for one in ways):
        _read(counts, analyzer, text, asked=True)
    left = ANSWERS_CHARS
    for answer in answers:
        if left <= 0:
            break
        left -= min(len(answer), ANSWER_CHARS)
        _read(counts, analyzer, answer[:ANSWER_CHARS], asked=False)
    return counts


def cut(analyzer: Analyzer, folded: str) -> list[str]:
    """Return the words of folded text in reading order."""
    return [word for word, _ in analyzer.spans(folded)]


def _read(counts: Counts, analyzer: Analyzer, text: str, *, asked: bool) -> None:
    words = cut(analyzer, fold(text))
    counts.words.update(words)
    counts.words[START] += 1
    counts.pairs.update(pairwise([START, *words]))
    if asked:
        counts.asked.update(words)


class Wording:
    """Chances of words and of pairs of words. Immutable, safe to share between threads."""

    def __init__(self, analyzer: Analyzer, counts: Counts) -> None:
        """Prepare.

        Args:
            analyzer: its frequencies are those of the language.
            counts: of the base.
        """
        self._analyzer = analyzer
        self.counts = counts
        self.asked, self.words, self._pairs = counts.asked, counts.words, counts.pairs
        self._total = max(sum(self.words.values()), 1)
        # Each word is asked for once for every path that leads to it.
        self._likely = lru_cache(maxsize=REMEMBERED)(self._likelihood)

    def chance(self, before: str, word: str) -> float:
        """Return log P(word | the word before it)."""
        followed = self._pairs[before, word]
        following = followed / self.words[before] if followed else 0.0
        return math.log(FOLLOWING * following + self._likely(word))

    def alone(self, word: str) -> float:
        """Return log P(word) whatever stands before it, less the share of what follows."""
        return math.log(self._likely(word))

    def _likelihood(self, word: str) -> float:
        language = max(self._analyzer.frequency(word), _UNKNOWN) / _LANGUAGE_TOTAL
        return OWN * self.words[word] / self._total + LANGUAGE * language

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Return the pairs of words that follow each other in this base."""
        return self._pairs.keys()

    def cut(self, folded: str) -> list[str]:
        """Return the words of folded text in reading order."""
        return cut(self._analyzer, folded)

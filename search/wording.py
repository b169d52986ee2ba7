"""How one base puts its words: which it uses, and which follow each other.

Texts that were typed as sound or with errors are read with this: the same sounds mean one thing
in a base about locks and another in a base about shares.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
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


class Wording:
    """Counts of words and of pairs of words. Immutable, safe to share between threads."""

    def __init__(
        self, analyzer: Analyzer, asked: Iterable[Sequence[str]], answers: Iterable[str] = ()
    ) -> None:
        """Read a base.

        Args:
            analyzer: cuts the words; its frequencies are those of the language.
            asked: for each article all ways to ask.
            answers: plain texts.
        """
        self._analyzer = analyzer
        self.asked: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for text in (one for ways in asked for one in ways):
            self._read(text, asked=True)
        left = ANSWERS_CHARS
        for answer in answers:
            if left <= 0:
                break
            left -= min(len(answer), ANSWER_CHARS)
            self._read(answer[:ANSWER_CHARS], asked=False)
        self._total = max(sum(self.words.values()), 1)

    def chance(self, before: str, word: str) -> float:
        """Return log P(word | the word before it)."""
        followed = self._pairs[before, word]
        following = followed / self.words[before] if followed else 0.0
        return math.log(FOLLOWING * following + math.exp(self.alone(word)))

    def alone(self, word: str) -> float:
        """Return log P(word) whatever stands before it, less the share of what follows."""
        language = max(self._analyzer.frequency(word), _UNKNOWN) / _LANGUAGE_TOTAL
        return math.log(OWN * self.words[word] / self._total + LANGUAGE * language)

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Return the pairs of words that follow each other in this base."""
        return self._pairs.keys()

    def cut(self, folded: str) -> list[str]:
        """Return the words of folded text in reading order."""
        return [word for word, _ in self._analyzer.spans(folded)]

    def _read(self, text: str, *, asked: bool) -> None:
        words = self.cut(fold(text))
        self.words.update(words)
        self.words[START] += 1
        self._pairs.update(pairwise([START, *words]))
        if asked:
            self.asked.update(words)

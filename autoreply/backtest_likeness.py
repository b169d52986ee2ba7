"""Whether an agent's reply says what an article says. Pure.

Agents shorten an answer, put it into their own words and add greetings, so what counts is how much
of the rarer words of the shorter text stand in the longer one, too.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Words = Callable[[str], Iterable[str]]
"""Text -> its words, as the index reads them."""

SAME = 0.55
"""From this share on a reply says the same (chosen on the demo company's tickets)."""

FEWEST = 5
"""A reply with fewer telling words (“好的，谢谢”) says nothing that could be compared."""

_COMMON = 0.25
"""A word that more than this share of the articles hold tells nothing."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Compares texts by the words of a base.

    Attributes:
        words: reads a text.
        rarity: word -> weight, > 0; words that are in most articles have none.
        unknown: weight of a word that no article holds.
    """

    words: Words
    rarity: dict[str, float]
    unknown: float

    def of(self, reply: str, answer: str) -> float | None:
        """Return the shared part of the shorter text's weight, 0–1; None: too short to say."""
        one, other = self._telling(reply), self._telling(answer)
        if min(len(one), len(other)) < FEWEST:
            return None
        shared = sum(one[word] for word in one.keys() & other.keys())
        return round(shared / min(sum(one.values()), sum(other.values())), 4)

    def _telling(self, text: str) -> dict[str, float]:
        weights = {word: self.rarity.get(word, self.unknown) for word in set(self.words(text))}
        return {word: weight for word, weight in weights.items() if weight > 0}


def learn(answers: Iterable[str], words: Words) -> Likeness:
    """Return what compares with the answers of a base.

    Args:
        answers: plain text of every article.
        words: reads a text.
    """
    texts = [set(words(answer)) for answer in answers]
    held = Counter(word for text in texts for word in text)
    many = max(len(texts), 1)
    rarity = {
        word: math.log(many / count) if count <= max(_COMMON * many, 2) else 0.0
        for word, count in held.items()
    }
    return Likeness(words, rarity, math.log(many + 1) / 2)

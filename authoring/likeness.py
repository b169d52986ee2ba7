"""How alike two short Chinese texts are, from their character pairs (pure)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from search.text import fold

Pairs = Mapping[str, float]

# “怎么换电池” and “怎么换电池？” are the same; “怎么换电池” and “怎么换电机” are not.
NEARLY = 0.9
SAME = 0.30
"""Two questions ask the same: on the demo's tickets 47 of 55 pairs that do reach this, and one
other pair."""

_FILLER = re.compile(r"请问|想问|问一下|一下|怎么办|[吗呢呀啊吧哦噢了的\W_]")


def pairs(text: str) -> Counter[str]:
    """Return how often each pair of neighbouring characters occurs; signs and blanks split."""
    found: Counter[str] = Counter()
    for run in _runs(fold(text)):
        if len(run) == 1:
            found[run] += 1
        found.update(run[place : place + 2] for place in range(len(run) - 1))
    return found


def _runs(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text).split()


def cosine(one: Pairs, other: Pairs) -> float:
    """Return the cosine of two bags of pairs, 0 (nothing in common) to 1 (the same)."""
    if len(one) > len(other):
        one, other = other, one
    dot = sum(count * other.get(pair, 0) for pair, count in one.items())
    length = math.sqrt(_square(one) * _square(other))
    return dot / length if length else 0.0


def _square(bag: Pairs) -> float:
    return sum(count * count for count in bag.values())


def closest(texts: Iterable[str], others: Iterable[str]) -> float:
    """Return the highest likeness between any of `texts` and any of `others`."""
    bags = [pairs(other) for other in others]
    return max((cosine(pairs(text), bag) for text in texts for bag in bags), default=0.0)


def distinct(texts: Iterable[str]) -> list[str]:
    """Return the texts in order, without those that say nearly the same as an earlier one."""
    kept: list[tuple[str, str, Counter[str]]] = []
    for text in texts:
        core = _FILLER.sub("", fold(text))
        bag = pairs(core)
        if not any(core == c or cosine(bag, b) >= NEARLY for _, c, b in kept):
            kept.append((text, core, bag))
    return [text for text, _, _ in kept]


def of_answers(
    ways: Iterable[str], answer: str, other_ways: Iterable[str], other_answer: str
) -> float:
    """Return how alike two answered questions are, 0 to 1.5.

    Customers ask one thing in very different words, but agents answer it in much the same ones,
    so the answers weigh twice as much as the questions.
    """
    return cosine(pairs(answer), pairs(other_answer)) + closest(ways, other_ways) / 2

"""Only door to jieba: its algorithm over one dictionary for all tokenizers of a process."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import exp, log
from typing import Any

import jieba

from search.segmenter import OWN_FREQUENCY, dictionary, is_common

_PREFIX = -1.0
"""In place of a logarithm: words begin so, but it is none."""

_NOTHING = float("-inf")


class JiebaSegmenter:
    """`Segmenter` by jieba itself; its global tokenizer is never touched."""

    def __init__(self, own: Sequence[str]) -> None:
        """Lay own words over the shared dictionary, which is read at the first use."""
        self._tokenizer = _Tokenizer(own)

    def cut(self, text: str) -> list[str]:
        """Return the words; see `Segmenter`."""
        return list(self._tokenizer.cut(text, HMM=False))

    def cut_for_search(self, text: str) -> list[str]:
        """Return the words and those inside them; see `Segmenter`."""
        found: list[str] = []
        for word in self._tokenizer.cut(text, HMM=False):
            if len(word) > 2:
                found.extend(self._inside(word, 2))
            if len(word) > 3:
                found.extend(self._inside(word, 3))
            found.append(word)
        return found

    def frequency(self, word: str) -> int:
        """Return how often the language uses a word; see `Segmenter`."""
        chance = self._tokenizer.chance(word)
        return round(exp(chance)) if chance >= 0 else 0

    def common(self, uses: int) -> list[str]:
        """Return the words that the language uses so often; see `Segmenter`."""
        known = dict.fromkeys([*_shared()[0], *self._tokenizer.own])
        return [word for word in known if is_common(word, self.frequency(word), uses)]

    def _inside(self, word: str, size: int) -> Iterator[str]:
        parts = (word[at : at + size] for at in range(len(word) - size + 1))
        return (part for part in parts if self._tokenizer.chance(part) >= 0)


class _Tokenizer(jieba.Tokenizer):  # type: ignore[misc]  # jieba publishes no types
    """jieba's algorithm over a dictionary that is not copied for each tokenizer.

    jieba first collects the words that begin at each place and then chooses among them; here
    both happen in `calc`, with logarithms taken once per word instead of once per look.
    """

    def __init__(self, own: Sequence[str]) -> None:
        """Lay own words over the shared dictionary."""
        super().__init__()
        self._words, total = _shared()
        self.own = _with_prefixes(((word, OWN_FREQUENCY) for word in own), self._words)
        # A place where no own word begins needs no second look.
        self._begins = frozenset(word[:2] for word in own)
        known = (self._words.get(word, _PREFIX) for word in own)
        replaced = sum(round(exp(chance)) for chance in known if chance >= 0)
        self._log_total = log(total + OWN_FREQUENCY * len(own) - replaced)
        self.initialized = True

    def chance(self, word: str) -> float:
        """Return ln(uses) of a word; negative when it is none."""
        return self.own.get(word, self._words.get(word, _PREFIX))

    def get_DAG(self, sentence: str) -> dict[int, list[int]]:  # noqa: N802  # jieba's name
        """Return nothing: `calc` looks for the words itself."""
        return {}

    def calc(self, sentence: str, DAG: Any, route: dict[int, tuple[float, int]]) -> None:  # noqa: N803  # jieba's name, of no use here
        """Write the most probable way from each place into `route`: (chance, last index)."""
        end = len(sentence)
        chances = [0.0] * (end + 1)
        for at in range(end - 1, -1, -1):
            best, last = self._best(sentence, at, end, chances)
            chances[at] = best
            route[at] = (best, last)

    def _best(self, sentence: str, at: int, end: int, chances: list[float]) -> tuple[float, int]:
        known, total = self._words.get, self._log_total
        own = self.own.get if sentence[at : at + 2] in self._begins else None
        best, last = _NOTHING, at
        for stop in range(at + 1, end + 1):
            part = sentence[at:stop]
            chance = known(part)
            if own is not None:
                chance = own(part, chance)
            if chance is None:
                break
            if chance >= 0 and (whole := chance - total + chances[stop]) >= best:
                best, last = whole, stop - 1
        if best == _NOTHING:
            best = chances[at + 1] - total
        return best, last


def _with_prefixes(
    words: Iterable[tuple[str, int]], below: Mapping[str, float]
) -> dict[str, float]:
    """Return ln(uses) of words and of what words begin with, if it is a word of either.

    Args:
        words: with their uses.
        below: what these words are laid over.
    """
    found: dict[str, float] = {}
    for word, uses in words:
        found[word] = log(uses) if uses > 0 else _PREFIX
        for end in range(1, len(word)):
            found.setdefault(word[:end], below.get(word[:end], _PREFIX))
    return found


@cache
def _shared() -> tuple[Mapping[str, float], int]:
    """Read jieba's dictionary once per process; never changed afterwards.

    Its cache file is not used: that one is unmarshalled from the machine's temporary folder,
    which others can write.
    """
    logging.getLogger("jieba").setLevel(logging.WARNING)
    words = list(dictionary())
    return _with_prefixes(words, {}), sum(uses for _, uses in words)

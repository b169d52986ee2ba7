"""Chinese text → words, by jieba's dictionary and the company's own words.

Two ways to cut, with equal results (tests/search/test_segmenter.py): jieba's algorithm in
Python (`search.segmenter_jieba`), and rjieba (`search.segmenter_rjieba`), the same in Rust, five
times as fast and smaller, taken when its wheel is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from search.text import is_han

NAMES = ("auto", "rjieba", "jieba")

OWN_FREQUENCY = 50_000
"""What a word of the company counts: as much as the most usual words, so that it stays whole."""

_LONGEST_COMMON = 4


class Segmenter(Protocol):
    """Cuts stretches of Chinese characters. Immutable, safe to share between threads."""

    def cut(self, text: str) -> Sequence[str]:
        """Return the words in order, which joined give the text again."""

    def cut_for_search(self, text: str) -> Sequence[str]:
        """Return the words in order, each long one after the words inside it."""

    def frequency(self, word: str) -> int:
        """Return how often the language uses a word; 0 for unknown ones."""

    def common(self, uses: int) -> list[str]:
        """Return the Chinese words that the language uses so often, single characters too."""


def open_segmenter(own: Iterable[str], name: str = "auto") -> Segmenter:
    """Make a segmenter.

    Args:
        own: the company's words, of Chinese characters alone.
        name: one of `NAMES`; `auto` is the fastest one installed.
    """
    words = tuple(dict.fromkeys(own))
    if name == "rjieba" or (name == "auto" and find_spec("rjieba")):
        from search.segmenter_rjieba import RjiebaSegmenter

        return RjiebaSegmenter(words)
    from search.segmenter_jieba import JiebaSegmenter

    return JiebaSegmenter(words)


def dictionary() -> Iterator[tuple[str, int]]:
    """Yield the words of jieba's dictionary with how often the language uses each.

    The file is read without jieba itself, whose tables take 8 MB where rjieba does the cutting.
    """
    spec = find_spec("jieba")
    folder = next(iter((spec and spec.submodule_search_locations) or ()), "")
    with (Path(folder) / "dict.txt").open(encoding="utf-8") as file:
        for line in file:
            word, uses, *_ = line.split()
            yield word, int(uses)


def is_common(word: str, uses: int, least: int) -> bool:
    """Tell whether `Segmenter.common` names a word that is used so often."""
    return uses >= least and len(word) <= _LONGEST_COMMON and all(map(is_han, word))

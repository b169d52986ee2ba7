"""Only door to rjieba: jieba's dictionary and algorithm in Rust, an optional drop-in."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import rjieba

from search.segmenter import OWN_FREQUENCY, dictionary, is_common

# The wheel loads a dictionary for functions of the module that nobody here calls: 24 MB.
rjieba.clear()  # type: ignore[no-untyped-call]  # its stub lacks the return type


class RjiebaSegmenter:
    """`search.segmenter.Segmenter` in Rust; its own dictionary takes 25 MB each time."""

    def __init__(self, own: Sequence[str]) -> None:
        """Read the dictionary and add own words: a tenth of a second."""
        self._own = frozenset(own)
        self._cutter = rjieba.Jieba()
        for word in own:
            self._cutter.add_word(word, OWN_FREQUENCY, None)

    def cut(self, text: str) -> list[str]:
        """Return the words; see `Segmenter`."""
        return self._cutter.cut(text, False)

    def cut_for_search(self, text: str) -> list[str]:
        """Return the words and those inside them; see `Segmenter`."""
        return self._cutter.cut_for_search(text, False)

    def frequency(self, word: str) -> int:
        """Return how often the language uses a word; see `Segmenter`."""
        return OWN_FREQUENCY if word in self._own else _counted().uses(word)

    def common(self, uses: int) -> list[str]:
        """Return the words that the language uses so often; see `Segmenter`."""
        # One by one: all 350,000 at once were 60 MB for a moment.
        known = (w for w, often in dictionary() if w not in self._own and is_common(w, often, uses))
        own = (word for word in self._own if is_common(word, OWN_FREQUENCY, uses))
        return [*known, *own]


class _Counts:
    """Words → uses in 4 MB: the words are known by their hashes alone.

    With 350,000 of them, one chance in 50 billion that any other word is taken for one.
    """

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        """Sort by hash; each word is forgotten at once, so that no garbage is left behind."""
        hashes, uses = array("q"), array("i")
        for word, often in words:
            hashes.append(hash(word))
            uses.append(often)
        order = np.argsort(np.asarray(hashes))
        self._hashes = array("q", np.asarray(hashes)[order].tobytes())
        self._uses = array("i", np.asarray(uses)[order].tobytes())

    def uses(self, word: str) -> int:
        """Return the count of a word; 0 for unknown ones."""
        wanted = hash(word)
        place = bisect_left(self._hashes, wanted)
        known = place < len(self._hashes) and self._hashes[place] == wanted
        return self._uses[place] if known else 0


@cache
def _counted() -> _Counts:
    """Read the counts once per process, when first asked; never changed afterwards."""
    return _Counts(dictionary())

"""Tables in arrays, for what a base has by the hundred thousand: a tenth of what objects take.

Keys are known by their hashes alone. With a million of them the chance that another string is
taken for one is one in twenty million million.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator

import numpy as np
import numpy.typing as npt


class Hashed:
    """Keys → numbers of entries, in the order of the entries. Immutable."""

    def __init__(self, keys: Iterable[Hashable]) -> None:
        """Sort by hash. Args: the key of each entry; keys may occur more than once."""
        hashes = np.asarray(array("q", map(hash, keys)), np.int64)
        order = np.argsort(hashes, kind="stable")
        # Arrays of the standard library: numpy needs ten times as long for one element.
        self._hashes = _packed("q", hashes[order])
        self._numbers = _packed("i", order.astype(np.int32))

    def of(self, key: Hashable) -> Iterator[int]:
        """Yield the numbers of the entries with a key, ascending."""
        wanted = hash(key)
        at = bisect_left(self._hashes, wanted)
        while at < len(self._hashes) and self._hashes[at] == wanted:
            yield self._numbers[at]
            at += 1


def _packed(kind: str, values: npt.NDArray[np.generic]) -> array[int]:
    return array(kind, values.tobytes())

"""Vectors kept small: a byte a number to compare with all of them, two bytes for the few best.

Comparing a question with every vector needs no more than a byte of each number, and a quarter of
the memory is also read faster. What is then nearest, and what was found by words, is compared
with the exact rows. These stay on disk and are read a few at a time; mapped, they would count as
memory of the process page by page.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from search.encoder import Vectors

Halves = npt.NDArray[np.float16]
Codes = npt.NDArray[np.int8]
Places = npt.NDArray[np.int64]

LARGEST = 127
BLOCK = 1_024
"""Rows that are widened at a time, so that they are still in the processor's cache when used."""


class Exact(Protocol):
    """Rows as exact as they are kept at all (float16, as in the table of vectors)."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def rows(self, places: Places) -> Halves:
        """Return some rows, (len(places), d)."""


class InMemory:
    """Exact rows in an array."""

    def __init__(self, halves: Halves) -> None:
        """Args: float16 (n, d)."""
        self.halves = halves

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.halves)

    def rows(self, places: Places) -> Halves:
        """Return some rows."""
        return self.halves[places]


class OnDisk:
    """Exact rows in a `.npy` file, read when asked for. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open a file; who removes it meanwhile takes nothing away.

        Raises:
            OSError: the disk.
            ValueError: the file holds something else.
        """
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        if array.ndim != 2 or array.dtype != np.float16 or not array.flags.c_contiguous:
            raise ValueError(f"{path.name} holds no rows of float16")
        self._shape, self._offset = array.shape, int(array.offset)
        self._width = self._shape[1] * array.itemsize
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self._shape[0])

    def rows(self, places: Places) -> Halves:
        """Return some rows; neighbours are read together.

        Raises:
            OSError: the disk.
        """
        found = np.empty((len(places), self._shape[1]), np.float16)
        for start, stop in _runs(places):
            at = self._offset + int(places[start]) * self._width
            if os.preadv(self._file, [found[start:stop].data], at) != (stop - start) * self._width:
                raise OSError("a file of vectors ends early")
        return found


def _runs(places: Places) -> Iterator[tuple[int, int]]:
    """Yield stretches in which each place follows the one before it."""
    if len(places):
        ends = np.flatnonzero(np.diff(places) != 1) + 1
        yield from zip([0, *ends.tolist()], [*ends.tolist(), len(places)], strict=True)


class Quantised:
    """Rows of vectors. Immutable."""

    def __init__(self, codes: Codes, scales: Vectors, exact: Exact) -> None:
        """Put the parts together.

        Args:
            codes: int8 (n, d); times its scale a code is about the number.
            scales: of each row, float32 (n,).
            exact: the same rows.

        Raises:
            ValueError: parts of different lengths.
        """
        if not len(codes) == len(scales) == len(exact):
            raise ValueError("arrays of different lengths")
        self.codes, self.scales, self.exact = codes, scales, exact

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def __getitem__(self, place: int) -> Vectors:
        """Return one exact row, float32 (d,)."""
        found: Vectors = self.rows(np.array([place]))[0]
        return found

    def rows(self, places: Places) -> Vectors:
        """Return exact rows, float32 (len(places), d)."""
        return self.exact.rows(places).astype(np.float32)

    def products(self, weights: Vectors) -> Vectors:
        """Return roughly what all rows times some weights are, float32 (n, k).

        Args:
            weights: float32 (d, k).
        """
        found = np.empty((len(self.codes), weights.shape[1]), np.float32)
        wide = np.empty((min(BLOCK, len(self.codes)), self.codes.shape[1]), np.float32)
        for start in range(0, len(self.codes), BLOCK):
            codes = self.codes[start : start + BLOCK]
            some = wide[: len(codes)]
            np.copyto(some, codes)
            np.matmul(some, weights, out=found[start : start + BLOCK])
        found *= self.scales[:, None]
        return found


def quantised(vectors: Vectors) -> Quantised:
    """Make the small form of vectors, float32 (n, d)."""
    codes = np.empty(vectors.shape, np.int8)
    scales = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), BLOCK):
        some = vectors[start : start + BLOCK]
        scale = np.abs(some).max(axis=1, initial=0.0) / LARGEST
        scales[start : start + BLOCK] = scale
        codes[start : start + BLOCK] = np.rint(some / np.where(scale == 0.0, 1.0, scale)[:, None])
    return Quantised(codes, scales, InMemory(vectors.astype(np.float16)))


def write(folder: Path, name: str, rows: Quantised) -> None:
    """Write rows that `read` maps. Raises OSError: the disk."""
    np.save(folder / f"{name}_codes.npy", rows.codes)
    np.save(folder / f"{name}_scales.npy", rows.scales)
    np.save(folder / f"{name}_exact.npy", rows.exact.rows(np.arange(len(rows))))


def read(folder: Path, name: str) -> Quantised:
    """Map what `write` wrote.

    Raises:
        OSError: the disk.
        ValueError: a damaged file.
    """
    codes, scales = (
        # A view without the memmap's own type: numpy is quicker with plain arrays.
        np.asarray(np.load(folder / f"{name}_{part}.npy", mmap_mode="r", allow_pickle=False))
        for part in ("codes", "scales")
    )
    if codes.ndim != 2 or codes.dtype != np.int8:
        raise ValueError(f"{name} holds no codes")
    return Quantised(codes, scales, OnDisk(folder / f"{name}_exact.npy"))

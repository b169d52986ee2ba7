"""Pure BM25 over postings, for engines that do not score by themselves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

K1 = 1.2
B = 0.75

Floats = npt.NDArray[np.float32]
Indexes = npt.NDArray[np.int64]


def parts(counts: Floats, lengths: Floats, *, mean_length: float, rarity: float) -> Floats:
    """Return what one token adds to the score of each document that has it.

    Args:
        counts: occurrences in each document.
        lengths: tokens in the field of the same documents.
        mean_length: over all documents of the index.
        rarity: see `rarity`.

    Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework", 2009; k1 and b as in
    Lucene and tantivy, so that the engines rank alike.
    """
    norm = K1 * (1 - B + B * lengths / max(mean_length, 1e-9))
    return (rarity * counts * (K1 + 1) / (counts + norm)).astype(np.float32)


def rarity(total: int, having: int) -> float:
    """Return ln(1 + (total - having + 1/2) / (having + 1/2)), never negative.

    Args:
        total: documents in the index.
        having: those that have the token.
    """
    return float(np.log1p((max(total - having, 0) + 0.5) / (having + 0.5)))

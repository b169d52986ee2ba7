"""Encoders for tests that need a vector and no language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.encoder import Vectors, normalised


class Toy:
    """The sum of a fixed direction for each character: alike texts point alike."""

    name, version, dimension = "toy", "1", 32

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        rows = [
            sum(
                (np.random.default_rng(ord(sign)).standard_normal(32) for sign in text), np.ones(32)
            )
            for text in texts
        ]
        return normalised(np.array(rows, np.float32).reshape(-1, 32))

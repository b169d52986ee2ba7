"""Vectors of what people asked, remembered while this process lives and never written down.

They are kept under a hash, so that no text of somebody who was erased stays here.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np

from search.encoder import Encoder, Vectors

REMEMBERED = 4_000
"""Texts; a vector of 384 numbers takes 1.5 KB, so about 6 MB."""


class Remembering:
    """An encoder that encodes a text once. Safe to share between threads."""

    def __init__(self, encoder: Encoder, *, most: int = REMEMBERED) -> None:
        """Args: encoder that computes; most: how many texts are remembered."""
        self._encoder, self._most = encoder, most
        self._known: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()
        self.name, self.version = encoder.name, encoder.version
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        """Return one vector a text (see `Encoder.encode`)."""
        wanted = list(dict.fromkeys(texts))
        found = self._recall(wanted, passage)
        missing = [text for text in wanted if text not in found]
        if missing:
            vectors = self._encoder.encode(missing, passage=passage)
            fresh = dict(zip(missing, vectors, strict=True))
            self._keep(fresh, passage)
            found |= fresh
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([found[text] for text in texts])

    def unknown(self, texts: Sequence[str], *, passage: bool) -> list[str]:
        """Return the texts whose vectors are not remembered, each once."""
        found = self._recall(list(dict.fromkeys(texts)), passage)
        return [text for text in dict.fromkeys(texts) if text not in found]

    def keep(self, known: Mapping[str, Vectors], *, passage: bool) -> None:
        """Remember text -> vector that this encoder made before."""
        self._keep(known, passage)

    def _recall(self, texts: Sequence[str], passage: bool) -> dict[str, Vectors]:
        with self._lock:
            found = {text: self._known.get(_name(text, passage)) for text in texts}
            for text in (text for text, vector in found.items() if vector is not None):
                self._known.move_to_end(_name(text, passage))
        return {text: vector for text, vector in found.items() if vector is not None}

    def _keep(self, fresh: Mapping[str, Vectors], passage: bool) -> None:
        with self._lock:
            for text, vector in fresh.items():
                self._known[_name(text, passage)] = vector
            while len(self._known) > self._most:
                self._known.popitem(last=False)


def _name(text: str, passage: bool) -> bytes:
    content = f"{passage:d}{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).digest()

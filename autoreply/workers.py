"""Names of workers that tell whether they still live.

A name holds where its process numbers count (this boot, this PID namespace) and the process's
number. Only there can anybody say that it is dead; of workers elsewhere nothing is said, and their
lease has to run out.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from uuid import uuid4

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


@cache
def _here() -> str:
    """Return where process numbers count, or "" where that cannot be told."""
    try:
        known = f"{_BOOT.read_text()}{os.readlink(_NAMESPACE)}"
    except OSError:
        return ""
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def name() -> str:
    """Return a fresh name for a worker of this process."""
    return f"{_here()}:{os.getpid()}:{uuid4().hex[:8]}"


def is_dead(worker: str) -> bool:
    """Say whether a worker certainly lives no more."""
    where, _, rest = worker.partition(":")
    number = rest.partition(":")[0]
    if not where or where != _here() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        # It lives, and is somebody else's.
        return False
    return _is_zombie(int(number))


def _is_zombie(number: int) -> bool:
    """Say whether a process ended and only waits to be counted."""
    try:
        status = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[:1] == ["Z"]

"""Run the web server, the worker and the mail intake in one process group, and drain them.

granian runs the pages in processes of its own; the worker and the listeners are threads of the
parent. SIGTERM stops new requests first, lets running ones end, then ends the threads.
"""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from granian import Granian
from granian.constants import Interfaces

from kb.errors import Conflict
from wenqu.config import Config

log = logging.getLogger(__name__)

DRAIN_SECONDS = 20

THRIFTY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_MMAP_THRESHOLD_": "131072",
}
"""For glibc, which reads it when a process starts: give back what was freed. A web process was
measured 37 MB smaller (docs/performance.md)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that runs beside the pages: `start` returns at once, `stop` waits for its end."""

    name: str
    start: Callable[[], None]
    stop: Callable[[], None]


def claim_address(host: str, port: int) -> int:
    """Return a port that can be listened on.

    Args:
        host: address.
        port: 0 for any free one.

    Raises:
        Conflict: `address_in_use`, or `address_unusable` (not ours, or not allowed).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            used = error.errno == errno.EADDRINUSE
            code = "address_in_use" if used else "address_unusable"
            raise Conflict(code, address=f"{host}:{port}") from error
        return int(probe.getsockname()[1])


def run(config: Config, parts: Sequence[Part]) -> None:
    """Serve until a signal asks to end.

    Args:
        config: its host, port, processes and threads; the web processes read it again from
            the environment, which `export` has prepared.
        parts: what runs in this process meanwhile.
    """
    # A fork would hand the children open SQLite files and the locks of running threads.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "wenqu.wsgi:create",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.processes,
        blocking_threads=config.threads,
        factory=True,
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
    )
    with ExitStack() as running:
        for part in parts:
            part.start()
            running.callback(_stop, part)
        server.serve()
        log.info("pages are drained")


def hold(parts: Sequence[Part], ended: threading.Event) -> None:
    """Run parts without pages until `ended` is set, then end them in reverse order."""
    with ExitStack() as running:
        for part in parts:
            part.start()
            running.callback(_stop, part)
        ended.wait()


def _stop(part: Part) -> None:
    log.info("stopping %s", part.name)
    part.stop()


def thread(name: str, target: Callable[[], None], stop: Callable[[], None]) -> Part:
    """Return a part that is one thread; `stop` asks it to end and waits for it."""
    worker = threading.Thread(target=target, name=name, daemon=True)

    def end() -> None:
        stop()
        worker.join(DRAIN_SECONDS)

    return Part(name, worker.start, end)


def export(config: Config) -> None:
    """Hand the configuration to the web processes through the environment."""
    os.environ.update(environment(config))
    for name, value in THRIFTY.items():
        os.environ.setdefault(name, value)


def environment(config: Config) -> dict[str, str]:
    """Return the variables from which `wenqu.config_file.load` reads the same configuration."""
    values: dict[str, str] = {}
    for name in config.__slots__:
        value = getattr(config, name)
        if name == "mailboxes":
            continue
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        values[f"WENQU_{name.upper()}"] = text
    return values

"""Read mails in a child process that may hang, grow or crash without harm to the parent.

`python -m autoreply.isolation` is the child: it takes mails on standard input and answers on
standard output, each behind its length. The parent kills it when time is up and starts another.
"""

from __future__ import annotations

import io
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO

from autoreply.inbound import Inbound, read
from kb.errors import Unavailable

_LENGTH = struct.Struct(">Q")
_ALLOWED = frozenset(
    {
        ("autoreply.inbound", "Inbound"),
        ("autoreply.bodies", "Attachment"),
        ("autoreply.addresses", "Address"),
        ("autoreply.headers", "Headers"),
        ("autoreply.extract", "Said"),
        ("datetime", "datetime"),
        ("datetime", "timezone"),
        ("datetime", "timedelta"),
    }
)


class Unreadable(Unavailable):
    """A mail took too much time or memory, or crashed the reader; it belongs in quarantine."""

    code = "mail_unreadable"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one child may use: seconds a mail, megabytes of address space in all."""

    seconds: float = 20.0
    megabytes: int = 1024


class IsolatedReader:
    """A reader of mails in a child process; use as a context manager, by one thread."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        """Keep the bounds; the child starts with the first mail."""
        self._bounds = bounds or Bounds()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, raw: bytes, *, envelope_from: str | None = None) -> Inbound:
        """Parse a mail as `inbound.read` does.

        Args:
            raw: the mail as received.
            envelope_from: MAIL FROM when known.

        Raises:
            Unreadable: the child ran out of time or memory, or died.
        """
        child = self._running()
        timer = Timer(self._bounds.seconds, child.kill)
        timer.start()
        try:
            reply = _exchange(child, pickle.dumps((raw, envelope_from)))
            return _load(reply)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.close()
            raise Unreadable(reason=type(error).__name__) from error
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream:
                _quietly(stream.close)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = _start(self._bounds)
        return self._child


def _quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except OSError:
        return


def _start(bounds: Bounds) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(  # noqa: S603  the interpreter and module are ours
        [sys.executable, "-m", "autoreply.isolation", str(bounds.megabytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def _exchange(child: subprocess.Popen[bytes], request: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    _send(child.stdin, request)
    return _receive(child.stdout)


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


class _Loader(pickle.Unpickler):
    """Load values and our own frozen classes, nothing else: the child has read hostile bytes."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


def _load(data: bytes) -> Inbound:
    loaded = _Loader(io.BytesIO(data)).load()
    if not isinstance(loaded, Inbound):
        raise pickle.UnpicklingError(str(loaded))
    return loaded


def _serve(megabytes: int) -> None:
    _limit_memory(megabytes)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            request = _receive(source)
        except EOFError:
            return
        # The request comes from the parent, which is trusted; the answer does not go back so.
        raw, envelope_from = pickle.loads(request)  # noqa: S301
        _send(sink, pickle.dumps(read(raw, envelope_from=envelope_from)))


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:
        # Windows has no such limit; the time limit still holds.
        return
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    _serve(int(sys.argv[1]))

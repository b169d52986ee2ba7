"""A gate between an SMTP client and its server that does something at a chosen place."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.mailservers import LOOPBACK

BEFORE, HALF, AFTER = "before", "half", "after"
"""How much of what holds the place goes on: nothing, half of it, or all and its answer awaited."""


@dataclass
class Gate:
    """What happens at the gate.

    Attributes:
        port: where it listens.
        server: port that it passes on to.
        place: bytes of the client that it waits for.
        passes: `BEFORE`, `HALF` or `AFTER`.
        then: called once, when the place was met; later connections pass.
        answer: what the server said to it, when all of it went on.
    """

    port: int
    server: int
    place: bytes
    passes: str
    then: Callable[[], None]
    answer: bytes = b""
    met: threading.Event = field(default_factory=threading.Event)

    def serve(self, client: socket.socket) -> None:
        """Pass one connection on until the place is met, or an end closes."""
        try:
            server = socket.create_connection((LOOPBACK, self.server), timeout=20)
        except OSError:
            client.close()
            return
        # The client never learns what the server says to the place.
        held = threading.Event()
        back = threading.Thread(target=self._back, args=(server, client, held), daemon=True)
        back.start()
        with client, server, suppress(OSError):
            tail = b""
            while data := client.recv(65536):
                # The place may come in two pieces.
                place = (tail + data).find(self.place) - len(tail)
                found = self.place in tail + data
                tail = (tail + data)[-len(self.place) + 1 :]
                if self.met.is_set() or not found:
                    server.sendall(data)
                    continue
                held.set()
                self._meet(server, data, max(0, place))
                return

    def _meet(self, server: socket.socket, data: bytes, place: int) -> None:
        if self.passes == HALF:
            server.sendall(data[: place + len(self.place) // 2 + 1])
        if self.passes == AFTER:
            before = len(self.answer)
            server.sendall(data)
            ends = 200
            while len(self.answer) == before and ends:
                threading.Event().wait(0.05)
                ends -= 1
        self.then()
        self.met.set()

    def _back(self, server: socket.socket, client: socket.socket, held: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if held.is_set():
                    self.answer += data
                else:
                    client.sendall(data)
        if not held.is_set():
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)


@contextmanager
def gate(server: int, place: bytes, passes: str, then: Callable[[], None]) -> Iterator[Gate]:
    """Stand before the server that listens on a port of this machine."""
    listening = socket.create_server((LOOPBACK, 0))
    made = Gate(listening.getsockname()[1], server, place, passes, then)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=made.serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield made
    finally:
        listening.close()

"""Readers of the mailboxes that people set up at the desk: started, renewed and ended as they are.

Which are read stands in the database; a change at the desk is seen within seconds, in every
process that takes mail, and the lease decides which of them reads.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from autoreply import accounts, connections
from autoreply.connections import Keys
from autoreply.intake_imap import Mailreader
from autoreply.mailbox_place import Place
from autoreply.tables import MailAccount
from kb.errors import DomainError, Unavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
END_SECONDS = 20.0


@dataclass(slots=True)
class _Running:
    """One reader at work."""

    edition: int
    reader: Mailreader
    thread: threading.Thread

    def end(self) -> None:
        self.reader.stop()
        self.thread.join(END_SECONDS)


@dataclass(slots=True)
class Readers:
    """Keeps one reader for each mailbox that is in use.

    Attributes:
        keys: open the mailboxes.
        wake: called after each mail that was kept.
        look_seconds: how often the table is looked at.
    """

    keys: Keys
    wake: Callable[[], None]
    look_seconds: float = LOOK_SECONDS
    stopping: threading.Event = field(default_factory=threading.Event)
    _running: dict[int, _Running] = field(default_factory=dict)
    # Those whose secrets cannot be opened, as of which edition.
    _closed: dict[int, int] = field(default_factory=dict)

    def run(self) -> None:
        """Look, start and end, until told to stop; then end all readers."""
        while not self.stopping.is_set():
            try:
                self.look()
            except Unavailable as error:
                log.warning("mailboxes: %s", error)
            except Exception:
                # Without this loop no change at the desk would be seen any more.
                log.exception("mailboxes")
            self.stopping.wait(self.look_seconds)
        for one in self._running.values():
            one.reader.stop()
        for number in list(self._running):
            self._running.pop(number).end()

    def stop(self) -> None:
        """Ask to end."""
        self.stopping.set()

    def look(self) -> None:
        """Bring the readers to what the table says."""
        with self.keys.db.reading() as session:
            wanted = {row.id: row for row in accounts.every(session) if row.mode != accounts.OFF}
            session.expunge_all()
        for number in list(self._running):
            row = wanted.get(number)
            if row is None or row.edition != self._running[number].edition:
                self._running.pop(number).end()
        for number, row in wanted.items():
            if number not in self._running:
                self._start(row)

    def _start(self, row: MailAccount) -> None:
        try:
            account = connections.account_of(row, self.keys)
        except DomainError as error:
            if self._closed.get(row.id) != row.edition:
                log.error("mailbox %s: %s", row.address, error)
                name = f"{row.address}/{row.folder}"
                Place(self.keys.db, name, self.keys.clock).note(str(error))
            self._closed[row.id] = row.edition
            return
        reader = Mailreader(self.keys.db, account, self.keys.clock, self.wake)
        thread = threading.Thread(target=reader.run, name=f"mailbox {row.address}", daemon=True)
        self._running[row.id] = _Running(row.edition, reader, thread)
        thread.start()

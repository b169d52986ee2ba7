"""Take mail out of a Maildir that a mail server on this machine delivers into.

What is new stands in `new/`; a mail is moved to `cur/`, marked as seen, after its row was
committed. Killed in between, it is met again and recognised by its fingerprint, so several readers
do no harm. A file that cannot be read keeps no other mail waiting.

Source: https://cr.yp.to/proto/maildir.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autoreply import spool
from autoreply.limits import DEFAULT
from autoreply.mailbox_place import Place
from autoreply.spool import Arrival
from kb.db import Database
from kb.errors import Unavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AFTER_FAULT = 5.0
TOO_LARGE_READ = 1024 * 1024


@dataclass(slots=True)
class MaildirReader:
    """Looks into `new/` until told to stop.

    Attributes:
        address: ours, that the mails were written to.
        folder: the Maildir.
        wake: called after each commit.
    """

    db: Database
    address: str
    folder: Path
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    look_seconds: float = LOOK_SECONDS
    stopping: threading.Event = field(default_factory=threading.Event)
    place: Place = field(init=False)

    def __post_init__(self) -> None:
        """Find the row that people see at the desk."""
        self.place = Place(self.db, f"{self.address.lower()}/{self.folder.name}", self.clock)

    def run(self) -> None:
        """Look, and look again."""
        told = None
        while not self.stopping.is_set():
            pause, error = self.look_seconds, ""
            try:
                self.read()
            except (OSError, Unavailable) as fault:
                pause, error = AFTER_FAULT, f"{type(fault).__name__}: {fault}"
                log.warning("maildir %s: %s", self.folder, fault)
            # Whatever one file does, the folder is read again.
            except Exception as fault:
                pause, error = AFTER_FAULT, f"{type(fault).__name__}: {fault}"
                log.exception("maildir %s", self.folder)
            if error != told:
                self.place.note(error)
                told = error
            self.stopping.wait(pause)

    def stop(self) -> None:
        """Ask to end; the mail in hand is kept first."""
        self.stopping.set()

    def read(self) -> int:
        """Take all new mail, oldest first. Returns how many were new to us."""
        kept = 0
        for path in self._waiting():
            if self.stopping.is_set():
                break
            kept += self._take(path)
        return kept

    def _waiting(self) -> list[Path]:
        moments = []
        for path in (self.folder / "new").iterdir():
            # Another reader may have been faster.
            with suppress(FileNotFoundError):
                if not path.name.startswith(".") and path.is_file():
                    moments.append((path.stat().st_mtime_ns, path.name, path))
        return [path for _, _, path in sorted(moments)]

    def _take(self, path: Path) -> bool:
        try:
            arrival = self._arrival(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            log.warning("maildir: %s cannot be read: %s", path.name, error.strerror)
            return False
        fresh = None
        if arrival.raw.strip():
            with self.db.transaction() as session:
                fresh = spool.store(session, arrival, now=self.clock())
        if fresh is not None:
            self.wake()
        with suppress(FileNotFoundError):
            path.rename(self.folder / "cur" / f"{path.name.partition(':')[0]}:2,S")
        return fresh is not None

    def _arrival(self, path: Path) -> Arrival:
        known = path.stat()
        most = TOO_LARGE_READ if known.st_size > DEFAULT.message_bytes else known.st_size
        with path.open("rb") as file:
            raw = file.read(most)
        return Arrival(
            raw=raw,
            mailbox=self.address,
            source="file",
            received_at=min(datetime.fromtimestamp(known.st_mtime, UTC), self.clock()),
            size=known.st_size,
        )

"""Take mail out of an IMAP mailbox.

The server's flags are a hint for people; what was taken is known by UID and UIDVALIDITY in our own
database, and by the mail's fingerprint. Each mail's row is committed before the next is fetched
and before its flag is set. IDLE only wakes: after every slice NOOP and a full search say the truth,
because a dead connection makes IDLE silent (a slice of nothing, no error).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from autoreply import imap, spool
from autoreply.imap import Account, Box
from autoreply.limits import DEFAULT
from autoreply.mailbox_place import RENEW, Place
from autoreply.spool import Arrival
from kb.db import Database
from kb.errors import Unavailable

log = logging.getLogger(__name__)

IDLE_SLICE = 60.0
"""Servers cut an IDLE after ten minutes and more; a minute bounds how long a mail that arrived
just before it, or a connection that died in it, stays unseen."""

POLL = 60.0
BACKOFF = (2.0, 5.0, 15.0, 60.0, 300.0)
TOO_LARGE_READ = 1024 * 1024


@dataclass(slots=True)
class Mailreader:
    """Reads one folder until told to stop.

    Attributes:
        wake: called after each commit.
        slice_seconds: longest IDLE.
        poll_seconds: pause between looks at a server without IDLE.
        place: the folder's row.
    """

    db: Database
    account: Account
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    slice_seconds: float = IDLE_SLICE
    poll_seconds: float = POLL
    stopping: threading.Event = field(default_factory=threading.Event)
    place: Place = field(init=False)

    def __post_init__(self) -> None:
        """Find the folder's row, which is made when it is first needed."""
        self.place = Place(self.db, self.account.name, self.clock)

    def run(self) -> None:
        """Read, wait, read; reconnect with growing pauses."""
        failures = 0
        while not self.stopping.is_set():
            try:
                if not self.place.lease():
                    self.stopping.wait(RENEW / 2)
                    continue
                with imap.opened(self.account) as box:
                    failures = 0
                    self._serve(box)
            except (*imap.BROKEN, Unavailable) as error:
                log.warning("mailbox %s: %s", self.account.address, error)
                failures = self._rest_after(error, failures)
            except Exception as error:
                # Whatever a server says, the mailbox is read again.
                log.exception("mailbox %s", self.account.address)
                failures = self._rest_after(error, failures)
        self.place.release()

    def _rest_after(self, error: Exception, failures: int) -> int:
        self.place.note(f"{type(error).__name__}: {error}")
        self.stopping.wait(BACKOFF[min(failures, len(BACKOFF) - 1)])
        return failures + 1

    def stop(self) -> None:
        """Ask to end; the mail in hand is kept first."""
        self.stopping.set()

    def _serve(self, box: Box) -> None:
        idles = box.can("IDLE")
        while self._goes_on():
            while self.read(box) > 0 and not self.stopping.is_set():
                # More may have come meanwhile, which IDLE would not announce.
                pass
            self.place.note("")
            if idles:
                box.idle(self._one_slice(), look_every=min(1.0, self.slice_seconds))
            else:
                self._rest(self.poll_seconds)
            box.noop()

    def _one_slice(self) -> Callable[[], bool]:
        ends = time.monotonic() + self.slice_seconds
        return lambda: time.monotonic() < ends and self._goes_on()

    def _goes_on(self) -> bool:
        return not self.stopping.is_set() and self.place.lease()

    def _rest(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.stopping.wait(min(1.0, seconds)):
            self.place.lease()

    def read(self, box: Box) -> int:
        """Take all new mail of the folder, oldest first. Returns how many were new to us."""
        chosen = box.choose(self.account.folder)
        start, criteria = self.place.position(chosen.validity, chosen.uid_next)
        kept = 0
        # `n:*` names the last mail even when it is older than n.
        for uid in (uid for uid in box.search(criteria) if uid >= start):
            if not self._goes_on():
                return kept
            kept += self._take(box, uid)
        self.place.read_to_end(chosen.uid_next)
        return kept

    def _take(self, box: Box, uid: int) -> bool:
        mail = box.fetch(uid, most=DEFAULT.message_bytes, beginning=TOO_LARGE_READ)
        fresh = None
        with self.db.transaction() as session:
            if mail is not None:
                arrival = Arrival(
                    raw=mail.raw,
                    mailbox=self.account.address,
                    source="imap",
                    received_at=mail.at or self.clock(),
                    size=mail.size,
                )
                fresh = spool.store(session, arrival, now=self.clock())
            self.place.passed(session, uid)
        if fresh is not None:
            self.wake()
        box.mark(uid)
        return fresh is not None

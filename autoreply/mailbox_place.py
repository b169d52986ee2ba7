"""How far a folder was read, and which worker reads it: the row of one mailbox."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from autoreply import workers
from autoreply.tables import Mailbox
from kb import settings
from kb.db import Database
from kb.errors import Unavailable

LEASE = timedelta(seconds=90)
RENEW = 20.0
CATCH_UP = timedelta(days=7)
"""How far back a folder is read when it is met for the first time, or was made anew."""


@dataclass(slots=True)
class Place:
    """The row of one folder, in the hand of one worker.

    Attributes:
        name: key of the row, address + "/" + folder.
        owner: this worker.
    """

    db: Database
    name: str
    clock: Callable[[], datetime]
    owner: str = field(default_factory=lambda: workers.name())
    _renewed: float = float("-inf")

    def position(self, validity: int, uid_next: int) -> tuple[int, list[object]]:
        """Return the next UID, and what to search for.

        Where UIDs mean nothing (any more), the last days are read; what we have is recognised by
        its fingerprint, and what came before our last full look gets no answer.

        Args:
            validity: the folder's UIDVALIDITY (RFC 3501, 2.3.1.1).
            uid_next: the folder's next UID; 0 when the server does not tell.
        """
        with self.db.transaction() as session:
            row = self._row(session)
            # UIDs only grow; a folder that was put back from a backup may not say so.
            went_back = 0 < uid_next < row.uid_next
            if row.uid_validity != validity or went_back:
                row.since = row.read_at or row.since
                row.uid_validity, row.uid_next, row.rescan = validity, 1, True
            criteria: list[object] = ["UID", f"{row.uid_next}:*"]
            if row.rescan:
                days = settings.read(session, settings.Automation).oldest_days
                oldest = self.clock() - max(CATCH_UP, timedelta(days=days))
                criteria += ["SINCE", oldest.date()]
            if row.read_at is None:
                # Met for the first time: what somebody has read is in their hands.
                criteria += ["UNSEEN"]
            return row.uid_next, criteria

    def passed(self, session: Session, uid: int) -> None:
        """Note, in the transaction that keeps it, that a mail was taken."""
        row = update(Mailbox).where(Mailbox.name == self.name).values(uid_next=uid + 1)
        session.execute(row)

    def read_to_end(self, uid_next: int) -> None:
        """Note that everything below a UID was seen, taken or too old."""
        with self.db.transaction() as session:
            row = self._row(session)
            row.uid_next, row.rescan = max(row.uid_next, uid_next), False
            row.read_at = self.clock().replace(microsecond=0)

    def note(self, error: str) -> None:
        """Keep what is wrong for people at the desk; "" when all is well."""
        with suppress(Unavailable), self.db.transaction() as session:
            self._row(session).error = error[:1000]

    def lease(self) -> bool:
        """Take or renew the lease; False while another worker holds it."""
        if time.monotonic() - self._renewed < RENEW:
            return True
        now = self.clock()
        with self.db.transaction() as session:
            row = self._row(session)
            # Who was killed gives nothing back; nobody has to wait for the end of its lease.
            dead = row.owner if workers.is_dead(row.owner) else self.owner
            taken = (
                update(Mailbox)
                .where(
                    Mailbox.name == self.name,
                    or_(
                        Mailbox.owner.in_((self.owner, dead)),
                        Mailbox.leased_until.is_(None),
                        Mailbox.leased_until < now,
                    ),
                )
                .values(owner=self.owner, leased_until=now + LEASE)
                .returning(Mailbox.name)
                .execution_options(synchronize_session=False)
            )
            mine = session.scalar(taken) is not None
        self._renewed = time.monotonic() if mine else float("-inf")
        return mine

    def forget_lease(self) -> None:
        """Ask the database again at the next look."""
        self._renewed = float("-inf")

    def release(self) -> None:
        """Let another worker take over at once."""
        with suppress(Unavailable), self.db.transaction() as session:
            row = self._row(session)
            if row.owner == self.owner:
                row.leased_until = None

    def _row(self, session: Session) -> Mailbox:
        row = session.get(Mailbox, self.name)
        if row is None:
            # INTERNALDATE knows whole seconds only.
            since = self.clock().replace(microsecond=0)
            row = Mailbox(name=self.name, since=since, uid_next=1)
            session.add(row)
            session.flush()
        return row

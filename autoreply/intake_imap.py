"""Take mail out of an IMAP mailbox. The only door to imapclient.

The server's flags are a hint for people; what was taken is known by UID and UIDVALIDITY in our own
database, and by the mail's fingerprint. Each mail's row is committed before the next is fetched
and before its flag is set. IDLE only wakes: after every slice NOOP and a full search say the truth,
because a dead connection makes IDLE silent (a slice of nothing, no error).

Source: RFC 3501, 2.3.1.1; RFC 2177; RFC 2971 (163 and 126 refuse SELECT without ID).
"""

from __future__ import annotations

import logging
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from autoreply import spool
from autoreply.limits import DEFAULT
from autoreply.spool import Arrival
from autoreply.tables import Mailbox
from kb import settings
from kb.db import Database
from kb.errors import Unavailable

log = logging.getLogger(__name__)

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
SOCKET_SECONDS = 60.0
IDLE_SLICE = 60.0
"""Servers cut an IDLE after ten minutes and more; a minute bounds how long a mail that arrived
just before it, or a connection that died in it, stays unseen."""

POLL = 60.0
LEASE = timedelta(seconds=90)
RENEW = 20.0
BACKOFF = (2.0, 5.0, 15.0, 60.0, 300.0)
CATCH_UP = timedelta(days=7)
"""How far back a folder is read when it is met for the first time, or was made anew."""

TOO_LARGE_READ = 1024 * 1024
KEPT = b"$WenquKept"
WHO = {"name": "wenqu", "version": "1", "vendor": "wenqu", "support-email": "postmaster@localhost"}

# What a connection that breaks raises; imaplib's errors are behind IMAPClientError.
_BROKEN = (IMAPClientError, OSError)


@dataclass(frozen=True, slots=True)
class Account:
    """One folder of one mailbox.

    Attributes:
        address: ours, that customers write to.
        tls: `tls`, `starttls` or `none`.
        password: password or authorisation code.
    """

    address: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: str = TLS
    folder: str = "INBOX"

    @property
    def name(self) -> str:
        """The key of its row."""
        return f"{self.address.lower()}/{self.folder}"


@dataclass(slots=True)
class Mailreader:
    """Reads one folder until told to stop.

    Attributes:
        wake: called after each commit.
        slice_seconds: longest IDLE.
        poll_seconds: pause between looks at a server without IDLE.
    """

    db: Database
    account: Account
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    slice_seconds: float = IDLE_SLICE
    poll_seconds: float = POLL
    stopping: threading.Event = field(default_factory=threading.Event)
    owner: str = field(default_factory=lambda: f"{os.getpid()}-{uuid4().hex[:8]}")
    _renewed: float = float("-inf")

    def run(self) -> None:
        """Read, wait, read; reconnect with growing pauses."""
        failures = 0
        while not self.stopping.is_set():
            try:
                if not self._lease():
                    self.stopping.wait(RENEW / 2)
                    continue
                with self._connection() as client:
                    failures = 0
                    self._serve(client)
            except (*_BROKEN, Unavailable) as error:
                self._note(f"{type(error).__name__}: {error}")
                log.warning("mailbox %s: %s", self.account.address, error)
                self.stopping.wait(BACKOFF[min(failures, len(BACKOFF) - 1)])
                failures += 1
        self._release()

    def stop(self) -> None:
        """Ask to end; the mail in hand is kept first."""
        self.stopping.set()

    # One connection.

    @contextmanager
    def _connection(self) -> Iterator[IMAPClient]:
        account = self.account
        context = ssl.create_default_context() if account.tls != PLAIN else None
        client = IMAPClient(
            account.host,
            port=account.port,
            ssl=account.tls == TLS,
            ssl_context=context if account.tls == TLS else None,
            timeout=SOCKET_SECONDS,
            use_uid=True,
        )
        try:
            if account.tls == STARTTLS:
                client.starttls(context)
            self._sign_in(client)
            yield client
        finally:
            with suppress(*_BROKEN):
                client.logout()
            with suppress(*_BROKEN):
                client.shutdown()

    def _sign_in(self, client: IMAPClient) -> None:
        try:
            client.login(self.account.user, self.account.password)
        except LoginError as error:
            raise Unavailable("mailbox_sign_in", mailbox=self.account.address) from error
        # Only servers that offer ID are sent it: QQ was seen to hang up on what it does not know.
        if client.has_capability("ID"):
            client.id_(WHO)

    def _serve(self, client: IMAPClient) -> None:
        idles = client.has_capability("IDLE")
        while not self.stopping.is_set() and self._lease():
            while self.read(client) > 0 and not self.stopping.is_set():
                # More may have come meanwhile, which IDLE would not announce.
                pass
            self._note("")
            if idles:
                self._idle(client)
            else:
                self._rest(self.poll_seconds)
            client.noop()

    def _idle(self, client: IMAPClient) -> None:
        """Wait for new mail, or for the end of the slice."""
        client.idle()
        ends = time.monotonic() + self.slice_seconds
        try:
            while not self.stopping.is_set() and time.monotonic() < ends and self._lease():
                said = client.idle_check(timeout=min(1.0, self.slice_seconds))
                # “* OK Still here” is no mail.
                if any(len(line) > 1 and line[1] == b"EXISTS" for line in said):
                    return
        finally:
            client.idle_done()

    def _rest(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.stopping.wait(min(1.0, seconds)):
            self._lease()

    # One look.

    def read(self, client: IMAPClient) -> int:
        """Take all new mail of the folder, oldest first.

        Args:
            client: signed in; the folder is selected anew, which shows a changed UIDVALIDITY.

        Returns:
            how many mails were new to us.
        """
        chosen = client.select_folder(self.account.folder)
        start, criteria = self._position(int(chosen[b"UIDVALIDITY"]))
        # `n:*` names the last mail even when it is older than n.
        uids = sorted(uid for uid in client.search(criteria) if uid >= start)
        kept = 0
        for uid in uids:
            if self.stopping.is_set() or not self._lease():
                return kept
            kept += self._take(client, uid)
        self._read_to_end(int(chosen.get(b"UIDNEXT", 1)))
        return kept

    def _take(self, client: IMAPClient, uid: int) -> bool:
        arrival = self._fetch(client, uid)
        fresh = None
        with self.db.transaction() as session:
            if arrival is not None:
                fresh = spool.store(session, arrival, now=self.clock())
            session.execute(
                update(Mailbox).where(Mailbox.name == self.account.name).values(uid_next=uid + 1)
            )
        if fresh is not None:
            self.wake()
        # A flag that cannot be set costs nothing: it is only a hint.
        for flag in (SEEN, KEPT):
            with suppress(IMAPClientError):
                client.add_flags([uid], [flag], silent=True)
        return fresh is not None

    def _fetch(self, client: IMAPClient, uid: int) -> Arrival | None:
        size = int(client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0))
        part = f"BODY.PEEK[]<0.{TOO_LARGE_READ}>" if size > DEFAULT.message_bytes else "BODY.PEEK[]"
        found = client.fetch([uid], [part, "INTERNALDATE"]).get(uid)
        if found is None:
            # Somebody deleted it between the search and the fetch.
            return None
        raw = next((v for k, v in found.items() if k.startswith(b"BODY[")), b"")
        if not raw:
            return None
        moment = found.get(b"INTERNALDATE")
        return Arrival(
            raw=raw,
            mailbox=self.account.address,
            source="imap",
            received_at=_aware(moment) if isinstance(moment, datetime) else self.clock(),
            size=size,
        )

    # The row.

    def _row(self, session: Session) -> Mailbox:
        row = session.get(Mailbox, self.account.name)
        if row is None:
            # INTERNALDATE knows whole seconds only.
            since = self.clock().replace(microsecond=0)
            row = Mailbox(name=self.account.name, since=since, uid_next=1)
            session.add(row)
            session.flush()
        return row

    def _position(self, validity: int) -> tuple[int, list[object]]:
        """Return the next UID, and what to search for.

        Where UIDs mean nothing (any more), the last days are read; what we have is recognised by
        its fingerprint, and what came before our last full look gets no answer.
        """
        with self.db.transaction() as session:
            row = self._row(session)
            if row.uid_validity != validity:
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

    def _read_to_end(self, uid_next: int) -> None:
        """Note that everything below a UID was seen, taken or too old."""
        with self.db.transaction() as session:
            row = self._row(session)
            row.uid_next, row.rescan = max(row.uid_next, uid_next), False
            row.read_at = self.clock().replace(microsecond=0)

    def _note(self, error: str) -> None:
        with suppress(Unavailable), self.db.transaction() as session:
            self._row(session).error = error[:1000]

    def _lease(self) -> bool:
        """Take or renew the lease; False while another worker holds it."""
        if time.monotonic() - self._renewed < RENEW:
            return True
        now = self.clock()
        with self.db.transaction() as session:
            self._row(session)
            taken = (
                update(Mailbox)
                .where(
                    Mailbox.name == self.account.name,
                    or_(
                        Mailbox.owner == self.owner,
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

    def _release(self) -> None:
        with suppress(Unavailable), self.db.transaction() as session:
            row = self._row(session)
            if row.owner == self.owner:
                row.leased_until = None


def _aware(moment: datetime) -> datetime:
    """Return INTERNALDATE as UTC; imapclient gives it naive, in the machine's own time."""
    return moment.astimezone(UTC)

"""From the row of a mailbox to what reads it and what sends through it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from autoreply import accounts, consent
from autoreply.imap import Account
from autoreply.providers import OAUTH2
from autoreply.relay import Relay
from autoreply.tables import MailAccount
from autoreply.transport import Parcel, Transport, Undelivered
from kb.db import Database
from kb.errors import Unavailable

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Keys:
    """What it takes to open the secrets of a mailbox, and to renew them."""

    db: Database
    secret: bytes = field(repr=False)
    clock: Clock

    def token(self, row: MailAccount) -> Callable[[], str] | None:
        """Return what gives access tokens; None where a password is used."""
        if row.auth != OAUTH2:
            return None
        number = row.id
        return lambda: consent.access_token(self.db, number, secret=self.secret, clock=self.clock)

    def password(self, row: MailAccount) -> str:
        """Return the password, "" when there is none. Raises Unavailable."""
        return accounts.secrets_of(row, self.secret).get("password", "")


def account_of(row: MailAccount, keys: Keys) -> Account:
    """Return what reads a mailbox. Raises Unavailable (`secret_unreadable`)."""
    return Account(
        address=row.address,
        host=row.imap_host,
        port=row.imap_port,
        user=row.login,
        password=keys.password(row),
        tls=row.imap_tls,
        folder=row.folder,
        token=keys.token(row),
    )


def relay_of(row: MailAccount, keys: Keys) -> Relay:
    """Return what sends through a mailbox's server. Raises Unavailable."""
    password, token = keys.password(row), keys.token(row)
    return Relay(
        host=row.smtp_host,
        port=row.smtp_port,
        tls=row.smtp_tls,
        # A relay of one's own may let this machine in without signing in.
        user=row.login if password or token else "",
        password=password,
        token=token,
    )


@dataclass(slots=True)
class Relays:
    """Sends each mail through the server of the mailbox that it leaves from.

    Attributes:
        keys: open the mailboxes.
        otherwise: for mailboxes without a server of their own; None when there is none.
    """

    keys: Keys
    otherwise: Transport | None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # Number of a mailbox -> its edition and relay, which has learned what its server refuses.
    _known: dict[int, tuple[int, Relay]] = field(default_factory=dict)

    def send(self, parcel: Parcel) -> str:
        """Send through the right server. Raises Undelivered, OutcomeUnknown."""
        way = self._way(parcel.mailbox)
        if way is None:
            raise Undelivered("relay_missing", permanent=False, reply=parcel.mailbox)
        return way.send(parcel)

    def _way(self, mailbox: str) -> Transport | None:
        try:
            with self.keys.db.reading() as session:
                row = accounts.by_address(session, mailbox)
                if row is None or not row.smtp_host:
                    return self.otherwise
                return self._relay(row)
        except Unavailable as error:
            raise Undelivered("token", permanent=False, reply=str(error)) from error

    def _relay(self, row: MailAccount) -> Relay:
        with self._lock:
            edition, relay = self._known.get(row.id, (0, None))
            if relay is None or edition != row.edition:
                relay = relay_of(row, self.keys)
                self._known[row.id] = (row.edition, relay)
            return relay

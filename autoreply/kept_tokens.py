"""Refresh tokens of mailboxes that stand in the configuration, as the provider renewed them.

A provider may give another refresh token with each access token and let the old one end. What it
gave last is kept, sealed, beside which token of the configuration it came from: a token that people
enter anew counts at once.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field

from kb.db import Database
from kb.errors import Unavailable
from kb.models.system import Setting
from kb.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class KeptToken:
    """The refresh token of one mailbox, in the database.

    Attributes:
        db: where it stands.
        secret: the installation's key.
        address: of the mailbox.
        entered: the token of the configuration.
    """

    db: Database
    secret: bytes = field(repr=False)
    address: str
    entered: str = field(repr=False)

    def read(self) -> str:
        """Return the newest token that is known, else the one of the configuration."""
        with suppress(Unavailable), self.db.reading() as session:
            row = session.get(Setting, self._name)
            if row is not None and row.value.get("from") == self._origin:
                return unseal(self.secret, self._purpose, str(row.value["sealed"]))
        return self.entered

    def write(self, token: str) -> None:
        """Keep a token that came in place of another. Raises Unavailable."""
        value = {"from": self._origin, "sealed": seal(self.secret, self._purpose, token)}
        with self.db.transaction() as session:
            session.merge(Setting(name=self._name, value=value))

    @property
    def _name(self) -> str:
        return f"oauth:{_digest(self.address.lower())[:40]}"

    @property
    def _purpose(self) -> str:
        return f"refresh_token:{self.address.lower()}"

    @property
    def _origin(self) -> str:
        return _digest(self.entered)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

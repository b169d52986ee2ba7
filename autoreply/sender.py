"""What this installation is to the mail system: keys, addresses, where its pages stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import accounts, addresses, guard
from autoreply.tables import MailAccount
from kb import settings, tokens
from kb.errors import Unavailable
from kb.models.base import table_of
from kb.models.knowledge import Article

NULL, AUTHORISED, VERP = "null", "authorised", "verp"

_ACCOUNT = table_of(MailAccount).c
_ACCOUNTS = select(
    _ACCOUNT.address, _ACCOUNT.login, _ACCOUNT.mode, _ACCOUNT.smtp_host, _ACCOUNT.envelope
)


@dataclass(frozen=True, slots=True)
class Sender:
    """What belongs to the machine; the company's own settings are read from the database.

    Attributes:
        secret: the service's key.
        base_url: address of the site, no slash at the end.
        timezone: what customers' clocks show.
        addresses: our mailboxes by configuration, lower case.
        envelope: sender of automatic mail: `null`, `authorised` or `verp`.
        account: address that the relay lets us send from, for `authorised`; "" for the mailbox.
        authserv_id: whose Authentication-Results we believe; "" for nobody's.
    """

    secret: bytes = field(repr=False)
    base_url: str
    timezone: tzinfo
    addresses: frozenset[str] = frozenset()
    envelope: str = NULL
    account: str = ""
    authserv_id: str = ""

    @property
    def instance(self) -> str:
        """The name in our loop header, the same on every node of an installation."""
        return tokens.sign(self.secret, "instance")

    def article_url(self, article: Article) -> str:
        """Return an article's public page, short: mail programs break links at Chinese letters."""
        return f"{self.base_url}/a/{article.id}"

    def ticket_url(self, token: str) -> str:
        """Return a customer's page of a ticket."""
        return f"{self.base_url}/t/{token}"

    def solved_url(self, token: str, choice: str) -> str:
        """Return the link 已解决 or 没解决."""
        return f"{self.base_url}/s/{token}?choice={choice}"


@dataclass(frozen=True, slots=True)
class Channel:
    """What one of our mailboxes is to the mail system.

    Attributes:
        envelope: sender of automatic mail: `null`, `authorised` or `verp`.
        account: address that its relay lets us send from.
        held: nothing automatic is sent through it yet (shadow mode of this mailbox alone).
    """

    envelope: str
    account: str
    held: bool = False

    @property
    def strict(self) -> bool:
        """Whether answers may come back to us, so that quotas are narrower."""
        return self.envelope != NULL


def channel(session: Session, sender: Sender, mailbox: str) -> Channel:
    """Return how mail of one of our mailboxes leaves.

    Args:
        session: the unit of work.
        sender: this installation.
        mailbox: ours, that the customer wrote to; "" for the company's.
    """
    known: dict[str, Channel] = session.info.setdefault("channels", {})
    if mailbox not in known:
        known[mailbox] = _channel(session, sender, mailbox)
    return known[mailbox]


def _channel(session: Session, sender: Sender, mailbox: str) -> Channel:
    company = settings.read(session, settings.Company)
    row = _accounts(session).get((mailbox or company.mailbox).lower())
    if row is None:
        return Channel(sender.envelope, sender.account or mailbox)
    account = row.login if "@" in row.login else row.address
    held = row.mode == accounts.SHADOW
    if not row.smtp_host:
        return Channel(sender.envelope, sender.account or mailbox, held)
    return Channel(row.envelope, account, held)


def _accounts(session: Session) -> Mapping[str, Any]:  # rows of _ACCOUNTS
    """Return address -> what matters of its mailbox, read once in a unit of work."""
    known: dict[str, Any] | None = session.info.get("accounts")
    if known is None:
        known = {row.address: row for row in session.execute(_ACCOUNTS)}
        session.info["accounts"] = known
    return known


def own_addresses(session: Session, sender: Sender) -> frozenset[str]:
    """Return every address of ours, lower case."""
    company = settings.read(session, settings.Company)
    known = _accounts(session).keys()
    return sender.addresses | known | ({company.mailbox.strip().lower()} - {""})


def accepts(address: str, ours: frozenset[str]) -> bool:
    """Say whether mail to an address is for us; `+tags` are. With no address of ours, all is."""
    known = address.strip().lower()
    return not ours or known in ours or addresses.canonical(known) in ours


def mailbox_of(session: Session, sender: Sender, mailbox: str = "") -> str:
    """Return the address that a mail leaves from. Raises Unavailable (`mailbox_missing`)."""
    company = settings.read(session, settings.Company)
    found = mailbox or company.mailbox or next(iter(sorted(own_addresses(session, sender))), "")
    if not found:
        raise Unavailable("mailbox_missing")
    return found


def ours(session: Session, sender: Sender, *, since: datetime | None = None) -> guard.Ours:
    """Return this installation as the guard judges it.

    Args:
        session: the unit of work.
        sender: this installation.
        since: when the channel of the mail began.
    """
    known = own_addresses(session, sender)
    automation = settings.read(session, settings.Automation)
    return guard.Ours(
        addresses=known,
        domains=frozenset(address.rpartition("@")[2] for address in known),
        instance=sender.instance,
        authserv_id=sender.authserv_id,
        max_age=timedelta(days=automation.oldest_days),
        since=since,
    )

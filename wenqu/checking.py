"""Try every mailbox of an installation, those of the desk and those of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autoreply import accounts, connections
from autoreply.check import Report, check
from autoreply.check_smtp import Trial
from autoreply.connections import Keys
from autoreply.dns_records import Records
from autoreply.imap import Account
from autoreply.trying import published
from kb import settings
from kb.db import Database
from kb.errors import DomainError, Unavailable
from wenqu import mailing
from wenqu.config import Config
from wenqu.signers import signer_of
from wenqu.wiring import clock, open_ready_database, secret_key


@dataclass(frozen=True, slots=True)
class Post:
    """A mailbox as it will be used."""

    address: str
    account: Account | None
    trial: Trial | None


def posts(config: Config, database: Database | None) -> Iterator[Post]:
    """Return all mailboxes: of the configuration, of the desk, and the company's own address."""
    secret, seen = secret_key(config), set()
    relay = mailing.relay_of(config, database)
    for box in config.mailboxes:
        seen.add(box.address.lower())
        trial = Trial(relay, box.address, config.envelope_from, secret) if relay else None
        account = None if box.maildir else mailing.account_of(box, config, database)
        yield Post(box.address, account, trial)
    if database is None:
        return
    keys = Keys(database, secret, clock)
    with database.reading() as session:
        company = settings.read(session, settings.Company).mailbox.lower()
        rows = accounts.every(session)
        session.expunge_all()
    for row in rows:
        seen.add(row.address)
        sending = connections.relay_of(row, keys) if row.smtp_host else relay
        trial = Trial(sending, row.address, row.envelope, secret) if sending else None
        yield Post(row.address, connections.account_of(row, keys), trial)
    if company and company not in seen and relay is not None:
        yield Post(company, None, Trial(relay, company, config.envelope_from, secret))


def reports(config: Config, records: Records, *, address: str = "") -> Iterator[Report]:
    """Try mailboxes, one after the other.

    Args:
        config: of this installation.
        records: answers questions about names.
        address: only this one; "" for all.

    Raises:
        Unavailable: `mailbox_none`: there is none (of this address).
    """
    database = _database(config)
    signer = signer_of(config, database) if database or config.dkim_domain else None
    found = False
    for post in posts(config, database):
        if address and post.address.lower() != address.strip().lower():
            continue
        found = True
        yield check(
            post.address,
            account=post.account,
            trial=post.trial,
            records=records,
            dkim=published(signer, post.address),
        )
    if database is not None:
        database.close()
    if not found:
        raise Unavailable("mailbox_none")


def _database(config: Config) -> Database | None:
    """Open the database; a mailbox of the configuration can be tried before there is one."""
    if not config.database_url and not config.data_dir.exists():
        return None
    try:
        return open_ready_database(config)
    except DomainError:
        return None

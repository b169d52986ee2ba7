"""Try a mailbox of the desk, and keep what was found beside it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from autoreply import accounts, check, connections
from autoreply.check import Report
from autoreply.check_dns import Published
from autoreply.check_smtp import Trial
from autoreply.connections import Keys
from autoreply.dns_records import Records
from autoreply.look import bad
from autoreply.signing import Signer, record, record_name
from autoreply.tables import MailAccount
from kb.errors import Unavailable

RELAY_SECONDS = 8.0


def published(signer: Signer | None, address: str) -> Published | None:
    """Return the record that has to stand in DNS for mail of an address, when we sign it."""
    if signer is None or not signer.covers(address):
        return None
    return Published(record_name(signer.domain, signer.selector), record(signer.key))


def try_account(row: MailAccount, keys: Keys, *, records: Records, signer: Signer | None) -> Report:
    """Look at everything that a mailbox of the desk needs.

    Args:
        row: the mailbox, whether it is in use or not.
        keys: open its secrets.
        records: answers questions about names.
        signer: signs what leaves, if anything does.
    """
    try:
        account = connections.account_of(row, keys)
        trial = None
        if row.smtp_host:
            relay = connections.relay_of(row, keys)
            relay.seconds = RELAY_SECONDS
            trial = Trial(relay, row.address, row.envelope, keys.secret)
    except Unavailable:
        return Report(row.address, (bad("imap_secret_unreadable"),), None)
    return check.check(
        row.address,
        account=account,
        trial=trial,
        records=records,
        dkim=published(signer, row.address),
    )


def keep(session: Session, number: int, report: Report, *, now: datetime) -> None:
    """Store what a check found, and use the envelope sender that works best."""
    row = accounts.get(session, number)
    row.looks, row.checked_at = check.stored(report.looks), now
    if report.envelope is not None and report.envelope != row.envelope:
        row.envelope = report.envelope
        row.edition += 1
    session.flush()

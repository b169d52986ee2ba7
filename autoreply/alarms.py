"""What keeps mail from coming in or going out now, for the people who look after it.

Each trouble is read from the rows that others keep; nothing is remembered here, so a trouble that
is over is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from autoreply import accounts, pauses, wordings
from autoreply.tables import FAILED, QUEUED, SENT, Mailbox, OutgoingMail

MAILBOX, RELAY, WORDING = "mailbox", "relay", "wording"
CAUSES = (*pauses.KINDS, MAILBOX, RELAY, WORDING)

UNREAD = timedelta(minutes=5)
"""A reader that fails is given so long to help itself."""

SILENT = timedelta(minutes=30)
"""A folder is read to its end every minute; longer than this says that nobody reads it."""

WAITING = timedelta(minutes=10)
RECENT = timedelta(hours=1)

# Refusals of the relay itself, not of one recipient (`autoreply.relay`).
_OF_RELAY = ("sign_in", "token", "connection", "relay_missing", "sender_refused", "folder")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that people have to know of.

    Attributes:
        cause: of `CAUSES`.
        key: what it is about: an address, a domain, a kind of wording; "" for everything.
        since: when it began, as far as known.
        until: when it ends by itself, or None.
        reply: what the other side or the log says, or "".
        count: mails that it concerns so far, or the limit of a quota.
    """

    cause: str
    key: str = ""
    since: datetime | None = None
    until: datetime | None = None
    reply: str = ""
    count: int = 0


def troubles(session: Session, *, now: datetime) -> list[Trouble]:
    """Return what is wrong now, in the order of `CAUSES`."""
    found = [*_pauses(session, now), *_mailboxes(session, now), *_relays(session, now)]
    found += [
        Trouble(WORDING, f"{row.kind}/{row.language}", row.fault_at, reply=row.fault)
        for row in wordings.broken(session)
    ]
    return sorted(found, key=lambda one: CAUSES.index(one.cause))


def _pauses(session: Session, now: datetime) -> Iterator[Trouble]:
    for row in pauses.holding(session, now=now):
        yield Trouble(row.kind, row.key, row.began_at, row.until, count=row.limit)


def _mailboxes(session: Session, now: datetime) -> Iterator[Trouble]:
    """Find folders that somebody should read and nobody does."""
    used = {row.address: row.mode != accounts.OFF for row in accounts.every(session)}
    for row in session.scalars(select(Mailbox).order_by(Mailbox.name)):
        address = row.name.rpartition("/")[0]
        # One of the configuration is used while a reader renews its lease.
        held = row.leased_until is not None and row.leased_until > now - RECENT
        last = row.read_at or row.since
        late = now - last > (UNREAD if row.error else SILENT)
        if used.get(address, held) and late:
            yield Trouble(MAILBOX, address, last, reply=row.error)


def _relays(session: Session, now: datetime) -> Iterator[Trouble]:
    """Find mailboxes whose mail does not leave, though nothing is wrong with its recipients."""
    refused = or_(*(OutgoingMail.error.startswith(f"{code}(") for code in _OF_RELAY))
    stuck = (OutgoingMail.state == QUEUED) & (OutgoingMail.created_at < now - WAITING)
    untouched = (OutgoingMail.attempts == 0) & (
        OutgoingMail.hold_until.is_(None) | (OutgoingMail.hold_until < now - WAITING)
    )
    failed = (OutgoingMail.state == FAILED) & (OutgoingMail.created_at > now - RECENT)
    query = (
        select(
            OutgoingMail.mailbox,
            func.count(),
            func.min(OutgoingMail.created_at),
            func.max(OutgoingMail.error),
        )
        .where(or_(stuck & (refused | untouched), failed & refused))
        .group_by(OutgoingMail.mailbox)
        .order_by(OutgoingMail.mailbox)
    )
    for mailbox, count, since, error in session.execute(query).all():
        if not _left_since(session, mailbox, max(since, now - WAITING)):
            yield Trouble(RELAY, mailbox, since, reply=error, count=count)


def _left_since(session: Session, mailbox: str, since: datetime) -> bool:
    """Say whether other mail of a mailbox has left meanwhile."""
    query = select(OutgoingMail.id).where(
        OutgoingMail.mailbox == mailbox,
        OutgoingMail.state == SENT,
        OutgoingMail.sent_at >= since,
    )
    return session.scalar(query.limit(1)) is not None

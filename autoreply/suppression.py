"""Whether a machine's mail may go to an address at all: dead addresses, opt-outs, quotas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from autoreply import addresses, pauses, quota
from autoreply.tables import (
    BOUNCED,
    CANCELLED,
    COUNTED_KINDS,
    OPTED_OUT,
    OutgoingMail,
    Suppression,
)
from kb import settings
from kb.errors import NotFound


def suppressed(session: Session, address: str, *, automatic: bool) -> str | None:
    """Return why an address gets no mail: `bounced`, or `opted_out` for automatic mail."""
    row = session.get(Suppression, addresses.canonical(address))
    if row is None or (row.reason == OPTED_OUT and not automatic):
        return None
    return row.reason


def suppress(session: Session, address: str, reason: str, detail: str, *, now: datetime) -> None:
    """Send nothing (`bounced`) or nothing automatic (`opted_out`) to an address from now on."""
    key = addresses.canonical(address)
    row = session.get(Suppression, key)
    if row is None:
        session.add(Suppression(address=key, reason=reason, detail=detail[:300], created_at=now))
    elif reason == BOUNCED:
        row.reason, row.detail = reason, detail[:300]
    session.flush()


def lift(session: Session, address: str) -> Suppression:
    """Let mail go to an address again. Raises NotFound (nothing holds it back).

    Returns:
        the row that was removed, for the audit log.
    """
    row = session.get(Suppression, addresses.canonical(address))
    if row is None:
        raise NotFound(address=address[:254])
    session.delete(row)
    session.flush()
    return row


def counts(session: Session, address: str, *, now: datetime) -> quota.Counts:
    """Count the automatic mails of late, queued ones included: attempts count, not successes.

    What people lifted counts from then on. Counted once in a unit of work, until it queues more
    (`recount`).
    """
    known: dict[tuple[str, datetime], quota.Counts] = session.info.setdefault("counts", {})
    asked = (addresses.canonical(address), now)
    if asked not in known:
        known[asked] = _counts(session, address, now=now)
    return known[asked]


def recount(session: Session) -> None:
    """Forget what was counted: another mail was queued, or a pause lifted."""
    session.info.pop("counts", None)


def _counts(session: Session, address: str, *, now: datetime) -> quota.Counts:
    key = addresses.canonical(address)
    domain = key.rpartition("@")[2]
    since = pauses.counted_from(session, address, now=now)
    day = _counted(session, since[pauses.SENDER], OutgoingMail.to_key == key)
    return quota.Counts(
        sender_day=day,
        **_of_the_hour(session, domain, since),
        paused=pauses.everybody(session, now=now),
    )


def _of_the_hour(session: Session, domain: str, since: Mapping[str, datetime]) -> dict[str, int]:
    """Count what the hour's quotas need in one look at the hour's mails."""
    created, hour = OutgoingMail.created_at, since[pauses.BOUNCES]
    to_domain = and_(OutgoingMail.to_domain == domain, created > since[pauses.DOMAIN])
    bounced = and_(created > hour, OutgoingMail.bounced_at.is_not(None))
    query = select(
        _sum(to_domain).label("domain_hour"),
        _sum(created > since[pauses.BREAKER]).label("all_minute"),
        _sum(created > hour).label("all_hour"),
        _sum(bounced).label("bounced_hour"),
    )
    earliest = min(since[kind] for kind in (pauses.DOMAIN, pauses.BREAKER, pauses.BOUNCES))
    row = session.execute(query.where(*_machines(earliest))).one()
    return {name: int(value or 0) for name, value in row._mapping.items()}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _machines(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutgoingMail.created_at > since,
        OutgoingMail.kind.in_(COUNTED_KINDS),
        OutgoingMail.state != CANCELLED,
    )


def _counted(session: Session, since: datetime, where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(OutgoingMail).where(*_machines(since), where)
    return session.scalar(query) or 0


def refused(session: Session, address: str, *, now: datetime) -> str:
    """Return why no machine's mail may go to an address now: a suppression, a quota, or "".

    A quota that is used up is written down.
    """
    automation = settings.read(session, settings.Automation)
    reason = suppressed(session, address, automatic=True)
    if reason:
        return reason
    used = quota.exceeded(counts(session, address, now=now), automation)
    limit = pauses.limit_of(used, automation, of_sender=automation.per_sender_day)
    pauses.note(session, used, address, automation, limit, now=now)
    return used

"""Whether a machine's mail may go to an address at all: dead addresses, opt-outs, quotas."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select
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
from kb.models.base import table_of

_HELD_BACK, _SENT = table_of(Suppression).c, table_of(OutgoingMail).c
_REASON = select(_HELD_BACK.reason).where(_HELD_BACK.address == bindparam("key"))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _machines(since: str) -> tuple[ColumnElement[bool], ...]:
    return (
        _SENT.created_at > bindparam(since),
        _SENT.kind.in_(COUNTED_KINDS),
        _SENT.state != CANCELLED,
    )


# What the hour's quotas need in one look at the hour's mails, and the sender's day beside it.
# The parameters are called as the kinds of `autoreply.pauses`.
_COUNTED = select(
    select(func.count())
    .select_from(table_of(OutgoingMail))
    .where(_SENT.to_key == bindparam("key"), *_machines(pauses.SENDER))
    .scalar_subquery()
    .label("sender_day"),
    _sum(
        and_(
            _SENT.to_domain == bindparam("domain_name"),
            _SENT.created_at > bindparam(pauses.DOMAIN),
        )
    ).label("domain_hour"),
    _sum(_SENT.created_at > bindparam(pauses.BREAKER)).label("all_minute"),
    _sum(_SENT.created_at > bindparam(pauses.BOUNCES)).label("all_hour"),
    _sum(
        and_(
            _SENT.created_at > bindparam(pauses.BOUNCES),
            _SENT.bounced_at.is_not(None),
        )
    ).label("bounced_hour"),
).where(*_machines("earliest"))


def suppressed(session: Session, address: str, *, automatic: bool) -> str | None:
    """Return why an address gets no mail: `bounced`, or `opted_out` for automatic mail."""
    reason = _reason(session, addresses.canonical(address))
    return None if reason == OPTED_OUT and not automatic else reason


def opted_out(session: Session, address: str) -> bool:
    """Say whether a sender wants no automatic mail."""
    return _reason(session, addresses.canonical(address)) == OPTED_OUT


def _reason(session: Session, key: str) -> str | None:
    """Return what stands against an address, asked once in a unit of work."""
    known: dict[str, str | None] = session.info.setdefault("suppressed", {})
    if key not in known:
        known[key] = session.scalar(_REASON, {"key": key})
    return known[key]


def suppress(session: Session, address: str, reason: str, detail: str, *, now: datetime) -> None:
    """Send nothing (`bounced`) or nothing automatic (`opted_out`) to an address from now on."""
    key = addresses.canonical(address)
    row = session.get(Suppression, key)
    if row is None:
        session.add(Suppression(address=key, reason=reason, detail=detail[:300], created_at=now))
    elif reason == BOUNCED:
        row.reason, row.detail = reason, detail[:300]
    session.info.pop("suppressed", None)
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
    session.info.pop("suppressed", None)
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
        # What is counted is a table, which does not know what the session still holds.
        session.flush()
        known[asked] = _counts(session, address, now=now)
    return known[asked]


def recount(session: Session) -> None:
    """Forget what was counted: another mail was queued, or a pause lifted."""
    session.info.pop("counts", None)


def _counts(session: Session, address: str, *, now: datetime) -> quota.Counts:
    key = addresses.canonical(address)
    domain = key.rpartition("@")[2]
    held = pauses.held(session, address, now=now)
    earliest = min(held.since[kind] for kind in (pauses.DOMAIN, pauses.BREAKER, pauses.BOUNCES))
    given = {"key": key, "domain_name": domain, "earliest": earliest, **held.since}
    row = session.execute(_COUNTED, given).one()
    counted = {name: int(value or 0) for name, value in row._mapping.items()}
    return quota.Counts(**counted, paused=held.everybody)


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

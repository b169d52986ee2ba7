"""Quotas that are used up: kept with since when and until when, and lifted by people.

A used-up quota never passes in silence: the mail becomes a ticket, the pause stands on the desk's
page of limits, and one that holds for everybody stands on every page of the desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from autoreply import addresses
from autoreply.policy_tables import Pause
from autoreply.tables import CANCELLED, COUNTED_KINDS, OutgoingMail
from kb import audit
from kb.access import SYSTEM
from kb.errors import Conflict, NotFound
from kb.models.base import table_of
from kb.policies import Automation

BREAKER, BOUNCES, SENDER, DOMAIN = "breaker", "bounces", "sender", "domain"
KINDS = (BREAKER, BOUNCES, SENDER, DOMAIN)
GLOBAL = (BREAKER, BOUNCES)
WINDOWS: Mapping[str, timedelta] = {
    SENDER: timedelta(days=1),
    DOMAIN: timedelta(hours=1),
    BREAKER: timedelta(minutes=1),
    BOUNCES: timedelta(hours=1),
}

LONGEST = max(WINDOWS.values())

# What holds for everybody now, and what was lifted lately of a sender's quotas.
_PAUSE = table_of(Pause).c
_HELD = (
    select(_PAUSE.kind, _PAUSE.until, _PAUSE.lifted_at)
    .where(
        or_(
            and_(
                _PAUSE.lifted_at.is_(None),
                _PAUSE.until > bindparam("now"),
                _PAUSE.kind.in_(GLOBAL),
            ),
            and_(
                _PAUSE.lifted_at > bindparam("since"),
                or_(
                    _PAUSE.kind.in_(GLOBAL),
                    and_(_PAUSE.kind == SENDER, _PAUSE.key == bindparam("sender_key")),
                    and_(_PAUSE.kind == DOMAIN, _PAUSE.key == bindparam("domain_key")),
                ),
            ),
        )
    )
    .order_by(_PAUSE.id.desc())
)


def holding(session: Session, *, now: datetime) -> Sequence[Pause]:
    """Return the pauses that hold now, the newest first."""
    query = select(Pause).where(Pause.until > now, Pause.lifted_at.is_(None))
    return session.scalars(query.order_by(Pause.id.desc())).all()


def past(session: Session, *, now: datetime, limit: int = 30) -> Sequence[Pause]:
    """Return the pauses that are over, the newest first."""
    query = select(Pause).where((Pause.until <= now) | Pause.lifted_at.is_not(None))
    return session.scalars(query.order_by(Pause.id.desc()).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class Held:
    """What pauses mean for one sender.

    Attributes:
        everybody: kind of the pause that holds for everybody now, or "".
        since: kind -> from when on its quota counts: its window, or since somebody lifted it.
    """

    everybody: str
    since: Mapping[str, datetime]


def held(session: Session, address: str, *, now: datetime) -> Held:
    """Return what holds for everybody, and from when on each quota of an address counts.

    Args:
        session: the unit of work.
        address: whose quotas.
        now: the moment.
    """
    key = addresses.canonical(address)
    domain = key.rpartition("@")[2]
    given = {"now": now, "since": now - LONGEST, "sender_key": key, "domain_key": domain}
    rows = session.execute(_HELD, given).all()
    since = {kind: now - window for kind, window in WINDOWS.items()}
    for row in rows:
        if row.lifted_at is not None:
            since[row.kind] = max(since[row.kind], row.lifted_at)
    # The newest comes first.
    holding_all = (row.kind for row in rows if row.lifted_at is None)
    return Held(next(holding_all, ""), since)


def note(
    session: Session, kind: str, address: str, automation: Automation, limit: int, *, now: datetime
) -> Pause | None:
    """Write down that a quota stopped a mail to an address; None for what is no quota.

    Args:
        session: the unit of work.
        kind: of `KINDS`.
        address: where the mail would have gone.
        automation: the settings.
        limit: that was reached.
        now: the moment.
    """
    if kind not in KINDS:
        return None
    key = _key(kind, address)
    query = select(Pause).where(
        Pause.kind == kind, Pause.key == key, Pause.until > now, Pause.lifted_at.is_(None)
    )
    row = session.scalar(query.limit(1))
    if row is None:
        until = _until(session, kind, key, automation, limit, now)
        row = Pause(kind=kind, key=key, limit=limit, began_at=now, until=until, stopped=0)
        session.add(row)
        session.flush()
        if kind in GLOBAL:
            audit.note(session, SYSTEM, "automation.pause", ("pause", row.id), now=now, kind=kind)
    row.stopped += 1
    session.flush()
    return row


def _key(kind: str, address: str) -> str:
    key = addresses.canonical(address)
    return {SENDER: key, DOMAIN: key.rpartition("@")[2]}.get(kind, "")


def _until(
    session: Session, kind: str, key: str, automation: Automation, limit: int, now: datetime
) -> datetime:
    """Return when the quota has room again; the circuit breaker stays open for a set time."""
    if kind in GLOBAL:
        return now + timedelta(minutes=automation.pause_minutes)
    column = OutgoingMail.to_key if kind == SENDER else OutgoingMail.to_domain
    query = (
        select(OutgoingMail.created_at)
        .where(
            column == key,
            OutgoingMail.created_at > now - WINDOWS[kind],
            OutgoingMail.kind.in_(COUNTED_KINDS),
            OutgoingMail.state != CANCELLED,
        )
        .order_by(OutgoingMail.created_at.desc())
        .offset(max(limit - 1, 0))
        .limit(1)
    )
    # Of the newest `limit` mails the oldest one makes room when it leaves the window.
    return (session.scalar(query) or now) + WINDOWS[kind]


def limit_of(kind: str, automation: Automation, *, of_sender: int) -> int:
    """Return the limit behind a kind of pause; `of_sender` is that of one sender."""
    return {
        BREAKER: automation.per_minute,
        BOUNCES: automation.bounce_share,
        SENDER: of_sender,
        DOMAIN: automation.per_domain_hour,
    }.get(kind, 0)


def lift(session: Session, pause_id: int, *, by: int | None, now: datetime) -> Pause:
    """Let automatic mail go on at once; counting begins anew.

    Raises:
        NotFound: no such pause.
        Conflict: it is over already (`pause_over`).
    """
    row = session.get(Pause, pause_id)
    if row is None:
        raise NotFound(pause=pause_id)
    if row.lifted_at is not None or row.until <= now:
        raise Conflict("pause_over", pause=pause_id)
    row.lifted_at, row.lifted_by = now, by
    session.flush()
    return row

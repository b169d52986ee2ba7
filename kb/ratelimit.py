"""Rate limits in the database, so that all processes share them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kb.db import one_at_a_time
from kb.models.system import RateWindow


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `uses` in each window of `seconds`."""

    name: str
    uses: int
    seconds: int


SIGN_IN = Limit("sign_in", 10, 300)
SIGN_IN_ADDRESS = Limit("sign_in_address", 40, 300)
SEARCH = Limit("search", 120, 60)
SUGGEST = Limit("suggest", 600, 60)
VOTE = Limit("vote", 30, 300)
VOTE_ADDRESS = Limit("vote_address", 300, 300)
CONTACT = Limit("contact", 10, 600)
TICKET_REPLY = Limit("ticket_reply", 20, 600)
API = Limit("api", 600, 60)


def use(session: Session, limit: Limit, key: str, *, now: datetime) -> int:
    """Count one use.

    Returns:
        seconds to wait; 0 when it is allowed.
    """
    name = f"{limit.name}:{key}"[:120]
    one_at_a_time(session, name)
    row = session.get(RateWindow, name)
    length = timedelta(seconds=limit.seconds)
    if row is None:
        session.add(RateWindow(name=name, started_at=now, used=1))
        session.flush()
        return 0
    if row.started_at + length <= now or row.started_at > now:
        row.started_at, row.used = now, 1
        return 0
    row.used += 1
    if row.used <= limit.uses:
        return 0
    return max(1, int((row.started_at + length - now).total_seconds()))


def forget(session: Session, *, before: datetime) -> None:
    """Remove windows that began before a moment."""
    session.execute(delete(RateWindow).where(RateWindow.started_at < before))

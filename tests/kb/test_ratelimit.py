"""Rate limits: so many in a window, then wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import ratelimit
from kb.models.system import RateWindow
from kb.ratelimit import Limit
from tests import databases
from tests.factories import MOMENT

THREE = Limit("test", 3, 60)


def test_the_fourth_waits_and_the_next_window_starts_anew(session: Session, now: datetime) -> None:
    waits = [ratelimit.use(session, THREE, "a", now=now) for _ in range(4)]
    assert waits == [0, 0, 0, 60]
    assert ratelimit.use(session, THREE, "b", now=now) == 0
    assert ratelimit.use(session, THREE, "a", now=now + timedelta(seconds=59)) == 1
    assert ratelimit.use(session, THREE, "a", now=now + timedelta(seconds=60)) == 0


def test_a_clock_that_goes_back_locks_nobody_out(session: Session, now: datetime) -> None:
    for _ in range(4):
        ratelimit.use(session, THREE, "a", now=now)
    assert ratelimit.use(session, THREE, "a", now=now - timedelta(hours=1)) == 0


def test_old_windows_are_forgotten(session: Session, now: datetime) -> None:
    ratelimit.use(session, THREE, "a", now=now)
    session.flush()
    ratelimit.forget(session, before=now + timedelta(seconds=1))
    assert session.scalar(select(func.count()).select_from(RateWindow)) == 0


@given(st.lists(st.integers(0, 90), max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_window_lets_more_through(steps: list[int]) -> None:
    database = databases.in_memory()
    moment, allowed = MOMENT, []
    with database.transaction() as session:
        for step in steps:
            moment += timedelta(seconds=step)
            if ratelimit.use(session, THREE, "a", now=moment) == 0:
                allowed.append(moment)
    database.close()
    # A fixed window lets at most twice as many through in any stretch of its length.
    for start in allowed:
        inside = [m for m in allowed if start <= m < start + timedelta(seconds=60)]
        assert len(inside) <= 2 * THREE.uses

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kb import jobs
from kb.db import Database
from kb.models.system import Job
from tests import databases
from wenqu.worker import Chore, Handler, Worker, within

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = databases.in_file(tmp_path / "worker.db")
    yield database
    database.close()


def make(database: Database, handlers: dict[str, Handler], *chores: Chore) -> Worker:
    return Worker(database, handlers, chores, Clock())


def put(database: Database, kind: str, **payload: Any) -> None:
    with database.transaction() as session:
        jobs.enqueue(session, kind, payload, now=NOW)


def states(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(row.kind, row.state) for row in session.scalars(select(Job).order_by(Job.id))]


def recorder(seen: list[dict[str, Any]]) -> Callable[..., None]:
    def effect(session: object, payload: dict[str, Any], now: datetime) -> None:
        seen.append(payload)

    return effect


def test_a_job_is_run_once_and_done(database: Database) -> None:
    seen: list[dict[str, Any]] = []
    put(database, "note", n=1)
    worker = make(database, {"note": within(recorder(seen))})
    assert worker.step()
    assert not worker.step()
    assert seen == [{"n": 1}]
    assert states(database) == [("note", "done")]


def test_a_failing_job_goes_back_with_a_delay_and_its_reason(database: Database) -> None:
    def broken(session: object, payload: dict[str, Any], now: datetime) -> None:
        raise RuntimeError("no luck")

    put(database, "note")
    worker = make(database, {"note": within(broken)})
    assert worker.step()
    with database.reading() as session:
        row = session.scalars(select(Job)).one()
    assert (row.state, row.attempts, row.run_at) == ("ready", 1, NOW + timedelta(seconds=5))
    assert "no luck" in row.error


def test_a_job_dies_after_its_last_delay(database: Database) -> None:
    def broken(session: object, payload: dict[str, Any], now: datetime) -> None:
        raise RuntimeError("no luck")

    put(database, "note")
    worker = make(database, {"note": within(broken)})
    clock = worker.clock
    assert isinstance(clock, Clock)
    for _ in range(len(jobs.DELAYS) + 1):
        assert worker.step()
        clock.now += timedelta(days=1)
    assert states(database) == [("note", "dead")]
    assert not worker.step()


def test_kinds_without_a_handler_are_left_for_others(database: Database) -> None:
    put(database, "foreign")
    worker = make(database, {"note": within(recorder([]))})
    assert not worker.step()
    assert states(database) == [("foreign", "ready")]


def test_an_expired_lease_is_taken_over(database: Database) -> None:
    seen: list[dict[str, Any]] = []
    put(database, "note")
    with database.transaction() as session:
        assert jobs.claim(session, owner="killed", now=NOW) is not None
    worker = make(database, {"note": within(recorder(seen))})
    assert not worker.step()
    clock = worker.clock
    assert isinstance(clock, Clock)
    clock.now += jobs.LEASE + timedelta(seconds=1)
    assert worker.step()
    assert seen == [{}]


def test_chores_come_once_per_period(database: Database) -> None:
    chore = Chore("tidy", timedelta(hours=1))
    for _ in range(3):
        make(database, {"tidy": within(recorder([]))}, chore)._chores()
    assert states(database) == [("tidy", "ready")]

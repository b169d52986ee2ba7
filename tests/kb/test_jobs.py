"""Jobs: nothing is lost, nothing is taken twice, whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import jobs
from kb.db import Database
from kb.models.system import Job

WORKER = """
import sys, time
from datetime import datetime
from kb import jobs
from kb.db import Database
database = Database(sys.argv[1])
with database.transaction() as session:
    job = jobs.claim(session, owner="doomed", now=datetime.fromisoformat(sys.argv[2]))
print(job.id, flush=True)
time.sleep(60)
"""


def test_a_job_is_taken_once_and_finished(session: Session, now: datetime) -> None:
    jobs.enqueue(session, "mail", {"to": 1}, now=now)
    job = jobs.claim(session, owner="a", now=now)
    assert job is not None
    assert (job.kind, job.payload, job.attempts) == ("mail", {"to": 1}, 1)
    assert jobs.claim(session, owner="b", now=now) is None
    jobs.finish(session, job.id, now=now)
    assert jobs.claim(session, owner="b", now=now + timedelta(days=1)) is None


def test_a_job_waits_for_its_moment_and_the_oldest_goes_first(
    session: Session, now: datetime
) -> None:
    late = now + timedelta(minutes=5)
    jobs.enqueue(session, "b", {}, now=now, run_at=late)
    jobs.enqueue(session, "a", {}, now=now)
    assert jobs.oldest_ready(session, now=now) == now
    first = jobs.claim(session, owner="x", now=now)
    assert first is not None
    assert first.kind == "a"
    assert jobs.claim(session, owner="x", now=now) is None
    second = jobs.claim(session, owner="x", now=late, kinds=("b",))
    assert second is not None


def test_the_same_wish_is_kept_once(session: Session, now: datetime) -> None:
    assert jobs.enqueue(session, "a", {}, now=now, dedupe="k") is not None
    assert jobs.enqueue(session, "a", {}, now=now, dedupe="k") is None


def test_failures_wait_longer_and_longer_and_then_for_a_person(
    session: Session, now: datetime
) -> None:
    number = jobs.enqueue(session, "a", {}, now=now)
    row = session.get_one(Job, number)
    moment = now
    for delay in jobs.DELAYS:
        job = jobs.claim(session, owner="x", now=moment)
        assert job is not None
        assert jobs.fail(session, job, "no", now=moment)
        assert jobs.claim(session, owner="x", now=moment + delay - timedelta(seconds=1)) is None
        moment += delay
    job = jobs.claim(session, owner="x", now=moment)
    assert job is not None
    assert not jobs.fail(session, job, "no", now=moment)
    session.refresh(row)
    assert (row.state, row.error) == ("dead", "no")
    assert jobs.retry(session, row.id, now=moment)
    assert not jobs.retry(session, row.id, now=moment)
    assert jobs.claim(session, owner="x", now=moment) is not None


def test_only_what_nobody_began_can_be_taken_back(session: Session, now: datetime) -> None:
    jobs.enqueue(session, "a", {}, now=now, dedupe="one")
    assert jobs.cancel(session, "one")
    assert jobs.claim(session, owner="x", now=now) is None
    jobs.enqueue(session, "a", {}, now=now, dedupe="two")
    assert jobs.claim(session, owner="x", now=now) is not None
    assert not jobs.cancel(session, "two")


def test_a_killed_worker_loses_nothing(db: Database, now: datetime, tmp_path: Path) -> None:
    with db.transaction() as session:
        jobs.enqueue(session, "a", {"n": 1}, now=now)
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", WORKER, f"sqlite:///{tmp_path}/base.db", now.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == b"1"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    with db.transaction() as session:
        assert jobs.claim(session, owner="next", now=now + timedelta(seconds=30)) is None
        job = jobs.claim(session, owner="next", now=now + jobs.LEASE + timedelta(seconds=1))
        assert job is not None
        assert (job.payload, job.attempts) == ({"n": 1}, 2)


def drain(database: Database, now: datetime, many: int) -> list[int]:
    """Let four threads take everything; return what they took."""
    with database.transaction() as session:
        for number in range(many):
            jobs.enqueue(session, "a", {"n": number}, now=now)
    taken: list[int] = []

    def work(owner: str) -> None:
        while True:
            with database.transaction() as session:
                job = jobs.claim(session, owner=owner, now=now)
            if job is None:
                return
            with database.transaction() as session:
                jobs.finish(session, job.id, now=now)
            taken.append(job.payload["n"])

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(taken)


def test_workers_share_the_table(db: Database, now: datetime) -> None:
    assert drain(db, now, 20) == list(range(20))


@pytest.mark.postgres
def test_workers_share_the_table_on_postgres(postgres: Database, now: datetime) -> None:
    assert drain(postgres, now, 60) == list(range(60))


@pytest.mark.postgres
def test_a_claimed_row_is_skipped_and_not_waited_for(postgres: Database, now: datetime) -> None:
    with postgres.transaction() as session:
        for number in range(2):
            jobs.enqueue(session, "a", {"n": number}, now=now)
    with postgres.transaction() as one, postgres.transaction() as other:
        first = jobs.claim(one, owner="a", now=now)
        second = jobs.claim(other, owner="b", now=now)
        assert first is not None
        assert second is not None
        assert first.id != second.id
    with postgres.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 2

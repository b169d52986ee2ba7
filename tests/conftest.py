"""What every test may ask for: a database, a session, a moment; and nothing but this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from kb.db import Database
from search import analysis
from search.segmenter import Segmenter, open_segmenter
from tests import databases
from tests.postgres import Server, start

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_HERE = ("localhost", "localhost.localdomain", "ip6-localhost", "")


class OutsideError(AssertionError):
    """A test tried to reach another machine."""


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in _HERE:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


# Tests over whole applications, real files and many invented cases. They run on one Python; the
# others run what is left, which takes seconds.
INTEGRATION = (
    "tests/authoring/test_harvest.py",
    "tests/authoring/test_harvest_replay.py",
    "tests/authoring/test_html_to_markdown.py",
    "tests/authoring/test_impact.py",
    "tests/authoring/test_markdown_import.py",
    "tests/authoring/test_publishing.py",
    "tests/autoreply/test_backtest.py",
    "tests/autoreply/test_check.py",
    "tests/autoreply/test_delivery.py",
    "tests/autoreply/test_faults.py",
    "tests/autoreply/test_holdout.py",
    "tests/autoreply/test_intake",
    "tests/autoreply/test_loops.py",
    "tests/autoreply/test_pauses.py",
    "tests/autoreply/test_pipeline.py",
    "tests/autoreply/test_mime.py",
    "tests/autoreply/test_recall.py",
    "tests/autoreply/test_rollout.py",
    "tests/autoreply/test_solved.py",
    "tests/autoreply/test_torture.py",
    "tests/kb/test_jobs.py",
    "tests/kb/test_articles.py",
    "tests/kb/test_people.py",
    "tests/kb/test_redaction.py",
    "tests/kb/test_ratelimit.py",
    "tests/kb/test_tickets.py",
    "tests/kb/test_transfer",
    "tests/search/test_agreement.py",
    "tests/search/test_asks.py",
    "tests/search/test_crashes.py",
    "tests/search/test_encoder.py",
    "tests/search/test_engines.py",
    "tests/search/test_finding.py",
    "tests/search/test_follower.py",
    "tests/search/test_learner.py",
    "tests/search/test_readings.py",
    "tests/search/test_rehearsal.py",
    "tests/search/test_segmenter.py",
    "tests/search/test_study.py",
    "tests/search/test_suggest.py",
    "tests/test_bench.py",
    "tests/web/",
    "tests/wenqu/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is not a unit test by where it stands."""
    for item in items:
        if item.nodeid.startswith(INTEGRATION):
            item.add_marker(pytest.mark.integration)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Keep together what shares a server; None leaves another `--dist` as it is."""
    from tests.scheduling import SharedServers

    return SharedServers(config, log) if config.getvalue("dist") == "load" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skipped test is a failure: what was not run was not tested."""
    report = yield
    in_ci = os.environ.get("CI", "").lower() in ("1", "true")
    # An expected failure is reported as skipped too, but it did run.
    if in_ci and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI skips nothing: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and every name that is not this machine."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise OutsideError(f"a test wanted to connect to {address!r}")

    def guarded(self: socket.socket, address: Any) -> None:
        check(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        check(self, address)
        return connect_ex(self, address)

    def looked_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and not _is_here(host) and host != "0.0.0.0":
            raise OutsideError(f"a test wanted to look up {host!r}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)


@event.listens_for(Pool, "checkout")
def _no_waiting_for_the_disk(connection: object, *_: object) -> None:
    """Leave out what only a power cut would show; what is killed still finds all it wrote."""
    if isinstance(connection, sqlite3.Connection) and not connection.in_transaction:
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session", autouse=True)
def _segmenters_are_shared() -> Iterator[None]:
    """Keep the last segmenters: none ever changes, and each reads a dictionary when it is made."""
    opened = lru_cache(maxsize=4)(open_segmenter)

    def shared(own: Iterable[str], name: str = "auto") -> Segmenter:
        return opened(tuple(own), name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "open_segmenter", shared)
        yield


@pytest.fixture
def now() -> datetime:
    """A moment: 24 November 2026, 17:00 in Shanghai, a Tuesday."""
    return NOW


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database in a file of its own."""
    database = databases.in_file(tmp_path / "base.db")
    yield database
    database.close()


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """A unit of work on `db`; commit it to see it from elsewhere."""
    with db.transaction() as session:
        yield session


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL of our own, started once."""
    server = start()
    yield server
    server.stop()


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[Database]:
    """An empty PostgreSQL database with all tables."""
    database = Database(postgres_server.create(f"t{uuid4().hex[:12]}"))
    database.create_all()
    yield database
    database.close()


@pytest.fixture
def empty_postgres(postgres_server: Server) -> str:
    """The address of a PostgreSQL database without tables."""
    return postgres_server.create(f"t{uuid4().hex[:12]}")

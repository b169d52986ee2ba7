"""A reader that is killed loses no mail and takes none twice; the server is a real dovecot."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoreply.intake_imap import Mailreader
from tests import mailservers
from tests.autoreply.test_intake_imap import account, deliver, running, signed_in, subjects, until
from tests.autoreply.world import LOCKED_OUT, MAILBOX, World
from tests.mailservers import Child

pytestmark = pytest.mark.e2e

READER = """
import sys
from datetime import UTC, datetime
from autoreply.imap import Account
from autoreply.intake_imap import Mailreader
from kb.db import Database
account = Account(sys.argv[2], "127.0.0.1", int(sys.argv[3]), "help", "pass", tls="none")
Mailreader(Database(sys.argv[1]), account, lambda: datetime.now(UTC), lambda: None).run()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Child]:
    with mailservers.dovecot(tmp_path / "dovecot") as child:
        yield child


@contextmanager
def reader_of_its_own(world: World, server: Child) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", READER, str(world.db.url), MAILBOX, str(server.port)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL


def successor(world: World, server: Child) -> Mailreader:
    """Return another worker's reader, at once: the dead one's lease has not run out."""
    world.now = datetime.now(UTC)
    return Mailreader(world.db, account(server), world.clock, lambda: None, slice_seconds=2.0)


def test_killed_in_idle(world: World, server: Child) -> None:
    world.now = datetime.now(UTC)
    with reader_of_its_own(world, server) as process:
        until(lambda: any(box.read_at for box in world.all_mailboxes()))
        deliver(server, world.write(LOCKED_OUT, subject="先来"))
        until(lambda: subjects(world) == ["先来"])
        # It waits in IDLE again, and nobody else may read.
        time.sleep(1.0)
        assert not successor(world, server).place.lease()
        kill(process)
    deliver(server, world.write(LOCKED_OUT, subject="后来"))
    with running(successor(world, server)):
        until(lambda: len(subjects(world)) == 2)
        time.sleep(1.0)
    assert subjects(world) == ["先来", "后来"]


def test_killed_in_a_backlog(world: World, server: Child) -> None:
    world.now = datetime.now(UTC)
    wanted = [f"第{place}封" for place in range(60)]
    for subject in wanted:
        deliver(server, world.write("x", subject=subject))
    with reader_of_its_own(world, server) as process:
        until(lambda: len(subjects(world)) >= 10)
        kill(process)
    taken = len(subjects(world))
    assert taken < len(wanted)
    with running(successor(world, server)):
        until(lambda: len(subjects(world)) == len(wanted))
        time.sleep(1.0)
    assert subjects(world) == wanted


def test_the_same_mail_delivered_twice_is_kept_once(world: World, server: Child) -> None:
    world.now = datetime.now(UTC)
    world.know(LOCKED_OUT)
    raw = world.write(LOCKED_OUT)
    made = Mailreader(world.db, account(server), world.clock, lambda: None, slice_seconds=2.0)
    with running(made):
        until(lambda: any(box.read_at for box in world.all_mailboxes()))
        deliver(server, raw)
        deliver(server, raw)
        until(lambda: world.all_mailboxes()[0].uid_next >= 3)
        assert len(subjects(world)) == 1
        world.work()
        assert len(world.sent) == 1
        # The same id over another text is another mail.
        deliver(server, raw.replace(b"Subject: ", b"Subject: x", 1))
        until(lambda: len(subjects(world)) == 2)


def test_a_server_without_idle_is_polled(world: World, tmp_path: Path) -> None:
    world.now = datetime.now(UTC)
    offered = "IMAP4rev1 UIDPLUS LITERAL+"
    with mailservers.dovecot(tmp_path / "dovecot", capability=offered) as server:
        made = Mailreader(world.db, account(server), world.clock, lambda: None, poll_seconds=0.3)
        with running(made):
            until(lambda: any(box.read_at for box in world.all_mailboxes()))
            deliver(server, world.write(LOCKED_OUT))
            until(lambda: len(subjects(world)) == 1)


def test_a_locked_database_leaves_mail_unread_until_it_is_free(
    world: World, server: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.now = datetime.now(UTC)
    monkeypatch.setattr("autoreply.intake_imap.BACKOFF", (0.3,))
    made = Mailreader(world.db, account(server), world.clock, lambda: None, slice_seconds=1.0)
    with running(made):
        until(lambda: any(box.read_at for box in world.all_mailboxes()))
        with sqlite3.connect(str(world.db.path), isolation_level=None) as holder:
            holder.execute("BEGIN IMMEDIATE")
            deliver(server, world.write(LOCKED_OUT))
            # Longer than anybody waits for the lock.
            time.sleep(7.0)
            assert subjects(world) == []
            with signed_in(server) as client:
                assert len(client.search(["UNSEEN"])) == 1
            holder.execute("ROLLBACK")
        holder.close()
        until(lambda: len(subjects(world)) == 1)

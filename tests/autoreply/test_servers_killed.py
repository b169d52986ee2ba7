"""Mail servers that are killed while mail is on its way lose none, and nothing is sent twice."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from imapclient import IMAPClient

from autoreply.intake_smtp import Keeper, Listener
from autoreply.relay import Relay
from autoreply.tables import (
    ANSWERED,
    AUTOMATIC,
    QUEUED,
    RECEIPT,
    SENT,
    UNKNOWN,
    OutgoingMail,
    Spool,
)
from tests import mailservers
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, MAILBOX, World
from tests.mailgate import AFTER, BEFORE, HALF, Gate, gate
from tests.mailservers import Child

pytestmark = pytest.mark.e2e

END_OF_DATA = b"\r\n.\r\n"


def until(true: Callable[[], object], *, seconds: float = 40.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.1)


def ids_in(box: Child, user: str) -> list[str]:
    """Return the Message-IDs in somebody's mailbox."""
    with IMAPClient("127.0.0.1", port=box.port, ssl=False) as client:
        client.login(user, "pass")
        client.select_folder("INBOX", readonly=True)
        found = client.fetch(client.search(["ALL"]), ["ENVELOPE"])
        return [one[b"ENVELOPE"].message_id.decode() for one in found.values()]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Child]:
    with mailservers.dovecot(tmp_path / "dovecot") as child:
        yield child


@contextmanager
def killed_at(folder: Path, lmtp: int, place: bytes, passes: str) -> Iterator[tuple[Gate, int]]:
    """Run opensmtpd behind a gate that kills it at a place of a session with it."""
    with (
        mailservers.opensmtpd(folder, lmtp=lmtp) as smtp,
        gate(smtp.port, place, passes, smtp.kill) as standing,
    ):
        yield standing, smtp.port


def answer_through(world: World, port: int) -> None:
    world.transport = Relay("127.0.0.1", port, "none")  # type: ignore[assignment]
    world.know(LOCKED_OUT)
    world.receive()


def answer_of(world: World) -> OutgoingMail:
    """Return the one automatic answer; a receipt may follow what is unknown."""
    [answer] = [row for row in world.outbox if row.kind == AUTOMATIC]
    return answer


def work_for_hours(world: World) -> None:
    for _ in range(6):
        world.later(hours=1)
        world.work()


def test_a_relay_killed_before_the_content_gets_it_again(
    world: World, tmp_path: Path, box: Child
) -> None:
    folder = tmp_path / "smtpd"
    with killed_at(folder, box.extra, b"rcpt TO", BEFORE) as (standing, port):
        answer_through(world, standing.port)
        assert world.outbox[0].state == QUEUED
        with mailservers.opensmtpd(folder, lmtp=box.extra, port=port):
            work_for_hours(world)
            until(lambda: ids_in(box, CUSTOMER))
    assert answer_of(world).state == SENT
    assert ids_in(box, CUSTOMER) == [answer_of(world).mail_id]


def test_a_relay_killed_in_the_content_is_never_sent_the_answer_again(
    world: World, tmp_path: Path, box: Child
) -> None:
    folder = tmp_path / "smtpd"
    with killed_at(folder, box.extra, b"Auto-Submitted", HALF) as (standing, port):
        answer_through(world, standing.port)
        with mailservers.opensmtpd(folder, lmtp=box.extra, port=port):
            work_for_hours(world)
            until(lambda: ids_in(box, CUSTOMER))
    assert answer_of(world).state == UNKNOWN
    # Only the receipt came: a person has the ticket.
    assert answer_of(world).mail_id not in ids_in(box, CUSTOMER)
    assert [row.kind for row in world.outbox] == [AUTOMATIC, RECEIPT]
    assert world.tickets[0].state == "open"


def test_a_relay_killed_after_the_content_delivers_the_answer_once(
    world: World, tmp_path: Path, box: Child
) -> None:
    folder = tmp_path / "smtpd"
    # Nobody takes it on before the kill: what comes out of the queue comes out once.
    nowhere = mailservers.free_port()
    with killed_at(folder, nowhere, END_OF_DATA, AFTER) as (standing, port):
        answer_through(world, standing.port)
        # It took the mail, and we never learnt of it.
        assert standing.answer.startswith(b"250")
        assert answer_of(world).state == UNKNOWN
        with mailservers.opensmtpd(folder, lmtp=box.extra, port=port):
            work_for_hours(world)
            until(lambda: mailservers.hurry(folder) and len(ids_in(box, CUSTOMER)) >= 2)
    assert ids_in(box, CUSTOMER).count(str(answer_of(world).mail_id)) == 1
    assert answer_of(world).state == UNKNOWN


@contextmanager
def listening(world: World) -> Iterator[int]:
    port = mailservers.free_port()
    keeper = Keeper(world.db, world.sender, "lmtp", world.clock, lambda: None)
    listener = Listener(keeper, "127.0.0.1", port)
    listener.start()
    try:
        yield port
    finally:
        listener.stop()


@pytest.mark.parametrize(
    ("place", "passes"),
    [(b"LHLO", BEFORE), (b"MAIL FROM", BEFORE), (b"Message-ID", HALF), (END_OF_DATA, AFTER)],
    ids=["connected", "session", "content", "kept"],
)
def test_an_mta_killed_while_it_hands_us_a_mail_hands_it_over_once(
    world: World, tmp_path: Path, place: bytes, passes: str
) -> None:
    folder = tmp_path / "smtpd"
    world.know(LOCKED_OUT)
    running: list[Child] = []
    with (
        listening(world) as ours,
        gate(ours, place, passes, lambda: running[0].kill()) as standing,
    ):
        with mailservers.opensmtpd(folder, lmtp=standing.port) as smtp:
            running.append(smtp)
            with smtplib.SMTP("127.0.0.1", smtp.port) as client:
                client.sendmail(CUSTOMER, [MAILBOX], world.write(LOCKED_OUT))
            assert standing.met.wait(25)
        assert len(world.all(Spool)) == int(passes == AFTER)
        with mailservers.opensmtpd(folder, lmtp=standing.port):
            until(lambda: standing_idle(folder) and world.all(Spool))
    assert len(world.all(Spool)) == 1
    world.work()
    assert len(world.sent) == 1
    assert world.all(Spool)[0].outcome == ANSWERED


def standing_idle(folder: Path) -> bool:
    """Tell whether nothing waits in a server's queue."""
    queue = folder / "spool" / "smtpd" / "queue"
    return not any(path.is_file() for path in queue.rglob("*"))


LISTENER = """
import sys, threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from autoreply.intake_smtp import Keeper, Listener
from autoreply.sender import Sender
from kb.db import Database
sender = Sender(b"k" * 32, "https://help.anlu.example", ZoneInfo("Asia/Shanghai"))
keeper = Keeper(Database(sys.argv[1]), sender, "lmtp", lambda: datetime.now(UTC), lambda: None)
Listener(keeper, "127.0.0.1", int(sys.argv[2])).start()
print("ready", flush=True)
threading.Event().wait()
"""


@contextmanager
def listener_of_its_own(world: World, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-c", LISTENER, str(world.db.url), str(port)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("place", "passes"),
    [(b"Message-ID", HALF), (END_OF_DATA, AFTER)],
    ids=["content", "kept"],
)
def test_our_listener_killed_while_it_takes_a_mail_has_it_once(
    world: World, tmp_path: Path, place: bytes, passes: str
) -> None:
    port = mailservers.free_port()
    raw = world.write(LOCKED_OUT)
    dying: list[subprocess.Popen[bytes]] = []
    folder = tmp_path / "smtpd"
    with (
        gate(port, place, passes, lambda: dying[0].kill()) as standing,
        listener_of_its_own(world, port) as process,
        mailservers.opensmtpd(folder, lmtp=standing.port) as smtp,
    ):
        dying.append(process)
        with smtplib.SMTP("127.0.0.1", smtp.port) as client:
            client.sendmail(CUSTOMER, [MAILBOX], raw)
        assert standing.met.wait(25)
        assert process.wait(10)
        assert len(world.all(Spool)) == int(passes == AFTER)
        # The MTA has the mail still, and tries again when it is told to.
        with listener_of_its_own(world, port):
            until(lambda: mailservers.hurry(folder) and standing_idle(folder))
    assert len(world.all(Spool)) == 1

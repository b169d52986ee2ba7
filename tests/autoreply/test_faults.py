"""A disk that is really full, a listener that dies, a relay that dies: nothing lost, nothing twice.

The disk is filled for SQLite itself (`max_page_count`), so that what fails is its own commit.
"""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import event

from autoreply.intake_smtp import Keeper, Listener
from autoreply.relay import Relay
from autoreply.tables import DONE, RECEIVED, SENT, UNKNOWN, Spool
from kb.errors import Unavailable
from tests import mailservers
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, MAILBOX, World

HERE = Path(__file__).parents[2]
HOST = "127.0.0.1"


@contextmanager
def full_disk(world: World, *, pages: int = 0) -> Iterator[None]:
    """Let the database grow by so many pages and no further."""
    with world.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection, _record):  # type: ignore[no-untyped-def]
        connection.execute(f"PRAGMA max_page_count={used + pages}")

    event.listen(world.db.engine, "connect", limit)
    world.db.engine.dispose()
    try:
        yield
    finally:
        event.remove(world.db.engine, "connect", limit)
        world.db.engine.dispose()


@contextmanager
def listening(world: World, protocol: str = "smtp") -> Iterator[int]:
    port = mailservers.free_port()
    keeper = Keeper(world.db, world.sender, protocol, world.clock, threading.Event().set)
    listener = Listener(keeper, HOST, port)
    listener.start()
    try:
        yield port
    finally:
        listener.stop()


def large(world: World, number: int) -> bytes:
    return world.write(f"{LOCKED_OUT}\n\n" + "说明" * 60_000, subject=f"第{number}封")


def hand_over(client: smtplib.SMTP, raw: bytes) -> int:
    """Send a mail; returns what the server answered to its end."""
    client.ehlo_or_helo_if_needed()
    client.mail(CUSTOMER)
    client.rcpt(MAILBOX)
    return client.data(raw)[0]


def test_a_full_disk_is_a_temporary_fault_and_loses_nothing(world: World) -> None:
    taken, put_off = [], []
    with listening(world) as port, smtplib.SMTP(HOST, port, timeout=40) as client:
        with full_disk(world, pages=200):
            for number in range(4):
                raw = large(world, number)
                answer = hand_over(client, raw)
                assert answer in (250, 451)
                (taken if answer == 250 else put_off).append(raw)
        assert taken
        assert put_off
        assert [row.raw.strip() for row in world.all(Spool)] == [raw.strip() for raw in taken]
        # The other side tries again when there is room.
        for raw in put_off:
            client.sendmail(CUSTOMER, [MAILBOX], raw)
    assert len(world.all(Spool)) == 4


@pytest.mark.parametrize("pages", [0, 1, 2, 4, 8])
def test_a_mail_that_met_a_full_disk_is_answered_once_there_is_room(
    world: World, pages: int
) -> None:
    world.know(LOCKED_OUT)
    number = world.mail("门锁没电了，人在门外怎么开门\n" + "说明" * 20_000)
    assert number is not None
    with full_disk(world, pages=pages):
        for _ in range(6):
            # Where not even the fault can be written down, the worker waits.
            with suppress(Unavailable):
                world.work()
            world.later(seconds=61)
    for _ in range(6):
        world.later(hours=1)
        world.work()
    row = world.spool(number)
    assert (row.state, row.outcome) == (DONE, "answered"), row.error
    assert [mail.state for mail in world.outbox] == [SENT]
    assert len(world.sent) == 1
    assert len(world.tickets) == 1


SERVER = """
import sys, threading, time
from autoreply.intake_smtp import Keeper, Listener
from tests.autoreply import world as worlds
db = worlds.Database(f"sqlite:///{sys.argv[1]}")
sender = worlds.Sender(secret=worlds.SECRET, base_url="https://x.example", timezone=worlds.ZONE)
world = worlds.World(db, sender)
keeper = Keeper(db, sender, sys.argv[3], world.clock, threading.Event().set)
Listener(keeper, "127.0.0.1", int(sys.argv[2])).start()
print("ready", flush=True)
time.sleep(120)
"""


@contextmanager
def server(world: World, port: int, protocol: str = "smtp") -> Iterator[subprocess.Popen[bytes]]:
    """Run the listener in a process of its own."""
    child = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(world.db.path), str(port), protocol],
        stdout=subprocess.PIPE,
        cwd=HERE,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        yield child
    finally:
        child.kill()
        child.wait(10)
        assert child.stdout is not None
        child.stdout.close()


def kill(child: subprocess.Popen[bytes]) -> None:
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)


def rest_of(client: smtplib.SMTP, raw: bytes) -> None:
    client.send(raw + b"\r\n.\r\n")
    client.getreply()


@pytest.mark.e2e
def test_a_listener_killed_in_the_middle_of_data_has_taken_nothing(world: World) -> None:
    raw = world.write(LOCKED_OUT)
    port = mailservers.free_port()
    with server(world, port) as child:
        client = smtplib.SMTP(HOST, port, timeout=20)
        client.ehlo()
        client.mail(CUSTOMER)
        client.rcpt(MAILBOX)
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send(raw[: len(raw) // 2])
        kill(child)
        with pytest.raises((smtplib.SMTPException, OSError)):
            rest_of(client, raw[len(raw) // 2 :])
        client.close()
    assert world.all(Spool) == []
    with server(world, port), smtplib.SMTP(HOST, port, timeout=20) as again:
        again.sendmail(CUSTOMER, [MAILBOX], raw)
    [row] = world.all(Spool)
    assert row.state == RECEIVED


@pytest.mark.e2e
def test_opensmtpd_keeps_a_mail_while_our_listener_is_dead(world: World, tmp_path: Path) -> None:
    lmtp = mailservers.free_port()
    folder = tmp_path / "smtpd"
    folder.mkdir()
    with server(world, lmtp, "lmtp") as child, mailservers.opensmtpd(folder, lmtp=lmtp) as smtp:
        kill(child)
        with smtplib.SMTP(HOST, smtp.port, timeout=20) as client:
            client.sendmail(CUSTOMER, [MAILBOX], world.write(LOCKED_OUT))
        time.sleep(1.5)
        assert world.all(Spool) == []
        with server(world, lmtp, "lmtp"):
            ends = time.monotonic() + 30
            while not world.all(Spool) and time.monotonic() < ends:
                mailservers.hurry(folder)
                time.sleep(0.5)
    [row] = world.all(Spool)
    assert (row.source, row.envelope_from) == ("lmtp", CUSTOMER)


@pytest.mark.e2e
def test_the_same_mail_handed_over_twice_by_lmtp_is_answered_once(world: World) -> None:
    world.know(LOCKED_OUT)
    raw = world.write(LOCKED_OUT)
    with listening(world, "lmtp") as port:
        for _ in range(3):
            with smtplib.LMTP(HOST, port, timeout=20) as client:
                client.sendmail(CUSTOMER, [MAILBOX], raw)
    world.work()
    assert [row.outcome for row in world.all(Spool)] == ["answered"]
    assert len(world.sent) == 1


@pytest.mark.e2e
def test_opensmtpd_killed_while_we_hand_over_never_gets_an_answer_twice(
    world: World, tmp_path: Path
) -> None:
    world.policy(per_minute=10_000)
    world.know(LOCKED_OUT)
    for number in range(12):
        world.mail(sender=f"p{number}@d{number}.example")
    boxes, spare = tmp_path / "dovecot", tmp_path / "smtpd"
    boxes.mkdir()
    spare.mkdir()
    with (
        mailservers.dovecot(boxes) as box,
        mailservers.opensmtpd(spare, lmtp=box.extra) as smtp,
    ):
        world.transport = Relay(HOST, smtp.port, "none")  # type: ignore[assignment]
        killer = threading.Timer(0.5, smtp.process.terminate)
        killer.start()
        world.work()
        killer.join()
    states = [mail.state for mail in world.outbox if mail.kind == "automatic"]
    assert len(states) == 12
    assert set(states) <= {SENT, UNKNOWN, "queued"}
    # What was certainly not taken leaves later; what nobody knows about never does.
    before = {mail.id: mail.state for mail in world.outbox}
    with mailservers.relay() as (port, behaviour):
        world.transport = Relay(HOST, port, "none")  # type: ignore[assignment]
        world.later(minutes=10)
        world.work()
    for mail in world.outbox:
        if mail.kind == "automatic":
            times = sum((mail.mail_id or "?").encode() in one.raw for one in behaviour.handed)
            assert times == (1 if before[mail.id] == "queued" else 0)
            assert mail.state in (SENT, UNKNOWN)

"""Reading a mailbox on a real dovecot."""

from __future__ import annotations

import shutil
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient
from sqlalchemy import select

from autoreply.imap import Account, Box, Chosen
from autoreply.intake_imap import Mailreader
from autoreply.tables import Mailbox, Spool
from tests import mailservers
from tests.autoreply.world import LOCKED_OUT, MAILBOX, World
from tests.mailservers import Child

pytestmark = pytest.mark.e2e
USER = "help"


@pytest.fixture(autouse=True)
def _today(world: World) -> None:
    """The server stamps mail with the real time."""
    world.now = datetime.now(UTC)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Child]:
    with mailservers.dovecot(tmp_path / "dovecot") as child:
        yield child


def account(server: Child, *, password: str = "pass") -> Account:
    return Account(MAILBOX, "127.0.0.1", server.port, USER, password, tls="none")


def reader(world: World, server: Child, *, wake: Callable[[], None] = lambda: None) -> Mailreader:
    made = Mailreader(world.db, account(server), world.clock, wake)
    made.slice_seconds, made.poll_seconds = 2.0, 0.3
    return made


def deliver(server: Child, raw: bytes, *, sender: str = "wf@qq.example") -> None:
    with smtplib.LMTP("127.0.0.1", server.extra) as client:
        client.sendmail(sender, [USER], raw)


@contextmanager
def signed_in(server: Child, user: str = USER) -> Iterator[IMAPClient]:
    client = IMAPClient("127.0.0.1", port=server.port, ssl=False, use_uid=True)
    try:
        client.login(user, "pass")
        client.select_folder("INBOX")
        yield client
    finally:
        client.logout()


@contextmanager
def running(made: Mailreader) -> Iterator[Mailreader]:
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join(20)
        assert not thread.is_alive()


def until(condition: Callable[[], bool], *, seconds: float = 25) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)


def subjects(world: World) -> list[str]:
    return [row.subject for row in world.all(Spool)]


def test_mail_wakes_the_reader_and_is_flagged_after_its_row(world: World, server: Child) -> None:
    woken = threading.Event()
    with running(reader(world, server, wake=woken.set)):
        until(lambda: any(box.read_at for box in world.all_mailboxes()))
        deliver(server, world.write(LOCKED_OUT))
        assert woken.wait(15)
    [row] = world.all(Spool)
    assert (row.source, row.mailbox) == ("imap", MAILBOX)
    assert b"Delivered-To: help" in row.raw
    with signed_in(server) as client:
        [uid] = client.search(["ALL"])
        flags = client.get_flags([uid])[uid]
    assert {b"\\Seen", b"$WenquKept"} <= set(flags)
    world.know(LOCKED_OUT)
    world.work()
    assert len(world.sent) == 1


def test_a_backlog_is_read_oldest_first_and_once(world: World, server: Child) -> None:
    for place in range(12):
        deliver(server, world.write("x", subject=f"第{place}封"))
    with running(reader(world, server)):
        until(lambda: len(subjects(world)) == 12)
    assert subjects(world) == [f"第{place}封" for place in range(12)]
    with running(reader(world, server)):
        time.sleep(1.0)
    assert len(subjects(world)) == 12


def test_mail_of_before_the_first_look_gets_no_answer(world: World, server: Child) -> None:
    world.know(LOCKED_OUT)
    deliver(server, world.write(LOCKED_OUT))
    world.later(seconds=5)
    with running(reader(world, server)):
        until(lambda: len(subjects(world)) == 1)
    world.work()
    assert [row.reason for row in world.all(Spool)] == ["N32"]
    assert len(world.tickets) == 1
    assert world.sent == []


def test_a_folder_made_anew_sends_nothing_twice(world: World, server: Child) -> None:
    raw = world.write(LOCKED_OUT)
    deliver(server, raw)
    with running(reader(world, server)):
        until(lambda: len(subjects(world)) == 1)
    before = world.all_mailboxes()[0].uid_validity
    # Dovecot takes the second for the validity of a folder.
    time.sleep(1.1)
    shutil.rmtree(server.mail / USER)
    deliver(server, raw)
    deliver(server, world.write("新的一封", subject="新"))
    with running(reader(world, server)):
        until(lambda: len(subjects(world)) == 2)
    after = world.all_mailboxes()[0]
    assert after.uid_validity != before
    assert subjects(world) == ["求助", "新"]


def test_a_folder_put_back_from_a_backup_is_read_again(world: World, server: Child) -> None:
    for place in range(3):
        deliver(server, world.write("x", subject=f"第{place}封"))
    with running(reader(world, server)):
        until(lambda: len(subjects(world)) == 3)
    # The same validity with fewer mails, as of before: UIDs that were used come again.
    made = reader(world, server)
    with world.db.transaction() as session:
        session.scalars(select(Mailbox)).one().uid_next = 40
    deliver(server, world.write("x", subject="又来一封"))
    with running(made):
        until(lambda: len(subjects(world)) == 4)
    assert world.all_mailboxes()[0].uid_next == 5


def test_a_server_that_dies_in_idle_is_found_again(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "dovecot"
    with mailservers.dovecot(folder) as server:
        made = reader(world, server)
        with running(made):
            until(lambda: any(box.read_at for box in world.all_mailboxes()))
            server.kill()
            until(lambda: bool(world.all_mailboxes()[0].error))
            again = tmp_path / "again"
            with mailservers.dovecot(again, ports=(server.port, server.extra)) as second:
                deliver(second, world.write(LOCKED_OUT))
                until(lambda: len(subjects(world)) == 1)
                until(lambda: not world.all_mailboxes()[0].error)


def test_two_workers_never_share_a_mailbox(world: World, server: Child) -> None:
    first, second = reader(world, server), reader(world, server)
    with running(first):
        until(lambda: bool(world.all_mailboxes()))
        until(lambda: world.all_mailboxes()[0].owner == first.place.owner)
        assert not second.place.lease()
    assert second.place.lease()


def test_a_lease_runs_out_with_its_worker(world: World, server: Child) -> None:
    first, second = reader(world, server), reader(world, server)
    assert first.place.lease()
    assert not second.place.lease()
    world.later(seconds=91)
    assert second.place.lease()
    first.place.forget_lease()
    assert not first.place.lease()


def test_a_wrong_password_is_noted_for_people(world: World, server: Child) -> None:
    made = Mailreader(world.db, account(server, password="wrong"), world.clock, lambda: None)
    with running(made):
        until(lambda: any("mailbox_sign_in" in box.error for box in world.all_mailboxes()))
    assert isinstance(world.all_mailboxes()[0], Mailbox)


def test_an_error_that_nobody_foresaw_ends_no_reader(
    world: World, server: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autoreply.intake_imap.BACKOFF", (0.2,))
    deliver(server, world.write(LOCKED_OUT))
    faults = [KeyError("UIDVALIDITY"), AssertionError()]
    choose = Box.choose

    def wrong(self: Box, folder: str) -> Chosen:
        if faults:
            raise faults.pop()
        return choose(self, folder)

    monkeypatch.setattr(Box, "choose", wrong)
    with running(reader(world, server)):
        until(lambda: len(subjects(world)) == 1)
    assert faults == []


def test_what_is_too_large_is_kept_by_its_beginning(
    world: World, server: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autoreply.intake_imap.TOO_LARGE_READ", 4096)
    monkeypatch.setattr(
        "autoreply.intake_imap.DEFAULT", type("Small", (), {"message_bytes": 20_000})
    )
    deliver(server, world.write("门锁打不开怎么办\n" * 2000))
    with running(reader(world, server)):
        until(lambda: len(subjects(world)) == 1)
    [row] = world.all(Spool)
    assert len(row.raw or b"") == 4096
    assert row.size > 20_000

"""The listener, spoken to by smtplib over a real socket."""

from __future__ import annotations

import smtplib
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from autoreply import spool
from autoreply.intake_smtp import Keeper, Listener
from kb.errors import Conflict, Unavailable
from tests import mailservers
from tests.autoreply.world import LOCKED_OUT, MAILBOX, World

HOST = "127.0.0.1"


@contextmanager
def listener(world: World, protocol: str = "smtp") -> Iterator[tuple[int, threading.Event]]:
    woken = threading.Event()
    port = mailservers.free_port()
    keeper = Keeper(world.db, world.sender, protocol, world.clock, woken.set)
    server = Listener(keeper, HOST, port)
    server.start()
    try:
        yield port, woken
    finally:
        server.stop()


def test_a_mail_is_committed_before_it_is_acknowledged(world: World) -> None:
    raw = world.write(LOCKED_OUT)
    with listener(world) as (port, woken), smtplib.SMTP(HOST, port) as client:
        client.sendmail("wf@qq.example", [MAILBOX], raw)
        [row] = world.all(spool.Spool)
        assert woken.is_set()
    assert (row.source, row.mailbox, row.envelope_from) == ("smtp", MAILBOX, "wf@qq.example")
    assert row.raw.replace(b"\r\n", b"\n").rstrip() == raw.rstrip()
    assert (row.from_address, row.subject) == ("wf@qq.example", "求助")
    world.know(LOCKED_OUT)
    world.work()
    assert len(world.sent) == 1


def test_strangers_mail_is_refused_at_rcpt(world: World) -> None:
    with listener(world) as (port, _), smtplib.SMTP(HOST, port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@b.example", ["else@where.example"], b"x")
        refused = client.sendmail(
            "a@b.example", [MAILBOX, "no@where.example", "help+tag@anlu.example"], b"S: x\r\n\r\nx"
        )
    assert list(refused) == ["no@where.example"]
    assert len(world.all(spool.Spool)) == 1


def test_the_null_sender_is_kept_as_such(world: World) -> None:
    with listener(world) as (port, _), smtplib.SMTP(HOST, port) as client:
        client.sendmail("", [MAILBOX], world.write("x"))
    assert world.all(spool.Spool)[0].envelope_from == ""


@pytest.mark.parametrize("fault", [Unavailable("database", reason="locked"), RuntimeError("x")])
def test_what_cannot_be_kept_stays_with_the_mta(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("autoreply.intake_smtp.spool.store", fail)
    with listener(world) as (port, woken), smtplib.SMTP(HOST, port) as client:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            client.sendmail("a@b.example", [MAILBOX], b"S: x\r\n\r\nx")
        assert caught.value.smtp_code == 451
        assert not woken.is_set()
    assert world.all(spool.Spool) == []


@pytest.mark.e2e
def test_a_locked_database_is_a_temporary_fault(world: World) -> None:
    with listener(world) as (port, _), smtplib.SMTP(HOST, port, timeout=40) as client:
        client.sendmail("a@b.example", [MAILBOX], world.write("x"))
        other = sqlite3.connect(str(world.db.path), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(smtplib.SMTPDataError) as caught:
                client.sendmail("a@b.example", [MAILBOX], world.write("y"))
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert caught.value.smtp_code == 451
        client.sendmail("a@b.example", [MAILBOX], world.write("z"))
    assert len(world.all(spool.Spool)) == 2


def test_a_mail_that_is_too_large_is_refused(world: World) -> None:
    with listener(world) as (port, _), smtplib.SMTP(HOST, port) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(25 * 1024 * 1024)
        with pytest.raises(smtplib.SMTPException) as caught:
            client.sendmail("a@b.example", [MAILBOX], b"x\r\n" * (9 * 1024 * 1024))
    assert "552" in str(caught.value)


def test_long_lines_of_careless_mailers_are_taken(world: World) -> None:
    raw = b"Subject: x\r\nFrom: a@b.example\r\n\r\n" + b"y" * 20_000
    with listener(world) as (port, _), smtplib.SMTP(HOST, port) as client:
        client.sendmail("a@b.example", [MAILBOX], raw)
    assert len(world.all(spool.Spool)) == 1


def test_ten_megabytes_arrive(world: World) -> None:
    raw = b"Subject: x\r\nFrom: a@b.example\r\n\r\n" + b"0123456789abcd\r\n" * (10 * 65_536)
    with listener(world) as (port, _), smtplib.SMTP(HOST, port) as client:
        client.sendmail("a@b.example", [MAILBOX], raw)
    assert world.all(spool.Spool)[0].size > 10_000_000


def _talk(port: int, *lines: bytes) -> list[bytes]:
    with socket.create_connection((HOST, port), timeout=10) as wire:
        file = wire.makefile("rb")
        answers = []
        for line in lines:
            wire.sendall(line + b"\r\n")
            answer = file.readline()
            while answer[3:4] == b"-":
                answer = file.readline()
            answers.append(answer)
        wire.settimeout(0.5)
        try:
            while more := file.readline():
                answers.append(more)
        except TimeoutError:
            pass
        return answers


def test_lmtp_answers_once_for_each_recipient(world: World) -> None:
    with listener(world, "lmtp") as (port, _):
        answers = _talk(
            port,
            b"LHLO x",
            b"MAIL FROM:<a@b.example>",
            b"RCPT TO:<help@anlu.example>",
            b"RCPT TO:<help+2@anlu.example>",
            b"DATA",
            b"Subject: x\r\nFrom: a@b.example\r\n\r\nhi\r\n.",
        )
    assert [a[:3] for a in answers[-2:]] == [b"250", b"250"]
    [row] = world.all(spool.Spool)
    assert row.source == "lmtp"
    assert len(row.envelope_to) == 2


def test_lmtp_by_the_standard_client(world: World) -> None:
    with listener(world, "lmtp") as (port, _), smtplib.LMTP(HOST, port) as client:
        client.sendmail("a@b.example", [MAILBOX], b"Subject: x\r\nFrom: a@b.example\r\n\r\nhi")
    assert len(world.all(spool.Spool)) == 1


def test_an_address_in_use_is_said_in_a_sentence(world: World) -> None:
    with listener(world) as (port, _):
        keeper = Keeper(world.db, world.sender, "smtp", world.clock, lambda: None)
        with pytest.raises(Conflict, match="address_in_use"):
            Listener(keeper, HOST, port).start()

"""The whole way between real servers: opensmtpd hands mail to us, and takes ours to dovecot."""

from __future__ import annotations

import email
import email.policy
import smtplib
import threading
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from imapclient import IMAPClient

from autoreply.intake_smtp import Keeper, Listener
from autoreply.relay import Relay
from autoreply.tables import Spool
from tests import mailservers
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, MAILBOX, World
from tests.mailservers import Child

pytestmark = pytest.mark.e2e


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    return made


def mail_of(server: Child, user: str) -> EmailMessage:
    """Wait for a mail in somebody's mailbox."""
    client = IMAPClient("127.0.0.1", port=server.port, ssl=False, use_uid=True)
    try:
        client.login(user, "pass")
        ends = time.monotonic() + 25
        while time.monotonic() < ends:
            client.select_folder("INBOX")
            if uids := client.search(["ALL"]):
                raw = client.fetch(uids, ["BODY.PEEK[]"])[uids[0]][b"BODY[]"]
                return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]
            time.sleep(0.1)
    finally:
        client.logout()
    raise AssertionError("no mail came")


def test_opensmtpd_hands_us_a_mail_by_lmtp(world: World, tmp_path: Path) -> None:
    woken = threading.Event()
    port = mailservers.free_port()
    listener = Listener(
        Keeper(world.db, world.sender, "lmtp", world.clock, woken.set), "127.0.0.1", port
    )
    listener.start()
    try:
        with mailservers.opensmtpd(folder(tmp_path, "smtpd"), lmtp=port) as smtp:
            with smtplib.SMTP("127.0.0.1", smtp.port) as client:
                client.sendmail(CUSTOMER, [MAILBOX], world.write(LOCKED_OUT))
            assert woken.wait(25)
    finally:
        listener.stop()
    [row] = world.all(Spool)
    assert (row.source, row.envelope_from, row.envelope_to) == ("lmtp", CUSTOMER, [MAILBOX])


def test_an_answer_goes_through_opensmtpd_with_the_null_sender(
    world: World, tmp_path: Path
) -> None:
    with (
        mailservers.dovecot(folder(tmp_path, "dovecot")) as box,
        mailservers.opensmtpd(folder(tmp_path, "smtpd"), lmtp=box.extra) as smtp,
    ):
        world.transport = Relay("127.0.0.1", smtp.port, "none")  # type: ignore[assignment]
        world.know(LOCKED_OUT)
        world.receive()
        mail = mail_of(box, CUSTOMER)
    assert world.outbox[0].state == "sent"
    assert world.outbox[0].envelope == "null"
    assert mail["Return-Path"] == "<>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == "<1@qq.example>"

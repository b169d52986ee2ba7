"""Mail wired as the command does it: listener, workers, finder and outbox in one process."""

from __future__ import annotations

import email
import email.policy
import smtplib
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

import pytest

from autoreply.relay import Relay
from autoreply.tables import Spool
from autoreply.transport import Folder
from kb.db import Database
from search.finding import Finding
from tests import mailservers
from tests.autoreply.world import LOCKED_OUT, MAILBOX, make_template
from wenqu import mailing
from wenqu.config import Config, Mailbox
from wenqu.wiring import clock


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("base"), published=40).path


@pytest.fixture
def config(base: Path, tmp_path: Path) -> Config:
    port = mailservers.free_port()
    return Config(
        data_dir=tmp_path,
        database_url=f"sqlite:///{base}",
        outbox_dir=str(tmp_path / "outbox"),
        smtp_listen=f"127.0.0.1:{port}",
        encoder="none",
        engine="memory",
    )


@contextmanager
def running(config: Config) -> Iterator[Database]:
    database = Database(config.url)
    finding = Finding(
        database, config.index_dir, engine=config.engine, encoder=config.encoder, clock=clock
    )
    finding.catch_up()
    finding.learn()
    with ExitStack() as stack:
        stack.callback(database.close)
        stack.callback(finding.stop)
        for part in mailing.parts(config, database, finding, clock):
            part.start()
            stack.callback(part.stop)
        yield database


def send(config: Config, text: str, *, sender: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, MAILBOX, "咨询"
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="m.example")
    mail.set_content(text)
    port = int(config.smtp_listen.rpartition(":")[2])
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(mail)


def outbox(config: Config) -> list[Path]:
    folder = Path(config.outbox_dir)
    return sorted(folder.glob("*.eml")) if folder.is_dir() else []


def wait_for(config: Config, count: int) -> list[Path]:
    ends = time.monotonic() + 20
    while len(found := outbox(config)) < count:
        assert time.monotonic() < ends, "no mail left"
        time.sleep(0.005)
    return found


def test_a_mail_is_answered_within_a_second(config: Config) -> None:
    with running(config) as database:
        send(config, LOCKED_OUT, sender="a@first.example")
        [first] = wait_for(config, 1)
        taken = []
        for place in range(8):
            begun = time.monotonic()
            send(config, "你们招实习生吗？", sender=f"b{place}@m{place}.example")
            wait_for(config, place + 2)
            taken.append(time.monotonic() - begun)
        with database.reading() as session:
            assert session.query(Spool).filter(Spool.outcome.is_(None)).count() == 0
    mail = email.message_from_bytes(first.read_bytes(), policy=email.policy.default)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert statistics.median(taken) <= 1.0


def test_without_a_relay_mail_waits_in_the_outbox(config: Config) -> None:
    silent = replace(config, outbox_dir="")
    assert mailing.transport_of(silent) is None
    database = Database(silent.url)
    finding = Finding(database, silent.index_dir, engine="memory", encoder="none", clock=clock)
    kinds = set(mailing.handlers(silent, database, finding, clock))
    assert kinds == {"mail_in", "tell_asker"}
    finding.stop()
    database.close()


def test_the_transport_follows_the_configuration(config: Config) -> None:
    assert isinstance(mailing.transport_of(config), Folder)
    relayed = replace(
        config, outbox_dir="", smtp_host="mail.example", smtp_user="help@anlu.example"
    )
    relay = mailing.transport_of(relayed)
    assert isinstance(relay, Relay)
    assert (relay.host, relay.port, relay.tls) == ("mail.example", 587, "starttls")
    assert mailing.sender_of(relayed).account == "help@anlu.example"


def test_our_addresses_are_those_of_the_mailboxes(config: Config) -> None:
    boxes = (Mailbox("Sales@Anlu.example", "imap.example"),)
    sender = mailing.sender_of(replace(config, mailboxes=boxes))
    assert sender.addresses == {"sales@anlu.example"}

"""Mail wired as the command does it: listener, workers, finder and outbox in one process."""

from __future__ import annotations

import email
import email.policy
import mailbox
import shutil
import smtplib
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from types import MethodType
from typing import cast

import pytest
from sqlalchemy import select

from autoreply import accounts
from autoreply.accounts import Draft
from autoreply.connections import Keys, Relays
from autoreply.oauth import Cached
from autoreply.relay import Relay
from autoreply.signing import Signed, make_key
from autoreply.tables import MailAccount, OutgoingMail, Spool
from autoreply.transport import Folder
from kb import settings
from kb.db import Database
from kb.errors import Invalid, Unavailable
from kb.models.system import Setting
from search.finding import Finding
from tests import mailproviders, mailservers
from tests.autoreply.world import LOCKED_OUT, MAILBOX, make_template
from tests.mailproviders import Tokens
from wenqu import mailing
from wenqu.config import Config, Mailbox
from wenqu.wiring import clock

LOOPBACK = "127.0.0.1"


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


def keys(config: Config) -> Keys:
    return Keys(Database(config.url), b"k" * 32, clock)


def test_without_a_way_out_mail_waits_until_there_is_one(config: Config) -> None:
    silent = replace(config, outbox_dir="")
    with running(silent) as database:
        with database.transaction() as session:
            settings.write(session, settings.Company(name="安庐", mailbox=MAILBOX))
        send(silent, LOCKED_OUT, sender="late@first.example")
        ends = time.monotonic() + 20
        while not (row := outgoing(database, "late@first.example")):
            assert time.monotonic() < ends, "nothing was queued"
            time.sleep(0.05)
        time.sleep(1.0)
        assert (row.state, row.attempts) == ("queued", 0)
        with mailservers.relay() as (port, relay):
            with database.transaction() as session:
                draft = Draft(
                    MAILBOX, "own", LOOPBACK, 1, "none", LOOPBACK, port, "none", folder="INBOX"
                )
                accounts.save(session, draft, secret=b"k" * 32, now=clock())
            while not relay.handed:
                assert time.monotonic() < ends + 20, "nothing left"
                time.sleep(0.05)
            while outgoing(database, "late@first.example").state != "sent":  # type: ignore[union-attr]  # it is there
                time.sleep(0.05)
        # Others of this module share the base.
        with database.transaction() as session:
            session.delete(session.scalars(select(MailAccount)).one())


def outgoing(database: Database, to: str) -> OutgoingMail | None:
    with database.reading() as session:
        return session.scalar(select(OutgoingMail).where(OutgoingMail.to_address == to))


def test_the_transport_follows_the_configuration(config: Config) -> None:
    assert isinstance(mailing.transport_of(config, keys(config)), Folder)
    relayed = replace(
        config, outbox_dir="", smtp_host="mail.example", smtp_user="help@anlu.example"
    )
    relays = mailing.transport_of(relayed, keys(config))
    assert isinstance(relays, Relays)
    relay = mailing.relay_of(relayed)
    assert isinstance(relay, Relay)
    assert (relay.host, relay.port, relay.tls) == ("mail.example", 587, "starttls")
    assert mailing.sender_of(relayed).account == "help@anlu.example"


def test_mail_is_signed_when_a_key_is_configured(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    make_key(path)
    signing = replace(config, outbox_dir="", dkim_key=str(path), dkim_domain="anlu.example")
    assert isinstance(mailing.transport_of(signing, keys(config)), Signed)
    with pytest.raises(Invalid, match="dkim_key"):
        mailing.transport_of(replace(signing, dkim_key=str(tmp_path / "none")), keys(config))


def test_our_addresses_are_those_of_the_mailboxes(config: Config) -> None:
    boxes = (Mailbox("Sales@Anlu.example", "imap.example"),)
    sender = mailing.sender_of(replace(config, mailboxes=boxes))
    assert sender.addresses == {"sales@anlu.example"}


def test_a_maildir_is_read_like_a_mailbox(config: Config, tmp_path: Path) -> None:
    folder = mailbox.Maildir(tmp_path / "Maildir")
    boxes = (Mailbox(MAILBOX, maildir=str(tmp_path / "Maildir")),)
    with running(replace(config, mailboxes=boxes)):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "c@maildir.example", MAILBOX, "咨询"
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="m.example")
        mail.set_content(LOCKED_OUT)
        folder.add(mail.as_bytes())
        [answer] = wait_for(config, 1)
    assert "c@maildir.example" in answer.read_bytes().decode()


def test_a_relay_uses_the_token_of_its_mailbox(config: Config) -> None:
    tokens = Tokens(MAILBOX, refresh={"first"})
    with mailproviders.token_server(tokens) as address:
        box = Mailbox(
            MAILBOX, "imap.example", auth="oauth2", client_id="app", client_secret="s3cret",
            refresh_token="first", token_url=f"{address}/token",
        )  # fmt: skip
        relay = mailing.relay_of(
            replace(config, smtp_host="smtp.example", smtp_user=MAILBOX, mailboxes=(box,))
        )
        assert relay is not None
        assert relay.token is not None
        assert {relay.token(), relay.token()} == {"access-1"}
    assert [form["refresh_token"] for form in tokens.asked] == ["first"]
    known = replace(box, token_url="", host="outlook.office365.com")
    assert mailing.token_of(known, config) is not None
    with pytest.raises(Invalid, match="oauth_address"):
        mailing.token_of(replace(box, token_url=""), config)


@pytest.fixture
def database(base: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "own.db"
    shutil.copyfile(base, path)
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()


def rotating(config: Config, database: Database, endpoint: str, entered: str = "first") -> Cached:
    """Return what gives tokens for a mailbox, as a process that starts now makes it."""
    box = Mailbox(
        MAILBOX, "imap.example", auth="oauth2", client_id="app", client_secret="s3cret",
        refresh_token=entered, token_url=f"{endpoint}/token",
    )  # fmt: skip
    token = mailing.token_of(box, config, database)
    assert token is not None
    return cast(Cached, cast(MethodType, token).__self__)


def test_a_refresh_token_that_was_renewed_outlives_a_restart(
    config: Config, database: Database
) -> None:
    tokens = Tokens(MAILBOX, refresh={"first", "second"}, once=True)
    with mailproviders.token_server(tokens) as address:
        assert rotating(config, database, address).token() == "access-1"
        assert rotating(config, database, address).token() == "access-2"
        # Two processes at once: what the other one was given counts for both.
        one, other = (rotating(config, database, address) for _ in range(2))
        assert (one.token(), other.token()) == ("access-3", "access-4")
        # Somebody entered a new one: it counts, and the old line of tokens does not.
        assert rotating(config, database, address, "second").token() == "access-5"
    used = [form["refresh_token"] for form in tokens.asked]
    assert used == ["first", "refresh-1", "refresh-2", "refresh-3", "second"]
    with database.reading() as session:
        rows = [row.value for row in session.scalars(select(Setting)) if "oauth" in row.name]
    assert len(rows) == 1
    assert not any(token in str(rows) for token in ("refresh-", "second", "first"))


def test_one_that_ended_meanwhile_is_looked_up_again(config: Config, database: Database) -> None:
    tokens = Tokens(MAILBOX, refresh={"first"}, once=True)
    with mailproviders.token_server(tokens) as address:
        late = rotating(config, database, address)
        stale, reads = late.refreshing.read(), [0]

        class Racing:
            def read(self) -> str:
                reads[0] += 1
                if reads[0] == 1:
                    rotating(config, database, address).token()
                    return stale
                return kept.read()

            def write(self, token: str) -> None:
                kept.write(token)

        kept, late.refreshing = late.refreshing, Racing()
        assert late.token() == "access-3"


def test_a_token_that_cannot_be_kept_is_not_lost(config: Config, database: Database) -> None:
    tokens = Tokens(MAILBOX, refresh={"first"}, once=True, seconds=1)
    with mailproviders.token_server(tokens) as address:
        cached = rotating(config, database, address)
        kept = cached.refreshing

        class Locked:
            read = kept.read

            def write(self, token: str) -> None:
                raise Unavailable("database_locked")

        cached.refreshing = Locked()  # type: ignore[assignment]
        assert cached.token() == "access-1"
        assert kept.read() == "first"
        cached.refreshing = kept
        assert cached.token() == "access-2"
        assert kept.read() == "refresh-2"

"""Wiring of mail: listeners and mailboxes that take it, jobs that answer and deliver it.

Mail has two workers of its own beside the general one: intake wakes the first at once, and the
first wakes the second, so that an answer leaves without waiting for a poll, and a slow relay keeps
no incoming mail waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from authoring import closing
from autoreply import (
    accounts,
    alarm_hook,
    alarm_mails,
    delivery,
    inbound,
    oauth,
    outgoing,
    pipeline,
    spool,
)
from autoreply.connections import Keys, Relays
from autoreply.imap import Account
from autoreply.intake_imap import Mailreader
from autoreply.intake_maildir import MaildirReader
from autoreply.intake_smtp import LMTP_NAME, SMTP_NAME, Keeper, Listener
from autoreply.isolation import IsolatedReader
from autoreply.kept_tokens import KeptToken
from autoreply.oauth import App, Cached, InMemory
from autoreply.pipeline import Reading
from autoreply.providers import OAUTH2, PROVIDERS
from autoreply.relay import Relay
from autoreply.sender import Sender
from autoreply.signing import Signed
from autoreply.transport import Folder, Transport
from kb import jobs, tickets
from kb.db import Database
from kb.errors import DomainError
from kb.jobs import Claimed
from kb.models.knowledge import Article
from search.finding import Finding
from wenqu.config import Config, Mailbox
from wenqu.mailboxes import Readers
from wenqu.serving import Part, thread
from wenqu.signers import signer_of
from wenqu.wiring import secret_key
from wenqu.worker import Chore, Clock, Handler, Worker, within

TELL = closing.TELL
SETTLE_SECONDS = 5.0
WAY_SECONDS = 2.0
LOOK = Chore(alarm_mails.KIND, timedelta(minutes=5))


def sender_of(config: Config) -> Sender:
    """Return what this installation is to the mail system."""
    return Sender(
        secret=secret_key(config),
        base_url=config.base_url.rstrip("/"),
        timezone=ZoneInfo(config.timezone),
        addresses=frozenset(box.address.strip().lower() for box in config.mailboxes),
        envelope=config.envelope_from,
        account=config.smtp_user if "@" in config.smtp_user else "",
    )


def keys_of(config: Config, database: Database, clock: Clock) -> Keys:
    """Return what opens the mailboxes that were set up at the desk."""
    return Keys(database, secret_key(config), clock)


def transport_of(config: Config, keys: Keys) -> Transport:
    """Return how mail leaves: into the demo's folder, or through the server of its mailbox."""
    if config.outbox_dir:
        return Folder(Path(config.outbox_dir))
    relays = Relays(keys, relay_of(config, keys.db))
    signer = signer_of(config, keys.db)
    return relays if signer is None else Signed(signer, relays)


def relay_of(config: Config, database: Database | None = None) -> Relay | None:
    """Return the relay of the configuration; it signs in as its mailbox where that uses OAuth2.

    Args:
        config: of this process.
        database: keeps refresh tokens that are renewed; None to forget them.
    """
    if not config.smtp_host:
        return None
    relay = Relay(
        host=config.smtp_host,
        port=config.smtp_port,
        tls=config.smtp_tls,
        user=config.smtp_user,
        password=config.smtp_password,
    )
    same = next((b for b in config.mailboxes if config.smtp_user in (b.user, b.address)), None)
    if same is not None and config.smtp_user and not config.smtp_password:
        relay.token = token_of(same, config, database)
    return relay


def token_of(
    box: Mailbox, config: Config, database: Database | None = None
) -> Callable[[], str] | None:
    """Return what gives access tokens for a mailbox of the configuration; see `relay_of`."""
    if box.auth != OAUTH2:
        return None
    known = next((p.grant for p in PROVIDERS if p.grant and p.imap.host == box.host), None)
    address = box.token_url or (known.token_url if known else "")
    oauth.check_address(address, name="mailbox.token_url")
    scope = known.scope if known else ""
    app = App(box.client_id, box.client_secret, authorize_url="", token_url=address, scope=scope)
    entered = box.refresh_token
    if database is None:
        return Cached(app, InMemory(entered)).token
    return Cached(app, KeptToken(database, secret_key(config), box.address, entered)).token


def may_leave(config: Config, database: Database) -> bool:
    """Say whether there is any way out; without one mail waits in the outbox."""
    if config.outbox_dir or config.smtp_host:
        return True
    with database.reading() as session:
        return any(row.smtp_host for row in accounts.every(session))


def handlers(
    config: Config,
    database: Database,
    finding: Finding,
    clock: Clock,
    *,
    reading: Reading = inbound.read,
) -> Mapping[str, Handler]:
    """Return kind -> handler of mail jobs.

    Args:
        config: of this process.
        database: opened.
        finding: the process's finder.
        clock: the present moment.
        reading: how raw mail is read; `parts` gives one in a child process.
    """
    sender = sender_of(config)
    transport = transport_of(config, keys_of(config, database, clock))

    def mail_in(db: Database, job: Claimed, now: Clock) -> None:
        # An answer that was published a moment ago shall answer this mail.
        finding.settle(seconds=SETTLE_SECONDS)
        pipeline.process(db, job, now, sender=sender, answers=finding, reading=reading)

    def deliver(db: Database, job: Claimed, now: Clock) -> None:
        delivery.deliver(db, job, now, sender=sender, transport=transport)

    def look(session: Session, payload: dict[str, Any], now: datetime) -> None:  # Any: empty
        alarm_mails.look(session, sender, now=now, robot=bool(config.alarm_webhook))

    def tell_robot(db: Database, job: Claimed, now: Clock) -> None:
        # Outside the unit of work, which nobody else may write beside.
        alarm_hook.post(config.alarm_webhook, str(job.payload["text"]))
        with db.transaction() as session:
            jobs.finish(session, job.id, now=now())

    return {
        spool.MAIL_IN: mail_in,
        TELL: within(_tell),
        outgoing.DELIVER: deliver,
        alarm_mails.KIND: within(look),
        **({alarm_hook.KIND: tell_robot} if config.alarm_webhook else {}),
    }


# Any: JSON {"ticket": id, "article": id}.
def _tell(session: Session, payload: dict[str, Any], now: datetime) -> None:
    ticket = tickets.get(session, int(payload["ticket"]))
    article = session.get(Article, int(payload["article"]))
    if article is not None:
        outgoing.queue_told(session, ticket, article, now=now)
        closing.run_told(session, payload, now=now)


def parts(config: Config, database: Database, finding: Finding, clock: Clock) -> list[Part]:
    """Return what takes mail in this process, and the two workers that it wakes."""
    reader = IsolatedReader()
    every = handlers(config, database, finding, clock, reading=reader.read)
    sending = Worker(database, _only(every, outgoing.DELIVER, alarm_hook.KIND), (), clock)
    kinds = (spool.MAIL_IN, TELL, alarm_mails.KIND)
    reading = Worker(database, _then(every, kinds, sending.wake), (LOOK,), clock)
    sender = sender_of(config)
    found = [
        # Parts stop in reverse: the child goes after the worker that reads through it.
        Part("mail reader", lambda: None, reader.close),
        thread("mail worker", lambda: _warm(database, finding, reader, reading), reading.stop),
        thread("delivery worker", lambda: _deliver(config, database, sending), sending.stop),
    ]
    for protocol, address in ((SMTP_NAME, config.smtp_listen), (LMTP_NAME, config.lmtp_listen)):
        if address:
            host, _, port = address.rpartition(":")
            keeper = Keeper(database, sender, protocol, clock, reading.wake)
            listener = Listener(keeper, host.strip("[]") or "127.0.0.1", int(port))
            found.append(Part(f"{protocol} intake", listener.start, listener.stop))
    found.extend(_mailbox(box, config, database, clock, reading.wake) for box in config.mailboxes)
    if not config.outbox_dir:
        # A demo speaks to nobody's server.
        readers = Readers(keys_of(config, database, clock), reading.wake)
        found.append(thread("mailboxes", readers.run, readers.stop))
    return found


def _deliver(config: Config, database: Database, worker: Worker) -> None:
    """Deliver as soon as there is a way out, which people may open at the desk."""
    while not worker.stopping.is_set():
        with suppress(DomainError):
            if may_leave(config, database):
                worker.run()
        worker.stopping.wait(WAY_SECONDS)


def _warm(database: Database, finding: Finding, reader: IsolatedReader, worker: Worker) -> None:
    """Work, after a rehearsal: the first customer waits no longer than the others."""
    with suppress(DomainError), database.reading() as session:
        reader.read(b"Subject: x\r\n\r\nx")
        finding.answering(session, "怎么办", channel="mail", limit=1, now=worker.clock())
    worker.run()


def _only(every: Mapping[str, Handler], *kinds: str) -> Mapping[str, Handler]:
    return {kind: every[kind] for kind in kinds if kind in every}


def _then(
    every: Mapping[str, Handler], kinds: tuple[str, ...], wake: Callable[[], None]
) -> Mapping[str, Handler]:
    """Return the handlers of some kinds, each followed by a word to the next worker."""

    def followed(handler: Handler) -> Handler:
        def handle(db: Database, job: Claimed, clock: Clock) -> None:
            handler(db, job, clock)
            wake()

        return handle

    return {kind: followed(every[kind]) for kind in kinds}


def account_of(box: Mailbox, config: Config, database: Database | None = None) -> Account:
    """Return what reads a mailbox of the configuration; see `relay_of`."""
    return Account(
        address=box.address,
        host=box.host,
        port=box.port,
        tls=box.tls,
        user=box.user or box.address,
        password=box.password,
        folder=box.folder,
        token=token_of(box, config, database),
    )


def _mailbox(
    box: Mailbox, config: Config, database: Database, clock: Clock, wake: Callable[[], None]
) -> Part:
    if box.maildir:
        folder = MaildirReader(database, box.address, Path(box.maildir), clock, wake)
        return thread(f"maildir {box.address}", folder.run, folder.stop)
    reader = Mailreader(database, account_of(box, config, database), clock, wake)
    return thread(f"mailbox {box.address}", reader.run, reader.stop)

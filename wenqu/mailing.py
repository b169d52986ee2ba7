"""Wiring of mail: listeners and mailboxes that take it, jobs that answer and deliver it.

Mail has two workers of its own beside the general one: intake wakes the first at once, and the
first wakes the second, so that an answer leaves without waiting for a poll, and a slow relay keeps
no incoming mail waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from authoring import closing
from autoreply import delivery, inbound, outgoing, pipeline, spool
from autoreply.imap import Account
from autoreply.intake_imap import Mailreader
from autoreply.intake_smtp import LMTP_NAME, SMTP_NAME, Keeper, Listener
from autoreply.isolation import IsolatedReader
from autoreply.pipeline import Reading
from autoreply.relay import Relay
from autoreply.sender import Sender
from autoreply.transport import Folder, Transport
from kb import tickets
from kb.db import Database
from kb.errors import DomainError
from kb.jobs import Claimed
from kb.models.knowledge import Article
from search.finding import Finding
from wenqu.config import Config, Mailbox
from wenqu.serving import Part, thread
from wenqu.wiring import secret_key
from wenqu.worker import Clock, Handler, Worker, within

TELL = closing.TELL
SETTLE_SECONDS = 5.0


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


def transport_of(config: Config) -> Transport | None:
    """Return how mail leaves: into the demo's folder, through the relay, or not at all."""
    if config.outbox_dir:
        return Folder(Path(config.outbox_dir))
    if not config.smtp_host:
        return None
    return Relay(
        host=config.smtp_host,
        port=config.smtp_port,
        tls=config.smtp_tls,
        user=config.smtp_user,
        password=config.smtp_password,
    )


def handlers(
    config: Config,
    database: Database,
    finding: Finding,
    clock: Clock,
    *,
    reading: Reading = inbound.read,
) -> Mapping[str, Handler]:
    """Return kind -> handler of mail jobs.

    Without a relay or a folder mail waits in the outbox: `deliver` has no handler then.

    Args:
        config: of this process.
        database: opened.
        finding: the process's finder.
        clock: the present moment.
        reading: how raw mail is read; `parts` gives one in a child process.
    """
    sender, transport = sender_of(config), transport_of(config)

    def mail_in(db: Database, job: Claimed, now: Clock) -> None:
        # An answer that was published a moment ago shall answer this mail.
        finding.settle(seconds=SETTLE_SECONDS)
        pipeline.process(db, job, now, sender=sender, answers=finding, reading=reading)

    found: dict[str, Handler] = {spool.MAIL_IN: mail_in, TELL: within(_tell)}
    if transport is not None:
        leaving = transport

        def deliver(db: Database, job: Claimed, now: Clock) -> None:
            delivery.deliver(db, job, now, sender=sender, transport=leaving)

        found[outgoing.DELIVER] = deliver
    return found


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
    sending = Worker(database, _only(every, outgoing.DELIVER), (), clock)
    reading = Worker(database, _then(every, (spool.MAIL_IN, TELL), sending.wake), (), clock)
    sender = sender_of(config)
    found = [
        # Parts stop in reverse: the child goes after the worker that reads through it.
        Part("mail reader", lambda: None, reader.close),
        thread("mail worker", lambda: _warm(database, finding, reader, reading), reading.stop),
        thread("delivery worker", sending.run, sending.stop),
    ]
    for protocol, address in ((SMTP_NAME, config.smtp_listen), (LMTP_NAME, config.lmtp_listen)):
        if address:
            host, _, port = address.rpartition(":")
            keeper = Keeper(database, sender, protocol, clock, reading.wake)
            listener = Listener(keeper, host.strip("[]") or "127.0.0.1", int(port))
            found.append(Part(f"{protocol} intake", listener.start, listener.stop))
    found.extend(_mailbox(box, database, clock, reading.wake) for box in config.mailboxes)
    return found


def _warm(database: Database, finding: Finding, reader: IsolatedReader, worker: Worker) -> None:
    """Work, after a rehearsal: the first customer waits no longer than the others."""
    with suppress(DomainError), database.reading() as session:
        reader.read(b"Subject: x\r\n\r\nx")
        finding.answering(session, "怎么办", channel="mail", limit=1, now=worker.clock())
    worker.run()


def _only(every: Mapping[str, Handler], kind: str) -> Mapping[str, Handler]:
    return {kind: every[kind]} if kind in every else {}


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


def _mailbox(box: Mailbox, database: Database, clock: Clock, wake: Callable[[], None]) -> Part:
    account = Account(
        address=box.address,
        host=box.host,
        port=box.port,
        tls=box.tls,
        user=box.user or box.address,
        password=box.password,
        folder=box.folder,
    )
    reader = Mailreader(database, account, clock, wake)
    return thread(f"mailbox {box.address}", reader.run, reader.stop)

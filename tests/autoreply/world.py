"""A small installation for tests: a real database file, a clock that stands, mail in and out.

The finder is a table from text to matches, so that a test says itself how sure it is.
"""

from __future__ import annotations

import email
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import delivery, inbound, outgoing, pipeline, spool
from autoreply.sender import Sender
from autoreply.spool import Arrival
from autoreply.tables import Decision, Mailbox, OutgoingMail, Spool, Suppression
from autoreply.transport import Parcel
from kb import articles, jobs, settings
from kb.articles import Content
from kb.db import Database
from kb.models.service import Message, Question, Ticket
from kb.models.system import Job
from search.finder import Match, Part
from search.finding import Found
from wenqu import migrate

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MAILBOX = "help@anlu.example"
CUSTOMER = "wf@qq.example"
SECRET = b"s" * 32
LOCKED_OUT = "门锁没电了，人在门外怎么开门"


@dataclass
class Answers:
    """A finder whose answers a test writes down: text in the question → (band, probability)."""

    known: dict[str, tuple[str, float]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def answering(
        self, session: Session, text: str, *, channel: str, limit: int, now: datetime
    ) -> Found:
        self.asked.append(text)
        hits = [(words, *said) for words, said in self.known.items() if words in text]
        if not hits:
            return Found("human")
        matches = tuple(
            Match(self.ids[words], words, p, p, words, coverage=1.0) for words, _, p in hits
        )
        bands = {band for _, band, _ in hits}
        band = "answer" if bands == {"answer"} else "suggest"
        return Found(band, matches, (Part(text, band, matches),))


@dataclass
class Captured:
    """A transport that keeps what it is given, and fails when a test says how."""

    sent: list[Parcel] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def send(self, parcel: Parcel) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(parcel)
        return parcel.sender

    @property
    def mails(self) -> list[EmailMessage]:
        return [read(parcel.raw) for parcel in self.sent]


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@dataclass
class World:
    db: Database
    sender: Sender
    answers: Answers = field(default_factory=Answers)
    transport: Captured = field(default_factory=Captured)
    now: datetime = NOW
    reading: pipeline.Reading = inbound.read
    number: int = 0

    def clock(self) -> datetime:
        return self.now

    def later(self, **gap: float) -> None:
        self.now += timedelta(**gap)

    def know(self, question: str, band: str = "answer", probability: float = 0.97) -> int:
        self.answers.known[question] = (band, probability)
        return self.answers.ids[question]

    def policy(self, **values: object) -> None:
        with self.db.transaction() as session:
            settings.write(session, settings.Automation(**({"mode": "on", "holdout": 0} | values)))  # type: ignore[arg-type]

    # Mail in.

    def arrive(self, raw: bytes, *, source: str = "smtp", **envelope: object) -> int | None:
        arrival = Arrival(
            raw=raw,
            mailbox=MAILBOX,
            source=source,
            received_at=self.now,
            envelope_from=envelope.get("envelope_from", CUSTOMER),  # type: ignore[arg-type]
            envelope_to=(MAILBOX,),
        )
        with self.db.transaction() as session:
            return spool.store(session, arrival, now=self.now)

    def mail(
        self,
        text: str = LOCKED_OUT,
        *,
        subject: str = "求助",
        sender: str = CUSTOMER,
        parent: EmailMessage | None = None,
        **fields: str,
    ) -> int | None:
        raw = self.write(text, subject=subject, sender=sender, parent=parent, **fields)
        return self.arrive(raw, envelope_from=sender)

    def write(
        self,
        text: str,
        *,
        subject: str = "求助",
        sender: str = CUSTOMER,
        parent: EmailMessage | None = None,
        **fields: str,
    ) -> bytes:
        self.number += 1
        message = EmailMessage()
        message["From"] = f"王芳 <{sender}>"
        message["To"] = MAILBOX
        message["Subject"] = f"Re: {parent['Subject']}" if parent else subject
        message["Date"] = format_datetime(self.now)
        message["Message-ID"] = f"<{self.number}@qq.example>"
        if parent is not None:
            message["In-Reply-To"] = parent["Message-ID"]
        for name, value in fields.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        return bytes(message)

    # Work.

    def work(self) -> int:
        """Run every job that is due now, as the worker does; returns how many."""
        done = 0
        while True:
            with self.db.transaction() as session:
                job = jobs.claim(session, owner="test", now=self.now)
            if job is None:
                return done
            done += 1
            try:
                self.run(job)
            except Exception as error:
                with self.db.transaction() as session:
                    jobs.fail(session, job, repr(error), now=self.now)

    def run(self, job: jobs.Claimed) -> None:
        if job.kind == spool.MAIL_IN:
            pipeline.process(
                self.db,
                job,
                self.clock,
                sender=self.sender,
                answers=self.answers,
                reading=self.reading,
            )
        elif job.kind == outgoing.DELIVER:
            delivery.deliver(self.db, job, self.clock, sender=self.sender, transport=self.transport)

    def receive(self, text: str = LOCKED_OUT, **values: object) -> Spool:
        """Let a mail arrive and everything that follows from it happen."""
        number = self.mail(text, **values)  # type: ignore[arg-type]
        assert number is not None
        self.work()
        return self.spool(number)

    # Looking.

    def spool(self, number: int) -> Spool:
        with self.db.reading() as session:
            return session.get_one(Spool, number)

    def all(self, table: type) -> list:
        with self.db.reading() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    @property
    def tickets(self) -> list[Ticket]:
        return self.all(Ticket)

    @property
    def messages(self) -> list[Message]:
        return self.all(Message)

    @property
    def questions(self) -> list[Question]:
        return self.all(Question)

    @property
    def decisions(self) -> list[Decision]:
        return self.all(Decision)

    @property
    def outbox(self) -> list[OutgoingMail]:
        return self.all(OutgoingMail)

    @property
    def jobs(self) -> list[Job]:
        return self.all(Job)

    def all_mailboxes(self) -> list[Mailbox]:
        with self.db.reading() as session:
            return list(session.scalars(select(Mailbox)))

    def all_suppressed(self) -> list[str]:
        with self.db.reading() as session:
            return list(session.scalars(select(Suppression.address)))

    @property
    def sent(self) -> list[EmailMessage]:
        return self.transport.mails


@dataclass(frozen=True)
class Template:
    """A database file to copy, and the ids of its articles by question."""

    path: Path
    ids: dict[str, int]


def make_template(folder: Path, *, published: int = 30) -> Template:
    migrate.metadata()
    db = Database(f"sqlite:///{folder / 'template.db'}")
    db.create_all()
    ids = fill(db, published=published)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return Template(folder / "template.db", ids)


def fill(db: Database, *, published: int = 30) -> dict[str, int]:
    """Write company, policy and articles; returns the articles' ids by question."""
    ids = {}
    with db.transaction() as session:
        company = settings.Company(name="安庐", mailbox=MAILBOX, phone="400-000-0000")
        settings.write(session, company)
        settings.write(session, settings.Automation(mode="on", holdout=0))
        for place in range(published):
            question = LOCKED_OUT if place == 0 else f"第{place}个问题怎么办"
            ids[question] = publish(session, question).id
    return ids


def open_world(template: Template, folder: Path) -> World:
    path = folder / "wenqu.db"
    shutil.copyfile(template.path, path)
    sender = Sender(secret=SECRET, base_url="https://help.anlu.example", timezone=ZONE)
    return World(Database(f"sqlite:///{path}"), sender, Answers(ids=dict(template.ids)))


def publish(session: Session, question: str, body: str = "") -> articles.Article:
    content = Content(question, body or "把9V电池贴在锁底的触点上，再用指纹开门。")
    article = articles.create(session, content, author_id=None, now=NOW, key=question[:60])
    articles.go_live(session, article, now=NOW)
    return article


ZONE = ZoneInfo("Asia/Shanghai")

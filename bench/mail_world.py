"""A small installation for the mail benches: base, finder, reader and folder, all the product's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from autoreply import spool
from autoreply.isolation import IsolatedReader
from autoreply.spool import Arrival
from autoreply.tables import OutgoingMail, Spool
from bench.corpus import Text
from kb import articles, settings
from kb.articles import Content
from kb.db import Database
from kb.models.knowledge import Article
from kb.models.system import Setting
from search import vectors
from search.acquainting import MANY, PASSAGES, told
from search.base_db import DatabaseBase
from search.documents import Reader
from search.encoder import normalised, open_encoder
from search.finding import Finding
from search.text import fold
from search.vectors import digest_of
from wenqu import mailing, migrate
from wenqu.config import Config
from wenqu.wiring import clock, finding_of
from wenqu.worker import Worker

MAILBOX = "help@anlu.example"
BATCH = 500
NO_LIMITS = settings.Automation(mode="on", holdout=0, per_minute=10**6, per_domain_hour=10**6)
NO_LIMITS = settings.Automation(mode="on", holdout=0, per_minute=10**6, per_domain_hour=10**6)


@dataclass(slots=True)
class MailWorld:
    """The product with one mail worker, driven by hand."""

    config: Config
    db: Database
    finding: Finding
    worker: Worker
    reader: IsolatedReader
    mailbox: str = MAILBOX
    scratch: int = 0

    def clock(self) -> datetime:
        """Return the present moment."""
        return clock()

    def arrive(self, raw: bytes) -> None:
        """Keep a mail as the listener does."""
        arrival = Arrival(raw, MAILBOX, "smtp", clock(), "c@d.example", (MAILBOX,))
        sender = raw.partition(b"<")[2].partition(b">")[0].decode("ascii")
        with self.db.transaction() as session:
            spool.store(session, replace(arrival, envelope_from=sender), now=clock())

    def commit(self, raw: bytes) -> None:
        """Commit the bytes and nothing else: the yardstick."""
        self.scratch += 1
        with self.db.transaction() as session:
            session.add(Setting(name=f"bench:{self.scratch}", value={"raw": raw.decode()}))

    def work(self) -> None:
        """Run every job that is due, and end the reading child so that its time is counted."""
        while self.worker.step():
            pass
        self.reader.close()

    def ends(self) -> str:
        """Say what came of the mails."""
        with self.db.reading() as session:
            outcomes = Counter(session.scalars(select(Spool.outcome)))
            left = Counter(session.scalars(select(OutgoingMail.state)))
        return f"mails {dict(outcomes)}, outbox {dict(left)}"


@contextmanager
def open_world(
    folder: Path,
    found: list[Text],
    *,
    engine: str,
    encoder: str,
    prepare: Callable[[Database, Finding, str], int] | None = None,
) -> Iterator[MailWorld]:
    """Open an installation in a folder, with these texts as its base.

    Args:
        folder: used again when it holds one from before.
        found: the base.
        engine: as in `--engine`.
        encoder: as in `--encoder`.
        prepare: called before the finder learns, such as `stand_in_vectors`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = configure(folder, engine=engine, encoder=encoder)
    db = Database(config.url)
    fill(db, found)
    finding = finding_of(config, db)
    finding.rebuild()
    if prepare is not None:
        prepare(db, finding, encoder)
    finding.learn()
    # As the threads of a process do when it starts, before there is a mail.
    if (corrector := finding.tutor.corrector()) is not None:
        corrector.prepare()
    reader = IsolatedReader()
    handlers = mailing.handlers(config, db, finding, clock, reading=reader.read)
    try:
        yield MailWorld(config, db, finding, Worker(db, handlers, (), clock), reader)
    finally:
        reader.close()
        finding.stop()
        db.close()


def configure(folder: Path, *, engine: str, encoder: str) -> Config:
    """Return the configuration of a bench: mail goes into a folder."""
    return replace(
        Config(), data_dir=folder, engine=engine, encoder=encoder, outbox_dir=str(folder / "out")
    )


def fill(db: Database, found: list[Text]) -> None:
    """Write company, policy and those articles that the folder does not hold from before."""
    migrate.upgrade(db)
    with db.transaction() as session:
        settings.write(session, settings.Company(name="安庐", mailbox=MAILBOX))
        settings.write(session, NO_LIMITS)
        there = session.scalar(select(func.count()).select_from(Article)) or 0
    for start in range(there, len(found), BATCH):
        with db.transaction() as session:
            for number, text in enumerate(found[start : start + BATCH], start):
                content = Content(text.question[:120] or f"第{number}条", text.answer or "见页面。")
                row = articles.create(
                    session, content, author_id=None, now=clock(), key=f"bench-{number}"
                )
                articles.go_live(session, row, now=clock())


def stand_in_vectors(db: Database, finding: Finding, encoder: str) -> int:
    """Store random vectors for the base, so that a bench need not compute an hour of them.

    What a question costs does not depend on what they say; questions are encoded for real.

    Returns:
        how many texts of the base have a vector now.
    """
    made = open_encoder(encoder)
    if made is None:
        return 0
    with db.reading() as session:
        reader = Reader(session, finding.follower.analyzer)
        cards = list(DatabaseBase(session, reader, now=clock(), audiences=("public", "internal")))
    asked = [digest_of(made.version, fold(t), passage=False) for card in cards for t in card.asked]
    most = PASSAGES if len(cards) <= MANY else 1
    passages = [digest_of(made.version, t, passage=True) for c in cards for t in told(c, most)]
    names = list(dict.fromkeys((*asked, *passages)))
    chance = np.random.default_rng(0)
    for start in range(0, len(names), BATCH):
        part = names[start : start + BATCH]
        rows = normalised(chance.normal(size=(len(part), made.dimension)).astype(np.float32))
        with db.transaction() as session:
            vectors.store(session, made.version, dict(zip(part, rows, strict=True)))
    return len(names)

"""A base in SQLite with as many articles as wanted, written past the editors to save an hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from bench.corpus import Text
from kb.db import Database
from kb.models.knowledge import PUBLISHED, Article, Category
from search.encoder import Encoder, Vectors, normalised
from search.finding import Finding
from search.tutor import Tutor
from wenqu import migrate

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BATCH = 2_000
CATEGORIES = 40


def clock() -> datetime:
    """Return the moment at which everything was published."""
    return NOW


@contextmanager
def open_database(folder: Path, found: Sequence[Text]) -> Iterator[Database]:
    """Make a database in a folder, with these texts as its articles."""
    database = Database(f"sqlite:///{folder}/wenqu.db")
    migrate.upgrade(database)
    with database.transaction() as session:
        session.add_all(
            Category(slug=f"part-{n}", name=f"第 {n} 部分", position=n) for n in range(CATEGORIES)
        )
    for start in range(0, len(found), BATCH):
        rows = [_row(n, text) for n, text in enumerate(found[start : start + BATCH], start + 1)]
        with database.transaction() as session:
            session.execute(insert(Article), rows)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def open_finding(
    database: Database, folder: Path, *, engine: str, encoder: str = "none"
) -> Iterator[Finding]:
    """Open the product's finder over a database; its index is built first."""
    finding = Finding(database, folder, engine=engine, encoder=encoder, clock=clock)
    finding.rebuild()
    try:
        yield finding
    finally:
        finding.stop()


class StandIn:
    """Draws vectors instead of computing them for an hour: what they say takes no memory."""

    def __init__(self, encoder: Encoder) -> None:
        """Take the place of an encoder."""
        self.name, self.version, self.dimension = encoder.name, encoder.version, encoder.dimension
        self._chance = np.random.default_rng(0)

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        """Return one drawn vector a text."""
        drawn = self._chance.normal(size=(len(texts), self.dimension)).astype(np.float32)
        return normalised(drawn)


def acquaint(finding: Finding, folder: Path, encoder: Encoder | None) -> None:
    """Get to know the base, as the process that studies does, and keep it beside the index."""
    stand_in = StandIn(encoder) if encoder is not None else None
    tutor = Tutor(
        finding.database,
        finding.engine,
        folder,
        finding.follower,
        open_encoder=lambda: stand_in,
        clock=clock,
        teacher=None,
    )
    tutor.study(fit=False)


def _row(number: int, text: Text) -> dict[str, object]:
    return {
        "key": f"bench-{number}",
        "state": PUBLISHED,
        "version": 1,
        "live_version": 1,
        "question": _title(text) or f"第 {number} 条",
        "slug": f"a-{number}",
        "body_md": text.answer,
        "body_text": text.answer,
        "category_id": number % CATEGORIES + 1,
        "published_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _title(text: Text) -> str:
    return text.question[:300]

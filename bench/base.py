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
from search import vectors
from search.encoder import Encoder, normalised
from search.finding import Finding
from search.text import fold
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


def stand_in_vectors(database: Database, found: Sequence[Text], encoder: Encoder) -> None:
    """Store random vectors for all texts: what they say changes neither time nor memory."""
    chance = np.random.default_rng(0)
    for start in range(0, len(found), BATCH):
        part = found[start : start + BATCH]
        names = {
            vectors.digest_of(encoder.version, fold(text), passage=passage)
            for one in part
            for text, passage in ((_title(one), False), (one.answer, True))
        }
        drawn = chance.normal(size=(len(names), encoder.dimension)).astype(np.float32)
        with database.transaction() as session:
            known = dict(zip(sorted(names), normalised(drawn), strict=True))
            vectors.store(session, encoder.version, known)


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

"""A base in SQLite with as many articles as wanted, written past the editors to save an hour."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from bench.corpus import Text, chosen_texts
from kb.db import Database
from kb.models.knowledge import PUBLISHED, Article, Category
from search.acquainting import passages_for, told
from search.base import Card
from search.encoder import Encoder, normalised, open_encoder
from search.finding import Finding
from search.text import fold
from search.vectors import TextVector, digest_of
from wenqu.config import Config
from wenqu.serving import environment
from wenqu.teaching import COMMAND

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BATCH = 2_000
CATEGORIES = 40


def clock() -> datetime:
    """Return the moment at which everything was published."""
    return NOW


@contextmanager
def open_database(folder: Path, found: Sequence[Text]) -> Iterator[Database]:
    """Make a database in a folder, with these texts as its articles."""
    # Here, because a web process that is measured needs none of it.
    from wenqu import migrate

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


def store_vectors(database: Database, found: Sequence[Text], encoder: Encoder) -> None:
    """Keep a drawn vector for each text of the base (seed 0), as if it had been encoded for hours.

    What vectors say takes neither memory nor time; those of questions are computed for real.
    """
    chance = np.random.default_rng(0)
    passages = passages_for(len(found))
    for start in range(0, len(found), BATCH):
        digests = {
            digest_of(encoder.version, one, passage=passage): None
            for text in found[start : start + BATCH]
            for passage, ones in _encoded(text, passages)
            for one in ones
        }
        drawn = chance.normal(size=(len(digests), encoder.dimension)).astype(np.float32)
        data = normalised(drawn).astype("<f2")
        rows = [
            {"digest": digest, "encoder": encoder.version[:200], "data": row.tobytes()}
            for digest, row in zip(digests, data, strict=True)
        ]
        with database.transaction() as session:
            session.execute(insert(TextVector).prefix_with("OR IGNORE"), rows)


def _encoded(text: Text, passages: int) -> Iterator[tuple[bool, list[str]]]:
    """Yield what is encoded of an article, and whether as a passage."""
    card = Card(0, _title(text), answer=text.answer)
    yield False, [fold(card.question)]
    yield True, told(card, passages)


def install(folder: Path, given: argparse.Namespace) -> Config:
    """Make an installation with database, vectors and index, unless the folder holds it already.

    Args:
        folder: its data; kept with `--keep`, so that the next bench need not make it again.
        given: the options of `parser` and `--engine`, `--encoder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = replace(Config(), data_dir=folder, engine=given.engine, encoder=given.encoder)
    found = chosen_texts(given)
    what = f"{given.corpus} {len(found)} {given.engine} {given.encoder}"
    note = folder / "bench.txt"
    if note.exists():
        if note.read_text(encoding="utf-8") != what:
            sys.exit(f"{folder} holds another installation: {note.read_text(encoding='utf-8')}")
        return config
    encoder = open_encoder(given.encoder)
    with (
        open_database(folder, found) as database,
        open_finding(database, config.index_dir, engine=given.engine),
    ):
        if encoder is not None:
            store_vectors(database, found, encoder)
    note.write_text(what, encoding="utf-8")
    return config


@contextmanager
def kept_folder(given: argparse.Namespace) -> Iterator[Path]:
    """Open the folder of `--keep`, or one that is gone afterwards."""
    if given.keep is not None:
        yield given.keep
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def study(config: Config) -> dict[str, float]:
    """Let the product's own process get to know the base; return what it took."""
    command = [sys.executable, "-m", "wenqu", *COMMAND]
    started = time.perf_counter()
    child = subprocess.Popen(
        command, env=os.environ | environment(config), stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"the study ended with {status}")
    child.returncode = 0
    return {
        "s": time.perf_counter() - started,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_MB": used.ru_maxrss / 1024,
    }


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

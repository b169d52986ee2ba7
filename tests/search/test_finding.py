"""One process's finder over a database: what is published is found, by words and by meaning."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kb import articles
from kb.articles import Content
from kb.db import Database
from search.finding import Finding
from search.vectors import TextVector
from tests import databases

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WITHIN = 60.0
"""Seconds to wait at most; on a machine with nothing else to do it is about two."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = databases.in_file(tmp_path / "base.db")
    yield database
    database.close()


@pytest.fixture
def finding(database: Database, tmp_path: Path) -> Iterator[Finding]:
    made = Finding(database, tmp_path / "index", clock=lambda: NOW)
    made.start()
    yield made
    made.stop()


def publish(database: Database, question: str, *phrasings: str) -> int:
    content = Content(question=question, body_md="见说明。", phrasings=phrasings)
    with database.transaction() as session:
        article = articles.create(session, content, author_id=None, now=NOW)
        articles.go_live(session, article, now=NOW)
        return article.id


def test_a_new_article_is_found_by_words_and_then_by_meaning(
    database: Database, finding: Finding
) -> None:
    publish(database, "发票怎么开具")
    number = publish(database, "怎么申请退款", "不想要了能退吗")
    finding.wake()
    finding.catch_up()
    with database.reading() as session:
        assert finding.find(session, "申请退款", limit=3, now=NOW)[0].article_id == number
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            found = finding.find(session, "How can I get my money back?", limit=3, now=NOW)
            if found:
                break
            time.sleep(0.2)
        assert found[0].article_id == number


def test_vectors_are_computed_once(database: Database, tmp_path: Path) -> None:
    publish(database, "怎么申请退款", "不想要了能退吗")
    for folder in ("one", "two"):
        finding = Finding(database, tmp_path / folder, clock=lambda: NOW)
        finding.catch_up()
        finding.learn(fit=False)
        finding.stop()
    with database.reading() as session:
        # Two ways to ask and one answer.
        assert session.scalar(select(func.count()).select_from(TextVector)) == 3

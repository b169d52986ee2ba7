"""Getting to know a base as a whole: in steps while vectors are computed, models after a trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from kb import articles, questions
from kb.articles import Content
from kb.db import Database
from kb.questions import Asked
from search import model_history, study
from search.analysis import Analyzer
from search.encoder import Vectors, normalised
from search.engines import open_engine
from search.finding import Finding
from search.study import Study
from tests import databases

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
THINGS = ("门锁", "摄像头", "网关", "门铃", "发票", "退款", "会员", "指纹", "密码", "电池")


class Letters:
    """An encoder whose vectors are counts of characters."""

    name, version, dimension = "letters", "1", 32

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for character in text:
                rows[row, ord(character) % self.dimension] += 1
        return normalised(rows)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = databases.in_file(tmp_path / "base.db")
    with database.transaction() as session:
        for thing in THINGS:
            content = Content(question=f"{thing}怎么用", body_md=f"{thing}的用法。")
            article = articles.create(session, content, author_id=None, now=NOW)
            articles.go_live(session, article, now=NOW)
    yield database
    database.close()


def test_what_is_known_grows_while_vectors_are_computed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "STEP", 4)
    told: list[tuple[str, int, int]] = []

    def known() -> list[int]:
        engine = open_engine("memory", tmp_path)
        made = Study(
            database,
            engine,
            Analyzer(),
            Letters(),
            clock=lambda: NOW,
            tell=lambda *progress: told.append(progress),
        )
        return [len(s.knowledge.meaning or ()) for s in made.stages()]

    assert known() == [0, 4, 8, 10]
    assert told[-1] == ("vectors", 10, 10)
    assert known() == [10]


def test_models_are_fitted_once_to_what_was_confirmed(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        for number in range(300):
            place = number % len(THINGS)
            asked = Asked("search", f"{THINGS[place]}第{number}次不好用了")
            question = questions.record(session, asked, (), now=NOW)
            questions.confirm(session, question, place + 1, "agent", now=NOW)
    finding = Finding(
        database, tmp_path / "index", engine="memory", encoder="none", clock=lambda: NOW
    )
    outcome = finding.tutor.study()
    assert outcome is not None
    assert finding.tutor.study() is None
    with database.reading() as session:
        (row,) = model_history.every(session)
        assert row.taught == len(questions.teaching(session))
        assert row.state == (model_history.LIVE if outcome.passed else model_history.REFUSED)
    finding.stop()


def test_steps_grow_with_what_is_known() -> None:
    """To keep what is known takes as long as it is large: 100 times 100,000 would take hours."""
    steps = list(study._steps(0, 100_000))
    assert steps[:3] == [0, study.STEP, 2 * study.STEP]
    assert len(steps) < 30
    assert sum(steps) < 6 * 100_000
    assert list(study._steps(90_000, 5_000)) == [0]
    assert list(study._steps(0, study.STEP)) == []

"""What a process knows of its base: read from the node's snapshot, kept fresh by the change log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from kb import articles, changes, questions
from kb.articles import Content
from kb.db import Database
from kb.questions import Asked, Offer
from search import model_history
from search.finder import Finder
from search.finding import Finding
from search.model import shipped
from search.model_history import LIVE, REFUSED, Models
from tests import databases

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TEXTS = {"发票怎么开具": ("开票流程",), "怎么申请退款": ("不想要了能退吗", "退钱")}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = databases.in_file(tmp_path / "base.db")
    for question, phrasings in TEXTS.items():
        publish(database, question, *phrasings)
    yield database
    database.close()


def opened(database: Database, tmp_path: Path, encoder: str = "auto") -> Finding:
    return Finding(database, tmp_path / "index", encoder=encoder, clock=lambda: NOW)


@pytest.fixture
def finding(database: Database, tmp_path: Path) -> Iterator[Finding]:
    made = opened(database, tmp_path)
    made.tutor.study()
    yield made
    made.stop()


def publish(database: Database, question: str, *phrasings: str) -> int:
    content = Content(question=question, body_md="见说明。", phrasings=phrasings)
    with database.transaction() as session:
        article = articles.create(session, content, author_id=None, now=NOW)
        articles.go_live(session, article, now=NOW)
        return article.id


def finder_of(finding: Finding) -> Finder:
    finding.learn(fit=False)
    with finding.database.reading() as session:
        return finding.tutor.finder(finding._base(session, NOW, ("public",)))


def test_another_process_reads_what_one_learned(
    database: Database, finding: Finding, tmp_path: Path
) -> None:
    first = finder_of(finding).knowledge
    other = opened(database, tmp_path)
    second = finder_of(other).knowledge
    other.stop()
    assert first.meaning is not None
    assert second.meaning is not None
    assert second.meaning.keys == first.meaning.keys
    question = first.meaning.vectors[1]
    assert np.allclose(second.meaning.measure(question), first.meaning.measure(question))
    assert np.array_equal(second.lexicon.words, first.lexicon.words)
    assert second.corrector is not None
    assert second.corrector.sound("tuikuan") == "退款"


def test_a_changed_article_is_taken_up_without_reading_the_base_again(
    database: Database, finding: Finding
) -> None:
    before = finder_of(finding).knowledge
    number = publish(database, "摄像头连不上网", "看不了监控")
    after = finder_of(finding).knowledge
    assert before.meaning is not None
    assert after.meaning is not None
    assert after.lexicon is before.lexicon
    assert after.meaning.keys == (*before.meaning.keys, f"article:{number}")
    with database.transaction() as session:
        articles.withdraw(session, articles.get(session, number), now=NOW)
    gone = finder_of(finding).knowledge
    assert gone.meaning is not None
    assert gone.meaning.keys == before.meaning.keys


def test_a_confirmed_question_becomes_a_way_to_ask(database: Database, finding: Finding) -> None:
    text = next(t for t in ("可以退吗朋友", "把钱还给我", "我要退货退钱") if not _judges(t))
    with database.transaction() as session:
        asked = questions.record(session, Asked("search", text), [Offer(2, 0.3)], now=NOW)
        questions.confirm(session, asked, 2, "agent", now=NOW)
    assert finder_of(finding).knowledge.examples["article:2"] == (text,)


@pytest.mark.parametrize("name", ["vectors_codes", "answers_exact", "owners"])
def test_a_damaged_snapshot_is_made_anew(
    database: Database, finding: Finding, tmp_path: Path, name: str
) -> None:
    known = next((tmp_path / "index" / "known").glob(f"g*/{name}.npy"))
    known.write_bytes(b"nonsense")
    other = opened(database, tmp_path)
    assert finder_of(other).knowledge.meaning is not None
    other.stop()


def test_one_made_with_another_encoder_is_not_read(
    database: Database, finding: Finding, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = opened(database, tmp_path, encoder="none")
    assert other.tutor._learner.take_up() is False
    assert other.tutor._learner.take_up() is False
    reasons = [r.getMessage() for r in caplog.records if r.name == "search.snapshots"]
    assert len(reasons) == 1, "told once"
    assert "made with encoder 'e5" in reasons[0]
    assert finder_of(other).knowledge.meaning is None
    other.stop()


def test_a_live_model_is_used_and_can_be_taken_back(database: Database, finding: Finding) -> None:
    plain = Models(shipped(semantic=False), shipped(semantic=True))
    taught = Models(_renamed(plain.lexical, "own"), _renamed(plain.semantic, "own"))
    for state, models in ((LIVE, taught), (REFUSED, plain)):
        with database.transaction() as session:
            model_history.keep(session, models, state=state, taught=200, trial={}, now=NOW)
    assert finder_of(finding).knowledge.semantic.digest == "own"
    with database.transaction() as session:
        model_history.withdraw(session, now=NOW)
    assert finder_of(finding).knowledge.semantic.digest == plain.semantic.digest


def _renamed(model, digest):  # type: ignore[no-untyped-def]  # a test's shorthand
    from dataclasses import replace

    return replace(model, digest=digest)


def _judges(text: str) -> bool:
    from kb.wording import held_out

    return held_out(text)


def test_a_base_is_studied_again_only_after_what_may_teach(
    database: Database, finding: Finding
) -> None:
    learner = finding.tutor._learner
    assert not learner.is_behind()
    with database.transaction() as session:
        changes.record(session, "ticket", 1, now=NOW)
        changes.record(session, model_history.KIND, 1, now=NOW)
    assert not learner.is_behind()
    publish(database, "摄像头连不上网")
    assert learner.is_behind()
    finding.tutor.study()
    assert not learner.is_behind()

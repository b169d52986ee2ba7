from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb import articles, categories, changes
from kb.articles import Content
from kb.categories import Branch
from kb.db import Database
from search.analysis import Analyzer
from search.suggest import Suggester, Suggestion

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANALYZER = Analyzer()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/base.db")
    database.create_all()
    yield database
    database.close()


@pytest.fixture
def suggester(database: Database) -> Suggester:
    return Suggester(database, lambda: ANALYZER)


def publish(database: Database, question: str, *phrasings: str, **more: object) -> int:
    with database.transaction() as session:
        content = Content(question, "见说明。", phrasings=phrasings, **more)  # type: ignore[arg-type]
        article = articles.create(session, content, author_id=None, now=NOW)
        articles.go_live(session, article, now=NOW)
        return article.id


def ask(
    database: Database,
    suggester: Suggester,
    text: str,
    *,
    audiences: tuple[str, ...] = ("public",),
    now: datetime = NOW,
    limit: int = 8,
) -> list[Suggestion]:
    with database.reading() as session:
        return suggester.suggest(session, text, audiences=audiences, now=now, limit=limit)


def ids(found: list[Suggestion]) -> list[int]:
    return [one.id for one in found if one.kind == "article"]


@pytest.mark.parametrize(
    "typed",
    [
        "退", "退款", "申请退款", "如何申请退", "申請退款", "tui", "tuik", "tuikuan", "tui'kuan",
        "shenqing", "shenqingtui", "sq", "sqtk", "退款 申请", "ＴＨ", "th0", "TH01",
    ],
)  # fmt: skip
def test_what_was_typed_leads_to_the_question(
    database: Database, suggester: Suggester, typed: str
) -> None:
    number = publish(database, "如何申请退款 TH01")
    publish(database, "门锁没电怎么开门")
    assert ids(ask(database, suggester, typed))[:1] == [number]


@pytest.mark.parametrize("typed", ["", " ", "?", "😀", "'", "zzzz", "xq"])
def test_nothing_fits(database: Database, suggester: Suggester, typed: str) -> None:
    publish(database, "如何申请退款")
    assert ask(database, suggester, typed) == []


def test_phrasing_leads_to_the_article_once(database: Database, suggester: Suggester) -> None:
    number = publish(database, "如何申请退款", "钱怎么退", "钱怎么还没到")
    found = ask(database, suggester, "钱怎么")
    assert ids(found) == [number]
    assert found[0].text == "如何申请退款"


def test_beginnings_come_first(database: Database, suggester: Suggester) -> None:
    inside = publish(database, "如何退款")
    begins = publish(database, "退款多久到账")
    assert ids(ask(database, suggester, "退款")) == [begins, inside]


def test_written_beats_heard(database: Database, suggester: Suggester) -> None:
    publish(database, "退款多久")
    latin = publish(database, "tuikuan 是什么")
    assert ids(ask(database, suggester, "tuikuan"))[0] == latin


def test_hidden_articles_are_never_suggested(database: Database, suggester: Suggester) -> None:
    internal = publish(database, "退款的内部规定", audience="internal")
    with database.transaction() as session:
        draft = articles.create(session, Content("退款草稿", "x"), author_id=None, now=NOW)
        assert draft.id
    assert ask(database, suggester, "退款") == []
    assert ids(ask(database, suggester, "退款", audiences=("public", "internal"))) == [internal]


def test_time_window_counts_at_the_moment(database: Database, suggester: Suggester) -> None:
    number = publish(database, "退款")
    with database.transaction() as session:
        articles.get(session, number).expire_at = NOW + timedelta(hours=1)
    assert ids(ask(database, suggester, "退款")) == [number]
    assert ask(database, suggester, "退款", now=NOW + timedelta(hours=2)) == []


def test_categories_come_after_questions_unless_empty(
    database: Database, suggester: Suggester
) -> None:
    with database.transaction() as session:
        full = categories.put(session, Branch("refund", "退款"), now=NOW)
        empty = categories.put(session, Branch("void", "退款空"), now=NOW)
        full_id, empty_id = full.id, empty.id
    number = publish(database, "退款多久到账", category_id=full_id)
    found = ask(database, suggester, "退款")
    assert [(one.kind, one.id) for one in found] == [("article", number), ("category", full_id)]
    assert found[0].detail == "退款"
    assert empty_id not in [one.id for one in found if one.kind == "category"]


def test_matches_are_marked(database: Database, suggester: Suggester) -> None:
    publish(database, "如何申請退款")
    assert ask(database, suggester, "退款")[0].parts == (("如何申請", False), ("退款", True))


def test_limit_is_kept(database: Database, suggester: Suggester) -> None:
    for number in range(12):
        publish(database, f"退款问题{number}")
    assert len(ask(database, suggester, "退款", limit=5)) == 5
    assert ask(database, suggester, "退款", limit=0) == []


def test_changes_are_taken_over(database: Database, suggester: Suggester) -> None:
    first = publish(database, "如何退款")
    assert ids(ask(database, suggester, "退款")) == [first]
    with database.reading() as session:
        mark = changes.latest(session)
    second = publish(database, "退款多久")
    with database.transaction() as session:
        articles.withdraw(session, articles.get(session, first), now=NOW)
    with database.reading() as session:
        entries = changes.after(session, mark)
    suggester.heard(entries)
    assert ids(ask(database, suggester, "退款")) == [second]
    for _ in range(20):
        suggester.heard(entries)
    assert ids(ask(database, suggester, "退款")) == [second]

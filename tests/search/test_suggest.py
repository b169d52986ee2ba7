from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import articles, categories, changes
from kb.articles import Content
from kb.categories import Branch
from kb.db import Database
from search import keystrokes
from search.analysis import Analyzer
from search.corrections import Corrector
from search.dictionaries import shipped
from search.shelf import Line, Shelf, has
from search.suggest import Suggester, Suggestion
from search.text import fold
from search.wording import Wording, count
from tests import databases

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANALYZER = Analyzer(shipped())
ASKED = [
    ("如何申请退款 TH01",), ("怎么申请发票", "开发票要什么资料"), ("忘记登录密码了怎么办",),
    ("门锁没电怎么开门",), ("指纹老是识别不出来怎么办",),
]  # fmt: skip
CORRECTOR = Corrector(ANALYZER, Wording(ANALYZER, count(ANALYZER, ASKED)))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = databases.in_file(tmp_path / "base.db")
    yield database
    database.close()


@pytest.fixture
def suggester(database: Database) -> Suggester:
    return Suggester(database, lambda: ANALYZER, lambda: CORRECTOR)


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
        "shenqing", "shenqingtui", "sq", "sqtk", "rhsqtk", "退款 申请", "ＴＨ", "th0", "TH01",
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


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("发漂", "怎么申请发票"), ("怎么开发漂", "怎么申请发票"), ("发漂怎", "怎么申请发票"),
        ("發漂", "怎么申请发票"), ("退宽", "如何申请退款 TH01"), ("码密", "忘记登录密码了怎么办"),
        ("登陆密玛", "忘记登录密码了怎么办"), ("指汶", "指纹老是识别不出来怎么办"),
        ("门所没点", "门锁没电怎么开门"), ("kfp", "怎么申请发票"),
        ("kaifapiao", "怎么申请发票"), ("kaifapiaoz", "怎么申请发票"),
        ("wangjimima", "忘记登录密码了怎么办"), ("invoice", "怎么申请发票"),
        ("refund", "如何申请退款 TH01"),
    ],
)  # fmt: skip
def test_what_was_meant_leads_to_the_question(
    database: Database, suggester: Suggester, typed: str, title: str
) -> None:
    numbers = {asked[0]: publish(database, *asked) for asked in ASKED}
    found = ask(database, suggester, typed)
    assert ids(found)[:1] == [numbers[title]]
    assert any(marked for _, marked in found[0].parts)


@given(st.data())
def test_the_beginning_of_what_is_there_is_never_read_otherwise(data: st.DataObject) -> None:
    """Whatever a corrector would make of it, it is not even asked."""
    title = data.draw(st.sampled_from([text for asked in ASKED for text in asked]))
    begin = [at for at in range(len(title)) if not title[at - 1 : at + 1].isascii() or not at]
    start = data.draw(st.sampled_from(begin))
    typed = title[start : data.draw(st.integers(start + 1, len(title)))]
    shelf = Shelf()
    shelf.put(("article", 1), [Line(fold(title), ("article", 1), True, (), ())])
    assert not keystrokes.typed(typed) or has(shelf, keystrokes.typed(typed), ("article",))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("申请tui", "如何申请退款 TH01"), ("申请fap", "怎么申请发票"), ("申请fa'p", "怎么申请发票"),
        ("申请f", "怎么申请发票"), ("门锁meid", "门锁没电怎么开门"), ("发票zen'me", "怎么申请发票"),
    ],
)  # fmt: skip
def test_an_input_method_is_still_composing(
    database: Database, suggester: Suggester, typed: str, first: str
) -> None:
    numbers = {asked[0]: publish(database, *asked) for asked in ASKED}
    assert ids(ask(database, suggester, typed))[:1] == [numbers[first]]


def test_before_the_base_is_known_nothing_is_read_otherwise(database: Database) -> None:
    publish(database, "怎么申请发票")
    early = Suggester(database, lambda: ANALYZER, lambda: None)
    assert ask(database, early, "发漂") == []

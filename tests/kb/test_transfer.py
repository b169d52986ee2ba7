"""The round trip loses nothing; what is wrong is named, and nothing comes in by halves."""

from __future__ import annotations

import itertools
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import __file__ as data_file
from kb import articles, attachments, categories, schedule, transfer
from kb.articles import Version
from kb.errors import Conflict, Invalid
from kb.models.knowledge import Article, Attachment, Revision
from kb.transfer_dump import dump
from kb.transfer_rows import Bundle, Row
from search.text import fold
from tests import databases
from tests.factories import MOMENT, content, edit_article, make_article, make_category, picture

DEMO = Path(data_file).parent / "demo"
FORMATS = ("faq.jsonl", "faq.csv", "faq.zip", "faq")

# Text as people paste it: signs of all kinds, but nothing that tidying takes away.
_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60
)
_line = _text.map(lambda text: " ".join(text.split()))
_moment = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
_row = st.builds(
    Row,
    where=st.just(""),
    key=st.uuids().map(lambda number: f"k-{number.hex[:12]}"),
    question=_line.filter(bool),
    body_md=_text.map(str.strip),
    phrasings=st.lists(_line.filter(bool), max_size=4, unique=True).map(tuple),
    category=st.sampled_from(("", "lock", "app")),
    audience=st.sampled_from(("public", "internal", "segment:vip")),
    language=st.sampled_from(("zh", "en")),
    applies_to=_line.map(lambda text: text[:200].strip()),
    state=st.sampled_from(("draft", "in_review", "published", "archived")),
    review_on=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    expire_at=st.none() | _moment,
    created_at=_moment,
    updated_at=_moment,
    boost=st.none() | st.floats(0.5, 9, allow_nan=False),
)


def write(session: Session, folder: Path, name: str) -> Path:
    path = folder / name
    transfer.export(session, path)
    return path


@pytest.mark.parametrize("name", FORMATS)
@given(rows=st.lists(_row, min_size=1, max_size=4))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_round_trip_loses_nothing(name: str, rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        one, other = databases.in_memory(), databases.in_memory()
        with one.transaction() as session:
            for slug in ("lock", "app"):
                make_category(session, slug)
            transfer.load(
                session, Bundle(articles=tuple(rows)), author_id=None, fold=fold, now=MOMENT
            )
            before = dump(session)
            path = write(session, folder, name)
        with other.transaction() as session:
            report = transfer.load(
                session, transfer.read(path), author_id=None, fold=fold, now=MOMENT
            )
            assert dump(session) == before
        assert report.created == len(rows)
        with one.transaction() as session:
            again = transfer.load(
                session, transfer.read(path), author_id=None, fold=fold, now=MOMENT
            )
        assert (again.created, again.updated, again.unchanged) == (0, 0, len(rows))
        one.close()
        other.close()


@pytest.mark.parametrize("name", FORMATS)
def test_pictures_drafts_plans_and_menu_come_back(
    session: Session, tmp_path: Path, now: datetime, name: str
) -> None:
    stored = attachments.add_picture(session, picture(), now=now, filename="a.png")
    category = make_category(session, "lock")
    first = make_article(session, body=f"看图：\n\n![锁](/media/{stored.name})")
    edit_article(session, first, "等人看的新版本。")
    first.state = "in_review"
    second = make_article(session, question="什么时候上线？", state="draft")
    second.state = "scheduled"
    schedule.plan(session, schedule.PUBLISH, second, at=now + timedelta(days=2), now=now)
    entry = categories.Entry("打不开门", "Locked out", category_id=category.id)
    other = categories.Entry("看这条", article_id=first.id)
    categories.set_menu(session, [categories.Group("门锁", "Locks", "lock", (entry, other))])
    session.flush()
    before = dump(session)
    path = write(session, tmp_path, name)
    database = databases.in_file(tmp_path / "other.db")
    with database.transaction() as back:
        transfer.load(back, transfer.read(path), author_id=None, fold=fold, now=now)
        assert dump(back) == before
        again = back.scalars(select(Article).order_by(Article.id)).all()
        assert (again[0].live_version, again[0].state) == (1, "in_review")
        assert schedule.planned(back, schedule.PUBLISH, again[1].id) == now + timedelta(days=2)
        assert f'src="/media/{stored.name}"' in again[0].body_html
        kept = back.scalar(select(Attachment).where(Attachment.name == stored.name))
        assert kept is not None
        assert attachments.content(back, kept) == attachments.content(session, stored)
    database.close()


def test_the_demo_content_is_whole(session: Session, now: datetime) -> None:
    bundle = transfer.read(DEMO)
    assert (bundle.problems, bundle.warnings) == ((), ())
    report = transfer.load(session, bundle, author_id=None, fold=fold, now=now)
    assert report.created == len(bundle.articles) >= 120
    assert report.pictures >= 10
    rows = session.scalars(select(Article).where(Article.live_version.is_not(None))).all()
    assert all('href=""' not in row.body_html for row in rows)
    pages = [row for row in rows if "](article:" in row.body_md]
    assert pages
    assert all('href="/a/' in row.body_html for row in pages)


def test_a_changed_answer_becomes_a_new_version(session: Session, now: datetime) -> None:
    row = Row(where="", key="k", question="问？", body_md="旧")
    for body, versions in (("旧", 1), ("旧", 1), ("新", 2)):
        changed = Row(where="", key="k", question="问？", body_md=body)
        transfer.load(session, Bundle(articles=(changed,)), author_id=None, fold=fold, now=now)
        assert session.scalar(select(func.count()).select_from(Revision)) == versions
    article = session.scalars(select(Article)).one()
    assert (article.body_md, article.live_version, row.body_md) == ("新", 2, "旧")


def test_an_import_of_the_live_text_leaves_a_pending_draft_alone(
    session: Session, now: datetime
) -> None:
    article = make_article(session, key="k", body="线上的。")
    edit_article(session, article, "正在写的。")
    row = Row(where="", key="k", question=article.question, body_md="线上的。")
    report = transfer.load(session, Bundle(articles=(row,)), author_id=None, fold=fold, now=now)
    assert (report.unchanged, article.state, article.version) == (1, "draft", 2)
    assert articles.latest(session, article).body_md == "正在写的。"


def test_links_work_whatever_the_order(session: Session, now: datetime) -> None:
    rows = (
        Row(where="", key="a", question="甲？", body_md="见[乙](article:b)"),
        Row(where="", key="b", question="乙？", body_md="见[甲](article:a)、[丙](article:c)"),
    )
    transfer.load(session, Bundle(articles=rows), author_id=None, fold=fold, now=now)
    late = Row(where="", key="c", question="丙？", body_md="丙")
    transfer.load(session, Bundle(articles=(late,)), author_id=None, fold=fold, now=now)
    html = {row.key: row.body_html for row in session.scalars(select(Article))}
    assert html["a"].count('href="/a/') == 1
    assert html["b"].count('href="/a/') == 2


def test_nothing_comes_in_when_something_is_wrong(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(
        "问题,答案,状态\n怎么退货？,七天内可退。,已发布\n,没有问题,\n多久到账？,三天。,未知\n",
        encoding="utf-8",
    )
    bundle = transfer.read(path)
    named = [(problem.where, problem.field, problem.code) for problem in bundle.problems]
    assert named == [
        ("faq.csv:3", "question", "question_missing"),
        ("faq.csv:4", "state", "state_unknown"),
    ]
    with pytest.raises(Invalid) as caught:
        transfer.load(session, bundle, author_id=None, fold=fold, now=now)
    assert (caught.value.code, caught.value.params["count"]) == ("import_bad_rows", 2)
    assert session.scalar(select(func.count()).select_from(Article)) == 0
    report = transfer.load(session, bundle, author_id=None, fold=fold, now=now, skip_bad=True)
    assert (report.created, report.skipped) == (1, 2)
    assert session.scalars(select(Article)).one().question == "怎么退货？"


def test_the_same_key_twice_is_a_mistake(session: Session, now: datetime) -> None:
    rows = tuple(Row(where=f"x:{n}", key="k", question="问？", body_md="答") for n in (1, 2))
    with pytest.raises(Invalid) as caught:
        transfer.load(session, Bundle(articles=rows), author_id=None, fold=fold, now=now)
    assert "key_twice" in str(caught.value.params["problems"])


def test_a_broken_picture_is_named(session: Session, now: datetime) -> None:
    row = Row(where="a.md", key="k", question="问？", body_md="![x](images/x.png)")
    bundle = Bundle(articles=(row,), pictures={"images/x.png": b"not a picture"})
    with pytest.raises(Invalid):
        transfer.load(session, bundle, author_id=None, fold=fold, now=now)
    report = transfer.load(session, bundle, author_id=None, fold=fold, now=now, skip_bad=True)
    assert [problem.where for problem in report.problems] == ["images/x.png"]
    assert "<img" not in session.scalars(select(Article)).one().body_html


def test_categories_are_made_from_names(session: Session, now: datetime) -> None:
    make_category(session, "lock")
    rows = (
        Row(where="", key="a", question="甲？", body_md="一", category="lock"),
        Row(where="", key="b", question="乙？", body_md="二", category="分类lock"),
        Row(
            where="",
            key="c",
            question="丙？",
            body_md="三",
            category="售后",
            category_name="订单 / 售后",
        ),
        Row(where="", key="d", question="丁？", body_md="四", category="售后"),
    )
    transfer.load(session, Bundle(articles=rows), author_id=None, fold=fold, now=now)
    by_key = {row.key: row.category for row in session.scalars(select(Article))}
    assert by_key["a"] is by_key["b"]
    assert by_key["c"] is by_key["d"]
    names = [row.name for row in categories.path(session, by_key["c"] and by_key["c"].id)]
    assert names == ["售后", "订单"]


def test_a_plan_whose_moment_has_passed_is_carried_out(session: Session, now: datetime) -> None:
    row = Row(
        where="", key="k", question="问？", body_md="答", state="scheduled",
        publish_at=now - timedelta(hours=1),
    )  # fmt: skip
    transfer.load(session, Bundle(articles=(row,)), author_id=None, fold=fold, now=now)
    assert session.scalars(select(Article)).one().state == "published"


@pytest.mark.parametrize(
    ("name", "code"),
    [("faq.docx", "format_unknown"), ("faq", "format_unknown"), ("none.csv", "file_unreadable")],
)
def test_other_files_are_refused(tmp_path: Path, name: str, code: str) -> None:
    path = tmp_path / name
    if code == "format_unknown":
        path.write_bytes(b"x")
    with pytest.raises(Invalid) as caught:
        transfer.read(path)
    assert caught.value.code == code


def test_an_export_never_writes_over_a_folder(session: Session, tmp_path: Path) -> None:
    make_article(session)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(Conflict):
        transfer.export(session, tmp_path / "full")
    with pytest.raises(Invalid):
        transfer.export(session, tmp_path / "faq.docx")


def test_destroyed_characters_are_pointed_at_and_pinyin_goes_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "faq.jsonl"
    path.write_text('{"id": 1, "question": "业务(wù)怎么办？", "answer": "请到锟斤拷柜台\ufffd办"}')
    plain, clean = transfer.read(path), transfer.read(path, clean=True)
    assert plain.articles[0].question == "业务(wù)怎么办？"
    assert clean.articles[0].question == "业务怎么办？"
    assert [warning.code for warning in plain.warnings] == ["characters_lost"] * 2


def test_exports_are_the_same_bytes_each_time(session: Session, tmp_path: Path) -> None:
    make_article(session)
    for name, number in itertools.product(("a.zip", "a.jsonl", "a.csv"), (1, 2)):
        transfer.export(session, tmp_path / f"{number}{name}")
    for name in ("a.zip", "a.jsonl", "a.csv"):
        assert (tmp_path / f"1{name}").read_bytes() == (tmp_path / f"2{name}").read_bytes()


def test_a_version_nobody_wrote_is_left_out(session: Session, now: datetime) -> None:
    article = make_article(session)
    articles.save(session, article.id, content(body="二"), base=Version(1), author_id=None, now=now)
    states = [row.state for row in dump(session).articles]
    assert states == ["published", "draft"]

"""Articles: versions, what customers see, and who loses nothing when two people save."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from kb import articles, changes
from kb.articles import Content, Version
from kb.db import Database
from kb.errors import Conflict, Invalid, NotFound
from tests.factories import content, edit_article, make_article, make_category

EVERYBODY = ("public",)


def test_a_draft_is_not_seen(session: Session, now: datetime) -> None:
    article = make_article(session, state="draft")
    with pytest.raises(NotFound):
        articles.seen(session, article.id, now=now, audiences=EVERYBODY)
    assert articles.count_published(session, now=now) == 0


def test_customers_keep_the_live_version_while_a_draft_is_written(
    session: Session, now: datetime
) -> None:
    article = make_article(session, body="旧答案。")
    edit_article(session, article, "新答案。")
    seen = articles.seen(session, article.id, now=now, audiences=EVERYBODY)
    assert (seen.body_md, seen.state, seen.live_version, seen.version) == (
        "旧答案。",
        "draft",
        1,
        2,
    )


def test_the_second_writer_hears_of_the_first(session: Session, now: datetime) -> None:
    article = make_article(session, state="draft")
    edit_article(session, article, "甲写的。")
    with pytest.raises(Conflict) as caught:
        articles.save(
            session, article.id, content(body="乙写的。"), base=Version(1), author_id=None, now=now
        )
    assert caught.value.code == "stale"
    assert caught.value.params["version"] == 2
    assert articles.latest(session, article).body_md == "甲写的。"


@pytest.mark.parametrize(
    ("publish_at", "expire_at", "is_seen"),
    [
        (None, None, True),
        (-1, None, True),
        (1, None, False),
        (None, 1, True),
        (None, 0, False),
        (-2, -1, False),
    ],
)
def test_the_clock_decides_at_the_moment_of_the_request(
    session: Session, now: datetime, publish_at: int | None, expire_at: int | None, is_seen: bool
) -> None:
    article = make_article(session)
    article.publish_at = None if publish_at is None else now + timedelta(hours=publish_at)
    article.expire_at = None if expire_at is None else now + timedelta(hours=expire_at)
    session.flush()
    assert articles.is_visible(article, now=now, audiences=EVERYBODY) is is_seen
    assert articles.count_published(session, now=now) == int(is_seen)


@pytest.mark.parametrize("audience", ["internal", "segment:vip"])
def test_only_the_audience_sees_an_article(session: Session, now: datetime, audience: str) -> None:
    article = make_article(session, audience=audience)
    with pytest.raises(NotFound):
        articles.seen(session, article.id, now=now, audiences=EVERYBODY)
    assert articles.seen(session, article.id, now=now, audiences=("public", audience))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Content("", "答案"), "question"),
        (Content("  \n ", "答案"), "question"),
        (Content("问" * 301, "答案"), "question"),
        (Content("问？", "字" * 400_001), "body_md"),
        (Content("问？", "答案", audience="segment:Ä"), "audience"),
        (Content("问？", "答案", phrasings=("问" * 501,)), "phrasings"),
        (Content("问？", "答案", phrasings=tuple(map(str, range(101)))), "phrasings"),
    ],
)
def test_a_refusal_names_the_field(wrong: Content, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        articles.tidied(wrong)
    assert caught.value.params["field"] == field


def test_content_is_tidied_once_and_for_all() -> None:
    messy = Content(
        " 怎么\n开门？ ",
        "一\r\n二\r三\x00\x0b\ud800",
        phrasings=(" 开 门 ", "开 门", "怎么 开门？", "", "\x00"),
    )
    tidy = articles.tidied(messy)
    assert tidy.question == "怎么 开门？"
    assert tidy.body_md == "一\n二\n三?"
    assert tidy.phrasings == ("开 门",)
    assert articles.tidied(tidy) == tidy


def test_links_between_articles_lead_to_their_pages(session: Session, now: datetime) -> None:
    target = make_article(session, question="没电了怎么办？", key="power-1")
    article = make_article(
        session, body="见[这里](article:power-1)、[那里](article:none)、![图](images/x.png)。"
    )
    assert f'href="/a/{target.id}-没电了怎么办"' in article.body_html or (
        f'href="/a/{target.id}-' in article.body_html
    )
    assert "那里" in article.body_html
    assert "none" not in article.body_html
    assert "<img" not in article.body_html


def test_going_live_and_going_down_tell_the_indexes(session: Session, now: datetime) -> None:
    article = make_article(session, state="draft")
    assert changes.latest(session) == changes.Mark()
    articles.go_live(session, article, now=now)
    articles.withdraw(session, article, now=now)
    entries = changes.after(session, changes.Mark())
    assert [(entry.kind, entry.object_id) for entry in entries] == [("article", article.id)] * 2


def test_revisions_keep_everything(session: Session, now: datetime) -> None:
    category = make_category(session)
    first = content("问一？", "答一。", phrasings=("甲", "乙"), category_id=category.id)
    article = articles.create(session, first, author_id=None, now=now)
    edit_article(session, article, "答二。")
    assert articles.content_of(articles.revision(session, article.id, 1)) == first
    assert [row.number for row in articles.revisions(session, article.id)] == [2, 1]
    with pytest.raises(NotFound):
        articles.revision(session, article.id, 9)


def test_a_key_belongs_to_one_article(session: Session, now: datetime) -> None:
    make_article(session, key="k")
    with pytest.raises(Conflict):
        make_article(session, key="k")
    assert make_article(session).key.startswith("a")


@pytest.mark.postgres
def test_of_two_writers_at_once_one_is_told(postgres: Database, now: datetime) -> None:
    with postgres.transaction() as session:
        number = make_article(session, state="draft").id
    with postgres.transaction() as one:
        base = Version(1)
        articles.save(one, number, content(body="甲"), base=base, author_id=None, now=now)
        import threading

        outcome: list[str] = []

        def second() -> None:
            try:
                with postgres.transaction() as other:
                    articles.save(
                        other, number, content(body="乙"), base=base, author_id=None, now=now
                    )
            except Conflict as error:
                outcome.append(error.code)

        thread = threading.Thread(target=second)
        thread.start()
        one.commit()
        thread.join(10)
    assert outcome == ["stale"]

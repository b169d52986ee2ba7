"""The list of articles: by state, category, owner, what is due, and by words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Integer, and_, cast, func, or_, select
from sqlalchemy.orm import Session, selectinload

from kb import articles, categories
from kb.models.knowledge import ARCHIVED, DRAFT, IN_REVIEW, PUBLISHED, SCHEDULED, Article, Phrasing
from kb.models.people import User
from kb.models.service import Feedback, Shown
from web import current
from web.desk import choices
from web.desk.blueprint import desk
from web.desk.inbox import Tab
from web.locale import gettext
from web.paging import pager

PAGE = 40
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One article in the list; see templates/desk/articles.html."""

    id: int
    question: str
    state: str
    category: str
    audience: str
    owner: str
    updated_at: datetime
    changed: bool
    views: int
    helpful: float | None
    due: bool
    publish_at: datetime | None
    url: str
    phrasings: int


@desk.get("/articles", endpoint="articles")
def all_articles() -> ResponseReturnValue:
    """Show the articles of one tab, newest change first."""
    current.require("article.see")
    chosen = {name: request.args.get(name, "") for name in ("tab", "category", "owner", "q")}
    number = max(1, current.whole("page", 1) or 1)
    with current.reading() as session:
        where = _where(session, chosen)
        total = session.scalar(select(func.count()).select_from(Article).where(where)) or 0
        query = articles.in_order(select(Article).where(where))
        rows = session.scalars(
            query.options(selectinload(Article.phrasings)).limit(PAGE).offset((number - 1) * PAGE)
        ).all()
        values = {name: value for name, value in chosen.items() if value}
        return render_template(
            "desk/articles.html",
            tabs=_tabs(session, chosen["tab"]),
            categories=choices.category_choices(session, gettext("全部分类")),
            owners=[("", gettext("全部负责人")), *choices.users(session)],
            chosen=chosen,
            articles=_lines(session, rows),
            pager=pager(number, total, PAGE, "desk.articles", **values),
        )


def _of_tab(tab: str) -> ColumnElement[bool]:
    today = current.now().astimezone(current.parts().timezone).date()
    live = Article.live_version.is_not(None)
    conditions: dict[str, ColumnElement[bool]] = {
        "": Article.state != ARCHIVED,
        "draft": Article.state == DRAFT,
        "review": Article.state == IN_REVIEW,
        "scheduled": Article.state == SCHEDULED,
        "published": Article.state == PUBLISHED,
        "due": and_(live, Article.review_on.is_not(None), Article.review_on <= today),
        "archived": Article.state == ARCHIVED,
    }
    return conditions.get(tab, conditions[""])


def _where(session: Session, chosen: Mapping[str, str]) -> ColumnElement[bool]:
    where = _of_tab(chosen["tab"])
    category, owner = current.whole("category"), current.whole("owner")
    if category is not None:
        where = and_(where, Article.category_id.in_(categories.subtree_ids(session, category)))
    if owner is not None:
        where = and_(where, Article.owner_id == owner)
    for word in chosen["q"].split()[:MOST_WORDS]:
        where = and_(where, holds(word))
    return where


def holds(word: str) -> ColumnElement[bool]:
    """Return the condition that a word stands in an article's title, answer or phrasings."""
    asked = select(Phrasing.article_id).where(Phrasing.text.icontains(word, autoescape=True))
    return or_(
        Article.question.icontains(word, autoescape=True),
        Article.body_text.icontains(word, autoescape=True),
        Article.id.in_(asked),
    )


def _tabs(session: Session, chosen: str) -> list[Tab]:
    words = {
        "": gettext("全部"),
        "draft": gettext("草稿"),
        "review": gettext("等审核"),
        "scheduled": gettext("定时"),
        "published": gettext("已发布"),
        "due": gettext("到期该看"),
        "archived": gettext("已下线"),
    }
    counts = {
        name: session.scalar(select(func.count()).select_from(Article).where(_of_tab(name))) or 0
        for name in words
    }
    return [
        Tab(
            text,
            url_for("desk.articles", tab=name) if name else url_for("desk.articles"),
            counts[name],
            name == chosen,
        )
        for name, text in words.items()
        if counts[name] or name in ("", chosen, "draft", "review", "published")
    ]


def _lines(session: Session, rows: Sequence[Article]) -> list[Line]:
    ids = [row.id for row in rows]
    views, votes = _views(session, ids), _votes(session, ids)
    names = {user.id: user.display_name for user in session.scalars(select(User))}
    today = current.now().astimezone(current.parts().timezone).date()
    return [
        Line(
            id=row.id,
            question=row.question,
            state=row.state,
            category=choices.category_words(session, row.category_id),
            audience=row.audience,
            owner=names.get(row.owner_id or 0, ""),
            updated_at=row.updated_at,
            changed=row.live_version is not None and row.live_version != row.version,
            views=views.get(row.id, 0),
            helpful=votes.get(row.id),
            due=row.review_on is not None and row.review_on <= today,
            publish_at=row.publish_at,
            url=url_for("desk.edit", article_id=row.id),
            phrasings=len(row.phrasings),
        )
        for row in rows
    ]


def _views(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Shown.article_id, func.count())
        .where(Shown.article_id.in_(ids), Shown.clicked_at.is_not(None))
        .group_by(Shown.article_id)
    )
    # Any: a row of two columns.
    rows: Sequence[Any] = session.execute(query).all()
    return {row[0]: row[1] for row in rows}


def _votes(session: Session, ids: Sequence[int]) -> dict[int, float]:
    share = func.avg(cast(Feedback.helpful, Integer))
    query = select(Feedback.article_id, share).where(Feedback.article_id.in_(ids))
    rows: Sequence[Any] = session.execute(query.group_by(Feedback.article_id)).all()
    return {row[0]: float(row[1]) for row in rows}

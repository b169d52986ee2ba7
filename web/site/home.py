"""The first page: what is urgent, what many ask, and the menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, categories, insight
from kb.models.knowledge import Article, MenuEntry
from web import current, locale
from web.locale import gettext
from web.site import shown
from web.site.blueprint import site
from web.site.shown import Link

TOP = 6
SPREAD = 20
EXAMPLE = 16


@dataclass(frozen=True, slots=True)
class Top:
    """A question that many asked."""

    title: str
    url: str
    askers: int


@dataclass(frozen=True, slots=True)
class MenuBlock:
    """One group of the home menu."""

    title: str
    icon: str
    url: str | None
    entries: tuple[Link, ...]


@site.get("/")
def home() -> ResponseReturnValue:
    """Show the search box, what is urgent, what many ask, and the menu."""
    with current.reading() as session:
        counts = categories.counts(session, now=current.now(), audiences=current.audiences())
        top = _top(session)
        return render_template(
            "site/home.html",
            notices=shown.strip(session),
            example=_example(top),
            frequent=insight.frequent_words(session, now=current.now(), limit=4),
            menu=_menu(session, counts),
            top=top,
        )


def _example(top: Sequence[Top]) -> str:
    """Return what the search box suggests to write: a short question of this base."""
    most = EXAMPLE if locale.language() == "zh" else EXAMPLE * 2
    short = [one.title.rstrip("？?") for one in top if len(one.title) <= most]
    return gettext("例如：%(q)s", q=short[0]) if short else gettext("例如：怎么开发票")


def _menu(session: Session, counts: dict[int, int]) -> list[MenuBlock]:
    english = locale.language() == "en"
    blocks = []
    for group in categories.menu(session):
        links = [_entry(session, entry, counts) for entry in group.entries]
        title = (group.title_en or group.title) if english else group.title
        kept = tuple(link for link in links if link is not None)
        blocks.append(MenuBlock(title, group.icon, None, kept))
    return blocks


def _entry(session: Session, entry: MenuEntry, counts: dict[int, int]) -> Link | None:
    english = locale.language() == "en"
    title = (entry.title_en or entry.title) if english else entry.title
    if entry.category_id is not None:
        path = categories.path(session, entry.category_id)
        if not path:
            return None
        return Link(title, shown.category_url(path[0]), counts.get(entry.category_id, 0))
    article = session.get(Article, entry.article_id)
    visible = article is not None and articles.is_visible(
        article, now=current.now(), audiences=current.audiences()
    )
    return Link(title, shown.article_url(article)) if visible and article else None


def _top(session: Session) -> list[Top]:
    since = current.now() - timedelta(days=30)
    ranked = insight.most_asked(session, since=since, limit=TOP * 3)
    asked = [(a, n) for a, n in shown.top_articles(session, ranked) if _speaks(a)][:TOP]
    known = {article.id for article, _ in asked}
    more = spread(session, TOP * 2) if len(asked) < TOP else []
    rest = [a for a in more if a.id not in known and _speaks(a)]
    asked += [(a, 0) for a in rest[: TOP - len(asked)]]
    return [Top(a.question, shown.article_url(a), n) for a, n in asked]


def _speaks(article: Article) -> bool:
    return article.language.split("-")[0] == locale.language()


def newest(session: Session, limit: int) -> list[Article]:
    """Return the visible articles that changed last."""
    visible = articles.visible(current.now(), current.audiences())
    query = articles.in_order(select(Article).where(visible).limit(limit))
    return list(session.scalars(query))


def spread(session: Session, limit: int) -> list[Article]:
    """Return the visible articles that changed last, at most one of each category."""
    visible = articles.visible(current.now(), current.audiences())
    query = select(Article.category_id, Article.id).where(visible)
    newest_first = query.order_by(Article.updated_at.desc(), Article.id.desc())
    taken: dict[int | None, int] = {}
    for category_id, number in session.execute(newest_first.limit(limit * SPREAD)):
        taken.setdefault(category_id, number)
    return [session.get_one(Article, number) for number in list(taken.values())[:limit]]

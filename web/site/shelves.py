"""The tree of categories, and what stands in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, categories
from kb.models.knowledge import Article
from web import current
from web.paging import pager
from web.site import shown
from web.site.blueprint import site
from web.site.shown import Link

PAGE = 20


@site.get("/c", endpoint="categories")
def all_categories() -> ResponseReturnValue:
    """Show the whole tree."""
    with current.reading() as session:
        counts = categories.counts(session, now=current.now(), audiences=current.audiences())
        rows = categories.tree(session)
        tree = [
            {
                "name": shown.category_name(row),
                "url": shown.category_url(row),
                "icon": row.icon,
                "description": row.description,
                "count": counts.get(row.id, 0),
                "children": [
                    Link(shown.category_name(c), shown.category_url(c), counts.get(c.id, 0))
                    for c in rows
                    if c.parent_id == row.id
                ],
            }
            for row in rows
            if row.parent_id is None
        ]
        return render_template(
            "site/categories.html", tree=tree, here="categories", notices=shown.strip(session)
        )


@site.get("/c/<slug>")
def category(slug: str) -> ResponseReturnValue:
    """Show a category: what is below it and its answers."""
    with current.reading() as session:
        row = categories.by_slug(session, slug)
        counts = categories.counts(session, now=current.now(), audiences=current.audiences())
        everything = categories.tree(session)
        page = max(1, current.whole("page", 1) or 1)
        rows, total = _articles_of(session, row.id, page)
        if page > 1 and not rows:
            abort(404)
        return render_template(
            "site/category.html",
            notices=shown.strip(session),
            category={
                "name": shown.category_name(row),
                "description": row.description,
                "icon": row.icon,
            },
            crumbs=shown.crumbs(session, row.parent_id),
            children=_links(everything, row.id, counts),
            siblings=_links(everything, row.parent_id, counts, current_id=row.id),
            articles=[_line(a) for a in rows],
            pager=pager(page, total, PAGE, "site.category", slug=slug),
        )


def _articles_of(session: Session, category_id: int, page: int) -> tuple[list[Article], int]:
    inside = categories.subtree_ids(session, category_id)
    visible = articles.visible(current.now(), current.audiences())
    condition = visible & Article.category_id.in_(inside)
    ids = session.scalars(
        select(Article.id).where(condition).order_by(Article.category_id, Article.id)
    ).all()
    chosen = ids[(page - 1) * PAGE : page * PAGE]
    rows = [session.get_one(Article, number) for number in chosen]
    return rows, len(ids)


def _links(
    rows: Any,  # a sequence of Category
    parent_id: int | None,
    counts: dict[int, int],
    *,
    current_id: int | None = None,
) -> list[Link]:
    return [
        Link(
            shown.category_name(row),
            shown.category_url(row),
            counts.get(row.id, 0),
            row.id == current_id,
        )
        for row in rows
        if row.parent_id == parent_id
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in a list."""

    title: str
    url: str
    snippet: str
    updated_at: datetime


def _line(row: Article) -> Line:
    first = row.body_text.strip().split("\n", 1)[0]
    return Line(row.question, shown.article_url(row), first[:90], row.updated_at)

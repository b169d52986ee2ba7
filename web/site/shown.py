"""What customers' templates are given: small frozen views of rows, with addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from kb import articles, categories, markup, notices
from kb.letter import letter
from kb.models.knowledge import Article, Category, Notice
from search.finding import Segment
from web import current, locale

MOST_LEAD = 140


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go; `count` and `current` are used by lists of categories."""

    name: str
    url: str
    count: int | None = None
    current: bool = False

    @property
    def title(self) -> str:
        """The same words under the name that lists of articles use."""
        return self.name


@dataclass(frozen=True, slots=True)
class Told:
    """An urgent notice in the strip at the top."""

    title: str
    text: str
    url: str | None
    updated_at: datetime


def article_url(article: Article, **query: Any) -> str:  # Any: numbers and texts, as url_for
    """Return the address of an article's page."""
    values = {name: value for name, value in query.items() if value}
    return url_for("site.article", article_id=article.id, slug=article.slug, **values)


def short_url(article: Article) -> str:
    """Return the shortest absolute address of an article, for text that people read."""
    return current.parts().base_url + url_for("site.article", article_id=article.id)


def as_letter(article: Article) -> str:
    """Return an answer as text for a mail or a reply, with whole addresses."""
    return letter(article.body_html, base_url=current.parts().base_url)


def article_link(article: Article) -> Link:
    """Return the link to an article."""
    return Link(article.question, article_url(article))


def category_name(category: Category) -> str:
    """Return a category's name in the reader's language."""
    return (category.name_en or category.name) if locale.language() == "en" else category.name


def category_url(category: Category) -> str:
    """Return the address of a category's page."""
    return url_for("site.category", slug=category.slug)


def crumbs(session: Session, category_id: int | None) -> list[Link]:
    """Return the way from the top of the tree to a category."""
    above = reversed(categories.path(session, category_id))
    return [Link(category_name(row), category_url(row)) for row in above]


def marked(segments: Iterable[Segment]) -> Markup:
    """Return a passage with the matched words marked; everything else escaped."""
    pieces = (
        Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in segments
    )
    return Markup("").join(pieces)


def heading(article: Article) -> Markup:
    """Return the title as a heading: on a narrow screen a line ends between phrases."""
    return Markup("<wbr>").join(current.parts().finding.phrases(article.question))


def lead(article: Article) -> str:
    """Return how an answer begins: its first paragraph, a long one cut after a sentence."""
    first = article.body_text.strip().split("\n", 1)[0]
    if len(first) <= MOST_LEAD:
        return first
    whole = max(first.rfind(stop, 0, MOST_LEAD) for stop in "。！？；.")
    return first[: whole + 1] if whole > MOST_LEAD // 2 else f"{first[: MOST_LEAD - 1]}…"


def strip(session: Session) -> list[Told]:
    """Return the notices that hold now, as the strip shows them."""
    found = notices.current(session, now=current.now(), audiences=current.audiences())
    return [_told(notice) for notice in found]


def _told(notice: Notice) -> Told:
    text = markup.render(notice.body_md).text.strip()
    short = text.split("\n", 1)[0][:120]
    more = url_for("site.notice", notice_id=notice.id) if len(text) > len(short) else None
    return Told(notice.title, short, more, notice.updated_at)


def top_articles(session: Session, ranked: Sequence[tuple[int, int]]) -> list[tuple[Article, int]]:
    """Return the visible ones of (article id, number of askers), in order."""
    found = []
    for article_id, askers in ranked:
        row = session.get(Article, article_id)
        if row is not None and articles.is_visible(
            row, now=current.now(), audiences=current.audiences()
        ):
            found.append((row, askers))
    return found

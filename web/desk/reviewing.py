"""Looking at an article before and after: review, preview, history, comparing, restoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from authoring import publishing
from kb import articles, markup
from kb.errors import Invalid
from kb.models.knowledge import Article, Revision
from web import current
from web.desk import changed, choices, editing, frame, gate, woven
from web.desk.blueprint import desk
from web.desk.merging import author_of
from web.locale import gettext
from web.site import browsing


@dataclass(frozen=True, slots=True)
class Line:
    """One version in the history; see templates/desk/revisions.html."""

    number: int
    author: str
    note: str
    created_at: datetime
    current: bool
    live: bool
    diff_url: str | None
    characters: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of two versions that are compared."""

    number: int
    author: str
    created_at: datetime
    live: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One field that differs, with <ins> and <del>; `page` when it is a page, not plain text."""

    name: str
    html: Markup
    page: bool = False


@desk.post("/articles/<int:article_id>/review")
def review(article_id: int) -> ResponseReturnValue:
    """Approve a version, which publishes it, or give it back with a word to its writer."""
    current.require("article.review")
    decision = request.form.get("decision", "")
    if decision not in ("approve", "return"):
        raise Invalid("reason_unknown", field="decision")

    def act(session: Session, values: dict[str, str]) -> ResponseReturnValue:
        if decision == "approve":
            return editing.published(session, article_id, values)
        publishing.return_to_draft(
            session, article_id, note=values["note"], actor=current.actor(), now=current.now()
        )
        return frame.back("edit", "returned", article_id=article_id)

    if decision == "approve":
        url = url_for("desk.review", article_id=article_id)
        page = gate.held(article_id, editing.sent(), url)
        if page is not None:
            return page
    return editing.attempt(article_id, act)


@desk.get("/articles/<int:article_id>/preview")
def preview(article_id: int) -> ResponseReturnValue:
    """Show the latest version exactly as customers will see it."""
    with current.reading() as session:
        article = articles.get(session, article_id)
        current.require("article.see", article)
        latest = articles.latest(session, article)
        rendered = markup.render(latest.body_md, resolve=articles.resolver(session))
        public = latest.audience == "public"
        return render_template(
            "desk/preview.html",
            article={
                "id": article.id,
                "title": latest.question,
                "html": Markup(rendered.html),  # noqa: S704 - cleaned by kb.markup
                "applies_to": latest.applies_to,
                "updated_at": latest.created_at,
                "minutes": max(1, round(len(rendered.text) / browsing.READING_SPEED)),
                "language": latest.language,
            },
            edit_url=url_for("desk.edit", article_id=article.id),
            page_url=url_for("desk.preview_page", article_id=article.id),
            live=article.live_version == article.version,
            shown_to=gettext("所有人") if public else gettext("内部的人"),
        )


@desk.get("/articles/<int:article_id>/page")
def preview_page(article_id: int) -> ResponseReturnValue:
    """Show the latest version on the customers' own page."""
    with current.reading() as session:
        article = articles.get(session, article_id)
        current.require("article.see", article)
        draft = _as_draft(session, article)
        page = browsing.article_page(session, draft)
        return render_template("site/article.html", noindex=True, **page)


def _as_draft(session: Session, article: Article) -> Article:
    """Return the article as it would be with its latest version online; writes nothing."""
    latest = articles.latest(session, article)
    rendered = markup.render(latest.body_md, resolve=articles.resolver(session))
    session.expunge(article)
    for name in ("question", "body_md", "category_id", "audience", "language", "applies_to"):
        setattr(article, name, getattr(latest, name))
    article.body_html, article.body_text = rendered.html, rendered.text
    article.updated_at = latest.created_at
    return article


@desk.get("/articles/<int:article_id>/revisions")
def revisions(article_id: int) -> ResponseReturnValue:
    """Show all versions of an article, newest first."""
    with current.reading() as session:
        article = articles.get(session, article_id)
        current.require("article.see", article)
        rows = articles.revisions(session, article_id)
        return render_template(
            "desk/revisions.html", article=article, revisions=_lines(session, article, rows)
        )


def _lines(session: Session, article: Article, rows: Sequence[Revision]) -> list[Line]:
    older = [*rows[1:], None]
    return [_line(session, article, row, before) for row, before in zip(rows, older, strict=True)]


def _line(session: Session, article: Article, row: Revision, before: Revision | None) -> Line:
    url = None
    if before is not None:
        url = url_for("desk.diff", article_id=article.id, old=before.number, new=row.number)
    return Line(
        number=row.number,
        author=author_of(session, row),
        note=row.note,
        created_at=row.created_at,
        current=row.number == article.version,
        live=row.number == article.live_version,
        diff_url=url,
        characters=len(row.body_md) - (len(before.body_md) if before else 0),
    )


@desk.get("/articles/<int:article_id>/diff/<int:old>/<int:new>")
def diff(article_id: int, old: int, new: int) -> ResponseReturnValue:
    """Show what changed between two versions."""
    with current.reading() as session:
        article = articles.get(session, article_id)
        current.require("article.see", article)
        before = articles.revision(session, article_id, old)
        after = articles.revision(session, article_id, new)
        return render_template(
            "desk/diff.html",
            article=article,
            old=_side(session, article, before),
            new=_side(session, article, after),
            parts=_parts(session, before, after),
        )


def _side(session: Session, article: Article, row: Revision) -> Side:
    live = row.number == article.live_version
    return Side(row.number, author_of(session, row), row.created_at, live)


def _parts(session: Session, before: Revision, after: Revision) -> list[Part]:
    """Return the fields that differ, in the order of the page."""
    found = _fields(session, before, after)
    if before.body_md != after.body_md:
        place = 1 if before.question != after.question else 0
        found.insert(place, Part(gettext("正文"), _body(session, before, after), page=True))
    return found


def _body(session: Session, before: Revision, after: Revision) -> Markup:
    """Return both answers as one page; nobody has to know Markdown."""
    resolve = articles.resolver(session)
    old, new = (markup.render(row.body_md, resolve=resolve).html for row in (before, after))
    return woven.pages(old, new)


def _fields(session: Session, before: Revision, after: Revision) -> list[Part]:
    audiences = {str(value): words for value, words in choices.audiences()}

    def texts(row: Revision) -> tuple[str, ...]:
        return (
            row.question,
            "\n".join(row.phrasings),
            choices.category_words(session, row.category_id),
            audiences.get(row.audience, row.audience),
            row.language,
            row.applies_to,
        )

    names = (
        gettext("标题"),
        gettext("相似问"),
        gettext("分类"),
        gettext("可见范围"),
        gettext("语言"),
        gettext("适用于"),
    )
    rows = zip(names, texts(before), texts(after), strict=True)
    return [Part(name, changed.between(a, b)) for name, a, b in rows if a != b]


@desk.post("/articles/<int:article_id>/restore")
def restore(article_id: int) -> ResponseReturnValue:
    """Begin a new version with what an old one said."""
    current.require("article.write")
    number = current.whole("number")
    with current.writing() as session:
        publishing.restore_revision(
            session, article_id, number or 0, actor=current.actor(), now=current.now()
        )
    return frame.back("edit", "restored", article_id=article_id)

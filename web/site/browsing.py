"""Home, articles, categories, notices and the privacy page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, categories, feedback, insight, markup, notices, questions, settings
from kb.errors import NotFound, Unavailable
from kb.models.knowledge import Article, MenuEntry
from kb.models.service import Feedback
from web import current, locale, sessions
from web.locale import gettext
from web.site import shown
from web.site.blueprint import site
from web.site.shown import Link

PAGE = 20
TOP = 6
SPREAD = 20
READING_SPEED = 400
RELATED = 4
LIKELY_RELATED = 0.05


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
        return render_template(
            "site/home.html",
            notices=shown.strip(session),
            example=gettext("例如：忘了开门密码"),
            frequent=insight.frequent_words(session, now=current.now(), limit=4),
            menu=_menu(session, counts),
            top=_top(session),
        )


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


@site.get("/a/<int:article_id>")
@site.get("/a/<int:article_id>-<slug>")
def article(article_id: int, slug: str = "") -> ResponseReturnValue:
    """Show one answer. An old slug leads to the present one."""
    with current.reading() as session:
        row = articles.seen(session, article_id, now=current.now(), audiences=current.audiences())
        if slug != row.slug:
            return redirect(shown.article_url(row, **_carried()), 301)
        page = article_page(session, row)
    _note_click(article_id)
    return render_template("site/article.html", **page)


def _carried() -> dict[str, str]:
    """Return what an address carries on; nothing else of it reaches the new address."""
    return {k: v[:400] for k, v in request.args.items() if k in ("q", "n", "lang")}


# Any: template context.
def article_page(session: Session, row: Article) -> dict[str, Any]:
    """Return what an article's page shows; the desk's preview gives it a draft."""
    rendered = markup.render(row.body_md, resolve=articles.resolver(session))
    vote = _vote_of(session, row)
    toc = [{"id": h.id, "text": h.text} for h in rendered.headings if h.level == 2]
    return {
        "notices": shown.strip(session),
        "article": {
            "id": row.id,
            "title": row.question,
            "html": Markup(row.body_html),  # noqa: S704 - cleaned by kb.markup when it was saved
            "applies_to": row.applies_to,
            "updated_at": row.updated_at,
            "minutes": max(1, round(len(row.body_text) / READING_SPEED)),
            "revision": row.live_version,
            "language": row.language,
            "internal": False,
        },
        "article_id": row.id,
        "q": request.args.get("q", "")[:400],
        "crumbs": shown.crumbs(session, row.category_id),
        "toc": toc if len(toc) >= 3 else [],
        "related": related(session, row),
        "vote": vote,
        "voted": vote is not None and "voted" in request.args,
        "reasons": reasons(),
        "json_ld": _json_ld(row),
        "canonical": current.parts().base_url + shown.article_url(row),
    }


def reasons() -> list[tuple[str, str]]:
    """Return the reasons that 没帮助 offers."""
    words = (gettext("看不懂"), gettext("和实际不一样"), gettext("没解决问题"), gettext("其他"))
    return list(zip(feedback.REASONS, words, strict=True))


def _vote_of(session: Session, row: Article) -> str | None:
    if sessions.VISITOR not in request.cookies:
        return None
    query = select(Feedback.helpful).where(
        Feedback.article_id == row.id,
        Feedback.version == (row.live_version or 0),
        Feedback.visitor == sessions.visitor_id(),
    )
    helpful = session.scalar(query)
    return None if helpful is None else ("yes" if helpful else "no")


def related(session: Session, row: Article) -> list[Link]:
    """Return the nearest other answers that the reader may see, those of the same room first.

    An answer from another top category shares a few common words as a rule, so it must be probable.
    """
    matches = current.parts().finding.find(
        session,
        row.question,
        limit=RELATED * 3,
        audiences=current.audiences(),
        now=current.now(),
        vectors=False,
    )
    pairs = [(session.get(Article, match.article_id), match.probability) for match in matches]
    near = [(other, likely) for other, likely in pairs if other is not None and other is not row]
    room = _room(session, row)
    inside = [other for other, _ in near if _room(session, other) == room]
    outside = [o for o, likely in near if o not in inside and likely >= LIKELY_RELATED]
    return [shown.article_link(other) for other in [*inside, *outside][:RELATED]]


def _room(session: Session, row: Article) -> int | None:
    """Return the top category of an article."""
    path = categories.path(session, row.category_id)
    return path[-1].id if path else None


def _json_ld(row: Article) -> str:
    """Describe the question for machines; `<` cannot end the script element."""
    document = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": {
            "@type": "Question",
            "name": row.question,
            "acceptedAnswer": {"@type": "Answer", "text": row.body_text[:5000]},
        },
    }
    text = json.dumps(document, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _note_click(article_id: int) -> None:
    """Remember that this visitor opened what a search of theirs showed; never fails a page."""
    number = request.args.get("n", "")
    # Nine digits fit into any database's number.
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return
    try:
        with current.noting() as session:
            question = questions.get(session, int(number))
            if question.visitor == sessions.visitor_id():
                questions.clicked(session, question.id, article_id, now=current.now())
    except (NotFound, Unavailable):
        return


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


def pager(page: int, total: int, size: int, endpoint: str, **values: Any) -> object:
    """Return what macros.pagination shows; None when one page holds everything."""
    last = max(1, -(-total // size))
    if last == 1:
        return None
    return {
        "number": page,
        "pages": last,
        "total": total,
        "prev_url": url_for(endpoint, page=page - 1, **values) if page > 1 else None,
        "next_url": url_for(endpoint, page=page + 1, **values) if page < last else None,
    }


@site.get("/n/<int:notice_id>")
def notice(notice_id: int) -> ResponseReturnValue:
    """Show one notice in full, also for a while after it ended."""
    with current.reading() as session:
        row = notices.get(session, notice_id)
        if row.audience not in current.audiences() or row.starts_at > current.now():
            raise NotFound(notice=notice_id)
        html = Markup(markup.render(row.body_md).html)  # noqa: S704 - cleaned by kb.markup
        return render_template(
            "site/notice.html",
            notices=[told for told in shown.strip(session) if told.url != request.path],
            notice={
                "title": row.title,
                "html": html,
                "updated_at": row.updated_at,
                "ends_at": row.ends_at,
                "ended": row.ends_at <= current.now(),
            },
        )


@site.get("/privacy")
def privacy() -> ResponseReturnValue:
    """Say what is kept and for how long."""
    with current.reading() as session:
        return render_template(
            "site/privacy.html",
            notices=shown.strip(session),
            retention=settings.read(session, settings.Retention),
            mailbox=settings.read(session, settings.Company).mailbox,
            text=g.get("privacy_text"),
        )

"""Articles, notices and the privacy page."""

from __future__ import annotations

import json
from typing import Any

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, categories, feedback, markup, notices, questions, settings
from kb.errors import NotFound, Unavailable
from kb.models.knowledge import Article
from kb.models.service import Feedback
from web import current, sessions
from web.locale import gettext
from web.site import shown
from web.site.blueprint import site
from web.site.shown import Link

READING_SPEED = 400
RELATED = 4
LIKELY_RELATED = 0.05


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
            "heading": shown.heading(row),
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

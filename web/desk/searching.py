"""Searching tickets and articles together, and why an article was (not) found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kb import articles
from kb.models.knowledge import INTERNAL, PUBLIC, Article
from kb.models.people import Contact
from kb.models.service import Ticket
from search.finder import Match
from web import current
from web.desk.articles import holds
from web.desk.blueprint import desk
from web.locale import gettext
from web.site import shown

MOST_ARTICLES, MOST_TICKETS, MOST_DRAFTS = 12, 20, 8
DEEP = 100
MAX_QUESTION = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """One article that was found."""

    title: Markup
    snippet: Markup
    state: str
    url: str
    probability: float | None
    why_url: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket that was found."""

    number: str
    subject: Markup
    snippet: Markup
    state: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Why:
    """The numbers behind a match; parts are (words, share in [0, 1], figure)."""

    title: str
    matched: str
    probability: float
    parts: Sequence[tuple[str, float, str]] = ()
    note: str = ""


@desk.get("/search")
def search() -> ResponseReturnValue:
    """Find tickets and articles, drafts and internal ones too."""
    current.require("ticket.see")
    q = request.args.get("q", "").strip()[:MAX_QUESTION]
    with current.reading() as session:
        return render_template(
            "desk/search.html",
            q=q,
            articles=_answers(session, q) if q else [],
            tickets=_cases(session, q) if q else [],
            why=_why(session, current.whole("why"), q),
        )


def _answers(session: Session, q: str) -> list[Answer]:
    finding = current.parts().finding
    matches = finding.find(
        session, q, limit=MOST_ARTICLES, now=current.now(), audiences=(PUBLIC, INTERNAL)
    )
    found = [(session.get(Article, m.article_id), m) for m in matches]
    answers = [_answer(q, row, match) for row, match in found if row is not None]
    known = [row.id for row, _ in found if row is not None]
    # What is not live is in no index; the database finds it by its words.
    drafts = select(Article).where(Article.live_version.is_(None), Article.id.not_in(known))
    for word in q.split()[:6]:
        drafts = drafts.where(holds(word))
    rows = session.scalars(articles.in_order(drafts).limit(MOST_DRAFTS))
    return answers + [_answer(q, row, None) for row in rows]


def _answer(q: str, row: Article, match: Match | None) -> Answer:
    finding = current.parts().finding
    return Answer(
        title=shown.marked(finding.mark(q, row.question)),
        snippet=shown.marked(finding.snippet(q, row.body_text)),
        state=row.state,
        url=url_for("desk.edit", article_id=row.id),
        probability=match.probability if match else None,
        why_url=url_for("desk.search", q=q, why=row.id) if match else None,
    )


def _cases(session: Session, q: str) -> list[Case]:
    ids = current.parts().finding.tickets(q, limit=MOST_TICKETS)
    named = or_(Ticket.number.icontains(q, autoescape=True), Contact.name == q)
    query = select(Ticket.id).outerjoin(Contact, Contact.id == Ticket.contact_id).where(named)
    first = session.scalars(query.order_by(Ticket.id.desc()).limit(MOST_TICKETS)).all()
    rows = [session.get(Ticket, number) for number in dict.fromkeys((*first, *ids))]
    return [_case(q, row) for row in rows if row is not None][:MOST_TICKETS]


def _case(q: str, row: Ticket) -> Case:
    finding = current.parts().finding
    said = "\n".join(message.text for message in row.messages)
    return Case(
        number=row.number,
        subject=shown.marked(finding.mark(q, row.subject)),
        snippet=shown.marked(finding.snippet(q, said)),
        state=row.state,
        at=row.updated_at,
        url=url_for("desk.ticket", ticket_id=row.id),
    )


@desk.get("/articles/<int:article_id>/why")
def why(article_id: int) -> ResponseReturnValue:
    """Say why an article was found for `?q=`, or why not; a panel for other pages."""
    q = request.args.get("q", "").strip()[:MAX_QUESTION]
    with current.reading() as session:
        current.require("article.see", articles.get(session, article_id))
        return render_template("desk/why.html", why=_why(session, article_id, q))


def _why(session: Session, article_id: int | None, q: str) -> Why | None:
    if article_id is None or not q:
        return None
    row = articles.get(session, article_id)
    matches = current.parts().finding.find(
        session, q, limit=DEEP, now=current.now(), audiences=(PUBLIC, INTERNAL), explain=True
    )
    match = next((m for m in matches if m.article_id == row.id), None)
    if match is None:
        return Why(row.question, "", 0.0, note=_why_not(row))
    parts = [_part(name, value) for name, value in match.parts.items()]
    return Why(row.question, match.matched, match.probability, parts)


def _why_not(row: Article) -> str:
    """Return why an article cannot be found at all, else that its words are not alike."""
    if row.live_version is None:
        return gettext("还没有发布，所以搜不到")
    if not articles.is_visible(row, now=current.now(), audiences=(PUBLIC, INTERNAL)):
        return gettext("还没到发布时间，或者已经到期")
    return gettext("没有像的问法；加一条相似问就能找到")


def _part(name: str, value: float) -> tuple[str, float, str]:
    return part_words().get(name, name), min(max(value, 0.0), 1.0), f"{value:.2f}"


def part_words() -> dict[str, str]:
    """Return the features of `search.features` and `search.meaning` in words."""
    return {
        "gram_cosine": gettext("字面相似"),
        "gram_known": gettext("问句的字，相似问里有多少"),
        "gram_used": gettext("相似问的字，问句里有多少"),
        "gram_bm25": gettext("字面得分"),
        "gram_answer": gettext("问句的字，答案里有多少"),
        "word_cosine": gettext("用词相似"),
        "word_known": gettext("问句的词，相似问里有多少"),
        "word_used": gettext("相似问的词，问句里有多少"),
        "word_bm25": gettext("用词得分"),
        "word_answer": gettext("问句的词，答案里有多少"),
        "vector_best": gettext("意思相近（最像的一句）"),
        "vector_second": gettext("意思相近（第二像的一句）"),
        "vector_answer": gettext("意思和答案相近"),
        "white_best": gettext("意思相近（去掉共同的部分）"),
        "class_score": gettext("学过的归类"),
    }

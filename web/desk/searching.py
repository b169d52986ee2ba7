"""Searching tickets and articles together, drafts and internal ones too."""

from __future__ import annotations

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
from web.site import shown

MOST_ARTICLES, MOST_TICKETS, MOST_DRAFTS = 12, 20, 8
MAX_QUESTION = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """One article that was found."""

    title: Markup
    snippet: Markup
    state: str
    url: str
    probability: float | None
    why_url: str


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket that was found."""

    number: str
    subject: Markup
    snippet: Markup
    state: str
    at: datetime
    url: str


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
        why_url=url_for("desk.why", article_id=row.id, q=q),
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

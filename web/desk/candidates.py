"""待沉淀: what resolved tickets taught, looked at by a person, published in two clicks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from authoring import closing, harvest, likeness
from kb import access, markup, redaction
from kb.models.knowledge import Article
from kb.models.service import Candidate, Ticket
from web import current
from web.desk import choices, frame, keeping
from web.desk.aids import LEAST_ALIKE
from web.desk.blueprint import desk
from web.locale import gettext

MOST_QUEUE = 100
COVERED = "〔个人信息〕"
WEEKS_AHEAD = 4
_HIDDEN = re.compile("|".join(map(re.escape, (*redaction.PLACEHOLDERS.values(), COVERED))))


@dataclass(frozen=True, slots=True)
class Queued:
    """One candidate in the list; minutes are what it would save in a week."""

    id: int
    question: str
    tickets: int
    minutes: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The candidate in the middle of its page; see templates/desk/candidate.html."""

    id: int
    question: str
    html: Markup
    redactions: int
    phrasings: list[str]
    tickets: int
    minutes: int
    category: str
    audience: str
    would_answer: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """A ticket that a candidate came from."""

    number: str
    subject: str
    url: str
    agent: str


@dataclass(frozen=True, slots=True)
class Alike:
    """An article that may answer already; likeness in [0, 1]."""

    id: int
    title: str
    url: str
    likeness: float
    gap: str


@desk.get("/harvest", endpoint="harvest")
def queue_page() -> ResponseReturnValue:
    """Show the first candidate of the queue, or that nothing waits."""
    current.require("candidate.make")
    with current.reading() as session:
        rows = queue(session, None)
        if rows:
            said, which = (request.args.get(name) for name in ("said", "which"))
            first = url_for("desk.candidate", candidate_id=rows[0].id, said=said, which=which)
            return redirect(first, 303)
        since = current.now() - timedelta(days=30)
        published = (
            select(func.count())
            .select_from(Candidate)
            .where(
                Candidate.state.in_((harvest.PUBLISHED, harvest.MERGED)),
                Candidate.decided_at >= since,
            )
        )
        return render_template("desk/harvest.html", queue=[], done=session.scalar(published) or 0)


def queue(session: Session, chosen: int | None) -> list[Queued]:
    """Return the undecided candidates, those that save most time first."""
    query = select(Candidate).where(Candidate.state == harvest.NEW)
    rows = session.scalars(query.order_by(Candidate.minutes.desc(), Candidate.id).limit(MOST_QUEUE))
    return [
        Queued(
            row.id,
            row.question,
            len(row.sources),
            weekly(row.minutes),
            url_for("desk.candidate", candidate_id=row.id),
            row.id == chosen,
        )
        for row in rows
    ]


def weekly(minutes: int) -> int:
    """Return minutes a week, when what came in during a month comes again."""
    return round(minutes / WEEKS_AHEAD)


@desk.get("/harvest/<int:candidate_id>")
def candidate(candidate_id: int) -> ResponseReturnValue:
    """Show one candidate: what is there already, the draft, publishing."""
    current.require("candidate.make")
    with current.reading() as session:
        row = harvest.get(session, candidate_id)
        if row.state != harvest.NEW:
            return frame.back("harvest", "decided")
        return page(session, row, values_of(row))


def values_of(row: Candidate) -> dict[str, str]:
    """Return a candidate as its form shows it."""
    return {
        "question": row.question,
        "answer": row.answer_md,
        "phrasings": "\n".join(row.phrasings),
        "category_id": str(row.category_id or ""),
        "redact": "",
    }


def page(
    session: Session,
    row: Candidate,
    values: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of a candidate with values in its form."""
    decides = access.can(current.actor(), "candidate.decide")
    html = render_template(
        "desk/candidate.html",
        queue=queue(session, row.id),
        candidate=_shown(session, row),
        sources=_sources(session, row),
        similar=_similar(session, row),
        values=values,
        errors=faults or {},
        categories=choices.category_choices(session, gettext("没有分类")),
        editing=bool(faults),
        can_publish=decides,
        askers=len(closing.askers(session, row, now=current.now())),
    )
    return html, status


def _shown(session: Session, row: Candidate) -> Shown:
    return Shown(
        id=row.id,
        question=row.question,
        html=covered(markup.render(row.answer_md).html),
        redactions=sum(int(item.get("count", 0)) for item in row.redacted),
        phrasings=likeness.distinct([row.question, *row.phrasings])[1:],
        tickets=len(row.sources),
        minutes=weekly(row.minutes),
        category=choices.category_words(session, row.category_id),
        audience="public",
        would_answer=None,
    )


def covered(html: str) -> Markup:
    """Return cleaned HTML with each placeholder drawn as an ink block that names its kind."""

    def block(match: re.Match[str]) -> str:
        return f'<mark class="hide">{escape(match[0].strip("〔〕"))}</mark>'

    return Markup(_HIDDEN.sub(block, html))  # noqa: S704 - cleaned by kb.markup


def _sources(session: Session, row: Candidate) -> list[Source]:
    ids = [source.ticket_id for source in row.sources]
    rows = session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id))
    return [
        Source(
            one.number,
            redaction.redact(one.subject).text,
            url_for("desk.ticket", ticket_id=one.id),
            one.assignee.display_name if one.assignee else "",
        )
        for one in rows
    ]


def _similar(session: Session, row: Candidate) -> list[Alike]:
    """Return what is there already, as it is now, most alike first."""
    likeness = {int(item["article"]): float(item["score"]) for item in row.similar}
    for number, score in keeping.similar_in(session)(row.question):
        likeness[number] = max(score, likeness.get(number, 0.0))
    found = [(session.get(Article, number), score) for number, score in likeness.items()]
    alike = [
        Alike(
            article.id,
            article.question,
            url_for("desk.edit", article_id=article.id),
            score,
            "" if article.audience == "public" else gettext("仅内部"),
        )
        for article, score in found
        if article is not None and article.live_version is not None and score >= LEAST_ALIKE
    ]
    return sorted(alike, key=lambda item: -item.likeness)[: harvest.SHOWN_SIMILAR]

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

from authoring import harvest
from kb import access, articles, markup, redaction, tickets
from kb.articles import Content
from kb.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from kb.models.knowledge import Article, Category
from kb.models.service import Candidate, Ticket
from web import current, errors
from web.desk import choices, frame, keeping
from web.desk.blueprint import desk
from web.locale import gettext

MOST_QUEUE = 100
COVERED = "〔个人信息〕"
WEEKS_AHEAD = 4
FIELDS = ("question", "answer", "phrasings", "category_id", "redact")
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
            said = request.args.get("said")
            first = url_for("desk.candidate", candidate_id=rows[0].id, said=said)
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


@desk.post("/tickets/<int:ticket_id>/harvest")
def ticket_harvest(ticket_id: int) -> ResponseReturnValue:
    """Put what a resolved ticket taught into the queue and look at it."""
    current.require("candidate.make")
    with current.writing() as session:
        row = tickets.get(session, ticket_id)
        made = keeping.keep(session, row)
        known = made or harvest.of_ticket(session, ticket_id)
        number = known.id if known is not None and known.state == harvest.NEW else None
    if number is None:
        return frame.back("ticket", "nothing_new", ticket_id=ticket_id)
    return frame.back("candidate", "gathered", candidate_id=number)


@desk.get("/harvest/<int:candidate_id>")
def candidate(candidate_id: int) -> ResponseReturnValue:
    """Show one candidate: what is there already, the draft, publishing."""
    current.require("candidate.make")
    with current.reading() as session:
        row = harvest.get(session, candidate_id)
        if row.state != harvest.NEW:
            return frame.back("harvest", "decided")
        return _page(session, row, _values(row))


def _values(row: Candidate) -> dict[str, str]:
    return {
        "question": row.question,
        "answer": row.answer_md,
        "phrasings": "\n".join(row.phrasings),
        "category_id": str(row.category_id or ""),
        "redact": "",
    }


def _page(
    session: Session,
    row: Candidate,
    values: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
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
        askers=len(harvest.askers(session, row)),
    )
    return html, status


def _shown(session: Session, row: Candidate) -> Shown:
    return Shown(
        id=row.id,
        question=row.question,
        html=covered(markup.render(row.answer_md).html),
        redactions=sum(int(item.get("count", 0)) for item in row.redacted),
        phrasings=list(row.phrasings),
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
        if article is not None and article.live_version is not None
    ]
    return sorted(alike, key=lambda item: -item.likeness)[: harvest.SHOWN_SIMILAR]


@desk.post("/harvest/<int:candidate_id>", endpoint="candidate_post")
def edit(candidate_id: int) -> ResponseReturnValue:
    """Keep what was changed, and cover what was copied into the last field."""
    current.require("candidate.make")
    values = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    try:
        with current.writing() as session:
            _edit(session, candidate_id, values)
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        return _again(candidate_id, values, error)
    return frame.back("candidate", "edited", candidate_id=candidate_id)


def _edit(session: Session, candidate_id: int, values: Mapping[str, str]) -> Candidate:
    hidden = [line.strip() for line in values["redact"].splitlines() if line.strip()]
    row = harvest.edit(
        session,
        candidate_id,
        question=cover(values["question"], hidden),
        answer_md=cover(values["answer"], hidden),
        phrasings=cover(values["phrasings"], hidden).splitlines(),
        category_id=_category(session, values["category_id"]),
        actor=current.actor(),
        now=current.now(),
    )
    if hidden:
        counted = sum(values[name].count(text) for text in hidden for name in FIELDS[:3])
        row.redacted = [*row.redacted, {"kind": "other", "count": counted}]
    harvest.look_again(row, keeping.similar_in(session))
    return row


def cover(text: str, hidden: list[str]) -> str:
    """Put a placeholder over every occurrence of what must not be seen."""
    for words in sorted(hidden, key=len, reverse=True):
        text = text.replace(words, COVERED)
    return text


def _category(session: Session, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or session.get(Category, int(text)) is None:
        raise Invalid("category_unknown", field="category_id")
    return int(text)


def _again(candidate_id: int, values: Mapping[str, str], error: DomainError) -> ResponseReturnValue:
    name = str(error.params.get("field", ""))
    faults = {"answer" if name == "body_md" else name: errors.sentence(error)}
    with current.reading() as session:
        row = harvest.get(session, candidate_id)
        if row.state != harvest.NEW:
            raise Conflict("candidate_decided", candidate=candidate_id)
        return _page(session, row, values, faults, errors.status_of(error))


@desk.post("/harvest/<int:candidate_id>/phrasing")
def candidate_add_phrasing(candidate_id: int) -> ResponseReturnValue:
    """Add the candidate's words to an article, as other ways to ask it."""
    current.require("candidate.decide")
    number = current.whole("article_id")
    with current.writing() as session:
        row = harvest.get(session, candidate_id)
        article = articles.get(session, number or 0)
        harvest.add_as_phrasing(
            session,
            row.id,
            article.id,
            actor=current.actor(),
            now=current.now(),
            tell=_tell(session, row),
        )
    current.parts().finding.wake()
    return frame.back("harvest", "added")


@desk.post("/harvest/<int:candidate_id>/publish")
def candidate_publish(candidate_id: int) -> ResponseReturnValue:
    """Publish the candidate as a new article; fields that were sent along count."""
    current.require("candidate.decide")
    with current.reading() as session:
        kept = _values(harvest.get(session, candidate_id))
    values = {name: request.form.get(name, kept[name]).replace("\r\n", "\n") for name in FIELDS}
    try:
        with current.writing() as session:
            row = harvest.get(session, candidate_id)
            harvest.publish_as_article(
                session,
                row.id,
                _content(session, values),
                actor=current.actor(),
                now=current.now(),
                tell=_tell(session, row),
            )
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        return _again(candidate_id, values, error)
    current.parts().finding.wake()
    return frame.back("harvest", "new_article")


def _content(session: Session, values: Mapping[str, str]) -> Content:
    return Content(
        question=values["question"],
        body_md=values["answer"],
        phrasings=tuple(values["phrasings"].splitlines()),
        category_id=_category(session, values["category_id"]),
    )


def _tell(session: Session, row: Candidate) -> list[int]:
    """Return the tickets whose customers shall be told: all that may be, when ticked."""
    if not request.form.get("tell"):
        return []
    return [ticket.id for ticket in harvest.askers(session, row)]


@desk.post("/harvest/<int:candidate_id>/skip")
def candidate_skip(candidate_id: int) -> ResponseReturnValue:
    """Set a candidate aside (how=later), or turn it down for good (how=never)."""
    current.require("candidate.decide")
    never = request.form.get("how") == "never"
    deed = harvest.reject if never else harvest.skip
    with current.writing() as session:
        deed(session, candidate_id, actor=current.actor(), now=current.now())
    return frame.back("harvest", "never" if never else "later")

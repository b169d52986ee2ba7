"""What people do with a candidate: mend it, cover words, publish it, set it aside."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from authoring import closing, deciding, harvest
from kb import articles, tickets
from kb.articles import Content
from kb.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from kb.models.knowledge import Category
from kb.models.service import Candidate
from web import current, errors
from web.desk import candidates, frame, gate, keeping
from web.desk.blueprint import desk
from web.desk.candidates import COVERED

FIELDS = ("question", "answer", "phrasings", "category_id", "redact")


@desk.post("/harvest", endpoint="harvest_post")
def gather() -> ResponseReturnValue:
    """Look through the newest resolved tickets for what is worth keeping."""
    current.require("candidate.make")
    with current.writing() as session:
        made = keeping.gather(session)
    return frame.back("harvest", "gathered" if made else "nothing_gathered")


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
        return candidates.page(session, row, values, faults, errors.status_of(error))


@desk.post("/harvest/<int:candidate_id>/phrasing")
def candidate_add_phrasing(candidate_id: int) -> ResponseReturnValue:
    """Add the candidate's words to an article, as other ways to ask it."""
    current.require("candidate.decide")
    number = current.whole("article_id")
    with current.writing() as session:
        row = harvest.get(session, candidate_id)
        article = articles.get(session, number or 0)
        deciding.add_as_phrasing(
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
        kept = candidates.values_of(harvest.get(session, candidate_id))
    values = {name: request.form.get(name, kept[name]).replace("\r\n", "\n") for name in FIELDS}
    page = gate.held_candidate(candidate_id, values, lambda session: _content(session, values))
    if page is not None:
        return page
    try:
        with current.writing() as session:
            row = harvest.get(session, candidate_id)
            article = deciding.publish_as_article(
                session,
                row.id,
                _content(session, values),
                actor=current.actor(),
                now=current.now(),
                tell=_tell(session, row),
            )
            gate.afterwards(session, article, was=None)
            made = article.id
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        return _again(candidate_id, values, error)
    current.parts().finding.wake()
    return frame.back("harvest", "new_article", which=made)


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
    return [ticket.id for ticket in closing.askers(session, row, now=current.now())]


@desk.post("/harvest/<int:candidate_id>/skip")
def candidate_skip(candidate_id: int) -> ResponseReturnValue:
    """Set a candidate aside (how=later), or turn it down for good (how=never)."""
    current.require("candidate.decide")
    never = request.form.get("how") == "never"
    deed = deciding.reject if never else deciding.skip
    with current.writing() as session:
        deed(session, candidate_id, actor=current.actor(), now=current.now())
    return frame.back("harvest", "never" if never else "later")

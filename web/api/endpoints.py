"""JSON for other programs: read what is public, and hand in tickets with a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import outgoing, storable
from kb import articles, categories, contacts, people, questions, ratelimit, settings, tickets
from kb.access import Actor
from kb.db import one_at_a_time
from kb.errors import Forbidden, Invalid, NotFound, Unauthorized
from kb.models.knowledge import PUBLIC, Article
from kb.models.service import CUSTOMER, Ticket
from web import current, limits, office
from web.api import described

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

MOST, USUAL = 100, 20
AUDIENCES = (PUBLIC,)


@blueprint.after_request
def _shareable(response: Response) -> Response:
    """Public reads may be used by any page; nothing here depends on cookies."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _number(name: str, default: int, most: int) -> int:
    value = current.whole(name, default)
    if value is None or not 1 <= value <= most:
        raise Invalid("number_range", field=name, least=1, most=most)
    return value


def _text(name: str, most: int) -> str:
    value = request.args.get(name, "").strip()
    if not value:
        raise Invalid("text_missing", field=name)
    if len(value) > most:
        raise Invalid("too_long", field=name, limit=most)
    return value


def _summary(row: Article) -> dict[str, Any]:  # Any: JSON
    return {
        "id": row.id,
        "key": row.key,
        "question": row.question,
        "url": current.parts().base_url + url_for("site.article", article_id=row.id, slug=row.slug),
        "language": row.language,
        "updated_at": row.updated_at.isoformat(),
    }


@blueprint.get("/articles")
def list_articles() -> ResponseReturnValue:
    """List public answers in order of id; `next` leads on."""
    limits.reading(ratelimit.API)
    limit = _number("limit", USUAL, MOST)
    after = current.whole("after", 0) or 0
    with current.reading() as session:
        query = (
            select(Article)
            .where(articles.visible(current.now(), AUDIENCES), Article.id > after)
            .order_by(Article.id)
            .limit(limit + 1)
        )
        if slug := request.args.get("category"):
            inside = categories.subtree_ids(session, categories.by_slug(session, slug).id)
            query = query.where(Article.category_id.in_(inside))
        rows = session.scalars(query).all()
    more = rows[limit - 1].id if len(rows) > limit else None
    return jsonify(articles=[_summary(row) for row in rows[:limit]], next=more)


@blueprint.get("/articles/<int:article_id>")
def get_article(article_id: int) -> ResponseReturnValue:
    """Give one public answer, as Markdown, HTML and text; with an ETag."""
    limits.reading(ratelimit.API)
    with current.reading() as session:
        row = articles.seen(session, article_id, now=current.now(), audiences=AUDIENCES)
        path = categories.path(session, row.category_id)
        body = {
            **_summary(row),
            "phrasings": [phrasing.text for phrasing in row.phrasings],
            "category": [category.slug for category in path],
            "markdown": row.body_md,
            "html": row.body_html,
            "text": row.body_text,
            "version": row.live_version,
        }
    response: Response = jsonify(body)
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Rank public answers for a question."""
    limits.reading(ratelimit.API)
    text = _text("q", 4000)
    with current.reading() as session:
        matches = current.parts().finding.find(
            session,
            text,
            limit=_number("limit", 10, 50),
            now=current.now(),
            audiences=AUDIENCES,
        )
        found = [_match(session, match.article_id, match.probability) for match in matches]
    return jsonify(question=text, matches=[item for item in found if item])


def _match(session: Session, number: int | str, probability: float) -> dict[str, Any] | None:
    row = session.get(Article, number)
    return {**_summary(row), "probability": round(probability, 4)} if row else None


@blueprint.get("/ask")
def ask() -> ResponseReturnValue:
    """Decide whether a question can be answered, and give the answer's text if so."""
    limits.reading(ratelimit.API)
    text = _text("q", 4000)
    with current.reading() as session:
        found = current.parts().finding.answering(
            session, text, channel="form", limit=4, now=current.now(), audiences=AUDIENCES
        )
        matches = [_match(session, m.article_id, m.probability) for m in found.matches]
        best = session.get(Article, found.matches[0].article_id) if found.matches else None
        answer = best.body_text if best is not None and found.band == "answer" else None
    return jsonify(
        question=text, band=found.band, answer=answer, matches=[item for item in matches if item]
    )


def _caller(scope: str) -> Actor:
    """Return whose token this is. Raises Unauthorized, Forbidden."""
    sent = request.headers.get("Authorization", "")
    with current.writing() as session:
        actor = people.check_token(session, sent.removeprefix("Bearer ").strip(), now=current.now())
    if actor is None or not sent.startswith("Bearer "):
        raise Unauthorized
    if scope not in actor.scopes:
        raise Forbidden(scope=scope)
    return actor


@dataclass(frozen=True, slots=True)
class Handed:
    """A ticket as a program hands it in."""

    text: str
    mail: str
    name: str
    subject: str


@blueprint.post("/tickets")
def post_ticket() -> ResponseReturnValue:
    """Open a ticket; `Idempotency-Key` makes a repeated call harmless."""
    limits.within(ratelimit.API)
    caller = _caller("tickets")
    limits.within(ratelimit.API, caller.label)
    handed = _handed()
    key = request.headers.get("Idempotency-Key", "").strip()[:100]
    context = {"idempotency": f"{caller.label}:{key}"} if key else {}
    with current.writing() as session:
        known = _known(session, context)
        ticket = known or _opened(session, handed, context, current.now())
        token = tickets.link_token(session, ticket, current.parts().secret)
        url = current.parts().base_url + url_for("site.ticket", token=token)
        body = {"number": ticket.number, "state": ticket.state, "url": url}
    return jsonify(body), 200 if known else 201


def _known(session: Session, context: Mapping[str, str]) -> Ticket | None:
    """Return what an earlier call with the same key opened; a call at the same time waits."""
    for name, value in context.items():
        one_at_a_time(session, f"{name} {value}")
        return tickets.by_context(session, name, value)
    return None


def _opened(session: Session, handed: Handed, context: dict[str, str], now: datetime) -> Ticket:
    contact = contacts.find_or_create(
        session, contacts.MAIL, handed.mail, name=handed.name, now=now
    )
    opening = tickets.Opening(
        subject=handed.subject,
        text=handed.text,
        channel="api",
        contact_id=contact.id,
        context=dict(context),
    )
    ticket = tickets.open_ticket(session, opening, now=now)
    ticket.due_at = office.due(settings.read(session, settings.Company), now)
    tickets.say(session, ticket, tickets.Saying(CUSTOMER, handed.text, "api"), now=now)
    asked = questions.Asked("api", handed.text, contact_id=contact.id, band="human")
    question = questions.record(session, asked, [], now=now)
    questions.to_person(session, question, ticket.id, now=now)
    outgoing.queue_receipt(session, ticket, now=now)
    return ticket


def _handed() -> Handed:
    """Read the body. Raises Invalid."""
    try:
        document = request.get_json(silent=True)
    except RecursionError:
        # Thousands of brackets inside each other.
        document = None
    if not isinstance(document, dict):
        raise Invalid("json_missing", field="body")
    values: dict[str, str] = {}
    for name, most in (("text", 20_000), ("mail", 254), ("name", 120), ("subject", 300)):
        value = document.get(name, "")
        if not isinstance(value, str):
            raise Invalid("text_wanted", field=name)
        if len(value) > most:
            raise Invalid("too_long", field=name, limit=most)
        values[name] = storable.text(value).strip()
    if not values["text"]:
        raise Invalid("text_missing", field="text")
    contacts.normalise(contacts.MAIL, values["mail"])
    return Handed(**values)


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Describe all of this (OpenAPI 3.1)."""
    return jsonify(described.document(current.parts().base_url))


@blueprint.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(_rest: str) -> ResponseReturnValue:
    """Answer what is not there in JSON too."""
    raise NotFound

"""Suggestions while somebody types: in the search box, in the browser, beside the contact form."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kb import categories, ratelimit
from kb.models.knowledge import Article
from search.suggest import Suggestion
from search.suggestable import ASKING
from web import current, limits
from web.locale import gettext
from web.site import shown
from web.site.blueprint import site
from web.site.finding import MAX_QUESTION

OPENSEARCH = "opensearch"


@site.get("/suggest")
def suggest() -> ResponseReturnValue:
    """Give suggestions for the search box; `for=form` gives answers with a passage each."""
    limits.reading(ratelimit.SUGGEST)
    text = request.args.get("q", "").strip()[:MAX_QUESTION]
    with current.reading() as session:
        body = (
            _answers(session, text) if request.args.get("for") == "form" else _rows(session, text)
        )
    response: Response = jsonify(_for_browser(text, body))
    if request.args.get("format") == OPENSEARCH:
        response.mimetype = "application/x-suggestions+json"
    response.headers["Cache-Control"] = "private, max-age=30"
    return response


def _for_browser(text: str, body: dict[str, Any]) -> object:  # Any: JSON
    """Return suggestions as a browser's own search box wants them (OpenSearch Suggestions 1.1)."""
    if request.args.get("format") != OPENSEARCH:
        return body
    base = current.parts().base_url
    rows = body["suggestions"]
    titles, addresses = [row["title"] for row in rows], [base + row["url"] for row in rows]
    return [text, titles, ["" for _ in rows], addresses]


def _rows(session: Session, text: str) -> dict[str, Any]:  # Any: JSON
    found = current.parts().finding.suggest(
        session, text, audiences=current.audiences(), now=current.now(), limit=8
    )
    rows = [
        {
            "title": item.text,
            "url": _address(session, item),
            "category": _kind(item),
            "parts": [[part, hit] for part, hit in item.parts],
        }
        for item in found
    ]
    return {"suggestions": rows, "total": len(rows)}


def _kind(item: Suggestion) -> str:
    words = {ASKING: gettext("别人问过"), "category": item.detail or gettext("分类")}
    return words.get(item.kind, item.detail)


def _address(session: Session, item: Suggestion) -> str:
    if item.kind == ASKING:
        return url_for("site.search", q=item.text)
    if item.kind == "category":
        path = categories.path(session, item.id)
        return shown.category_url(path[0]) if path else url_for("site.categories")
    return shown.article_url(session.get_one(Article, item.id))


def _answers(session: Session, text: str) -> dict[str, Any]:  # Any: JSON
    """Return at most 4 probable answers to what somebody is writing in the contact form."""
    return {"suggestions": [dict(item) for item in answers(session, text)]}


def answers(session: Session, text: str, *, limit: int = 3) -> list[dict[str, Any]]:
    """Return what the contact form suggests: only what may well answer.

    Args:
        session: the unit of work.
        text: what the customer wrote so far.
        limit: how many at most.
    """
    if len(text) < 4:
        return []
    finding = current.parts().finding
    found = finding.answering(
        session,
        text,
        channel="form",
        limit=limit,
        audiences=current.audiences(),
        now=current.now(),
    )
    if found.band == "human":
        return []
    rows = [(m, session.get(Article, m.article_id)) for m in found.matches]
    return [
        {
            "id": row.id,
            "title": row.question,
            "url": shown.article_url(row),
            "snippet": shown.lead(row),
        }
        for match, row in rows
        if row is not None and match.probability >= 0.08
    ]

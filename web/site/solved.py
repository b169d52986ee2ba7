"""已解决 / 没解决: the signed links of an automatic answer. GET shows a page, POST records."""

from __future__ import annotations

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import solved as links
from kb import articles, ratelimit, settings, tickets, tokens
from kb.errors import Conflict, NotFound
from kb.models.knowledge import Article
from kb.models.service import Ticket
from web import current, limits, office
from web.site import shown
from web.site.blueprint import site
from web.site.shown import Link


@site.get("/s/<token>")
def solved(token: str) -> ResponseReturnValue:
    """Ask once more; a mail scanner that follows the link changes nothing."""
    with current.reading() as session:
        seen = links.look(session, token, current.parts().secret, now=current.now())
        choice = seen.recorded or _choice()
        return _page(session, token, seen.stage, choice, article=_article(session, seen.article_id))


@site.post("/s/<token>")
def solved_commit(token: str) -> ResponseReturnValue:
    """Record the choice, once; 没解决 gives the ticket to a person."""
    limits.within(ratelimit.TICKET_REPLY, tokens.digest(token)[:32])
    choice, secret = _choice(), current.parts().secret
    try:
        with current.writing() as session:
            ticket = links.commit(session, token, choice, secret, now=current.now())
            if choice == links.NO and ticket is not None:
                company = settings.read(session, settings.Company)
                ticket.due_at = office.due(company, current.now())
            return _page(session, token, links.DONE, choice, ticket=ticket)
    except Conflict as error:
        stage = links.EXPIRED if error.code == "link_expired" else links.USED
        with current.reading() as session:
            return _page(session, token, stage, choice)


def _choice() -> str:
    return links.NO if request.values.get("choice") == links.NO else links.YES


def _article(session: Session, article_id: int | None) -> Link | None:
    """Return the article that was sent, if the reader may still see it."""
    try:
        row: Article = articles.seen(
            session, article_id or 0, now=current.now(), audiences=current.audiences()
        )
    except NotFound:
        return None
    return shown.article_link(row)


def _page(
    session: Session,
    token: str,
    stage: str,
    choice: str,
    *,
    article: Link | None = None,
    ticket: Ticket | None = None,
) -> Response:
    to_person = stage == links.DONE and choice == links.NO and ticket is not None
    html = render_template(
        "site/solved.html",
        stage=stage,
        choice=choice,
        token=token,
        article=article,
        ticket_url=_ticket_url(session, ticket) if to_person and ticket else None,
        expected=office.expected(ticket.due_at) if to_person and ticket else "",
        noindex=True,
        notices=shown.strip(session),
    )
    response = make_response(html)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _ticket_url(session: Session, ticket: Ticket) -> str:
    token = tickets.link_token(session, ticket, current.parts().secret)
    return url_for("site.ticket", token=token)

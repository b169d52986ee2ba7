"""The way to a person: the contact form, which offers answers before it sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import outgoing
from kb import articles, contacts, questions, ratelimit, settings, tickets
from kb.errors import DomainError, Invalid
from kb.models.knowledge import Article
from kb.models.service import CONFIRMED, CUSTOMER, Ticket
from web import current, errors, limits, locale, office, sessions, uploads
from web.site import shown, suggesting
from web.site.blueprint import site
from web.site.shown import Link

MAX_TEXT, MAX_NAME, MAX_ORDER = 5_000, 60, 40
FIELDS = ("text", "mail", "name", "order")
ACCEPT = "image/*,video/mp4,.pdf,.txt,.log"


@site.get("/human")
def human() -> ResponseReturnValue:
    """Lead to the form with what was asked and read."""
    # Any: what url_for takes.
    kept: dict[str, Any] = {
        k: v[:400] for k, v in request.args.items() if k in ("q", "article") and v
    }
    return redirect(url_for("site.ask", **kept), 303)


@site.get("/ask")
def ask() -> ResponseReturnValue:
    """Show the form, with the search and the article that led here."""
    q = request.args.get("q", "").strip()[:400]
    with current.reading() as session:
        return _form(session, {"text": q}, q=q, article=_article(session))


def _article(session: Session) -> Article | None:
    """Return the article that did not help, if the reader may see it."""
    try:
        number = current.whole("article")
        if number is None:
            return None
        return articles.seen(session, number, now=current.now(), audiences=current.audiences())
    except DomainError:
        return None


def _form(
    session: Session,
    values: Mapping[str, str],
    *,
    q: str,
    article: Article | None,
    faults: Mapping[str, str] | None = None,
    suggestions: list[dict[str, Any]] | None = None,  # Any: what suggesting.answers gives
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "site/ask.html",
        notices=shown.strip(session),
        values=values,
        errors=faults or {},
        q=q,
        article=None
        if article is None
        else {"id": article.id, "title": article.question, "url": shown.article_url(article)},
        suggestions=suggestions or [],
        hold=bool(suggestions),
        max_files=uploads.MOST_FILES,
        accept=ACCEPT,
        noindex=True,
    )
    return page, status


@site.post("/ask")
def send() -> ResponseReturnValue:
    """Take the question: already solved, answered on second thought, or a ticket."""
    values = {name: request.form.get(name, "").strip() for name in FIELDS}
    q = request.form.get("q", "").strip()[:400]
    if request.form.get("website"):
        return redirect(url_for("site.home"), 303)
    # Each try looks for answers, which costs as much as a search does.
    limits.reading(ratelimit.SEARCH)
    if request.form.get("resolved"):
        return _solved(values["text"] or q)
    faults = _faults(values)
    with current.reading() as session:
        article = _article(session)
        if faults:
            return _form(session, values, q=q, article=article, faults=faults, status=400)
        offered = suggesting.answers(session, values["text"])
        if offered and not request.form.get("sure"):
            return _form(session, values, q=q, article=article, suggestions=offered)
    limits.within(ratelimit.CONTACT)
    files = uploads.received("files")
    with current.writing() as session:
        ticket = _open(session, values, q, offered)
        uploads.attach(session, ticket.messages[0], files, now=current.now())
        page = _asked_page(session, ticket, values["mail"])
    return render_template("site/asked.html", **page)


def _faults(values: Mapping[str, str]) -> dict[str, str]:
    """Return the sentence for each field that cannot be accepted."""
    found: dict[str, str] = {}
    checks: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("text", _check_text),
        ("mail", lambda mail: contacts.normalise(contacts.MAIL, mail)),
        ("name", lambda name: _check_length(name, MAX_NAME)),
        ("order", lambda order: _check_length(order, MAX_ORDER)),
    )
    for name, check in checks:
        try:
            check(values[name])
        except Invalid as error:
            found[name] = errors.sentence(error)
    return found


def _check_text(text: str) -> None:
    if not text:
        raise Invalid("text_missing", field="text")
    _check_length(text, MAX_TEXT)


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise Invalid("too_long", limit=most)


# Any: what suggesting.answers gives.
def _open(
    session: Session, values: Mapping[str, str], q: str, offered: list[dict[str, Any]]
) -> Ticket:
    """Make the ticket with everything that was asked and seen before."""
    now = current.now()
    contact = contacts.find_or_create(
        session,
        contacts.MAIL,
        values["mail"],
        name=values["name"],
        language=locale.language(),
        now=now,
    )
    article = _article(session)
    context = {
        "query": q,
        "order": values["order"],
        "article": article.id if article else None,
        "shown": [item["id"] for item in offered],
        "searches": _searches(session),
    }
    opening = tickets.Opening(
        subject="",
        text=values["text"],
        channel="form",
        contact_id=contact.id,
        category_id=article.category_id if article else None,
        context=context,
    )
    ticket = tickets.open_ticket(session, opening, now=now)
    ticket.due_at = office.due(settings.read(session, settings.Company), now)
    text = values["text"] + (f"\n\n订单号：{values['order']}" if values["order"] else "")
    tickets.say(session, ticket, tickets.Saying(CUSTOMER, text, "form"), now=now)
    session.refresh(ticket)
    _record(session, values, contact.id, ticket, offered)
    outgoing.queue_receipt(session, ticket, now=now)
    return ticket


# Any: what suggesting.answers gives.
def _record(
    session: Session,
    values: Mapping[str, str],
    contact_id: int,
    ticket: Ticket,
    offered: list[dict[str, Any]],
) -> None:
    asked = questions.Asked(
        channel="form",
        text=values["text"],
        language=locale.language(),
        contact_id=contact_id,
        visitor=sessions.visitor_id(),
        band="suggest" if offered else "human",
    )
    offers = [questions.Offer(item["id"], 0.0) for item in offered]
    question = questions.record(session, asked, offers, now=current.now())
    questions.asked_again(session, question, now=current.now())
    questions.to_person(session, question, ticket.id, now=current.now())


def _searches(session: Session) -> list[str]:
    """Return what this visitor searched for in the last half hour, oldest first."""
    return questions.recent_searches(session, sessions.visitor_id(), now=current.now())


@dataclass(frozen=True, slots=True)
class Receipt:
    """The ticket as the thank-you page shows it."""

    number: str
    url: str


def _asked_page(session: Session, ticket: Ticket, mail: str) -> dict[str, Any]:  # Any: context
    token = tickets.link_token(session, ticket, current.parts().secret)
    url = current.parts().base_url + url_for("site.ticket", token=token)
    return {
        "ticket": Receipt(ticket.number, url),
        "expected": office.expected(ticket.due_at),
        "mail": mail,
        "article": None,
        "noindex": True,
        "notices": shown.strip(session),
    }


def _solved(text: str) -> ResponseReturnValue:
    """The customer found the answer beside the form: record it and thank them."""
    number = current.whole("resolved")
    with current.writing() as session:
        article = articles.seen(
            session, number or 0, now=current.now(), audiences=current.audiences()
        )
        asked = questions.Asked(
            channel="form",
            text=text or article.question,
            language=locale.language(),
            visitor=sessions.visitor_id(),
            band="suggest",
        )
        question = questions.record(
            session, asked, [questions.Offer(article.id, 0.0)], now=current.now()
        )
        questions.clicked(session, question.id, article.id, now=current.now())
        questions.end(session, question, CONFIRMED, now=current.now())
        link = Link(article.question, shown.article_url(article))
        return render_template(
            "site/asked.html",
            ticket=None,
            expected="",
            mail="",
            article=link,
            noindex=True,
            notices=shown.strip(session),
        )

"""A customer's own ticket, opened by its signed link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import questions, ratelimit, tickets, tokens
from kb.errors import DomainError, NotFound
from kb.models.knowledge import Attachment, Blob
from kb.models.service import AGENT, AUTOMATIC, CLOSED, CONFIRMED, CUSTOMER, FAILED, Message, Ticket
from web import current, errors, headers, limits, office, uploads
from web.locale import gettext
from web.site import shown
from web.site.blueprint import site

PUBLIC_AUTHORS = (CUSTOMER, AGENT, AUTOMATIC)


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file of a message."""

    name: str
    url: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the customer sees it; notes and what was taken back are left out."""

    mine: bool
    name: str
    text: str
    html: None
    at: datetime
    automatic: bool
    files: tuple[FileLink, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """The ticket as the customer sees it."""

    number: str
    subject: str
    state: str
    created_at: datetime
    expected: str


def _ticket(session: Session, token: str) -> Ticket:
    if len(token) > 64:
        raise NotFound("link_unknown")
    return tickets.by_link(session, token, now=current.now())


@site.get("/t/<token>")
def ticket(token: str) -> ResponseReturnValue:
    """Show what was said, and a field to say more."""
    with current.reading() as session:
        return _page(session, _ticket(session, token), token)


def _page(
    session: Session,
    row: Ticket,
    token: str,
    *,
    text: str = "",
    fault: DomainError | None = None,
) -> Response:
    waiting = row.state in ("new", "open")
    html = render_template(
        "site/ticket.html",
        ticket=Seen(
            row.number,
            row.subject,
            row.state,
            row.created_at,
            office.expected(row.due_at) if waiting else "",
        ),
        messages=[_said(session, m, token) for m in row.messages if _public(m)],
        token=token,
        values={"text": text},
        errors={"text": errors.sentence(fault)} if fault else {},
        can_reply=row.state != CLOSED and not row.spam,
        sent=request.args.get("sent") == "1",
        noindex=True,
        notices=shown.strip(session),
    )
    response = make_response(html, errors.status_of(fault) if fault else 200)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _public(message: Message) -> bool:
    return message.author in PUBLIC_AUTHORS and message.delivery not in ("undone", "queued")


def _said(session: Session, message: Message, token: str) -> Said:
    names = {CUSTOMER: gettext("您"), AUTOMATIC: gettext("自动回复")}
    agent = message.user.display_name if message.user else gettext("客服")
    rows = session.scalars(select(Attachment).where(Attachment.message_id == message.id))
    return Said(
        mine=message.author == CUSTOMER,
        name=names.get(message.author, agent),
        text=message.text,
        html=None,
        at=message.created_at,
        automatic=message.author == AUTOMATIC,
        files=tuple(
            FileLink(f.filename, url_for("site.ticket_file", token=token, name=f.name), f.size)
            for f in rows
        ),
    )


@site.get("/t/<token>/files/<name>")
def ticket_file(token: str, name: str) -> ResponseReturnValue:
    """Give a file of this ticket as a download."""
    with current.reading() as session:
        row = _ticket(session, token)
        file = session.scalar(select(Attachment).where(Attachment.name == name))
        shown_ids = {m.id for m in row.messages if _public(m)}
        if file is None or file.message_id not in shown_ids:
            raise NotFound(file=name)
        return download(file, session.get_one(Blob, file.digest).data)


def download(file: Attachment, data: bytes) -> Response:
    """Return a file so that a browser saves it and never runs it."""
    return saved_as(file.filename or file.name, data)


def saved_as(name: str, data: bytes) -> Response:
    """Return bytes that a browser saves under a name and never runs."""
    headers.use(headers.FILES)
    response = Response(data, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@site.post("/t/<token>")
def ticket_reply(token: str) -> ResponseReturnValue:
    """Add what the customer says, or record that it is solved."""
    limits.within(ratelimit.TICKET_REPLY, tokens.digest(token)[:32])
    if request.form.get("solved"):
        return _solved(token)
    text = request.form.get("text", "").strip()
    files = uploads.received("files")
    try:
        with current.writing() as session:
            row = _ticket(session, token)
            _reopen_question(session, row)
            saying = tickets.Saying(CUSTOMER, text, "form")
            message = tickets.say(session, row, saying, now=current.now())
            uploads.attach(session, message, files, now=current.now())
    except NotFound:
        raise
    except DomainError as error:
        with current.reading() as session:
            return _page(session, _ticket(session, token), token, text=text, fault=error)
    return redirect(url_for("site.ticket", token=token, sent=1), 303)


def _reopen_question(session: Session, row: Ticket) -> None:
    """An answer that is answered back did not solve it."""
    if row.state not in ("waiting", "resolved"):
        return
    for question in questions.of_ticket(session, row.id):
        if question.answered_at is not None:
            questions.end(session, question, FAILED, now=current.now())


def _solved(token: str) -> ResponseReturnValue:
    with current.writing() as session:
        row = _ticket(session, token)
        if (row.state, "resolved") in tickets.MOVES:
            tickets.move(session, row, "resolved", now=current.now())
        for question in questions.of_ticket(session, row.id):
            if question.outcome != "person":
                questions.end(session, question, CONFIRMED, now=current.now())
    return redirect(url_for("site.ticket", token=token, sent=1), 303)

"""One ticket: what was said, which answers fit, and what is known about the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import contacts, markup, tickets
from kb.errors import NotFound
from kb.models.knowledge import INTERNAL, PUBLIC, Article, Attachment, Blob
from kb.models.service import CLOSED, CUSTOMER, Message, Ticket
from web import current, headers, uploads
from web.desk import choices, drafting, talk
from web.desk.blueprint import desk
from web.desk.inbox import is_late
from web.locale import gettext
from web.site import shown
from web.site.tickets import download

SUGGESTED = 5
LEAST = 0.05
ASKED_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class Seen:
    """The ticket in the head of its page."""

    id: int
    number: str
    subject: str
    state: str
    channel: str
    spam: bool
    waiting: float | None
    late: bool
    person_asked: bool


@dataclass(frozen=True, slots=True)
class Who:
    """The customer beside the talk."""

    id: int
    name: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer that an agent may put into the reply; internal ones can only be read."""

    id: int
    title: str
    url: str
    public_url: str
    probability: float
    snippet: str
    text: str
    internal: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as it stands in its field."""

    text: str = ""
    used: tuple[int, ...] = ()
    inserted: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    prepared: drafting.Prepared | None = None


@desk.get("/tickets/<int:ticket_id>")
def ticket(ticket_id: int) -> ResponseReturnValue:
    """Show a ticket; `?text=` of a reply taken back stands in the field again."""
    with current.reading() as session:
        row = tickets.get(session, ticket_id)
        current.require("ticket.see", row)
        ready = drafting.prepared(session, row)
        undone = _undone(row)
        if ready is None or undone or row.state == CLOSED:
            return page(session, row, Draft(text=undone))
        return page(session, row, Draft(ready.text, ready.used, prepared=ready))


def _undone(row: Ticket) -> str:
    """Return the words of a reply that was just taken back, so that they can be mended."""
    if request.args.get("said") != "undone" or not row.messages:
        return ""
    last = row.messages[-1]
    return last.text if last.delivery == "undone" else ""


def page(session: Session, row: Ticket, draft: Draft, *, status: int = 200) -> ResponseReturnValue:
    """Return the page of a ticket with a reply in the making."""
    contact = row.contact
    html = render_template(
        "desk/ticket.html",
        ticket=_seen(row),
        contact=Who(contact.id, contact.name, talk.facts(session, row)) if contact else None,
        messages=talk.messages(session, row),
        suggestions=suggestions(session, row),
        users=choices.users(session),
        assignee_id=row.assignee_id or "",
        values={"text": draft.text},
        errors=draft.errors,
        used=",".join(str(number) for number in draft.used),
        inserted=draft.inserted,
        prepared=draft.prepared,
        signature=_signature(),
        events=talk.events(session, row),
        can_reply=row.state != CLOSED and not row.spam,
        reply_to=_reply_to(row),
        others=talk.others(session, row),
        most_files=uploads.MOST_FILES,
        most_bytes=uploads.MOST_TOGETHER,
    )
    return make_response(html, status)


def _seen(row: Ticket) -> Seen:
    now = current.now()
    return Seen(
        id=row.id,
        number=row.number,
        subject=row.subject,
        state=row.state,
        channel=row.channel,
        spam=row.spam,
        waiting=(now - row.waiting_since).total_seconds() if row.waiting_since else None,
        late=is_late(row, now),
        person_asked=row.person_asked,
    )


def _signature() -> str:
    """Return what will stand under the reply, as `autoreply.letters` writes it."""
    user = current.user()
    return (user.signature or user.display_name) if user else ""


def _reply_to(row: Ticket) -> str:
    name = (row.contact.name if row.contact else "") or gettext("客户")
    mail = contacts.address(row.contact) if row.contact else None
    way = gettext("邮件") if mail else choices.channel_words().get(row.channel, row.channel)
    return gettext("%(name)s，%(way)s", name=name, way=way)


def suggestions(session: Session, row: Ticket) -> list[Suggestion]:
    """Return the answers that may fit what the customer said last, most probable first."""
    text = asked(row)
    if not text:
        return []
    found = current.parts().finding.find(
        session, text, limit=SUGGESTED, now=current.now(), audiences=(PUBLIC, INTERNAL)
    )
    pairs = [(session.get(Article, m.article_id), m.probability) for m in found]
    return [_suggestion(a, p) for a, p in pairs if a is not None and p >= LEAST]


def asked(row: Ticket) -> str:
    """Return what a ticket is about: the customer's last words, with the subject at first."""
    said = [m.text for m in row.messages if m.author == CUSTOMER]
    if not said:
        return row.subject
    subject = "" if len(said) > 1 or row.subject in said[0] else f"{row.subject}\n"
    return f"{subject}{said[-1]}".strip()[:ASKED_CHARS]


def _suggestion(article: Article, probability: float) -> Suggestion:
    internal = article.audience != PUBLIC
    return Suggestion(
        id=article.id,
        title=article.question,
        url=url_for("desk.edit", article_id=article.id),
        public_url="" if internal else shown.short_url(article),
        probability=probability,
        snippet=shown.lead(article),
        text="" if internal else shown.as_letter(article),
        internal=internal,
    )


@desk.get("/messages/<int:message_id>/frame")
def mail_frame(message_id: int) -> ResponseReturnValue:
    """Show the HTML of an incoming mail, cleaned, inside a sandbox; nothing loads from outside."""
    current.require("ticket.see")
    with current.reading() as session:
        message = session.get(Message, message_id)
        if message is None or not message.html:
            raise NotFound(message=message_id)
        return framed(message.html)


def framed(html: str) -> ResponseReturnValue:
    """Return foreign HTML as a page for a sandboxed frame."""
    headers.use(headers.MAIL_FRAME)
    clean = markup.clean_mail_html(html).html
    return make_response(
        render_template("desk/frame.html", html=Markup(clean))  # noqa: S704 - cleaned by kb.markup
    )


@desk.get("/attachments/<int:attachment_id>")
def attachment(attachment_id: int) -> ResponseReturnValue:
    """Give a file of a message as a download; a browser never opens it."""
    current.require("ticket.see")
    with current.reading() as session:
        file = session.scalar(select(Attachment).where(Attachment.id == attachment_id))
        if file is None:
            raise NotFound(attachment=attachment_id)
        return download(file, session.get_one(Blob, file.digest).data)

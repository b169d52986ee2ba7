"""Answering a ticket: replies, notes, answers put into a reply, taking a reply back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import holdout, outgoing
from kb import articles, audit, questions, tickets
from kb.errors import DomainError, Forbidden, Invalid, NotFound
from kb.models.knowledge import PUBLIC, Article
from kb.models.service import AGENT, NOTE, Message, Ticket
from web import current, errors, uploads
from web.desk import drafting, frame, keeping
from web.desk.blueprint import desk
from web.desk.tickets import Draft, page
from web.site import shown

MOST_TEXT = 20_000
MOST_USED = 10
# Time at a ticket counts from opening its page; longer than this somebody was elsewhere.
LONGEST_LOOK = timedelta(hours=1)
HARVEST = "harvest"


@dataclass(frozen=True, slots=True)
class Written:
    """The reply form as it was sent.

    Attributes:
        used: ids of the articles that were put into the reply.
        then: `reply`, `harvest` or `note`.
        opened: when the page was opened, if it says so.
    """

    text: str
    used: tuple[int, ...]
    then: str
    opened: datetime | None


def _written() -> Written:
    form = request.form
    used = [int(part) for part in form.get("used", "").split(",") if _is_id(part)]
    then = form.get("then", "reply")
    return Written(
        text=form.get("text", "").replace("\r\n", "\n").strip(),
        used=tuple(dict.fromkeys(used))[:MOST_USED],
        then=then if then in ("reply", HARVEST, "note") else "reply",
        opened=_moment(form.get("opened", "")),
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@desk.post("/tickets/<int:ticket_id>/reply")
def reply(ticket_id: int) -> ResponseReturnValue:
    """Send a reply, keep a note, or put an answer into the reply (without JavaScript)."""
    written = _written()
    if "insert" in request.form or "insert_link" in request.form:
        return _insert(ticket_id, written)
    try:
        files = uploads.received("files")
        if written.then != "note":
            files = uploads.outward(files, field="files")
        with current.writing() as session:
            row = tickets.get(session, ticket_id)
            current.require("ticket.reply", row)
            said = _say(session, row, written, files)
            made = row.messages[-1].detail.get("candidate")
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        return _again(ticket_id, written, error)
    current.parts().finding.wake()
    return frame.back("ticket", said, ticket_id=ticket_id, which=made)


def _again(ticket_id: int, written: Written, error: DomainError) -> ResponseReturnValue:
    """Show the page again with what was written and why it did not go."""
    field = "files" if error.params.get("field") in ("files", "file") else "text"
    draft = Draft(written.text, written.used, errors={field: errors.sentence(error)})
    with current.reading() as session:
        row = tickets.get(session, ticket_id)
        return page(session, row, draft, status=errors.status_of(error))


def _say(session: Session, row: Ticket, written: Written, files: Sequence[uploads.Upload]) -> str:
    """Add the message and all that follows from it; return what to tell."""
    if not written.text:
        raise Invalid("text_missing", field="text")
    if len(written.text) > MOST_TEXT:
        raise Invalid("too_long", field="text", limit=MOST_TEXT)
    note = written.then == "note"
    draft = drafting.prepared(session, row)
    message = _message(session, row, written, NOTE if note else AGENT)
    uploads.attach(session, message, files, now=current.now())
    if note:
        return "noted"
    mail = outgoing.queue_reply(session, message, now=current.now())
    _teach(session, row, written, draft)
    _clock(row, written)
    row.assignee_id = row.assignee_id or current.actor().user_id
    audit.note(session, current.actor(), "ticket.reply", ("ticket", row.id), now=current.now())
    if written.then == HARVEST:
        return _keep(session, row, message)
    return "replied" if mail else "said_only"


def _message(session: Session, row: Ticket, written: Written, author: str) -> Message:
    used = [_used(session, number) for number in written.used]
    cited = [{"id": a.id, "version": a.live_version or 0, "probability": 1.0} for a in used if a]
    saying = tickets.Saying(
        author,
        written.text,
        row.channel,
        user_id=current.actor().user_id,
        detail={"articles": cited} if cited and author == AGENT else {},
    )
    message = tickets.say(session, row, saying, now=current.now())
    session.refresh(row, ["messages"])
    return message


def _used(session: Session, number: int) -> Article | None:
    """Return an article that may stand in a customer's mail, else None."""
    article = session.get(Article, number)
    visible = article is not None and articles.is_visible(
        article, now=current.now(), audiences=(PUBLIC,)
    )
    return article if visible else None


def _teach(
    session: Session, row: Ticket, written: Written, draft: drafting.Prepared | None
) -> None:
    """What an agent chose to send answers the question: the ranker may learn from it."""
    asked = questions.of_ticket(session, row.id)
    for number in written.used:
        kept = drafting.kept(draft, number, written.text)
        if asked and kept and _used(session, number):
            by = holdout.who_taught(session, asked[-1].id)
            questions.confirm(session, asked[-1], number, by, now=current.now())


def _clock(row: Ticket, written: Written) -> None:
    """Add the time that this reply took."""
    if written.opened is None or not timedelta() < current.now() - written.opened:
        return
    spent = min(current.now() - written.opened, LONGEST_LOOK)
    row.handling_seconds += int(spent.total_seconds())


def _keep(session: Session, row: Ticket, message: Message) -> str:
    """Resolve the ticket and put what it taught into 待沉淀."""
    tickets.move(session, row, "resolved", now=current.now())
    candidate = keeping.keep(session, row)
    if candidate is None:
        return "replied_resolved"
    message.detail = {**message.detail, "candidate": candidate.id}
    return "kept"


def _insert(ticket_id: int, written: Written) -> ResponseReturnValue:
    """Put an answer, or its link, at the end of the reply and show the page again."""
    link = "insert_link" in request.form
    number = current.whole("insert_link" if link else "insert")
    with current.reading() as session:
        row = tickets.get(session, ticket_id)
        current.require("ticket.reply", row)
        article = _used(session, number or 0)
        if article is None:
            raise NotFound(article=number)
        added = _as_link(article) if link else shown.as_letter(article)
        draft = Draft(
            text=f"{written.text}\n{added}".strip(),
            used=tuple(dict.fromkeys((*written.used, article.id))),
            inserted=article.question,
        )
        return page(session, row, draft)


def _as_link(article: Article) -> str:
    return f"{article.question}\n{shown.short_url(article)}"


@desk.post("/messages/<int:message_id>/undo")
def undo(message_id: int) -> ResponseReturnValue:
    """Take a reply back within ten seconds; what it harvested goes too."""
    with current.writing() as session:
        message = session.get(Message, message_id)
        if message is None or message.author != AGENT:
            raise NotFound(message=message_id)
        row = message.ticket
        current.require("ticket.reply", row)
        if message.user_id != current.actor().user_id:
            raise Forbidden(verb="ticket.reply")
        outgoing.undo_reply(session, message, now=current.now())
        keeping.forget(session, row, message.detail.get("candidate"))
        audit.note(session, current.actor(), "ticket.undo", ("ticket", row.id), now=current.now())
        ticket_id = row.id
    return frame.back("ticket", "undone", ticket_id=ticket_id)


@desk.post("/tickets/<int:ticket_id>/resolve")
def resolve(ticket_id: int) -> ResponseReturnValue:
    """Mark a ticket as resolved; what it taught goes into 待沉淀."""
    with current.writing() as session:
        row = tickets.get(session, ticket_id)
        current.require("ticket.resolve", row)
        tickets.move(session, row, "resolved", now=current.now())
        kept = keeping.keep(session, row)
        _note(session, row, "ticket.resolve")
        made = kept.id if kept else None
    said = "kept_only" if made else "resolved"
    return frame.back("ticket", said, ticket_id=ticket_id, which=made)


@desk.post("/tickets/<int:ticket_id>/reopen")
def reopen(ticket_id: int) -> ResponseReturnValue:
    """Open a resolved or closed ticket again."""
    with current.writing() as session:
        row = tickets.get(session, ticket_id)
        current.require("ticket.resolve", row)
        closed = (row.state, "reopened") not in tickets.MOVES
        tickets.move(session, row, "restored" if closed else "reopened", now=current.now())
        _note(session, row, "ticket.reopen")
    return frame.back("ticket", "reopened", ticket_id=ticket_id)


@desk.post("/tickets/<int:ticket_id>/assign")
def assign(ticket_id: int) -> ResponseReturnValue:
    """Say who looks after a ticket; an empty choice gives it back to everybody."""
    number = current.whole("user_id")
    with current.writing() as session:
        row = tickets.get(session, ticket_id)
        current.require("ticket.assign", row)
        keeping.check_user(session, number)
        row.assignee_id = number
        _note(session, row, "ticket.assign", user=number)
    return frame.back("ticket", "assigned", ticket_id=ticket_id)


@desk.post("/tickets/<int:ticket_id>/take")
def take(ticket_id: int) -> ResponseReturnValue:
    """Take a ticket oneself."""
    with current.writing() as session:
        row = tickets.get(session, ticket_id)
        current.require("ticket.assign", row)
        tickets.move(session, row, "taken", now=current.now())
        row.assignee_id = current.actor().user_id
        _note(session, row, "ticket.take")
    return frame.back("ticket", "assigned", ticket_id=ticket_id)


@desk.post("/tickets/<int:ticket_id>/spam")
def spam(ticket_id: int) -> ResponseReturnValue:
    """Put a ticket into the spam in one click, or (spam=0) take it out again."""
    away = request.form.get("spam", "1") != "0"
    with current.writing() as session:
        row = tickets.get(session, ticket_id)
        current.require("ticket.resolve", row)
        if row.spam != away:
            row.spam = away
            event = "discarded" if away else "restored"
            if (row.state, event) in tickets.MOVES:
                tickets.move(session, row, event, now=current.now())
            _note(session, row, "ticket.spam" if away else "ticket.not_spam")
    return frame.back("ticket", "spam" if away else "not_spam", ticket_id=ticket_id)


# object: JSON values for the audit log.
def _note(session: Session, row: Ticket, verb: str, **detail: object) -> None:
    audit.note(session, current.actor(), verb, ("ticket", row.id), now=current.now(), **detail)

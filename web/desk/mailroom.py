"""Mail that left or will."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from autoreply import delivery, flowed, inbound, tables, wordings
from autoreply.tables import Decision, OutgoingMail
from kb import audit, jobs
from kb.errors import Conflict, NotFound
from kb.models.service import Message, Ticket
from kb.models.system import Job
from web import current
from web.desk import frame, talk
from web.desk.blueprint import desk
from web.desk.inbox import Tab
from web.locale import gettext
from web.paging import pager

PAGE = 40
HEADERS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One mail in the outbox; see templates/desk/outbox.html."""

    id: int
    to: str
    subject: str
    kind: str
    state: str
    at: datetime
    error: str
    ticket_url: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in full; see templates/desk/mail.html."""

    subject: str
    from_: str
    to: str
    at: datetime
    kind: str
    state: str
    error: str
    text: str
    size: int
    files: tuple[talk.File, ...] = ()
    images_blocked: int = 0


def kind_words() -> dict[str, str]:
    """Return the kinds of mail that leave, in words."""
    return {
        tables.AUTOMATIC: gettext("自动回复"),
        tables.RECEIPT: gettext("回执"),
        tables.REPLY: gettext("客服回复"),
        tables.TOLD: gettext("补好了的通知"),
        tables.CORRECTION: gettext("更正"),
        tables.TRIAL: gettext("试发"),
        tables.ALARM: gettext("提醒"),
    }


# State of a row -> how pages call it.
STATES = {
    tables.QUEUED: "queued",
    tables.SENDING: "queued",
    tables.SENT: "sent",
    tables.FAILED: "failed",
    tables.UNKNOWN: "unknown",
    tables.CANCELLED: "cancelled",
}


@desk.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Show the mail that left or will, newest first."""
    current.require("mail.see")
    tab, number = request.args.get("tab", ""), max(1, current.whole("page", 1) or 1)
    with current.reading() as session:
        where = _left(tab)
        total = session.scalar(select(func.count()).select_from(OutgoingMail).where(where)) or 0
        query = select(OutgoingMail).where(where).order_by(OutgoingMail.id.desc())
        rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
        return render_template(
            "desk/outbox.html",
            tabs=_outbox_tabs(session, tab),
            mails=[_line(row) for row in rows],
            captured=bool(current.parts().outbox_dir),
            broken_words=bool(wordings.broken(session)),
            pager=pager(number, total, PAGE, "desk.outbox", tab=tab or None),
        )


def _left(tab: str) -> ColumnElement[bool]:
    # What nobody knows about stands with what failed: a person has to look at both.
    tabs = ("failed", "unknown") if tab == "failed" else (tab,)
    states = [state for state, shown in STATES.items() if shown in tabs]
    return OutgoingMail.state.in_(states) if states else true()


def _outbox_tabs(session: Session, chosen: str) -> list[Tab]:
    words = {
        "": gettext("全部"),
        "queued": gettext("待发"),
        "sent": gettext("已发"),
        "failed": gettext("没发出去"),
    }
    count = select(func.count()).select_from(OutgoingMail)
    return [
        Tab(
            text,
            url_for("desk.outbox", tab=name or None),
            session.scalar(count.where(_left(name))) or 0,
            name == chosen,
        )
        for name, text in words.items()
    ]


def _line(row: OutgoingMail) -> Line:
    return Line(
        id=row.id,
        to=_mailbox(row.to_name, row.to_address),
        subject=row.subject or gettext("没有主题"),
        kind=kind_words().get(row.kind, row.kind),
        state=STATES[row.state],
        at=row.sent_at or row.created_at,
        error=row.error,
        ticket_url=url_for("desk.ticket", ticket_id=row.ticket_id) if row.ticket_id else None,
        url=url_for("desk.outbox_mail", mail_id=row.id),
    )


def _mailbox(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address


@desk.get("/outbox/<int:mail_id>")
def outbox_mail(mail_id: int) -> ResponseReturnValue:
    """Show one mail that left or will."""
    current.require("mail.see")
    with current.reading() as session:
        row = session.get(OutgoingMail, mail_id)
        if row is None:
            raise NotFound(mail=mail_id)
        return render_template(
            "desk/mail.html",
            mail=_outgoing(session, row),
            frame_url=None,
            headers=headers_of(row.raw),
            ticket=ticket_of(session, row.ticket_id),
            decision_url=decision_url_of(session, row.spool_id),
            retry_url=_retry_url(session, row),
        )


def _outgoing(session: Session, row: OutgoingMail) -> Mail:
    line = _line(row)
    letter = inbound.read(row.raw) if row.raw else None
    message = session.get(Message, row.message_id) if row.message_id else None
    sender = letter.author.address if letter and letter.author else row.mailbox
    return Mail(
        subject=letter.subject if letter else line.subject,
        from_=sender or gettext("发出时写上"),
        to=line.to,
        at=line.at,
        kind=line.kind,
        state=line.state,
        error=row.error,
        text=_text(row.raw, letter.text)
        if row.raw and letter
        else (message.text if message else gettext("发出时才写好。")),
        size=len(row.raw or b""),
        files=talk.files(session, message.id) if message else (),
    )


def _text(raw: bytes, text: str) -> str:
    """Return the text of a mail of ours; lines that were broken to fit are whole again."""
    return flowed.read(text) if b"flowed" in raw else text


def headers_of(raw: bytes | None) -> list[tuple[str, str]]:
    """Return the first fields of a mail, decoded."""
    return list(inbound.read(raw).headers.items[:HEADERS]) if raw else []


def ticket_of(session: Session, ticket_id: int | None) -> dict[str, str] | None:
    """Return the link to the ticket of a mail."""
    row = session.get(Ticket, ticket_id) if ticket_id else None
    if row is None:
        return None
    return {"number": row.number, "url": url_for("desk.ticket", ticket_id=row.id)}


def decision_url_of(session: Session, spool_id: int | None) -> str | None:
    """Return where it is said why an incoming mail was treated as it was."""
    if spool_id is None:
        return None
    number = session.scalar(select(Decision.id).where(Decision.spool_id == spool_id))
    return url_for("desk.decision", decision_id=number) if number else None


def _retry_url(session: Session, row: OutgoingMail) -> str | None:
    """Return where a person sends a mail again; an automatic answer never leaves twice."""
    lost = row.state in (tables.FAILED, tables.UNKNOWN) and row.kind != tables.AUTOMATIC
    stuck = row.state == tables.QUEUED and _dead_job(session, row) is not None
    return url_for("desk.outbox_retry", mail_id=row.id) if lost or stuck else None


def _dead_job(session: Session, row: OutgoingMail) -> int | None:
    query = select(Job.id).where(
        Job.kind == "deliver",
        Job.state == jobs.DEAD,
        Job.payload["mail"].as_integer() == row.id,
    )
    return session.scalar(query.limit(1))


@desk.post("/outbox/<int:mail_id>/retry")
def outbox_retry(mail_id: int) -> ResponseReturnValue:
    """Give a mail whose delivery was given up another round."""
    current.require("mail.manage")
    with current.writing() as session:
        row = session.get(OutgoingMail, mail_id)
        if row is None:
            raise NotFound(mail=mail_id)
        job = _dead_job(session, row) if row.state == tables.QUEUED else None
        again = (
            jobs.retry(session, job, now=current.now())
            if job is not None
            else delivery.retry(session, row, now=current.now())
        )
        if not again:
            raise Conflict("refused", mail=mail_id)
        thing = ("mail", mail_id)
        audit.note(session, current.actor(), "mail.retry", thing, now=current.now())
    return frame.back("outbox_mail", "retried", mail_id=mail_id)

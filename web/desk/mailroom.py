"""Mail that left or will, and mail as it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from autoreply import inbound, spool, tables
from autoreply.tables import Decision, OutgoingMail, Spool
from kb import audit, jobs, markup
from kb.errors import Conflict, NotFound
from kb.models.service import Message, Ticket
from kb.models.system import Job
from web import current
from web.desk import frame, talk, verdicts
from web.desk.blueprint import desk
from web.desk.inbox import Tab
from web.desk.tickets import framed
from web.locale import gettext
from web.site.browsing import pager

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
class Arrived:
    """One mail as it came in; see templates/desk/spool.html."""

    id: int
    from_: str
    subject: str
    size: int
    state: str
    class_: str
    rule: str
    at: datetime
    url: str
    error: str


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
    }


# State of a row -> how pages call it.
STATES = {
    tables.QUEUED: "queued",
    tables.SENDING: "queued",
    tables.SENT: "sent",
    tables.FAILED: "failed",
    tables.UNKNOWN: "failed",
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
            pager=pager(number, total, PAGE, "desk.outbox", tab=tab or None),
        )


def _left(tab: str) -> ColumnElement[bool]:
    states = [state for state, shown in STATES.items() if shown == tab]
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
        dead = _dead_job(session, row) is not None and row.state == tables.QUEUED
        return render_template(
            "desk/mail.html",
            mail=_outgoing(session, row),
            frame_url=None,
            headers=_headers(row.raw),
            ticket=_ticket(session, row.ticket_id),
            decision_url=_decision_url(session, row.spool_id),
            retry_url=url_for("desk.outbox_retry", mail_id=row.id) if dead else None,
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
        text=letter.text if letter else (message.text if message else gettext("发出时才写好。")),
        size=len(row.raw or b""),
        files=talk.files(session, message.id) if message else (),
    )


def _headers(raw: bytes | None) -> list[tuple[str, str]]:
    return list(inbound.read(raw).headers.items[:HEADERS]) if raw else []


def _ticket(session: Session, ticket_id: int | None) -> dict[str, str] | None:
    row = session.get(Ticket, ticket_id) if ticket_id else None
    if row is None:
        return None
    return {"number": row.number, "url": url_for("desk.ticket", ticket_id=row.id)}


def _decision_url(session: Session, spool_id: int | None) -> str | None:
    if spool_id is None:
        return None
    number = session.scalar(select(Decision.id).where(Decision.spool_id == spool_id))
    return url_for("desk.decision", decision_id=number) if number else None


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
        job = _dead_job(session, row)
        if job is None or not jobs.retry(session, job, now=current.now()):
            raise Conflict("refused", mail=mail_id)
        thing = ("mail", mail_id)
        audit.note(session, current.actor(), "mail.retry", thing, now=current.now())
    return frame.back("outbox_mail", "retried", mail_id=mail_id)


def _came(tab: str) -> ColumnElement[bool]:
    conditions: dict[str, ColumnElement[bool]] = {
        "waiting": Spool.state == tables.RECEIVED,
        "done": (Spool.state == tables.DONE) & (Spool.outcome != tables.IGNORED),
        "failed": Spool.state == tables.QUARANTINED,
        "quiet": (Spool.state == tables.DONE) & (Spool.outcome == tables.IGNORED),
    }
    return conditions.get(tab, true())


@desk.get("/spool", endpoint="spool")
def incoming() -> ResponseReturnValue:
    """Show mail as it came in, newest first."""
    current.require("mail.see")
    tab, number = request.args.get("tab", ""), max(1, current.whole("page", 1) or 1)
    with current.reading() as session:
        total = session.scalar(select(func.count()).select_from(Spool).where(_came(tab))) or 0
        query = select(Spool).where(_came(tab)).order_by(Spool.id.desc())
        rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
        return render_template(
            "desk/spool.html",
            tabs=_spool_tabs(session, tab),
            mails=_arrived(rows),
            pager=pager(number, total, PAGE, "desk.spool", tab=tab or None),
        )


def _spool_tabs(session: Session, chosen: str) -> list[Tab]:
    words = {
        "": gettext("全部"),
        "waiting": gettext("等处理"),
        "done": gettext("处理好"),
        "failed": gettext("出错"),
        "quiet": gettext("没有回"),
    }
    count = select(func.count()).select_from(Spool)
    return [
        Tab(
            text,
            url_for("desk.spool", tab=name or None),
            session.scalar(count.where(_came(name))) or 0,
            name == chosen,
        )
        for name, text in words.items()
    ]


def _arrived(rows: Sequence[Spool]) -> list[Arrived]:
    classes = verdicts.class_words()
    return [
        Arrived(
            id=row.id,
            from_=row.from_address,
            subject=row.subject,
            size=row.size,
            state=spool_state(row),
            class_=classes.get(row.kind, row.kind),
            rule=verdicts.words(row.reason) if row.reason else "",
            at=row.received_at,
            url=url_for("desk.spool_mail", mail_id=row.id),
            error=row.error,
        )
        for row in rows
    ]


def spool_state(row: Spool) -> str:
    """Return how pages call the state of an incoming mail."""
    if row.state == tables.DONE:
        return "quiet" if row.outcome == tables.IGNORED else "done"
    return "failed" if row.state == tables.QUARANTINED else "waiting"


@desk.post("/spool", endpoint="spool_post")
def process_again() -> ResponseReturnValue:
    """Give a mail that could not be processed another round."""
    current.require("mail.manage")
    number = current.whole("id") or 0
    with current.writing() as session:
        spool.retry(session, number, now=current.now())
        audit.note(session, current.actor(), "mail.retry", ("spool", number), now=current.now())
    return frame.back("spool", "retried")


@desk.get("/spool/<int:mail_id>")
def spool_mail(mail_id: int) -> ResponseReturnValue:
    """Show one mail as it came in."""
    current.require("mail.see")
    with current.reading() as session:
        row = spool.get(session, mail_id)
        mail, html = _incoming(session, row)
        return render_template(
            "desk/mail.html",
            mail=mail,
            frame_url=url_for("desk.spool_frame", mail_id=row.id) if html else None,
            headers=_headers(row.raw),
            ticket=_ticket(session, row.ticket_id),
            decision_url=_decision_url(session, row.id),
            retry_url=None,
        )


def _incoming(session: Session, row: Spool) -> tuple[Mail, str]:
    letter = inbound.read(row.raw) if row.raw else None
    mail = Mail(
        subject=row.subject,
        from_=row.from_address,
        to=row.mailbox,
        at=row.received_at,
        kind=verdicts.class_words().get(row.kind, row.kind),
        state="refused" if spool_state(row) == "quiet" else "received",
        error=row.error,
        text=letter.text if letter else gettext("原信已经过了保留期。"),
        size=row.size,
        files=talk.files(session, row.message_id) if row.message_id else (),
    )
    html = letter.html if letter else ""
    blocked = markup.clean_mail_html(html).blocked_images if html else 0
    return replace(mail, images_blocked=blocked), html


@desk.get("/spool/<int:mail_id>/frame")
def spool_frame(mail_id: int) -> ResponseReturnValue:
    """Show the HTML of an incoming mail, cleaned, inside a sandbox."""
    current.require("mail.see")
    with current.reading() as session:
        row = spool.get(session, mail_id)
        html = inbound.read(row.raw).html if row.raw else ""
        if not html:
            raise NotFound(mail=mail_id)
        return framed(html)

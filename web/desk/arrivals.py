"""Mail as it came in: what it was taken for, what came of it, and the mail itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from autoreply import inbound, spool, tables
from autoreply.tables import Spool
from kb import audit, markup
from kb.errors import NotFound
from web import current
from web.desk import frame, mailroom, talk, verdicts
from web.desk.blueprint import desk
from web.desk.inbox import Tab
from web.desk.tickets import framed
from web.locale import gettext
from web.paging import pager
from web.site.tickets import saved_as

PAGE = 40


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
            headers=mailroom.headers_of(row.raw),
            ticket=mailroom.ticket_of(session, row.ticket_id),
            decision_url=mailroom.decision_url_of(session, row.id),
            retry_url=None,
            raw_url=url_for("desk.spool_raw", mail_id=row.id) if row.raw else None,
        )


@desk.get("/spool/<int:mail_id>.eml")
def spool_raw(mail_id: int) -> ResponseReturnValue:
    """Give a mail to the byte as it came in, as a download; a browser never opens it."""
    current.require("mail.see")
    with current.reading() as session:
        raw = spool.whole(session, spool.get(session, mail_id))
    if raw is None:
        raise NotFound(mail=mail_id)
    return saved_as(f"{mail_id}.eml", raw)


def _incoming(session: Session, row: Spool) -> tuple[mailroom.Mail, str]:
    letter = inbound.read(row.raw) if row.raw else None
    mail = mailroom.Mail(
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

"""Background jobs and the audit log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from autoreply.tables import OutgoingMail
from kb import access, audit, jobs
from kb.errors import Conflict, Invalid
from kb.models.knowledge import Article
from kb.models.service import Ticket
from kb.models.system import AuditEntry, Job
from web import current
from web.desk import deeds, frame
from web.desk.blueprint import desk
from web.desk.inbox import Tab
from web.locale import gettext
from web.paging import pager

PAGE = 50


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job in the list; see templates/desk/jobs.html."""

    id: int
    kind: str
    about: str
    state: str
    attempts: int
    run_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log; see templates/desk/audit.html."""

    at: datetime
    actor: str
    words: str
    object: str
    url: str | None
    detail: str


def job_words() -> dict[str, str]:
    """Return the kinds of jobs in words."""
    return {
        "deliver": gettext("发信"),
        "mail_in": gettext("处理来信"),
        "publish_article": gettext("定时发布"),
        "expire_article": gettext("到期下线"),
        "settle": gettext("统计提问结果"),
        "purge": gettext("清理过期记录"),
        "gates": gettext("统计自动回复的对错"),
        "backtest": gettext("试算"),
        "alarms": gettext("检查收信和发信"),
        "mail_files": gettext("整理旧邮件里的附件"),
        "alarm_hook": gettext("把收发信的问题发到群里"),
    }


def _of(tab: str) -> ColumnElement[bool]:
    held = Job.leased_until.is_not(None) & (Job.leased_until > current.now())
    conditions: dict[str, ColumnElement[bool]] = {
        "": Job.state == jobs.DEAD,
        "ready": and_(Job.state == jobs.READY, ~held),
        "running": and_(Job.state == jobs.READY, held),
        "done": Job.state == jobs.DONE,
        "all": true(),
    }
    return conditions.get(tab, conditions[""])


@desk.get("/jobs", endpoint="jobs")
def all_jobs() -> ResponseReturnValue:
    """Show the jobs that were given up, or those of another state."""
    current.require("job.manage")
    tab, number = request.args.get("tab", ""), max(1, current.whole("page", 1) or 1)
    with current.reading() as session:
        total = session.scalar(select(func.count()).select_from(Job).where(_of(tab))) or 0
        query = select(Job).where(_of(tab)).order_by(Job.id.desc())
        rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
        since = jobs.oldest_ready(session, now=current.now())
        return render_template(
            "desk/jobs.html",
            tabs=_tabs(session, tab),
            jobs=[_job(session, row) for row in rows],
            oldest=(current.now() - since).total_seconds() if since else None,
            pager=pager(number, total, PAGE, "desk.jobs", tab=tab or None),
        )


def _tabs(session: Session, chosen: str) -> list[Tab]:
    words = {
        "": gettext("放弃了"),
        "ready": gettext("排队"),
        "running": gettext("正在做"),
        "done": gettext("做完"),
    }
    count = select(func.count()).select_from(Job)
    return [
        Tab(
            text,
            url_for("desk.jobs", tab=name or None),
            session.scalar(count.where(_of(name))) or 0,
            name == chosen,
        )
        for name, text in words.items()
    ]


def _job(session: Session, row: Job) -> JobLine:
    running = row.leased_until is not None and row.leased_until > current.now()
    return JobLine(
        id=row.id,
        kind=job_words().get(row.kind, row.kind),
        about=_about(session, row.payload),
        state="running" if row.state == jobs.READY and running else row.state,
        attempts=row.attempts,
        run_at=row.run_at,
        error=row.error[:300],
    )


def _about(session: Session, payload: dict[str, Any]) -> str:  # Any: JSON of the job's kind
    if isinstance(number := payload.get("mail"), int):
        mail = session.get(OutgoingMail, number)
        return gettext("给%(to)s", to=mail.to_address) if mail else ""
    if isinstance(number := payload.get("article"), int):
        article = session.get(Article, number)
        return article.question if article else ""
    return gettext("来信%(n)s", n=payload["spool"]) if "spool" in payload else ""


@desk.post("/jobs", endpoint="jobs_post")
def change_job() -> ResponseReturnValue:
    """Give a job that was given up another round."""
    current.require("job.manage")
    if request.form.get("do") != "retry":
        raise Invalid("refused", field="do")
    number = current.whole("id") or 0
    with current.writing() as session:
        if not jobs.retry(session, number, now=current.now()):
            raise Conflict("refused", job=number)
        audit.note(session, current.actor(), "job.retry", ("job", number), now=current.now())
    return frame.back("jobs", "retried")


@desk.get("/audit", endpoint="audit")
def log() -> ResponseReturnValue:
    """Show who did what, newest first."""
    current.require("audit.see")
    q, number = request.args.get("q", "").strip()[:80], max(1, current.whole("page", 1) or 1)
    with current.reading() as session:
        where = _about_word(q)
        total = session.scalar(select(func.count()).select_from(AuditEntry).where(where)) or 0
        query = select(AuditEntry).where(where).order_by(AuditEntry.id.desc())
        rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
        return render_template(
            "desk/audit.html",
            entries=_entries(session, rows),
            chosen={"q": q},
            pager=pager(number, total, PAGE, "desk.audit", q=q or None),
        )


def _about_word(q: str) -> ColumnElement[bool]:
    if not q:
        return true()
    verbs = [verb for verb, words in deeds.words().items() if q in words]
    return or_(
        AuditEntry.actor.icontains(q, autoescape=True),
        AuditEntry.verb.icontains(q, autoescape=True),
        AuditEntry.verb.in_(verbs),
    )


def _entries(session: Session, rows: Sequence[AuditEntry]) -> list[Entry]:
    words = deeds.words()
    return [
        Entry(
            at=row.created_at,
            actor=_who(row.actor),
            words=words.get(row.verb, row.verb),
            object=_object(session, row)[0],
            url=_object(session, row)[1],
            detail=_detail(row.detail),
        )
        for row in rows
    ]


def _who(name: str) -> str:
    """Return who did it; somebody who was not signed in has no name."""
    return gettext("没有登录的人") if name == access.NOBODY.label else name


def _object(session: Session, row: AuditEntry) -> tuple[str, str | None]:
    number = row.object_id
    if row.object_kind == "article" and (article := session.get(Article, number)) is not None:
        return article.question, url_for("desk.edit", article_id=article.id)
    if row.object_kind == "ticket" and (ticket := session.get(Ticket, number)) is not None:
        return f"{ticket.number} {ticket.subject}", url_for("desk.ticket", ticket_id=ticket.id)
    kind = deeds.kinds().get(row.object_kind, row.object_kind)
    return f"{kind} {number}" if number else kind, None


def _detail(detail: dict[str, Any]) -> str:  # Any: JSON values
    kept = {name: value for name, value in detail.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False)[1:-1] if kept else ""

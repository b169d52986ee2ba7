"""Urgent notices: put up, changed, taken down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import access, audit, markup, notices
from kb.errors import DomainError, Invalid, NotFound
from kb.models.knowledge import Notice
from kb.models.people import User
from web import current, errors
from web.desk import form, frame
from web.desk.blueprint import desk

FIELDS = ("id", "title", "body", "keywords", "starts_at", "ends_at")
MOST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in the list."""

    id: int
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime
    state: str
    author: str


@desk.get("/notices", endpoint="notices")
def all_notices() -> ResponseReturnValue:
    """Show the notices, newest first; `?id=` puts one into the form."""
    current.require("desk.use")
    with current.reading() as session:
        number = current.whole("id")
        values = _values(notices.get(session, number)) if number else {}
        return _page(session, values)


def _values(row: Notice) -> dict[str, object]:
    return {
        "id": row.id,
        "title": row.title,
        "body": row.body_md,
        "keywords": "，".join(row.keywords),
        "starts_at": form.local(row.starts_at),
        "ends_at": form.local(row.ends_at),
    }


def _page(
    session: Session,
    values: Mapping[str, object],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    rows = session.scalars(select(Notice).order_by(Notice.ends_at.desc()).limit(MOST))
    html = render_template(
        "desk/notices.html",
        notices=[_line(session, row) for row in rows],
        values=values,
        errors=faults or {},
        can_write=access.can(current.actor(), "notice.write"),
    )
    return html, status


def _line(session: Session, row: Notice) -> Line:
    now = current.now()
    state = "later" if row.starts_at > now else "now" if row.ends_at > now else "over"
    author = session.get(User, row.author_id) if row.author_id else None
    text = " ".join(markup.render(row.body_md).text.split())[:120]
    name = author.display_name if author else ""
    return Line(row.id, row.title, text, row.starts_at, row.ends_at, state, name)


@desk.post("/notices", endpoint="notices_post")
def change() -> ResponseReturnValue:
    """Put a notice up, change it, or take it down."""
    current.require("notice.write")
    deeds = {"save": _save, "end": _end}
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise Invalid("refused", field="do")
    try:
        with current.writing() as session:
            number, said = deed(session)
            thing = ("notice", number)
            audit.note(session, current.actor(), f"notice.{said}", thing, now=current.now())
    except NotFound:
        raise
    except DomainError as error:
        typed = {name: request.form.get(name, "") for name in FIELDS}
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            return _page(session, typed, faults, errors.status_of(error))
    return frame.back("notices", said)


def _save(session: Session) -> tuple[int, str]:
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    ends_at = form.moment(typed, "ends_at")
    if ends_at is None:
        raise Invalid("end_missing", field="ends_at")
    words = typed["keywords"].replace("，", ",").replace("、", ",").split(",")
    announcement = notices.Announcement(
        title=typed["title"],
        body_md=typed["body"],
        keywords=tuple(word.strip()[:40] for word in words if word.strip())[:20],
        starts_at=form.moment(typed, "starts_at") or current.now(),
        ends_at=ends_at,
    )
    row = notices.put(
        session,
        announcement,
        author_id=current.actor().user_id,
        now=current.now(),
        notice_id=current.whole("id"),
    )
    return row.id, "saved"


def _end(session: Session) -> tuple[int, str]:
    number = current.whole("id") or 0
    notices.end(session, number, now=current.now())
    return number, "ended"

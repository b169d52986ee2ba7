"""Addresses that get no mail: why, since when, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from autoreply import suppression
from autoreply.tables import BOUNCED, OPTED_OUT, Suppression
from kb import access, audit
from web import current
from web.desk import frame
from web.desk.blueprint import desk
from web.locale import gettext
from web.paging import pager

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One address; see templates/desk/suppressed.html."""

    address: str
    why: str
    detail: str
    at: datetime
    bounced: bool


def _words() -> dict[str, str]:
    return {BOUNCED: gettext("退回来了"), OPTED_OUT: gettext("不要自动邮件")}


@desk.get("/outbox/suppressed", endpoint="outbox_suppressed")
def all_suppressed() -> ResponseReturnValue:
    """Show the addresses that get no mail, the newest first; `?q=` finds one."""
    current.require("mail.see")
    asked, number = request.args.get("q", "").strip(), max(1, current.whole("page", 1) or 1)
    where = Suppression.address.contains(asked.lower(), autoescape=True)
    with current.reading() as session:
        total = session.scalar(select(func.count()).select_from(Suppression).where(where)) or 0
        query = select(Suppression).where(where).order_by(Suppression.created_at.desc())
        rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
        return render_template(
            "desk/suppressed.html",
            lines=[_line(row) for row in rows],
            asked=asked,
            can_lift=access.can(current.actor(), "mail.manage"),
            pager=pager(number, total, PAGE, "desk.outbox_suppressed", q=asked or None),
        )


def _line(row: Suppression) -> Line:
    why = _words().get(row.reason, row.reason)
    return Line(row.address, why, row.detail, row.created_at, row.reason == BOUNCED)


@desk.post("/outbox/suppressed", endpoint="outbox_suppressed_post")
def lift() -> ResponseReturnValue:
    """Let mail go to an address again."""
    current.require("mail.manage")
    with current.writing() as session:
        row = suppression.lift(session, request.form.get("address", ""))
        # The audit log holds no customer's address, so that erasing them leaves none.
        audit.note(
            session, current.actor(), "suppression.lifted", ("mail", None), now=current.now(),
            reason=row.reason,
        )  # fmt: skip
    return frame.back("outbox_suppressed", "lifted_address")

"""The mailboxes that are read, of the desk and of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import accounts
from autoreply.tables import MailAccount, Mailbox
from web import current
from web.desk.blueprint import desk
from web.desk.mailbox_guides import GUIDES
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Line:
    """One mailbox in the list; see templates/desk/mailboxes.html."""

    address: str
    provider: str
    mode: str
    read_at: datetime | None
    error: str
    url: str | None


@desk.get("/mailboxes", endpoint="mailboxes")
def all_mailboxes() -> ResponseReturnValue:
    """Show the mailboxes that are read, of the desk and of the configuration."""
    current.require("mail.manage")
    with current.reading() as session:
        return render_template("desk/mailboxes.html", boxes=_lines(session))


def _lines(session: Session) -> list[Line]:
    places = {row.name: row for row in session.scalars(select(Mailbox).order_by(Mailbox.name))}
    found = [_line(row, places.pop(f"{row.address}/{row.folder}", None))
             for row in accounts.every(session)]  # fmt: skip
    known = {line.address for line in found}
    return found + [
        Line(place.name.rpartition("/")[0], "", "config", place.read_at, place.error, None)
        for place in places.values()
        if place.name.rpartition("/")[0] not in known
    ]


def _line(row: MailAccount, place: Mailbox | None) -> Line:
    return Line(
        address=row.address,
        provider=gettext(GUIDES[row.provider].name),
        mode=row.mode,
        read_at=place.read_at if place else None,
        error=trouble(place.error) if place and row.mode != accounts.OFF else "",
        url=url_for("desk.mailbox", mailbox_id=row.id),
    )


def trouble(error: str) -> str:
    """Return in words what keeps a reader from its mailbox; the log has the rest."""
    if not error:
        return ""
    if "mailbox_sign_in" in error:
        return gettext("登录不了，请看看授权码。")
    if "oauth" in error:
        return gettext("授权失效了，请再点一次“去授权”。")
    if "secret_unreadable" in error:
        return gettext("存下的密码打不开，请重新填一次。")
    return gettext("连不上收信服务器，正在一次次地再试。")

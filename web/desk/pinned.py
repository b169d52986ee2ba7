"""置顶和调整: all pins and boosts on one page, each with the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from authoring import remedies, upkeep
from authoring.why import hidden_by
from kb import access, pins
from kb.errors import Invalid
from kb.models.people import User
from web import current
from web.desk import frame
from web.desk.blueprint import desk


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pin; `hidden` says that customers cannot see its article now, so it does nothing."""

    id: int
    text: str
    title: str
    url: str
    hidden: bool
    by: str
    at: datetime
    why_url: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An article that was moved up or down."""

    id: int
    title: str
    url: str
    boost: float
    hidden: bool


@desk.get("/pins", endpoint="pins")
def show() -> ResponseReturnValue:
    """List pins and boosts."""
    current.require("article.see")
    with current.reading() as session:
        return render_template(
            "desk/pins.html",
            pins=_pins(session),
            moved=_moved(session),
            can_pin=access.can(current.actor(), "article.pin"),
        )


@desk.post("/pins", endpoint="pins_post")
def change() -> ResponseReturnValue:
    """Take a pin away (do=unpin), or put an article back where it stands by itself (do=level)."""
    current.require("article.pin")
    number = current.whole("id") or 0
    actor, now = current.actor(), current.now()
    with current.writing() as session:
        match request.form.get("do"):
            case "unpin":
                pins.remove(session, number, actor=actor, now=now)
            case "level":
                upkeep.pin(session, number, boost=0.0, actor=actor, now=now)
            case _:
                raise Invalid("refused", field="do")
    current.parts().finding.wake()
    return frame.back("pins", "removed")


def _pins(session: Session) -> list[Pinned]:
    names: Mapping[int, str] = {row.id: row.display_name for row in session.query(User)}
    return [
        Pinned(
            id=row.id,
            text=row.text,
            title=row.article.question,
            url=url_for("desk.edit", article_id=row.article_id),
            hidden=hidden_by(row.article, now=current.now()) is not None,
            by=names.get(row.user_id or 0, ""),
            at=row.created_at,
            why_url=url_for("desk.why", article_id=row.article_id, q=row.text),
        )
        for row in pins.every(session)
    ]


def _moved(session: Session) -> list[Moved]:
    return [
        Moved(
            id=row.id,
            title=row.question,
            url=url_for("desk.edit", article_id=row.id),
            boost=row.boost,
            hidden=hidden_by(row, now=current.now()) is not None,
        )
        for row in remedies.boosted(session)
    ]

"""限额: how many automatic mails may go where, what is paused now, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autoreply import pauses, quota
from autoreply.tables import CANCELLED, COUNTED_KINDS, OutgoingMail
from kb import access, audit, settings
from kb.errors import DomainError, Forbidden, Invalid
from kb.settings import Automation
from web import current, errors
from web.desk import automation, frame, standing
from web.desk.blueprint import desk
from web.locale import gettext

BOUNDS: Mapping[str, tuple[int, int]] = {
    "per_sender_day": (1, 50),
    "per_thread": (1, 3),
    "per_domain_hour": (1, 10_000),
    "per_minute": (1, 10_000),
    "bounce_share": (1, 100),
    "pause_minutes": (1, 1440),
    "oldest_days": (1, 30),
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """What was used of a limit."""

    words: str
    used: int
    limit: int


@desk.get("/quotas", endpoint="quotas")
def show() -> ResponseReturnValue:
    """Show the limits, what they stop now, and what they stopped."""
    current.require("mail.see")
    with current.reading() as session:
        return _page(session, {}, {}, 200)


def _page(
    session: Session, typed: Mapping[str, str], faults: Mapping[str, str], status: int
) -> ResponseReturnValue:
    found, now = settings.read(session, Automation), current.now()
    html = render_template(
        "desk/quotas.html",
        tabs=automation.tabs("quotas"),
        holding=[standing.line(session, row) for row in pauses.holding(session, now=now)],
        past=[standing.line(session, row) for row in pauses.past(session, now=now)],
        gauges=_gauges(session, found, now),
        values={**{name: str(getattr(found, name)) for name in BOUNDS}, **typed},
        errors=faults,
        strict_sender=quota.STRICT_SENDER_DAY,
        can_write=access.can(current.actor(), "automation.write"),
    )
    return html, status


def _gauges(session: Session, found: Automation, now: datetime) -> list[Gauge]:
    hour = _sent(session, now - timedelta(hours=1))
    back = _sent(session, now - timedelta(hours=1), bounced=True)
    share = round(100 * back / hour) if hour else 0
    return [
        Gauge(
            gettext("最近一分钟发出"), _sent(session, now - timedelta(minutes=1)), found.per_minute
        ),
        Gauge(gettext("最近一小时退回的百分比"), share, found.bounce_share),
    ]


def _sent(session: Session, since: datetime, *, bounced: bool = False) -> int:
    query = select(func.count(OutgoingMail.id)).where(
        OutgoingMail.created_at > since,
        OutgoingMail.kind.in_(COUNTED_KINDS),
        OutgoingMail.state != CANCELLED,
    )
    if bounced:
        query = query.where(OutgoingMail.bounced_at.is_not(None))
    return session.scalar(query) or 0


@desk.post("/quotas", endpoint="quotas_post")
def change() -> ResponseReturnValue:
    """Change the limits (do=save), or let automatic mail go on (do=lift, id)."""
    current.require("automation.write")
    if request.form.get("do") == "lift":
        return _lift()
    try:
        with current.writing() as session:
            old = settings.read(session, Automation)
            new = _posted(old)
            settings.write(session, new)
            changed = {n: [getattr(old, n), getattr(new, n)] for n in BOUNDS
                       if getattr(old, n) != getattr(new, n)}  # fmt: skip
            audit.note(session, current.actor(), "setting.automation", ("setting", None),
                       now=current.now(), changed=changed)  # fmt: skip
    except Forbidden:
        raise
    except DomainError as error:
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            return _page(session, request.form, faults, errors.status_of(error))
    return frame.back("quotas", "saved")


def _posted(old: Automation) -> Automation:
    found = {name: _whole(name, *bounds) for name, bounds in BOUNDS.items()}
    return replace(
        old,
        per_sender_day=found["per_sender_day"],
        per_thread=found["per_thread"],
        per_domain_hour=found["per_domain_hour"],
        per_minute=found["per_minute"],
        bounce_share=found["bounce_share"],
        pause_minutes=found["pause_minutes"],
        oldest_days=found["oldest_days"],
    )


def _lift() -> ResponseReturnValue:
    with current.writing() as session:
        actor, now = current.actor(), current.now()
        row = pauses.lift(session, current.whole("id", 0) or 0, by=actor.user_id, now=now)
        audit.note(session, actor, "automation.lift", ("pause", row.id), now=now, kind=row.kind)
    return frame.back("quotas", "lifted")


def _whole(name: str, least: int, most: int) -> int:
    value = current.whole(name)
    if value is None or not least <= value <= most:
        raise Invalid("number_range", field=name, least=least, most=most)
    return value

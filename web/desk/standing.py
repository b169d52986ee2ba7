"""Pauses of automatic mail in words; those that hold for everybody stand on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from autoreply import pauses
from autoreply.policy_tables import Pause
from kb.models.people import User
from web import current
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Line:
    """One pause; see templates/desk/quotas.html."""

    id: int
    words: str
    who: str
    began_at: datetime
    until: datetime
    stopped: int
    lifted_at: datetime | None
    lifted_by: str


def pause_words() -> dict[str, str]:
    """Return kind of pause -> what happened."""
    return {
        pauses.BREAKER: gettext("一分钟里发得太多"),
        pauses.BOUNCES: gettext("退信太多"),
        pauses.SENDER: gettext("一位客户今天的次数用完了"),
        pauses.DOMAIN: gettext("一个邮箱域名这小时的次数用完了"),
    }


def line(session: Session, row: Pause) -> Line:
    """Return a pause as pages show it."""
    user = session.get(User, row.lifted_by) if row.lifted_by else None
    return Line(
        id=row.id,
        words=pause_words()[row.kind],
        who=row.key or gettext("所有人"),
        began_at=row.began_at,
        until=row.until,
        stopped=row.stopped,
        lifted_at=row.lifted_at,
        lifted_by=user.display_name if user else "",
    )


def alarms(session: Session) -> list[Line]:
    """Return the pauses that hold for everybody now."""
    rows = pauses.holding(session, now=current.now())
    return [line(session, row) for row in rows if row.kind in pauses.GLOBAL]

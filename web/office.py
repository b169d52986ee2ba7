"""Office hours: when a person will answer, as a moment and in words."""

from __future__ import annotations

from datetime import datetime

from kb import hours
from kb.settings import Company
from web import current
from web.locale import gettext, month


def due(company: Company, now: datetime) -> datetime:
    """Return until when a person answers what came in now."""
    return hours.due(company, now, current.parts().timezone)


def expected(moment: datetime | None) -> str:
    """Say it: 今天15:00前, 明天9:40前, 11月27日10:00前."""
    if moment is None:
        return ""
    zone = current.parts().timezone
    there, here = moment.astimezone(zone), current.now().astimezone(zone)
    clock = f"{there.hour}:{there.minute:02d}"
    gap = (there.date() - here.date()).days
    if gap <= 0:
        return gettext("今天%(clock)s前", clock=clock)
    if gap == 1:
        return gettext("明天%(clock)s前", clock=clock)
    return gettext(
        "%(month)s月%(day)s日%(clock)s前", month=month(there.month), day=there.day, clock=clock
    )

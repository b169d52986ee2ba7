"""Pure: working time, from a company's hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

from kb.policies import Company

_A_YEAR = 366


def is_open(company: Company, moment: datetime, zone: tzinfo) -> bool:
    """Say whether people answer at a moment."""
    here = moment.astimezone(zone)
    opens, closes = _day(company, here, zone)
    return here.weekday() in company.weekdays and opens <= here < closes


def due(company: Company, moment: datetime, zone: tzinfo) -> datetime:
    """Return the moment after `company.reply_minutes` of working time.

    Args:
        company: its hours and weekdays.
        moment: when the clock starts, aware.
        zone: where the hours hold.

    Returns:
        An aware moment; with no working days at all, simply later by the minutes.
    """
    left = timedelta(minutes=company.reply_minutes)
    here = moment.astimezone(zone)
    if not company.weekdays or company.hours_to <= company.hours_from:
        return moment + left
    for _ in range(_A_YEAR):
        opens, closes = _day(company, here, zone)
        start = max(here, opens)
        if here.weekday() in company.weekdays and start < closes:
            if start + left <= closes:
                return start + left
            left -= closes - start
        following = here.date() + timedelta(days=1)
        here = datetime.combine(following, time(), zone)
    return moment + timedelta(minutes=company.reply_minutes)


def _day(company: Company, here: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when the doors open and close on the day of a local moment."""
    midnight = datetime.combine(here.date(), time(), zone)
    hours = timedelta(hours=1)
    return midnight + company.hours_from * hours, midnight + company.hours_to * hours

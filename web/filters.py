"""Filters that the templates use: pure functions over values, the clock comes from the context."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from jinja2 import pass_context
from jinja2.runtime import Context


@dataclass(frozen=True, slots=True)
class Near:
    """A moment as seen from now; the macros in macros.html put it into words.

    Attributes:
        kind: `today`, `yesterday`, `tomorrow`, `year` (same year) or `far`.
        clock: hours and minutes as people write them, `8:41`.
        iso: ISO 8601 with offset, for the `datetime` attribute.
    """

    kind: str
    year: int
    month: int
    day: int
    clock: str
    iso: str
    this_year: bool


def near(value: datetime, *, now: datetime, tz: tzinfo) -> Near:
    """Place a moment relative to now, in the reader's zone.

    Args:
        value: aware datetime, any zone.
        now: aware datetime, any zone.
        tz: zone in which people read it.
    """
    here, today = value.astimezone(tz), now.astimezone(tz)
    return Near(
        kind=_kind(here, today),
        year=here.year,
        month=here.month,
        day=here.day,
        clock=f"{here.hour}:{here.minute:02d}",
        iso=here.isoformat(timespec="minutes"),
        this_year=here.year == today.year,
    )


def _kind(here: datetime, today: datetime) -> str:
    days = (here.date() - today.date()) / timedelta(days=1)
    names = {0: "today", -1: "yesterday", 1: "tomorrow"}
    return names.get(int(days), "year" if here.year == today.year else "far")


@pass_context
def near_filter(context: Context, value: datetime) -> Near:
    """`value|near`: see `near`; reads `now` and `tz` from the page's context."""
    return near(value, now=context["now"], tz=context["tz"])


FILTERS: dict[str, Callable[..., object]] = {"near": near_filter}
"""Register with `app.jinja_env.filters.update(FILTERS)`."""

"""Filters that the templates use: pure functions over values, the clock comes from the context."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

HAN, KANA = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[\u3040-\u30ff]")
TAG, WORD = re.compile(r"<[^>]*>"), re.compile(r"(?<![\w.@-])[a-z]{2,}(?![\w.@-])")
# Names have capitals (`L7 Pro`, `Wi-Fi`), addresses dots: so many small words make a sentence.
ENGLISH_WORDS = 2


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


def language_of(text: str) -> str:
    """Return the language that a text is written in as `lang` has it; "" when it may be any."""
    plain = TAG.sub("", text)
    if KANA.search(plain):
        return "ja"
    if HAN.search(plain):
        return "zh-CN"
    return "en" if len(WORD.findall(plain)) >= ENGLISH_WORDS else ""


@pass_context
def tongue(context: Context, value: object) -> Markup:
    """`<h2{{ title|tongue }}>`: ` lang="…"` where a text is in another language than its page.

    Screen readers choose their voice by it and browsers their face for 汉字.
    """
    spoken = language_of(str(value or ""))
    other = spoken and spoken != context.get("lang", "zh-CN")
    return Markup(' lang="{}"').format(spoken) if other else Markup("")


FILTERS: dict[str, Callable[..., object]] = {"near": near_filter, "tongue": tongue}
"""Register with `app.jinja_env.filters.update(FILTERS)`."""

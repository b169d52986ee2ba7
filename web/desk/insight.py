"""成效: what people ask, what came of it, how long it took, and what to write next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from kb import outcomes, redaction
from kb.outcomes import Asked, Span
from kb.questions import SILENCE
from search.questions import is_small_talk
from web import current
from web.desk import charts, choices
from web.desk.blueprint import desk
from web.desk.figures import figures
from web.desk.inbox import Tab
from web.locale import gettext, month

RANGES = (7, 14, 90)
DEFAULT = 14
TODO = 8
SHOWN_DAYS = 31
# Writing an answer saves about this long for each ticket when nobody measured it yet.
GUESSED_HANDLING = 360.0


@dataclass(frozen=True, slots=True)
class Trend:
    """A line over time."""

    title: str
    note: str
    points: list[charts.Point]
    target: float | None
    svg: Markup | None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """What came of one channel's questions: shares in [0, 1]."""

    name: str
    questions: int
    self: float
    unsure: float
    person: float


@dataclass(frozen=True, slots=True)
class Channels:
    """All channels side by side."""

    title: str
    note: str
    rows: list[ChannelRow]
    svg: Markup | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day in words."""

    label: str
    questions: int
    zero: int
    no_click: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Todo:
    """A question that is worth an article."""

    question: str
    url: str
    count: int
    now: str
    minutes: int
    action: str
    action_url: str


@desk.get("/insight")
def insight() -> ResponseReturnValue:
    """Show the figures of the last days, beside those of the days before."""
    current.require("insight.see")
    days = current.whole("days", DEFAULT)
    days = days if days in RANGES else DEFAULT
    with current.reading() as session:
        span, zone = _span(days), current.parts().timezone
        now, then = (outcomes.asked(session, one, zone) for one in (span, span.before))
        table = outcomes.by_day(session, span, now, zone)
        return render_template(
            "desk/insight.html",
            ranges=_ranges(days),
            period=_period(span, days),
            figures=figures(session, span, now, then) if now or then else [],
            trend=_trend(now, span, days),
            channels=_channels(now, days),
            days=[_day(row) for row in table][:SHOWN_DAYS] if now else [],
            todo=_todo(session, span, days),
        )


def _span(days: int) -> Span:
    """Return the last days up to the end of today, where people read it."""
    zone = current.parts().timezone
    tomorrow = current.now().astimezone(zone).date() + timedelta(days=1)
    until = datetime.combine(tomorrow, time(), zone)
    return Span(datetime.combine(tomorrow - timedelta(days=days), time(), zone), until)


def _ranges(chosen: int) -> list[Tab]:
    return [
        Tab(gettext("%(n)s天", n=n), url_for("desk.insight", days=n), None, n == chosen)
        for n in RANGES
    ]


def _period(span: Span, days: int) -> str:
    zone = current.parts().timezone
    first, last = span.since.astimezone(zone), (span.until - timedelta(days=1)).astimezone(zone)
    return gettext(
        "%(a)s至%(b)s，与之前%(n)s天相比",
        a=day_words(first.date()),
        b=day_words(last.date()),
        n=days,
    )


def day_words(day: date) -> str:
    """Return a day without its year: 11月18日."""
    return gettext("%(month)s月%(day)s日", month=month(day.month), day=day.day)


def _trend(questions: Sequence[Asked], span: Span, days: int) -> Trend | None:
    """Draw the share that needed no person, by day or, over many days, by week."""
    step = 7 if days > SHOWN_DAYS else 1
    open_from = (current.now() - SILENCE).astimezone(current.parts().timezone).date()
    first = span.since.astimezone(current.parts().timezone).date()
    points = []
    for start in range(0, days, step):
        inside = [q for q in questions if start <= (q.day - first).days < start + step]
        if inside:
            day = first + timedelta(days=start)
            value = outcomes.share(inside).self_share
            settled = day + timedelta(days=step - 1) < open_from
            points.append(charts.Point(f"{day.month}/{day.day}", value, settled))
    if not points:
        return None
    last = points[charts.last_settled(points)]
    words = gettext("自助解决从%(a)s到%(b)s", a=f"{points[0].value:.1%}", b=f"{last.value:.1%}")
    svg = charts.line(points, label=words) if len(points) > 1 else None
    note = gettext("每周，所有渠道") if step == 7 else gettext("每天，所有渠道")
    if not points[-1].settled:
        note += gettext("；提问满3天才有定论，虚线还会变")
    return Trend(gettext("自助解决率"), note, points, None, svg)


def _channels(questions: Sequence[Asked], days: int) -> Channels | None:
    words = choices.channel_words()
    rows = [
        ChannelRow(
            words.get(name, name),
            share.questions,
            share.self_share,
            share.unsure / share.questions,
            share.person / share.questions,
        )
        for name, share in outcomes.by_channel(questions).items()
    ]
    if not rows:
        return None
    drawn = [
        charts.Bar(row.name, gettext("%(n)s次", n=row.questions), row.self, row.unsure)
        for row in rows
    ]
    keys = (gettext("自助解决"), gettext("不确定"), gettext("转人工"))
    told = gettext("，").join(f"{row.name}{row.self:.0%}" for row in rows)
    svg = charts.bars(drawn, label=gettext("各渠道自助解决：%(told)s", told=told), keys=keys)
    return Channels(gettext("各渠道的结果"), gettext("最近%(n)s天", n=days), rows, svg)


def _day(row: outcomes.Day) -> DayRow:
    return DayRow(day_words(row.day), row.questions, row.zero, row.no_click, row.tickets)


def _todo(session: Session, span: Span, days: int) -> list[Todo]:
    """Return the questions whose answers would save most time, most first."""
    each = outcomes.times(session, span).handling or GUESSED_HANDLING
    found = []
    rows = outcomes.unanswered(session, span, limit=3 * TODO)
    # A greeting is no question, however often it comes.
    for row in [row for row in rows if not is_small_talk(row.text)][:TODO]:
        text = redaction.redact(row.text).text
        minutes = max(1, round(row.times * each / 60 * 7 / days))
        new_url = url_for("desk.new_article", q=text)
        look_url = url_for("desk.search", q=text)
        now = gettext("有条目，看完仍转人工") if row.found else gettext("没有条目")
        action, url = (gettext("改一改"), look_url) if row.found else (gettext("写这条"), new_url)
        found.append(Todo(text, look_url, row.times, now, minutes, action, url))
    return found

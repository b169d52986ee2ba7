"""省了多少: what answering really saves, measured against the mails that were held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from autoreply import holdout
from autoreply.holdout import Arm, Effect, Gap
from kb import settings
from kb.settings import Automation
from web import current
from web.desk import automation
from web.desk.blueprint import desk
from web.desk.inbox import Tab
from web.locale import gettext

RANGES = (30, 90, 180)


@dataclass(frozen=True, slots=True)
class Line:
    """One measure; see templates/desk/saving.html."""

    name: str
    answered: str
    held_out: str
    gap: str
    sure: bool | None
    good: bool


@desk.get("/saving", endpoint="saving")
def show() -> ResponseReturnValue:
    """Show both sides, their differences and how sure they are."""
    current.require("insight.see")
    days = current.whole("days", 90)
    days = days if days in RANGES else 90
    now = current.now()
    with current.reading() as session:
        found = holdout.effect(holdout.traces(session, since=now - timedelta(days=days), until=now))
        return render_template(
            "desk/saving.html",
            tabs=automation.tabs("saving"),
            ranges=[Tab(gettext("%(n)s天", n=n), url_for("desk.saving", days=n), None, n == days)
                    for n in RANGES],
            effect=found,
            lines=_lines(found),
            summary=_summary(found),
            fewest=holdout.FEWEST,
            holdout=settings.read(session, Automation).holdout,
        )  # fmt: skip


def _lines(found: Effect) -> list[Line]:
    one, other = found.answered, found.held_out
    return [
        Line(gettext("等到第一封回复（中位数）"), length(one.first), length(other.first), "", None,
             good=True),
        Line(gettext("客服花的时间（平均）"), _handling(one), _handling(other),
             _gap(found.handling, _minutes), _sure(found.handling), good=_less(found.handling)),
        Line(gettext("还是要人回的"), _share(one.person, one), _share(other.person, other),
             _gap(found.person, _points), _sure(found.person), good=_less(found.person)),
        Line(gettext("一周里又来问的"), _share(one.again, one), _share(other.again, other),
             _gap(found.again, _points), _sure(found.again), good=_less(found.again)),
    ]  # fmt: skip


def length(seconds: float | None) -> str:
    """Return a length of time in words."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return gettext("%(n)s秒", n=max(1, round(seconds)))
    if seconds < 5400:
        return gettext("%(n)s分钟", n=round(seconds / 60))
    return gettext("%(n)s小时", n=f"{seconds / 3600:.1f}")


def _handling(arm: Arm) -> str:
    return gettext("%(n)s分钟", n=f"{arm.handling / 60:.1f}") if arm.mails else "—"


def _share(part: int, arm: Arm) -> str:
    if not arm.mails:
        return "—"
    return gettext("%(share)s（%(n)s封）", share=f"{part / arm.mails:.0%}", n=part)


def _sure(gap: Gap | None) -> bool | None:
    return None if gap is None else gap.sure


def _less(gap: Gap | None) -> bool:
    return gap is None or gap.value <= 0


def _minutes(value: float) -> str:
    return f"{value / 60:+.1f}"


def _points(value: float) -> str:
    return f"{value * 100:+.0f}"


def _gap(gap: Gap | None, words: Callable[[float], str]) -> str:
    if gap is None:
        return gettext("还不够比")
    unit = gettext("分钟") if words is _minutes else gettext("个百分点")
    low, high = words(gap.low), words(gap.high)
    return gettext(
        "%(value)s%(unit)s（%(low)s到%(high)s）",
        value=words(gap.value),
        unit=unit,
        low=low,
        high=high,
    )


def _summary(found: Effect) -> str:
    """Say in one sentence what is known."""
    if found.handling is None:
        return gettext("两边都满%(n)s封，才看得出差别。现在先别下结论。", n=holdout.FEWEST)
    if not found.handling.sure:
        return gettext("到现在为止，省下的时间和碰巧分不开，再等等。")
    saved = -found.handling.value * found.answered.mails / 3600
    if saved <= 0:
        return gettext("自动回的信反而更费客服的时间，请看看哪些分类答得不好。")
    least = -found.handling.high * found.answered.mails / 3600
    most = -found.handling.low * found.answered.mails / 3600
    return gettext(
        "自动回复一共省下客服大约%(n)s小时，多半在%(low)s到%(high)s小时之间。",
        n=f"{saved:.1f}", low=f"{least:.1f}", high=f"{most:.1f}",
    )  # fmt: skip

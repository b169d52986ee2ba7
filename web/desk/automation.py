"""What the pages about answering share: their tabs, the words for modes, numbers of forms."""

from __future__ import annotations

from flask import request, url_for

from autoreply import rollout
from kb.errors import Invalid
from web.desk.inbox import Tab
from web.locale import gettext


def tabs(chosen: str) -> list[Tab]:
    """Return the pages about answering; `chosen` is the endpoint of the one shown."""
    words = {
        "decisions": gettext("每封的判断"),
        "rollout": gettext("逐步开启"),
        "backtests": gettext("试算"),
        "quotas": gettext("限额"),
        "saving": gettext("省了多少"),
    }
    return [
        Tab(text, url_for(f"desk.{name}"), None, name == chosen) for name, text in words.items()
    ]


def mode_words() -> dict[str, str]:
    """Return mode -> a short name."""
    return {
        rollout.OFF: gettext("不自动回"),
        rollout.SHADOW: gettext("影子模式"),
        rollout.DRAFT: gettext("替客服写好"),
        rollout.SHARE: gettext("先给一部分客户"),
        rollout.ON: gettext("有把握就回"),
    }


def mode_notes() -> dict[str, str]:
    """Return mode -> what happens in it."""
    return {
        rollout.OFF: gettext("每封都转成工单，什么也不发。"),
        rollout.SHADOW: gettext("照样判断，记下本来会回什么，但不发。先用几天，看判断得对不对。"),
        rollout.DRAFT: gettext("客户先收到回执；回复写好放在工单里，客服看一眼，点一下才发。"),
        rollout.SHARE: gettext("只给固定的一部分客户自动回，其余照常由人回，出了错影响小。"),
        rollout.ON: gettext("把握够大就自动回，不够就转人工。"),
    }


def percent(name: str, least: float, most: float) -> float | None:
    """Return a percentage of the form as a share; None when it was left empty.

    Raises:
        Invalid: no number, or out of bounds (`percent_range`), naming the field.
    """
    text = request.form.get(name, "").strip().replace("％", "").replace("%", "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise Invalid("number_invalid", field=name) from None
    if not least <= value <= most:
        raise Invalid("percent_range", field=name, least=f"{least:g}", most=f"{most:g}")
    return round(value / 100, 4)


def wanted(name: str, least: float, most: float) -> float:
    """Return a percentage that must be there. Raises Invalid."""
    value = percent(name, least, most)
    if value is None:
        raise Invalid("percent_range", field=name, least=f"{least:g}", most=f"{most:g}")
    return value


def shown(value: float | None) -> str:
    """Return a share as a percentage without needless digits; "" for None."""
    return "" if value is None else f"{value * 100:.4g}"

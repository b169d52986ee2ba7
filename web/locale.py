"""Which language a page speaks, and how it writes dates and numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from flask import Flask, g, request
from flask_babel import Babel, gettext

from web import current

LANGUAGES = ("zh", "en")
COOKIE = "wq_language"


def init_app(app: Flask) -> None:
    """Set the catalogues and the template filters up."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=lambda: {"zh": "zh_Hans_CN"}.get(language(), language()))
    app.after_request(_remember)
    app.jinja_env.globals["language"] = language
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["local"] = local
    app.jinja_env.filters["lasting"] = lasting


def language() -> str:
    """Return `zh` or `en`: asked for, remembered, the user's own, else the browser's."""
    if "language" in g:
        return cast(str, g.language)
    wanted = request.args.get("lang") or request.cookies.get(COOKIE)
    user = current.user()
    if wanted not in LANGUAGES:
        wanted = user.language if user else request.accept_languages.best_match(LANGUAGES)
    g.language = wanted if wanted in LANGUAGES else "zh"
    return cast(str, g.language)


def _remember(response):  # type: ignore[no-untyped-def]  # Flask's own response class in and out
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(
            COOKIE,
            asked,
            max_age=31_536_000,
            samesite="Lax",
            httponly=True,
            secure=current.parts().cookie_secure,
        )
    return response


def local(value: datetime) -> datetime:
    """Return a moment in the site's time zone."""
    return value.astimezone(current.parts().timezone)


def day(value: datetime | None) -> str:
    """Write a date: 7月12日 in this year, 2025年7月12日 in others; English alike."""
    if value is None:
        return ""
    there, here = local(value), local(current.now())
    if language() == "en":
        return f"{there:%b} {there.day}" + ("" if there.year == here.year else f", {there.year}")
    text = f"{there.month}月{there.day}日"
    return text if there.year == here.year else f"{there.year}年{text}"


def moment(value: datetime | None) -> str:
    """Write a moment: 今天8:41, 昨天17:05, 7月12日9:00."""
    if value is None:
        return ""
    there, here = local(value), local(current.now())
    clock = f"{there.hour}:{there.minute:02d}"
    gap = (here.date() - there.date()).days
    near = {0: gettext("今天"), 1: gettext("昨天"), -1: gettext("明天")}.get(gap, day(value))
    return f"{near} {clock}" if language() == "en" else near + clock


def lasting(seconds: float | timedelta | None) -> str:
    """Write a duration in words: 52分钟, 3小时, 2天."""
    if seconds is None:
        return ""
    length = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
    minutes = round(length / 60)
    if minutes < 90:
        return gettext("%(n)s分钟", n=max(minutes, 1))
    if minutes < 48 * 60:
        return gettext("%(n)s小时", n=round(minutes / 60))
    return gettext("%(n)s天", n=round(minutes / 1440))

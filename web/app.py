"""Make the Flask application from the wired parts."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, abort, request
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from kb import settings
from kb.errors import Unavailable
from web import current, errors, filters, headers, locale, sessions
from web.locale import gettext
from web.parts import Parts

MAX_UPLOAD = 12 * 1024 * 1024
MAX_FIELD = 3 * 1024 * 1024
MAX_NUMBER = 2_147_483_647
THEME = "theme"

# Each module adds its views to a blueprint that it exports as `blueprint`.
ROOMS = ("web.site.pages", "web.auth", "web.desk.pages", "web.api.endpoints", "web.operations")


class Number(IntegerConverter):
    """A number that a database can hold; larger ones in an address lead nowhere (404)."""

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValidationError."""
        number: int = super().to_python(value)
        if number > MAX_NUMBER:
            raise ValidationError
        return number


@dataclass(frozen=True, slots=True)
class Shop:
    """The company as templates show it."""

    name: str
    phone: str
    hours: str
    wait: str
    mailbox: str


def create_app(parts: Parts) -> Flask:
    """Make the application.

    Args:
        parts: the wired service; each call makes an independent application.
    """
    app = Flask("web")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=MAX_FIELD,
        TRUSTED_HOSTS=list(parts.trusted_hosts) or None,
        SECRET_KEY=None,
    )
    app.extensions[current.EXTENSION] = parts
    app.url_map.converters["int"] = Number
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(filters.FILTERS)
    app.before_request(_refuse_nul)
    for part in (headers, sessions, locale, errors):
        part.init_app(app)
    app.context_processor(_context)
    for name in ROOMS:
        app.register_blueprint(importlib.import_module(name).blueprint)
    if parts.trusted_proxies:
        count = parts.trusted_proxies
        # Flask documents this way of adding a middleware; mypy sees a method assigned.
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]
    return app


def _refuse_nul() -> None:
    """Refuse a sign that nobody types and that PostgreSQL cannot even compare."""
    if "\x00" in request.path:
        abort(404)
    values = (*request.args.values(), *request.form.values())
    if any("\x00" in value for value in values):
        abort(400)


def _context() -> dict[str, object]:
    """What every page may use (documented in templates/base.html)."""
    return {
        "lang": "en" if locale.language() == "en" else "zh-CN",
        "theme": _theme(),
        "now": current.now(),
        "tz": current.parts().timezone,
        "company": shop(),
        "csrf": csrf,
        "me": current.user(),
        "other_language": other_language(),
    }


def _theme() -> str:
    theme = request.cookies.get(THEME, "")
    return theme if theme in ("light", "dark") else ""


def csrf() -> Markup:
    """Return the hidden input that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(
        sessions.csrf_token()
    )


def shop() -> Shop:
    """Return the company in the reader's language; answers also while the database is down."""
    try:
        with current.reading() as session:
            company = settings.read(session, settings.Company)
    except Unavailable:
        company = settings.Company()
    english = locale.language() == "en"
    return Shop(
        name=(company.name_en or company.name) if english else company.name,
        phone=company.phone,
        hours=_hours(company),
        wait=_minutes(company.reply_minutes),
        mailbox=company.mailbox,
    )


def _hours(company: settings.Company) -> str:
    days = company.weekdays
    clock = f"{company.hours_from}:00–{company.hours_to}:00"
    if len(days) == 7:
        return gettext("每天%(clock)s", clock=clock)
    if days == (0, 1, 2, 3, 4):
        return gettext("周一至周五%(clock)s", clock=clock)
    return gettext("工作日%(clock)s", clock=clock)


def _minutes(minutes: int) -> str:
    if minutes < 90:
        return gettext("%(n)s分钟", n=minutes)
    return gettext("%(n)s小时", n=round(minutes / 60))


def other_language() -> tuple[str, str, str]:
    """Return (address, words, code) of this page in the other language."""
    code, words = ("zh-CN", "中文") if locale.language() == "en" else ("en", "English")
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    query = urlencode([*kept, ("lang", code[:2])])
    return f"{request.path}?{query}", words, code

"""Which language a page speaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask, Response, g, request
from flask_babel import Babel
from flask_babel import gettext as _gettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from web import current

LANGUAGES = ("zh", "en")
COOKIE = "wq_language"
MONTHS = "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
# In English sentences: `%(n)s [ticket|tickets]`. Chinese has no plural, so its text says nothing.
_COUNTED = re.compile(r"%\((\w+)\)s|\[([^|\]]*)\|([^|\]]*)\]")


def init_app(app: Flask) -> None:
    """Set the catalogues and the template filters up."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=lambda: {"zh": "zh_Hans_CN"}.get(language(), language()))
    app.jinja_env.globals["gettext"] = in_page(lambda message: str(_gettext(message)))
    app.after_request(_remember)


def gettext(message: str, **values: object) -> str:
    """Return a message in the language of this request, its gaps filled.

    Args:
        message: the Chinese sentence, gaps as `%(name)s`.
        **values: what stands in the gaps.
    """
    text = counted(str(_gettext(message)), values)
    return text % values if values else text


def counted(text: str, values: Mapping[str, object]) -> str:
    """Choose between one and many by the number in the gap before: `%(n)s [ticket|tickets]`."""
    number = ""

    def chosen(found: re.Match[str]) -> str:
        nonlocal number
        if gap := found[1]:
            number = str(values.get(gap))
            return found[0]
        return str(found[2] if number == "1" else found[3])

    return _COUNTED.sub(chosen, text)


def in_page(translate: Callable[[str], str]) -> Callable[..., str]:
    """Return the `gettext` of templates, which fills gaps as Jinja's own does.

    Args:
        translate: Chinese sentence -> sentence in the reader's language, gaps left open.
    """

    @pass_context
    def say(context: Context, message: str, **values: object) -> str:
        text = counted(translate(message), values)
        # A sentence of our own catalogue; what fills its gaps is escaped.
        return (Markup(text) if context.eval_ctx.autoescape else text) % values  # noqa: S704

    return say


def month(number: int) -> int | str:
    """Return a month as a date of the reader's language has it: 11, or Nov."""
    return MONTHS[number - 1] if language() == "en" else number


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


def _remember(response: Response) -> Response:
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

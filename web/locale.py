"""Which language a page speaks."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, g, request
from flask_babel import Babel
from flask_babel import gettext as _gettext

from web import current

LANGUAGES = ("zh", "en")
COOKIE = "wq_language"


def init_app(app: Flask) -> None:
    """Set the catalogues and the template filters up."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=lambda: {"zh": "zh_Hans_CN"}.get(language(), language()))
    app.after_request(_remember)


def gettext(message: str, **values: object) -> str:
    """Return a message in the language of this request, its gaps filled.

    Args:
        message: the Chinese sentence, gaps as `%(name)s`.
        **values: what stands in the gaps.
    """
    return str(_gettext(message, **values))


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

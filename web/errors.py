"""Turn refusals into pages or JSON: the one place that maps them to HTTP."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from kb import errors
from web import current, resending, words
from web.desk.blueprint import shown_everywhere
from web.locale import gettext

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Unauthorized, 401),
    (errors.Conflict, 409),
    (errors.Invalid, 400),
    (errors.Forbidden, 403),
    (errors.Unavailable, 503),
    (errors.DomainError, 400),
)
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})


def init_app(app: Flask) -> None:
    """Answer every error in the reader's language."""
    app.register_error_handler(errors.DomainError, refused)
    app.register_error_handler(HTTPException, stopped)
    app.register_error_handler(Exception, broken)
    app.jinja_env.globals["sentence"] = sentence


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of a refusal."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def sentence(error: errors.DomainError) -> str:
    """Return the sentence for a refusal in the reader's language."""
    return words.fill(gettext(words.template_of(error)), error.params, gettext)


def wants_json() -> bool:
    """Say whether the caller is a program or a script of ours."""
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == (
        "application/json"
    )


def refused(error: errors.DomainError) -> ResponseReturnValue:
    """Answer a refusal of the domain."""
    return _answer(status_of(error), error.code, sentence(error), error.params)


def stopped(error: HTTPException) -> ResponseReturnValue:
    """Answer what Flask itself stops: 404, 405, 413, 429, a stale form …"""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if isinstance(error, SecurityError):
        # A host that is not ours: there are no addresses to put on a page.
        return Response(f"{words.HTTP[400]}\n", 400, mimetype="text/plain")
    code = str(error.description) if error.description in words.SENTENCES else f"http_{status}"
    text = gettext(words.SENTENCES[code]) if code in words.SENTENCES else ""
    return _answer(status, code, text, {}, _allowed(error))


def _allowed(error: HTTPException) -> dict[str, str]:
    """Return the header that a 405 must carry (RFC 9110, 15.5.6)."""
    methods = getattr(error, "valid_methods", None)
    return {"Allow": ", ".join(sorted(methods))} if methods else {}


def broken(error: Exception) -> ResponseReturnValue:
    """Answer a fault of ours without telling anything about it; the log has it."""
    # The address may hold the token of a ticket, so the log names the view instead.
    log.error("unexpected error on %s %s", request.method, request.endpoint, exc_info=error)
    return _answer(500, "internal", "", {})


# Any: JSON values of the error.
def _answer(
    status: int,
    code: str,
    text: str,
    params: dict[str, Any],
    more: dict[str, str] | None = None,
) -> ResponseReturnValue:
    headers = dict(more or {})
    if "retry_after" in g:
        headers["Retry-After"] = str(g.retry_after)
    elif status == 503:
        headers["Retry-After"] = "10"
    elif status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if wants_json():
        message = text or gettext(words.HTTP.get(status, words.HTTP[400]))
        body = jsonify(error={**_plain(params), "code": code, "message": message})
        return body, status, headers
    page = status if status in PAGES else (500 if status >= 500 else 400)
    html = render_template(
        f"errors/{page}.html",
        code=code,
        text=text,
        wait=g.get("retry_after"),
        params=params,
        again=resending.again() if status == 503 else None,
        **_frame(),
    )
    return html, status, headers


def _frame() -> dict[str, object]:
    """Return the frame of an error page: who works at the desk stays there."""
    if current.user() is None or not current.at_desk():
        return {"frame": "site/base.html"}
    # An address that leads nowhere belongs to no blueprint that would fill the frame.
    return {"frame": "desk/base.html", **shown_everywhere()}


def _plain(params: dict[str, Any]) -> dict[str, Any]:  # Any: JSON values
    return {k: v for k, v in params.items() if isinstance(v, (str, int, float, bool))}

"""Browser sessions on the server, the visitor cookie, and CSRF tokens.

The session cookie holds a random token, the database its hash; signing out ends it there. A
visitor gets a cookie only when a form is shown to them or a vote has to be told apart.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from kb import people, settings, tokens
from kb.models.people import User
from web import current

SESSION, VISITOR = "wq_session", "wq_visitor"
SAFE = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    """Look at every request before its view and set cookies after it."""
    app.before_request(identify)
    app.before_request(check_csrf)
    app.after_request(_set_cookies)
    app.jinja_env.globals["csrf_token"] = csrf_token


def identify() -> None:
    """Find out who is asking; static files and addresses that lead nowhere need nobody."""
    token = request.cookies.get(SESSION)
    lost = request.endpoint is None and not current.at_desk()
    if not token or lost or request.endpoint == "static":
        return
    with current.reading() as session:
        row = people.find_session(session, token, now=current.now())
        user = session.get(User, row.user_id) if row and row.user_id else None
        if user is not None:
            g.user = user
            authoring = settings.read(session, settings.Authoring)
            g.actor = people.actor(user, trusted=authoring.review == "optional")
            g.session_token = token


def sign_in(token: str) -> None:
    """Give the browser a fresh session token with this response."""
    g.new_session = token


def sign_out() -> None:
    """Forget the session cookie with this response."""
    g.end_session = True


def visitor() -> str:
    """Return the visitor's cookie, made with this response when there is none."""
    if "visitor" not in g:
        known = request.cookies.get(VISITOR, "")
        g.visitor = known if 20 <= len(known) <= 64 else tokens.fresh()
        g.new_visitor = g.visitor != known
    return cast(str, g.visitor)


def visitor_id() -> str:
    """Return what is stored of a visitor: a hash that names nobody."""
    return tokens.digest("visitor:" + visitor())


def csrf_token() -> str:
    """Return the token that this browser's forms must carry."""
    holder = g.get("session_token") or visitor()
    return tokens.sign(current.parts().secret, "csrf", holder)


def check_csrf() -> None:
    """Refuse a write that does not come from our own pages.

    The API carries tokens in a header, which browsers do not add by themselves.
    """
    # What leads nowhere is answered as such (404, 405), whatever was sent.
    if request.method in SAFE or request.blueprint == "api" or request.routing_exception:
        return
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        abort(400, "csrf")
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    holder = g.get("session_token") or visitor()
    if not tokens.signed_by(current.parts().secret, sent, "csrf", holder):
        abort(400, "csrf")


def _set_cookies(response: Response) -> Response:
    secure = current.parts().cookie_secure
    if token := g.get("new_session"):
        response.set_cookie(SESSION, token, httponly=True, secure=secure, samesite="Lax", path="/")
    elif g.get("end_session"):
        response.delete_cookie(SESSION, path="/", secure=secure, httponly=True, samesite="Lax")
    if g.get("new_visitor"):
        age = int(people.VISITOR_LENGTH.total_seconds())
        response.set_cookie(
            VISITOR, g.visitor, max_age=age, httponly=True, secure=secure, samesite="Lax"
        )
    return response

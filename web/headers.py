"""Security headers on every answer: strict CSP without inline code, and the rest."""

from __future__ import annotations

from flask import Flask, Response, g, request

PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# An incoming mail, cleaned, in a sandboxed frame: no scripts, no forms, nothing from elsewhere.
MAIL_FRAME = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; sandbox; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# A mail of ours as it will look: its styles stand on its elements, and nothing else is let in.
OWN_MAIL_FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FILES = "default-src 'none'; sandbox"


def init_app(app: Flask) -> None:
    """Add the headers to every response."""
    app.after_request(_add)


def use(policy: str) -> None:
    """Choose another content policy for this response."""
    g.content_policy = policy


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", g.get("content_policy", PAGES))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN" if "content_policy" in g else "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store" if g.get("user") else "private, no-cache"
    return response

"""Rate limits at the door of a view."""

from __future__ import annotations

from flask import abort, g, request

from kb import ratelimit, tokens
from kb.ratelimit import Limit
from web import current


def within(limit: Limit, key: str | None = None) -> None:
    """Count this request; answer 429 with Retry-After when there were too many.

    Args:
        limit: which limit.
        key: whom to count; the caller's address when None.
    """
    who = key or tokens.digest(request.remote_addr or "")[:32]
    with current.writing() as session:
        wait = ratelimit.use(session, limit, who, now=current.now())
    if wait:
        g.retry_after = wait
        abort(429)

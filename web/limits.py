"""Rate limits at the door of a view."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager

from flask import abort, g, request
from sqlalchemy.orm import Session

from kb import ratelimit, tokens
from kb.errors import Unavailable
from kb.ratelimit import Limit
from web import current

log = logging.getLogger(__name__)


def within(limit: Limit, key: str | None = None) -> None:
    """Count this request; answer 429 with Retry-After when there were too many.

    Args:
        limit: which limit.
        key: whom to count; the caller's address when None.
    """
    _count(current.writing(), limit, key)


def reading(limit: Limit) -> None:
    """Count a request that only reads; while nothing can be written, it is let through."""
    try:
        _count(current.noting(), limit, None)
    except Unavailable as error:
        log.warning("a request could not be counted: %s", error)


def _count(opened: AbstractContextManager[Session], limit: Limit, key: str | None) -> None:
    who = key or tokens.digest(request.remote_addr or "")[:32]
    with opened as session:
        wait = ratelimit.use(session, limit, who, now=current.now())
    if wait:
        g.retry_after = wait
        abort(429)

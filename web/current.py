"""The request at hand: its parts, its units of work, and who is asking."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import cast

from flask import current_app, g, request
from sqlalchemy.orm import Session

from kb import access
from kb.access import Actor
from kb.errors import Invalid
from kb.models.people import User
from web.parts import Parts

EXTENSION = "wenqu"
NOTE_WAIT_MS = 300


def parts() -> Parts:
    """Return the wired service."""
    # Flask keeps extensions untyped; `web.app` put this one there.
    return cast(Parts, current_app.extensions[EXTENSION])


def writing() -> AbstractContextManager[Session]:
    """Open the unit of work of a view that writes."""
    return parts().db.transaction()


def noting() -> AbstractContextManager[Session]:
    """Open the unit of work of something that a page can do without: it waits only briefly."""
    return parts().db.transaction(wait_ms=NOTE_WAIT_MS)


def reading() -> AbstractContextManager[Session]:
    """Open the unit of work of a view that only reads."""
    return parts().db.reading()


def now() -> datetime:
    """Return the moment of this request; the same for all of it."""
    if "now" not in g:
        g.now = parts().clock()
    return cast(datetime, g.now)


def actor() -> Actor:
    """Return who is asking."""
    return cast(Actor, g.get("actor", access.NOBODY))


def user() -> User | None:
    """Return the signed-in user, detached, or None."""
    return cast("User | None", g.get("user"))


def at_desk() -> bool:
    """Say whether the address is the desk's, even when it leads nowhere."""
    return request.path.startswith("/desk/")


def require(verb: str, thing: object = None) -> None:
    """Refuse what the actor may not do. Raises NotFound, Forbidden."""
    access.require(actor(), verb, thing)


def audiences() -> tuple[str, ...]:
    """Return what may be shown on the site: `public` for all, also for agents.

    Agents see internal articles at the desk; what they look at on the site is what customers see.
    """
    return access.audiences(access.NOBODY)


def whole(name: str, default: int | None = None) -> int | None:
    """Return a whole number from the form or the query. Raises Invalid."""
    text = request.values.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("number_invalid", field=name)
    return int(text)

"""The desk's blueprint: who may enter, and what its frame shows; the modules beside add views."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import NotFound, Unavailable
from web import current, sessions
from web.desk import frame, standing

desk = Blueprint("desk", __name__, url_prefix="/desk")


@desk.before_request
def enter() -> ResponseReturnValue | None:
    """Let only users of the desk in; who is unknown may sign in and comes back here."""
    if current.user() is None:
        if request.method not in sessions.SAFE:
            raise NotFound
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("auth.login", next=wanted), 303)
    current.require("desk.use")
    return None


@desk.context_processor
def shown_everywhere() -> dict[str, object]:
    """What the desk's frame needs (documented in templates/desk/base.html)."""
    try:
        with current.reading() as session:
            counts, undoables = frame.counts(session), frame.undoables(session)
            alarms = standing.banners(session)
    except Unavailable:
        counts, undoables, alarms = frame.Counts(), [], []
    return {
        "counts": counts,
        "undoables": undoables,
        "alarms": alarms,
        "here": frame.room(request.endpoint or ""),
        "get_flashed_messages": frame.said,
    }

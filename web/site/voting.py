"""Votes on answers: one POST, with or without JavaScript."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from kb import articles, feedback, ratelimit
from kb.errors import Invalid
from web import current, limits, sessions
from web.site import browsing, shown
from web.site.blueprint import site


@site.post("/a/<int:article_id>/vote")
def vote(article_id: int) -> ResponseReturnValue:
    """Record 有帮助 or 没帮助 for the version that the visitor read."""
    # A cookie is thrown away at will, so the address counts too; a whole office may share it.
    limits.within(ratelimit.VOTE_ADDRESS)
    limits.within(ratelimit.VOTE, sessions.visitor_id())
    choice = request.form.get("vote", "")
    if choice not in ("yes", "no"):
        raise Invalid("reason_unknown", field="vote")
    with current.writing() as session:
        row = articles.seen(session, article_id, now=current.now(), audiences=current.audiences())
        read = current.whole("revision", row.live_version)
        feedback.vote(
            session,
            row,
            sessions.visitor_id(),
            helpful=choice == "yes",
            version=read,
            reason=request.form.get("reason", ""),
            comment=request.form.get("comment", ""),
            now=current.now(),
        )
    if request.headers.get("X-Requested-With") == "fetch":
        return render_template(
            "site/_vote.html",
            article={"id": row.id, "revision": read},
            vote=choice,
            voted=True,
            reasons=browsing.reasons(),
            q=request.form.get("q", ""),
        )
    return redirect(shown.article_url(row, voted=1) + "#vote", 303)

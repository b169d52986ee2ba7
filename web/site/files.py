"""Pictures of articles, served so that a browser can only show them."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import access, articles, notices
from kb.errors import NotFound
from kb.models.knowledge import PUBLIC, Article, Attachment, Blob
from web import current, headers
from web.site.blueprint import site

DAY = 86_400


@site.get("/media/<name>")
def media(name: str) -> ResponseReturnValue:
    """Give a picture by its random name; files of messages are never given here.

    The public gets what something public shows at this moment, agents every picture.
    """
    with current.reading() as session:
        row = session.scalar(select(Attachment).where(Attachment.name == name))
        if row is None or row.message_id is not None or not row.media_type.startswith("image/"):
            raise NotFound(media=name)
        shared = _is_shown(session, name)
        if not shared and not access.can(current.actor(), "article.see"):
            raise NotFound(media=name)
        blob = session.get_one(Blob, row.digest)
    headers.use(headers.FILES)
    response = Response(blob.data, mimetype=row.media_type)
    response.set_etag(row.digest)
    # Not for longer than a day: what is withdrawn must go from caches too.
    caching = f"public, max-age={DAY}" if shared else "private, no-store"
    response.headers["Cache-Control"] = caching
    return response.make_conditional(request)


def _is_shown(session: Session, name: str) -> bool:
    """Say whether a public article or notice shows a picture now."""
    now = current.now()
    query = select(Article.id).where(
        articles.visible(now, (PUBLIC,)),
        Article.body_html.contains(f"/media/{name}", autoescape=True),
    )
    if session.scalar(query.limit(1)) is not None:
        return True
    told = notices.current(session, now=now, audiences=(PUBLIC,))
    return any(f"/media/{name}" in notice.body_md for notice in told)

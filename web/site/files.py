"""Pictures of articles, served so that a browser can only show them."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kb.errors import NotFound
from kb.models.knowledge import Attachment, Blob
from web import current, headers
from web.site.blueprint import site

AGE = 31_536_000


@site.get("/media/<name>")
def media(name: str) -> ResponseReturnValue:
    """Give a picture by its random name; files of messages are never given here."""
    with current.reading() as session:
        row = session.scalar(select(Attachment).where(Attachment.name == name))
        if row is None or row.message_id is not None or not row.media_type.startswith("image/"):
            raise NotFound(media=name)
        blob = session.get_one(Blob, row.digest)
    headers.use(headers.FILES)
    response = Response(blob.data, mimetype=row.media_type)
    response.set_etag(row.digest)
    response.headers["Cache-Control"] = f"public, max-age={AGE}, immutable"
    return response.make_conditional(request)

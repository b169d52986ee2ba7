"""What the editor asks for while one writes: a place for a picture, Markdown for HTML and back."""

from __future__ import annotations

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from authoring import html_to_markdown
from kb import attachments, markup, media
from kb.articles import MAX_BODY
from kb.errors import DomainError, Invalid
from web import current, errors
from web.desk.blueprint import desk


@desk.post("/upload")
def upload() -> ResponseReturnValue:
    """Keep a picture; the answer is JSON whatever the caller accepts."""
    current.require("article.write")
    try:
        body = _kept()
    except DomainError as error:
        return jsonify(error=errors.sentence(error)), errors.status_of(error)
    return jsonify(body), 201


def _kept() -> dict[str, object]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("file_missing", field="file")
    data = file.read(media.MAX_BYTES + 1)
    # Decoding takes a while; the database waits for nobody's picture.
    picture = media.reencode(data)
    with current.writing() as session:
        row = attachments.keep_picture(
            session, picture, filename=file.filename or "", now=current.now()
        )
        return {
            "url": url_for("site.media", name=row.name),
            "name": row.name,
            "width": row.width,
            "height": row.height,
            "alt": "",
        }


@desk.post("/convert")
def convert() -> ResponseReturnValue:
    """Turn the editor's HTML into Markdown, or Markdown into the HTML of an article."""
    current.require("article.write")
    if "html" in request.form:
        return jsonify(markdown=html_to_markdown.convert(request.form["html"]))
    text = request.form.get("markdown", "")
    if len(text) > MAX_BODY:
        error = Invalid("too_long", field="markdown", limit=MAX_BODY)
        return jsonify(error=errors.sentence(error)), 400
    return jsonify(html=markup.render(text).html)

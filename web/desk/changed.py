"""What changed between two texts, as HTML with <ins> and <del>."""

from __future__ import annotations

from markupsafe import Markup, escape

from authoring import diff
from authoring.diff import ADDED, REMOVED

_TAGS = {ADDED: Markup("<ins>{}</ins>"), REMOVED: Markup("<del>{}</del>")}


def between(old: str, new: str) -> Markup:
    """Return both texts as one, line by line; "" when they are the same."""
    if old == new:
        return Markup()
    return Markup("\n").join(_line(line) for line in diff.lines(old, new))


def _line(line: diff.Line) -> Markup:
    return Markup("").join(_piece(span) for span in line.spans)


def _piece(span: diff.Span) -> Markup:
    tag = _TAGS.get(span.kind)
    return tag.format(span.text) if tag else escape(span.text)

"""What of an article a mail says: all when it is short, else the part that answers. Pure.

Works on the sanitised HTML and plain text that `kb.articles` keeps. Pictures stay on the page:
a mail carries none, so that nothing is loaded and nothing tells who read it.
"""

from __future__ import annotations

import re
from html import escape

from autoreply.render import Passage
from kb.letter import letter
from search.text import fold

SHORT = 700
"""Characters that are sent whole."""

PASSAGE = 420
"""Characters of the part that answers, when the whole is longer."""

_PICTURE = re.compile(r"<img\b[^>]*>")
_EMPTY = re.compile(r"<(p|figure)>\s*</\1>")
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.DOTALL)
_LOCAL = re.compile(r'(href=")(/[^"]*)')
# Mail programs break addresses at Chinese letters; the number alone leads there, too.
_NAMED = re.compile(r'(href="/a/\d+)-[^"#]*')


def whole_or_part(
    title: str, url: str, html: str, text: str, *, question: str, base_url: str
) -> Passage:
    """Return what a mail says of an article.

    Args:
        title: the article's question.
        url: its public page.
        html: its sanitised HTML.
        text: its plain text; says how long it is.
        question: what the customer asked; chooses the part of a long article.
        base_url: put before addresses of the site.
    """
    html = _NAMED.sub(r"\1", html)
    if len(text) <= SHORT:
        marked = _LOCAL.sub(rf"\g<1>{base_url}\g<2>", _bare(html))
        return Passage(
            title, url, letter(html, base_url=base_url), marked, whole=_PICTURE.search(html) is None
        )
    part = answering_part(letter(html, notes=False), question)
    blocks = (escape(block).replace("\n", "<br>") for block in part.split("\n\n"))
    paragraphs = "".join(f"<p>{block}</p>" for block in blocks)
    return Passage(title, url, part, paragraphs, whole=False)


def _bare(html: str) -> str:
    """Return HTML for a mail: no pictures, and no heading that outgrows the question."""
    without = _EMPTY.sub("", _PICTURE.sub("", html))
    return _HEADING.sub(r"<p><strong>\1</strong></p>", without)


def answering_part(text: str, question: str, *, length: int = PASSAGE) -> str:
    """Return the consecutive lines that share most with a question.

    Args:
        text: one block a line, free lines between some.
        question: what was asked.
        length: about how many characters; the first line is always whole.

    Returns:
        Lines of the text, in order; its beginning when nothing is shared.
    """
    lines = text.split("\n")
    wanted = _pairs(question)
    best = max(
        (place for place, line in enumerate(lines) if line.strip()),
        key=lambda start: (_shared(_run(lines, start, length), wanted), -start),
        default=0,
    )
    return "\n".join(_run(lines, best, length)).strip("\n")


def _run(lines: list[str], start: int, length: int) -> list[str]:
    taken: list[str] = []
    room = length
    for line in lines[start:]:
        if taken and len(line) > room:
            break
        taken.append(line)
        room -= len(line)
    return taken


def _shared(lines: list[str], wanted: frozenset[str]) -> int:
    return len(_pairs("\n".join(lines)) & wanted)


def _pairs(text: str) -> frozenset[str]:
    """Return neighbouring characters: enough to compare Chinese without a dictionary."""
    folded = "".join(char for char in fold(text) if char.isalnum())
    return frozenset(folded[place : place + 2] for place in range(len(folded) - 1))

"""What of an article a mail says: all when it is short, else the part that answers. Pure.

Works on the sanitised HTML and plain text that `kb.articles` keeps. Pictures stay on the page:
a mail carries none, so that nothing is loaded and nothing tells who read it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autoreply import units
from autoreply.render import Passage
from autoreply.units import Unit
from kb.letter import letter
from search.text import fold

SHORT = 700
"""Characters that are sent whole."""

PASSAGE = 420
"""Characters of the part that answers, when the whole is longer."""

_PICTURE = re.compile(r"<img\b[^>]*>")
_EMPTY = re.compile(r"<(p|figure)>\s*</\1>")
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.DOTALL)
# A place on the same page, which a mail has not.
_ANCHOR = re.compile(r'<a href="#[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
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
        marked = _LOCAL.sub(rf"\g<1>{base_url}\g<2>", _level(_unpictured(html)))
        return Passage(
            title, url, letter(html, base_url=base_url), marked, whole=_PICTURE.search(html) is None
        )
    chosen = answering_part(units.units(_unpictured(html), longest=2 * PASSAGE), question)
    part = _ANCHOR.sub(r"\1", _level(units.together(chosen)))
    marked = _LOCAL.sub(rf"\g<1>{base_url}\g<2>", part)
    return Passage(title, url, letter(part, base_url=base_url), marked, whole=False)


def _unpictured(html: str) -> str:
    return _EMPTY.sub("", _PICTURE.sub("", html))


def _level(html: str) -> str:
    """Return HTML without a heading that outgrows the question."""
    return _HEADING.sub(r"<p><strong>\1</strong></p>", html)


def answering_part(
    found: Sequence[Unit], question: str, *, length: int = PASSAGE
) -> Sequence[Unit]:
    """Return the consecutive units that share most with a question.

    Args:
        found: an answer in units, in order.
        question: what was asked.
        length: about how many characters; the first unit is always whole.

    Returns:
        Units in order, with the heading above them; the beginning when nothing is shared.
    """
    wanted = _pairs(question)
    best = max(
        range(len(found)),
        key=lambda start: (_shared(_run(found, start, length), wanted), -start),
        default=0,
    )
    headed = best > 0 and found[best - 1].heading and not found[best].heading
    return [*found[best - headed : best], *_run(found, best, length)]


def _run(found: Sequence[Unit], start: int, length: int) -> list[Unit]:
    taken: list[Unit] = []
    room = length
    for unit in found[start:]:
        if taken and len(unit.text) > room:
            break
        taken.append(unit)
        room -= len(unit.text)
    while len(taken) > 1 and taken[-1].heading:
        # What it stands above is left out.
        taken.pop()
    return taken


def _shared(found: Sequence[Unit], wanted: frozenset[str]) -> int:
    return len(_pairs("\n".join(unit.text for unit in found)) & wanted)


def _pairs(text: str) -> frozenset[str]:
    """Return neighbouring characters: enough to compare Chinese without a dictionary."""
    folded = "".join(char for char in fold(text) if char.isalnum())
    return frozenset(folded[place : place + 2] for place in range(len(folded) - 1))

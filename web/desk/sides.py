"""Two versions side by side as people see them, with what only one of them says marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

MOST_PIECES = 6_000
_TAG = r"<(?:\"[^\"]*\"|[^\">])*>"
# Han characters compare one by one, words of other scripts as wholes.
_FINE = re.compile(rf"{_TAG}|&\w+;|&#\w+;|[A-Za-z0-9]+|\s+|.", re.DOTALL)
# Long texts compare sentence by sentence: signs would take too long.
_COARSE = re.compile(rf"{_TAG}|[^<。！？；\n]+[。！？；\n]?|.", re.DOTALL)


def texts(old: str, new: str) -> tuple[Markup, Markup]:
    """Mark two plain texts; see `pages`."""
    return pages(str(escape(old)), str(escape(new)))


def pages(old: str, new: str) -> tuple[Markup, Markup]:
    """Mark what only one of two pages says.

    Args:
        old: sanitised HTML.
        new: sanitised HTML.

    Returns:
        The old one with `<del>` round what the new one lacks, and the new one with `<ins>` round
        what the old one lacks; tags stay as they were.
    """
    size = len(_FINE.findall(old)) + len(_FINE.findall(new))
    pattern = _FINE if size <= MOST_PIECES else _COARSE
    before, after = pattern.findall(old), pattern.findall(new)
    left: list[str] = []
    right: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            left += before[a:b]
            right += after[c:d]
        else:
            left += _marked(before[a:b], "del")
            right += _marked(after[c:d], "ins")
    # Both came sanitised and only whole marks were put round stretches without tags.
    return Markup("".join(left)), Markup("".join(right))  # noqa: S704


def _marked(pieces: Sequence[str], tag: str) -> list[str]:
    """Wrap each stretch between tags; blanks between blocks need no mark."""
    found: list[str] = []
    stretch = ""
    for piece in [*pieces, "<>"]:
        if not piece.startswith("<"):
            stretch += piece
            continue
        found.append(f"<{tag}>{stretch}</{tag}>" if stretch.strip() else stretch)
        found.append(piece)
        stretch = ""
    return found[:-1]

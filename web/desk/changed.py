"""Pure: what changed between two texts, as HTML with <ins> and <del>."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

# Han one by one, other letters and digits by the word, so that a changed word is marked whole.
_TOKENS = re.compile(r"[0-9A-Za-z]+|\s+|.", re.DOTALL)
MOST = 20_000


def between(old: str, new: str) -> Markup:
    """Return both texts as one, "" when they are the same.

    Args:
        old: before.
        new: after; beyond 20,000 characters a text is compared by lines.
    """
    if old == new:
        return Markup()
    long = max(len(old), len(new)) > MOST
    before = old.splitlines(keepends=True) if long else _TOKENS.findall(old)
    after = new.splitlines(keepends=True) if long else _TOKENS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(escape("".join(before[a:b])))
            continue
        if b > a:
            pieces.append(Markup("<del>{}</del>").format("".join(before[a:b])))
        if d > c:
            pieces.append(Markup("<ins>{}</ins>").format("".join(after[c:d])))
    return Markup("").join(pieces)

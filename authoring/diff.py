"""What changed between two versions (pure): line by line, and in a line word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.content import Content

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
# Han characters compare one by one, words of other scripts as wholes.
_WORD = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
LEAST_ALIKE = 0.35
LONGEST_LINE = 4_000
FIELDS = ("question", "body_md", "phrasings", "category_id", "audience", "language", "applies_to")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line: `same`, `added` or `removed`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison.

    Attributes:
        kind: `same`, `added`, `removed` or `changed` (old and new words in one line).
        spans: the line in pieces; together with their kinds they give both texts.
    """

    kind: str
    spans: tuple[Span, ...]


def lines(old: str, new: str) -> list[Line]:
    """Compare two texts line by line.

    Returns:
        Lines in reading order; `old_text` and `new_text` of them give the texts back.
    """
    before, after = old.split("\n"), new.split("\n")
    found: list[Line] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found += [Line(SAME, (Span(SAME, text),)) for text in before[a:b]]
        else:
            found += _block(before[a:b], after[c:d])
    return found


def _block(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Pair lines of a changed block that are alike; the others went or came."""
    pairs = min(len(before), len(after))
    for old, new in zip(before[:pairs], after[:pairs], strict=True):
        spans = words(old, new)
        alike = sum(len(span.text) for span in spans if span.kind == SAME)
        if alike >= LEAST_ALIKE * max(len(old), len(new)):
            yield Line(CHANGED, spans)
        else:
            yield Line(REMOVED, (Span(REMOVED, old),))
            yield Line(ADDED, (Span(ADDED, new),))
    yield from (Line(REMOVED, (Span(REMOVED, text),)) for text in before[pairs:])
    yield from (Line(ADDED, (Span(ADDED, text),)) for text in after[pairs:])


def words(old: str, new: str) -> tuple[Span, ...]:
    """Compare two lines word by word; very long ones are compared as wholes."""
    if max(len(old), len(new)) > LONGEST_LINE:
        spans = [Span(REMOVED, old), Span(ADDED, new)] if old != new else [Span(SAME, old)]
        return tuple(span for span in spans if span.text)
    before, after = _WORD.findall(old), _WORD.findall(new)
    spans = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            spans.append(Span(SAME, "".join(before[a:b])))
            continue
        spans += [Span(REMOVED, "".join(before[a:b])), Span(ADDED, "".join(after[c:d]))]
    return tuple(span for span in spans if span.text)


def old_text(compared: Sequence[Line]) -> str:
    """Return the old text of a comparison."""
    return _side(compared, ADDED)


def new_text(compared: Sequence[Line]) -> str:
    """Return the new text of a comparison."""
    return _side(compared, REMOVED)


def _side(compared: Sequence[Line], without: str) -> str:
    kept = (line for line in compared if line.kind != without)
    return "\n".join(
        "".join(span.text for span in line.spans if span.kind != without) for line in kept
    )


def fields(old: Content, new: Content) -> dict[str, list[Line]]:
    """Return field -> comparison, for the fields that differ, in the order of the page."""
    return {
        name: lines(_text(getattr(old, name)), _text(getattr(new, name)))
        for name in FIELDS
        if getattr(old, name) != getattr(new, name)
    }


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)

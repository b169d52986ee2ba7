"""Pure snippets: the passage that answers, with the matched words marked.

Works on folded text, so 發票 is marked for 发票; returns plain segments, never markup, so nothing
can break. The work is bounded: only the first `MAX_TEXT` characters are read and only the first
occurrences of each term are looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from search.text import align, fold

MAX_TEXT = 20_000
MAX_TERMS = 60
MAX_OCCURRENCES = 50
"""Per term; a word that is everywhere needs no more marks than that to be seen."""

ELLIPSIS = "…"
_EDGE = " ·\n"
_STOPS = "。！？!?；;\n…"
_LONGEST_ENDING = 3
_LEAD = 24
"""Characters before the first mark that are looked through for the start of its sentence."""

Segments = list[tuple[str, bool]]


class _Mark(NamedTuple):
    start: int
    end: int
    term: int


def mark(text: str, terms: Sequence[str]) -> Segments:
    """Mark the terms in a whole text, for example a title.

    Args:
        text: plain text; beyond `MAX_TEXT` characters nothing is marked.
        terms: folded words, the most telling first; see `search.query.marks`.

    Returns:
        Segments in order, which joined give `text` again; True for what is marked.
    """
    return _segments(text, _merged(_find(text, terms)), 0, len(text))


def snippet(text: str, terms: Sequence[str], *, length: int = 120) -> Segments:
    """Cut the passage with the most different terms out of a text and mark them.

    Args:
        text: plain text of an answer.
        terms: folded words, the most telling first.
        length: characters of the passage, about; an ellipsis shows where it was cut.

    Returns:
        Segments in order; True for what is marked; [] for an empty text. Without any term the
        beginning of the text.
    """
    marks = _find(text, terms)
    start = _start(text, _best_start(marks, length, len(terms))) if marks else 0
    end = _end(text, start, length)
    segments = _segments(text, _merged(marks), start, end)
    return _flattened(segments, cut_before=start > 0, cut_after=end < len(text.rstrip()))


def _find(text: str, terms: Sequence[str]) -> list[_Mark]:
    """Return where terms occur in the text, in order of position."""
    folded, offsets = _folded(text[:MAX_TEXT])
    found: list[_Mark] = []
    for number, term in enumerate(terms[:MAX_TERMS]):
        at = folded.find(term) if term else -1
        for _ in range(MAX_OCCURRENCES):
            if at < 0:
                break
            end = _end_of_word(folded, at, at + len(term))
            if end:
                found.append(_Mark(offsets[at], offsets[end - 1] + 1, number))
            at = folded.find(term, at + len(term))
    return sorted(found)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Fold with positions; nearly always folding keeps every position, which is fast to see."""
    folded = fold(text, limit=MAX_TEXT)
    if len(folded) == len(text):
        return folded, range(len(text))
    return align(text, limit=MAX_TEXT)


def _end_of_word(folded: str, start: int, end: int) -> int:
    """Return where the mark of a term ends; 0 when it is not to be marked here.

    Latin words are marked as a whole, with the ending that analysis had taken away, and never
    inside another word: `card` in `cards`, but not `app` in `happy` or `apparently`.
    """
    if not _is_latin(folded[start]):
        return end
    if start and _is_latin(folded[start - 1]):
        return 0
    last = end
    while last < len(folded) and _is_latin(folded[end - 1]) and _is_latin(folded[last]):
        last += 1
        if last - end > _LONGEST_ENDING:
            return 0
    return last


def _is_latin(ch: str) -> bool:
    return ch.isascii() and ch.isalnum()


def _best_start(marks: Sequence[_Mark], length: int, terms: int) -> int:
    """Return where the window begins that shows the most telling different terms."""
    best, best_start = -1.0, marks[0].start
    starts = [one.start for one in marks]
    for index, first in enumerate(marks):
        inside = marks[index : bisect_left(starts, first.start + length - _LEAD)]
        value = sum(terms - term for term in {one.term for one in inside})
        if value > best:
            best, best_start = value, first.start
    return best_start


def _start(text: str, first: int) -> int:
    """Return the start of the sentence of the first mark, when it is near, else a little lead."""
    low = max(0, first - _LEAD)
    stops = [text.rfind(stop, low, first) for stop in _STOPS]
    if max(stops) >= 0:
        return max(stops) + 1
    return low


def _end(text: str, start: int, length: int) -> int:
    """Return the end of the passage: after a sentence when one ends near, else by length."""
    high = min(len(text), start + length)
    stop = max(text.rfind(sign, start + length * 2 // 3, high) for sign in _STOPS)
    return stop + 1 if stop >= 0 and high < len(text) else high


def _merged(marks: Iterable[_Mark]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _ in marks:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _segments(text: str, marks: Sequence[tuple[int, int]], start: int, end: int) -> Segments:
    segments: Segments = []
    at = start
    for low, high in marks:
        if high <= start or low >= end:
            continue
        low, high = max(low, at), min(high, end)
        segments += [(text[at:low], False), (text[low:high], True)]
        at = high
    segments.append((text[at:end], False))
    return [segment for segment in segments if segment[0]]


def _one_line(part: str) -> str:
    """Put lines behind one another; a dot parts those that do not end a sentence."""
    part = part.replace("\t", "\n")
    part = re.sub(r"(?<=[。！？；：，、])\s*\n\s*", "", part)
    part = re.sub(r"(?<=[.!?;:,])\s*\n\s*", " ", part)
    return re.sub(r"\s*\n\s*", " · ", part)


def _flattened(segments: Segments, *, cut_before: bool, cut_after: bool) -> Segments:
    """Show a passage on one line, with an ellipsis where it was cut."""
    flat = [(_one_line(part), marked) for part, marked in segments]
    if flat and not flat[0][1]:
        flat[0] = (flat[0][0].lstrip(_EDGE), False)
    if flat and not flat[-1][1]:
        flat[-1] = (flat[-1][0].rstrip(_EDGE), False)
    before = [(ELLIPSIS, False)] if cut_before and flat else []
    after = [(ELLIPSIS, False)] if cut_after and flat else []
    return [segment for segment in (*before, *flat, *after) if segment[0]]

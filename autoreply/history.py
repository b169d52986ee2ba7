"""Which lines of a mail are new, and which are an earlier mail and what frames it. Pure.

Works on lines that `quotes.fold` has made uniform. A frame is what says whose words follow: an
attribution, a block of labels, or a marker such as “原始邮件”.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autoreply import attributions, labels, quotes

_ATTRIBUTION = "attribution"
_LABELS = "labels"
_MARKER = "marker"


@dataclass(frozen=True, slots=True)
class _Frame:
    """Lines `start` up to, not including, `end`, and what kind of frame they are."""

    kind: str
    start: int
    end: int


def fresh(folded: Sequence[str]) -> tuple[list[int], bool]:
    """Find the new lines.

    Args:
        folded: all lines of the mail, folded.

    Returns:
        Their indices in order, and whether anything was left out.
    """
    quoted = (n for n in range(len(folded) - 1, -1, -1) if quotes.is_quoted(folded[n]))
    scan = _Scan(folded, last_quoted=next(quoted, -1))
    index = 0
    while index < len(folded):
        index = scan.step(index)
    return scan.result(), scan.removed


def is_own_mark(folded: Sequence[str]) -> bool:
    """Tell whether the one `>` of a mail is the sender's own, a prompt in the middle of words."""
    marked = [n for n, line in enumerate(folded) if quotes.is_quoted(line)]
    if len(marked) != 1 or not 0 < marked[0] < len(folded) - 1:
        return False
    around = folded[marked[0] - 1], folded[marked[0]].strip("> "), folded[marked[0] + 1]
    return all(around) and not any(_frame_at(folded, index) for index in range(len(folded)))


@dataclass(slots=True)
class _Scan:
    folded: Sequence[str]
    last_quoted: int
    kept: list[int] = field(default_factory=list)
    removed: bool = False
    ended: bool = False

    def step(self, index: int) -> int:
        """Take one line, or what belongs together; return the index of the next."""
        if quotes.is_quoted(self.folded[index]):
            self.removed = True
            return _end_of_quote(self.folded, index)
        if quotes.is_ellipsis(self.folded[index]) and _quoted_next(self.folded, index + 1):
            return index + 1
        frame = _frame_at(self.folded, index)
        if frame is None:
            self.kept.append(index)
            return index + 1
        return self._leave_out(frame)

    def _leave_out(self, frame: _Frame) -> int:
        self.removed = True
        self.kept = [n for n in self.kept if n < frame.start]
        if self._answers_below(frame):
            if frame.kind == _LABELS:
                self._trim()
            return frame.end
        self.ended = True
        return len(self.folded)

    def _answers_below(self, frame: _Frame) -> bool:
        """Tell whether what follows a frame is marked line by line, and answered in between."""
        said = any(not _is_ornament(self.folded[n]) for n in self.kept)
        quoted = _quoted_next(self.folded, frame.end)
        if frame.kind == _MARKER:
            return quoted and not said
        if quoted or frame.kind == _LABELS:
            return quoted
        # Some answer at once below the attribution and quote further down.
        return not said and self.last_quoted >= frame.end

    def result(self) -> list[int]:
        """Return the new lines without the rules and headings drawn next to quotes."""
        if self.ended:
            self._trim()
        if not self.removed:
            return self.kept
        first = (n for n, index in enumerate(self.kept) if not _is_ornament(self.folded[index]))
        return self.kept[next(first, 0) :]

    def _trim(self) -> None:
        while self.kept and _is_ornament(self.folded[self.kept[-1]]):
            self.kept.pop()


def _frame_at(folded: Sequence[str], index: int) -> _Frame | None:
    if quotes.is_marker(folded[index]):
        return _Frame(_MARKER, index, _below_labels(folded, index + 1))
    length = labels.header_block(folded, index)
    if length:
        above = labels.lines_above(folded, index) if labels.wants_sender(folded[index]) else 0
        return _Frame(_LABELS, index - above, index + length)
    size = attributions.attribution(folded, index, quoted_next=_quoted_next(folded, index + 1))
    return _Frame(_ATTRIBUTION, index + 1 - size, index + 1) if size else None


def _below_labels(folded: Sequence[str], index: int) -> int:
    """Step over blank lines and a block of labels below a marker."""
    first = next((n for n in range(index, min(index + 3, len(folded))) if folded[n]), index)
    length = labels.header_block(folded, first) if first < len(folded) else 0
    return first + length if length else index


def _quoted_next(folded: Sequence[str], index: int) -> bool:
    nearby = (line for line in folded[index : index + 5] if line and not quotes.is_ellipsis(line))
    return quotes.is_quoted(next(nearby, ""))


def _end_of_quote(folded: Sequence[str], index: int) -> int:
    """Return the index after a run of `>` lines and the ends that wrapping tore off them."""
    while index < len(folded) and quotes.is_quoted(folded[index]):
        index += 1
        end = index
        while end < len(folded) and quotes.is_torn(folded[end - 1], folded[end]):
            end += 1
        if end < len(folded) and quotes.is_quoted(folded[end]):
            index = end
    return index


def _is_ornament(line: str) -> bool:
    return not line or quotes.is_rule(line) or quotes.is_heading(line)

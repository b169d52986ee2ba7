"""Read the words out of HTML (pure).

Works on HTML that `kb.markup` has sanitised; anything else goes through `kb.markup.to_text`.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BREAKS = {
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
    "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "nav", "ol", "option", "p",
    "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_CELLS = {"td", "th"}
_LISTS = {"ol", "ul"}
_HEADS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_APART = {"p", "blockquote", "pre", "table"} | _LISTS | _HEADS
_FULL_THEN_BLANK = re.compile("(?<=[，。：；、？！）]) ")
_CELL = "\x1f"
_GAP = "\x00"


class _Reader(HTMLParser):
    """Collect text; a block ends a line, a cell ends a column."""

    def __init__(self, *, marks: bool, apart: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._verbatim = 0
        self._cells = 0
        self._marks = marks
        self._lists: list[int | None] = []
        self._mark = ""
        self._apart = apart
        self._headed = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open_block(tag)
        self._edge(tag)
        self._open_list(tag, dict(attrs).get("start") or "1")
        self._verbatim += tag == "pre"
        self._cells += tag in _CELLS

    def handle_endtag(self, tag: str) -> None:
        self._cells -= tag in _CELLS
        self._verbatim -= tag == "pre"
        if tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._mark = ""
        self._headed = self._headed or tag in _HEADS
        self._edge(tag)

    def handle_data(self, data: str) -> None:
        data = data.replace(_CELL, " ").replace(_GAP, " ")
        self._headed = self._headed and not data.strip()
        # The mark waits for words: an item's own text may stand in a paragraph.
        if self._mark and data.strip():
            self.parts.append(self._mark)
            self._mark = ""
        self.parts.append(data if self._verbatim else re.sub(r"\s+", " ", data))

    def _open_block(self, tag: str) -> None:
        """Leave a line free between blocks, but not under a heading nor inside lists and tables."""
        if self._apart and tag in _APART and not (self._headed or self._lists or self._cells):
            self.parts.append(f"\n{_GAP}\n")

    def _open_list(self, tag: str, start: str) -> None:
        if tag in _LISTS:
            self._lists.append((int(start) if start.isdecimal() else 1) if tag == "ol" else None)
        elif tag == "li" and self._marks and self._lists:
            number = self._lists[-1]
            self._mark = "· " if number is None else f"{number}. "
            self._lists[-1] = None if number is None else number + 1

    def _edge(self, tag: str) -> None:
        if tag in _CELLS:
            self.parts.append(_CELL)
        elif tag in _BREAKS:
            self.parts.append(" " if self._cells > 0 else "\n")


def letter(html: str) -> str:
    """Return sanitised HTML as text for people to read in a mail or a reply.

    Args:
        html: well-formed HTML without scripts or styles.

    Returns:
        As `read` with marks, a free line before each paragraph, heading and list.
    """
    reader = _Reader(marks=True, apart=True)
    reader.feed(html)
    reader.close()
    lines = (_line(line) for line in "".join(reader.parts).split("\n"))
    # Written by hand behind a full-width sign, a blank makes the gap twice as wide.
    text = "\n".join(_FULL_THEN_BLANK.sub("", line) for line in lines if line)
    return re.sub(rf"\n?(?:{_GAP}\n?)+", "\n\n", text).strip("\n")


def read(html: str, *, marks: bool = False) -> str:
    """Return the words of sanitised HTML.

    Args:
        html: well-formed HTML without scripts or styles.
        marks: put "1. " before a numbered step and "· " before an item, for people to read; an
            index wants the words alone.

    Returns:
        One block a line, table cells separated by a tab; blanks collapsed, no empty lines.
    """
    reader = _Reader(marks=marks, apart=False)
    reader.feed(html)
    reader.close()
    lines = (_line(line) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _line(line: str) -> str:
    cells = (" ".join(cell.split()) for cell in line.split(_CELL))
    return "\t".join(cell for cell in cells if cell)

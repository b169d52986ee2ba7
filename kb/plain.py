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
_CELL = "\x1f"


class _Reader(HTMLParser):
    """Collect text; a block ends a line, a cell ends a column."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._verbatim = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._edge(tag)
        self._verbatim += tag == "pre"
        self._cells += tag in _CELLS

    def handle_endtag(self, tag: str) -> None:
        self._cells -= tag in _CELLS
        self._verbatim -= tag == "pre"
        self._edge(tag)

    def handle_data(self, data: str) -> None:
        data = data.replace(_CELL, " ")
        self.parts.append(data if self._verbatim else re.sub(r"\s+", " ", data))

    def _edge(self, tag: str) -> None:
        if tag in _CELLS:
            self.parts.append(_CELL)
        elif tag in _BREAKS:
            self.parts.append(" " if self._cells > 0 else "\n")


def read(html: str) -> str:
    """Return the words of sanitised HTML, as an index wants them.

    Args:
        html: well-formed HTML without scripts or styles.

    Returns:
        One block a line, table cells separated by a tab; blanks collapsed, no empty lines.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (_line(line) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _line(line: str) -> str:
    cells = (" ".join(cell.split()) for cell in line.split(_CELL))
    return "\t".join(cell for cell in cells if cell)

"""Write tables as Markdown (pure).

Markdown cells are one line without merging: paragraphs in a cell are parted by `<br>`, a merged
cell keeps its words in the first place and leaves the others empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from authoring.html_tree import Node
from authoring.markdown_inline import Run, runs, write

_RULES = {"left": ":---", "right": "---:", "center": ":---:"}
_LINES = {"p", "li", "h2", "h3", "h4", "pre", "blockquote", "tr", "ul", "ol", "table", "hr"}
_LARGEST = 200


def write_table(table: Node) -> str:
    """Return a table with a header row; one that has none gets an empty one.

    The renderer drops an empty header again.
    """
    rows = list(_rows(table))
    grid = _grid(rows)
    width = max((len(line) for line in grid), default=0)
    # The renderer gives a table without a body an empty row; it must not stay.
    while grid and not any(grid[-1]):
        grid.pop()
    if not grid:
        return ""
    if not any(cell.tag == "th" for cell in rows[0]):
        grid.insert(0, [])
    rules = [_RULES.get(align, "---") for align in _alignments(rows, width)]
    lines = [_line(line + [""] * (width - len(line))) for line in grid]
    return "\n".join([lines[0], _line(rules), *lines[1:]])


def _rows(table: Node) -> Iterator[list[Node]]:
    """Yield the rows of this table, not those of tables inside its cells."""
    for child in table.children:
        if child.tag == "tr":
            yield [cell for cell in child.children if cell.tag in ("td", "th")]
        elif child.tag in ("thead", "tbody"):
            yield from _rows(child)


def _grid(rows: list[list[Node]]) -> list[list[str]]:
    """Lay out cells; `hanging` counts, per column, the rows that a cell above still covers."""
    grid: list[list[str]] = []
    hanging: dict[int, int] = {}
    for row in rows:
        line: list[str] = []
        for cell in row:
            while hanging.get(len(line), 0) > 0:
                hanging[len(line)] -= 1
                line.append("")
            columns = _span(cell, "colspan")
            for offset in range(columns):
                hanging[len(line) + offset] = _span(cell, "rowspan") - 1
            line += [_cell(cell), *[""] * (columns - 1)]
        for column in [column for column in hanging if column >= len(line)]:
            hanging[column] -= 1
        grid.append(line)
    return grid


def _span(cell: Node, name: str) -> int:
    return max(1, min(_LARGEST, int(cell.attributes.get(name) or 1)))


def _alignments(rows: list[list[Node]], width: int) -> list[str]:
    aligned = [cell.attributes.get("align", "") for cell in rows[0]]
    return (aligned + [""] * width)[:width]


def _cell(cell: Node) -> str:
    return write(_as_lines(cell.children), one_line=True)


def _as_lines(nodes: Iterable[Node]) -> Iterator[Run]:
    for node in nodes:
        if node.tag == "pre":
            text = "".join(child.text for child in node.walk())
            yield Run("break", "")
            for line in text.split("\n"):
                yield from (Run("text", line), Run("break", ""))
        elif node.tag in _LINES:
            yield Run("break", "")
            yield from _as_lines(node.children)
            yield Run("break", "")
        elif any(child.tag in _LINES for child in node.walk()):
            yield from _as_lines(node.children)
        else:
            yield from runs([node])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"

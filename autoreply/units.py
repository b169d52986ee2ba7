"""An answer's HTML in units that may stand alone, and units put together again. Pure.

A unit is a paragraph, one step of a list, one row of a table: what a reader takes in at once. Put
together, steps keep their numbers and rows the heads of their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from autoreply.html_dom import Node, Tree
from kb.letter import letter

_LISTS = ("ol", "ul")
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of an answer.

    Attributes:
        html: of the piece alone, such as `<li>…</li>`.
        text: the same for people to read, lines without link addresses.
        around: number of the list or table that it is part of; each other unit has its own.
        opened: what opens that list or table at this unit, or "".
        closed: what closes it, or "".
        heading: it stands above others and says nothing alone.
    """

    html: str
    text: str
    around: int
    opened: str = ""
    closed: str = ""
    heading: bool = False


def units(html: str, *, longest: int) -> list[Unit]:
    """Return an answer in units, in order; what says nothing is left out.

    Args:
        html: sanitised and without pictures.
        longest: characters of a unit; one with more goes on in lines without its form.
    """
    body = Tree(html).body
    nodes = list(body.iter()) if body is not None else []
    found = [unit for place, node in enumerate(nodes) for unit in _units(place, node)]
    return [part for unit in found if unit.text for part in _bounded(unit, longest)]


def together(chosen: Sequence[Unit]) -> str:
    """Return units as HTML, those of one list or table in one again."""
    groups = (list(group) for _, group in groupby(chosen, lambda unit: unit.around))
    return "".join(
        group[0].opened + "".join(unit.html for unit in group) + group[0].closed for group in groups
    )


def _units(place: int, node: Node) -> Iterator[Unit]:
    if node.tag in _LISTS:
        yield from _steps(place, node)
    elif node.tag == "table":
        yield from _rows(place, node)
    else:
        html = node.html or ""
        yield Unit(html, _text(html), place, heading=node.tag in _HEADS)


def _steps(place: int, node: Node) -> Iterator[Unit]:
    start = node.attributes.get("start") or "1"
    first = int(start) if start.isdecimal() else 1
    for number, item in enumerate((one for one in node.iter() if one.tag == "li"), first):
        opened = "<ul>" if node.tag == "ul" else "<ol>" if number == 1 else f'<ol start="{number}">'
        html, closed = item.html or "", f"</{node.tag}>"
        yield Unit(html, _text(f"{opened}{html}{closed}"), place, opened, closed)


def _rows(place: int, node: Node) -> Iterator[Unit]:
    """Yield the rows of a table; the first one, when it names the columns, stands above each."""
    rows = node.css("tr")
    named = bool(rows) and rows[0].css_first("th") is not None
    head = (rows[0].html or "") if named else ""
    for row in rows[named:]:
        html = row.html or ""
        text = _text(f"<table>{head}{html}</table>")
        yield Unit(html, text, place, f"<table>{head}", "</table>")


def _bounded(unit: Unit, longest: int) -> Iterator[Unit]:
    if len(unit.text) <= longest:
        yield unit
        return
    for line in filter(None, unit.text.split("\n")):
        yield Unit(f"<p>{escape(line, quote=False)}</p>", line, unit.around)


def _text(html: str) -> str:
    return letter(html, notes=False)

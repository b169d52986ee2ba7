"""Articles as a table (pure): UTF-8 with a mark, GBK accepted, formulas escaped."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from kb.decoding import decode
from kb.errors import Invalid
from kb.transfer_rows import Bundle, Row, read_row, write_row
from kb.transfer_values import ALIASES, Problem, Values

COLUMNS = (
    "key",
    "question",
    "answer",
    "phrasings",
    "category",
    "category_name",
    "audience",
    "language",
    "applies_to",
    "state",
    "owner",
    "review_on",
    "publish_at",
    "expire_at",
    "published_at",
    "created_at",
    "updated_at",
    "boost",
)
# What a spreadsheet would take for a formula (OWASP, CSV injection), and our own mark before it.
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_MARKED = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_LONGEST_CELL = 2_000_000


def read(data: bytes, name: str) -> Bundle:
    """Read a table with a header line.

    Args:
        data: the file; comma, semicolon or tab; UTF-8, UTF-16 or GB 18030.
        name: of the file, for problems.

    Raises:
        Invalid: `csv_header_missing`, `csv_broken`, `csv_empty`, or the encoding cannot be told.
    """
    text = decode(data, name=name)
    # The module's limit is one for the process; a whole article may stand in a cell.
    csv.field_size_limit(_LONGEST_CELL)
    rows = _lines(text, name)
    if not rows:
        raise Invalid("csv_empty", field="file", name=name)
    header = [cell.strip().casefold() for cell in rows[0][1]]
    if not set(header) & set(ALIASES["question"]):
        raise Invalid("csv_header_missing", field="question", name=name, found=header[:20])
    articles: list[Row] = []
    problems: list[Problem] = []
    for line, cells in rows[1:]:
        values = Values(dict(zip(header, map(unescape, cells), strict=False)), f"{name}:{line}")
        if any(cells[len(header) :]):
            values.wrong("", "too_many_cells", cells[len(header)])
        row = read_row(values)
        problems += values.problems
        if row is not None:
            articles.append(row)
    return Bundle(articles=tuple(articles), problems=tuple(problems))


def _lines(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Return (line on which a record begins, its cells), without blank records."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            raise Invalid("csv_broken", field="file", name=name, line=begins) from error
        if any(cell.strip() for cell in cells):
            rows.append((begins, cells))


def _delimiter(text: str) -> str:
    head = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=head.count)


def write(rows: Iterable[Row]) -> bytes:
    """Return the table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        named = {**write_row(row), "category_name": row.category_name}
        writer.writerow([escape(_cell(named.get(column))) for column in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def escape(cell: str) -> str:
    """Put a quote before what a spreadsheet would run; `unescape` takes it off."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescape(cell: str) -> str:
    """Take off the quote of `escape`."""
    return cell[1:] if _MARKED.match(cell) else cell

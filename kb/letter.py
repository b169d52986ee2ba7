"""Write sanitised HTML as the text of a letter: for mails and for replies that people edit (pure).

Steps keep their numbers, blocks a free line between them, a table becomes a line for each row, and
what a link points at stands below, numbered: a text has nothing that one could click.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_HEADS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LISTS = {"ol", "ul"}
_APART = {"p", "blockquote", "pre", "table"} | _LISTS | _HEADS
_BLOCKS = _APART | {"li", "tr", "div", "hr"}
_FULL_THEN_BLANK = re.compile("(?<=[，。：；、？！）]) (?=[^ ])")
_WIDE = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
_CODE = "    "
_DOT = "· "


def letter(html: str, *, base_url: str = "", notes: bool = True) -> str:
    """Return sanitised HTML as text for people to read in a mail or a reply.

    Args:
        html: well-formed HTML without scripts or styles, as `kb.markup` makes it.
        base_url: put before addresses of the site.
        notes: number links and list their addresses at the end; else links are words only.

    Returns:
        Lines without blanks at their ends, at most one free line in a row; "" for nothing.
    """
    writer = _Writer(base_url, notes=notes)
    writer.feed(html)
    writer.close()
    return writer.written()


class _Writer(HTMLParser):
    """Collects lines; inline text waits in `_words` until its block ends."""

    def __init__(self, base_url: str, *, notes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._base, self._notes = base_url, notes
        self._lines: list[str] = []
        self._words: list[str] = []
        # Of each list around: its next number, None for dots; and how far its items stand in.
        self._lists: list[int | None] = []
        self._marks: list[str] = []
        self._fresh = ""
        self._verbatim = False
        self._rows: list[list[str]] | None = None
        self._named = False
        self._headed = True
        self._link: tuple[str, int] | None = None
        self._addresses: list[str] = []

    def written(self) -> str:
        """Return the text so far, with the addresses of its links."""
        self._flush()
        text = "\n".join(self._lines).strip("\n")
        noted = "\n".join(f"[{n}] {address}" for n, address in enumerate(self._addresses, 1))
        return re.sub(r"\n{3,}", "\n\n", f"{text}\n\n{noted}".strip("\n") if noted else text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _BLOCKS and self._rows is None:
            self._flush()
            self._part(tag)
        if tag in _LISTS:
            start = values.get("start") or "1"
            self._lists.append((int(start) if start.isdecimal() else 1) if tag == "ol" else None)
        elif tag == "li" and self._lists:
            self._begin_item()
        elif tag == "a":
            self._link = (values.get("href") or "", len(self._words))
        elif tag == "br":
            self._words.append("\n" if self._rows is None else " ")
        elif tag == "pre":
            self._verbatim = True
        else:
            self._begin_cell(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._note()
        elif tag == "table" and self._rows is not None:
            self._lay_out(self._rows)
        elif tag in _BLOCKS and self._rows is None:
            self._flush()
        if tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "li" and self._marks:
            self._marks.pop()
            self._fresh = ""
        elif tag == "pre":
            self._verbatim = False
        self._headed = self._headed or tag in _HEADS

    def handle_data(self, data: str) -> None:
        self._words.append(data if self._verbatim else re.sub(r"\s+", " ", data))

    def _part(self, tag: str) -> None:
        """Leave a line free between blocks, but not under a heading nor inside lists."""
        if tag in _APART and not (self._headed or self._lists):
            self._lines.append("")

    def _begin_item(self) -> None:
        number = self._lists[-1]
        self._fresh = _DOT if number is None else f"{number}. "
        self._marks.append(" " * len(self._fresh))
        if number is not None:
            self._lists[-1] = number + 1

    def _begin_cell(self, tag: str) -> None:
        if tag == "table" and self._rows is None:
            self._rows, self._named = [], False
        elif tag == "tr" and self._rows is not None:
            self._take_cell()
            self._rows.append([])
        elif tag in ("td", "th"):
            self._take_cell()
            self._named = self._named or tag == "th"
            if self._rows:
                self._rows[-1].append("")

    def _take_cell(self) -> None:
        """Put the words that wait into the cell that they stand in."""
        text = _line("".join(self._words))
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] = text
            self._words.clear()

    def _lay_out(self, rows: list[list[str]]) -> None:
        """Write a table: a line for each row, with the names of its columns."""
        self._take_cell()
        self._rows = None
        for line in _table([row for row in rows if any(row)], named=self._named):
            self._say(line)

    def _note(self) -> None:
        """Put the number of its address behind the words of a link."""
        if self._link is None:
            return
        (href, begun), self._link = self._link, None
        words = "".join(self._words[begun:]).strip()
        address = self._base + href if href.startswith("/") else href
        shown = address.removeprefix("mailto:").removeprefix("tel:")
        if not self._notes or not words or href[:1] in ("", "#") or words in (address, shown):
            return
        if shown not in self._addresses:
            self._addresses.append(shown)
        self._words.append(f"[{self._addresses.index(shown) + 1}]")

    def _flush(self) -> None:
        text = "".join(self._words)
        self._words.clear()
        if self._verbatim:
            for line in text.strip("\n").split("\n"):
                self._say(_CODE + line.rstrip())
            return
        for part in text.split("\n"):
            if line := _line(part):
                self._say(line)

    def _say(self, line: str) -> None:
        """Add a line, behind the mark of its item or standing in as far as that."""
        outer = "".join(self._marks[:-1])
        own = self._fresh or (self._marks[-1] if self._marks else "")
        self._lines.append(f"{outer}{own}{line}".rstrip())
        self._fresh = ""
        self._headed = False


def _line(text: str) -> str:
    # Written by hand behind a full-width sign, a blank makes the gap twice as wide.
    return _FULL_THEN_BLANK.sub("", " ".join(text.split()))


def _table(rows: list[list[str]], *, named: bool) -> list[str]:
    """Return a table as lines: of two columns “a：b”, of more each value with its column's name."""
    wide = any(_WIDE.search(cell) for row in rows for cell in row)
    colon, comma = ("：", "，") if wide else (": ", "; ")
    if not rows or len(rows[0]) < 3 or not named:
        flat = [colon.join(cell for cell in row if cell) for row in rows]
        return [*flat[:named], *(_DOT + line for line in flat[named:])]
    names, *rest = rows
    lines = []
    for row in rest:
        pairs = zip(names[1:], row[1:], strict=False)
        values = [f"{name}{colon}{cell}" if name else cell for name, cell in pairs if cell]
        lines.append(_DOT + comma.join([row[0] or names[0], *values]))
    return lines or [_DOT + comma.join(cell for cell in names if cell)]

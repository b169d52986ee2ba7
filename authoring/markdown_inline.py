"""Write words, marks, links and pictures as Markdown that our renderer reads back alike (pure).

Python-Markdown finds marks without looking at the neighbours, which suits Chinese, but it takes
`****` for one delimiter: a word joiner (U+2060) stands between marks that touch. The renderer
removes it. Signs that mean something are written as entities or with a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from authoring.html_tree import Node

JOINER = "\u2060"
_MARKS = {"strong": "**", "em": "*", "s": "~~"}
_ORDER = ("strong", "em", "s")

_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_ENTITY = re.compile(r"&(?=#?[0-9A-Za-z]+;)")
_ACTIVE = re.compile(r"[\\*\[\]]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_ALSO_ACTIVE = {"<": "&lt;", "`": "&#96;", "~": "&#126;", "|": "&#124;"}
_ALT_ACTIVE = re.compile(r"[\\*\[\]_`<>~|&\"!()]")
# `[…\\]:` at the start of a line would define a reference, backslash or not.
_REFERENCE = re.compile(r"\[[^\[\]]*\]:")
_BLOCK_START = re.compile(r"^(?:(#)|(>)|([-+])(?=[-+\s]|$)|(=)|(\d+)\.(?=\s|$))")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one look. `kind` is text, code, break or image."""

    kind: str
    text: str
    marks: frozenset[str] = frozenset()
    link: str = ""


def runs(
    nodes: Iterable[Node], marks: frozenset[str] = frozenset(), link: str = ""
) -> Iterator[Run]:
    """Flatten inline nodes into runs; blocks among them are read as their words."""
    for node in nodes:
        if not node.tag:
            yield Run("text", _SPACE.sub(" ", node.text), marks, link)
        elif node.tag == "br":
            yield Run("break", "")
        elif node.tag == "img":
            yield Run("image", _image(node), frozenset(), link)
        elif node.tag == "code":
            words = "".join(child.text for child in node.walk())
            core = words.strip()
            head, tail = words.partition(core)[::2] if core else (words, "")
            yield Run("text", _SPACE.sub(" ", head), marks, link)
            yield Run("code", _SPACE.sub(" ", core), marks, link)
            yield Run("text", _SPACE.sub(" ", tail), marks, link)
        elif node.tag == "a":
            yield from runs(node.children, marks, node.attributes.get("href", "") or link)
        elif node.tag in _MARKS:
            yield from runs(node.children, marks | {node.tag}, link)
        else:
            yield from runs(node.children, marks, link)


def write(pieces: Iterable[Run], *, one_line: bool = False) -> str:
    """Write runs as Markdown.

    Args:
        pieces: in order.
        one_line: a table cell; line breaks become `<br>`, pipes are kept out of code.

    Returns:
        Lines without blanks at their edges; "" when there is nothing to show.
    """
    tidy = _tidy(list(pieces))
    parts: list[str] = []
    for link, group in groupby(tidy, key=lambda run: run.link):
        inner = _marked(list(group), one_line=one_line)
        if not link or not inner.strip():
            parts.append(inner)
            continue
        if parts and parts[-1].endswith("!"):
            # Otherwise the link would turn into a picture.
            parts[-1] = parts[-1][:-1] + "\\!"
        parts.append(f"[{inner}]({_target(link)})")
    lines = _lines(parts)
    if one_line:
        return "<br>".join(line for line in lines if line != JOINER)
    return "\n".join(map(_guard, lines))


def _lines(parts: list[str]) -> list[str]:
    """Split at breaks; a line between two breaks may not be empty, or the paragraph would end."""
    lines = [line.strip() for line in "".join(parts).split("\n")]
    while lines and not lines[-1].strip(JOINER):
        lines.pop()
    while lines and not lines[0].strip(JOINER):
        lines.pop(0)
    return [line or JOINER for line in lines]


def _tidy(pieces: list[Run]) -> list[Run]:
    """Merge equal neighbours and let blanks stand outside marks and links."""
    split: list[Run] = []
    for run in pieces:
        split += _without_edges(run) if run.kind == "text" else [run]
    merged: list[Run] = []
    for run in split:
        last = merged[-1] if merged else None
        if last and run.kind == last.kind == "text" and _look(run) == _look(last):
            merged[-1] = Run("text", last.text + run.text, run.marks, run.link)
        elif run.text or run.kind == "break":
            merged.append(run)
    return _bridge(merged)


def _look(run: Run) -> tuple[frozenset[str], str]:
    return run.marks, run.link


def _without_edges(run: Run) -> list[Run]:
    core = run.text.strip()
    if not core or not (run.marks or run.link):
        return [Run("text", run.text)]
    head, tail = run.text.partition(core)[::2]
    return [Run("text", head), Run("text", core, run.marks, run.link), Run("text", tail)]


def _bridge(pieces: list[Run]) -> list[Run]:
    """Give a blank between two pieces of one look that look, so that marks stay whole."""
    out = list(pieces)
    for index in range(1, len(out) - 1):
        before, here, after = out[index - 1], out[index], out[index + 1]
        blank = here.kind == "break" or (here.kind == "text" and not here.text.strip())
        if blank and before.link == after.link:
            shared = frozenset(_common(_ordered(before), _ordered(after)))
            out[index] = Run(here.kind, here.text, shared, before.link)
    return out


def _ordered(run: Run) -> list[str]:
    return [mark for mark in _ORDER if mark in run.marks]


def _common(left: list[str], right: list[str]) -> list[str]:
    """Return the marks that two runs share from the outside in."""
    same = [a for a, b in zip(left, right, strict=False) if a == b]
    return same if left[: len(same)] == same else []


def _marked(pieces: list[Run], *, one_line: bool) -> str:
    """Write runs of one link; marks nest strong > em > s and open as late as possible."""
    out: list[str] = []
    open_marks: list[str] = []
    for run in pieces:
        wanted = _ordered(run)
        keep = len(_common(open_marks, wanted))
        _append(out, [_MARKS[mark] for mark in reversed(open_marks[keep:])])
        _append(out, [_MARKS[mark] for mark in wanted[keep:]])
        open_marks = wanted
        body = _body(run, one_line=one_line)
        if out and out[-1].endswith("`") and body.startswith("`"):
            out.append(JOINER)
        out.append(body)
    _append(out, [_MARKS[mark] for mark in reversed(open_marks)])
    return "".join(out)


def _append(out: list[str], delimiters: list[str]) -> None:
    for delimiter in delimiters:
        if out and out[-1] in _MARKS.values():
            out.append(JOINER)
        out.append(delimiter)


def _body(run: Run, *, one_line: bool) -> str:
    if run.kind == "break":
        return "\n"
    if run.kind == "image":
        return run.text
    fits = "``" not in run.text and run.text.strip("`") and not (one_line and "|" in run.text)
    if run.kind == "code" and fits:
        fence = "``" if "`" in run.text else "`"
        pad = " " if "`" in run.text else ""
        return f"{fence}{pad}{run.text}{pad}{fence}"
    return escape(run.text)


def escape(text: str) -> str:
    """Take the meaning from every sign that has one inside a line."""
    text = _ENTITY.sub("&amp;", text)
    text = _ACTIVE.sub(r"\\\g<0>", text)
    return re.sub("[<`~|]", lambda match: _ALSO_ACTIVE[match[0]], text)


def _guard(line: str) -> str:
    """Take the meaning from a sign that has one at the start of a line."""
    if _REFERENCE.match(line):
        return JOINER + line
    match = _BLOCK_START.match(line)
    if not match:
        return line
    if match[4]:
        return "&#61;" + line[1:]
    place = match.end(5) if match[5] else 0
    return line[:place] + "\\" + line[place:]


def _image(node: Node) -> str:
    source, words = node.attributes.get("src", ""), _SPACE.sub(" ", node.attributes.get("alt", ""))
    alt = _ALT_ACTIVE.sub(lambda match: f"&#{ord(match[0])};", words).strip()
    return f"![{alt}]({_target(source)})" if source else ""


def _target(address: str) -> str:
    return address.replace("&", "&amp;")

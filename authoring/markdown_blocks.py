"""Write blocks as Markdown that our renderer reads back alike (pure).

Lists are indented by four columns, as Python-Markdown asks. Where it would join two neighbours
(two quotes, two lists), or where a list item does not begin with words, a line with nothing but a
word joiner stands in; the renderer removes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from authoring import markdown_tables
from authoring.html_tree import Node
from authoring.markdown_inline import JOINER, Run, runs, write

BLOCKS = frozenset(
    ("p", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "hr", "table", "li", "tr", "td", "th",
     "thead", "tbody")
)  # fmt: skip
_JOINING = ("ul", "ol", "blockquote")
_INDENT = "    "


def write_blocks(nodes: Iterable[Node]) -> list[str]:
    """Return one Markdown block per block node; loose words among them become paragraphs."""
    out: list[str] = []
    previous = ""
    for tag, text in _written(nodes):
        if not text:
            continue
        if tag == previous and tag in _JOINING:
            out.append(JOINER)
        out.append(text)
        previous = tag
    return out


def _written(nodes: Iterable[Node]) -> Iterable[tuple[str, str]]:
    loose: list[Node] = []
    for node in nodes:
        if node.tag in BLOCKS or any(child.tag in BLOCKS for child in node.children):
            yield "p", write(runs(loose))
            loose = []
            yield node.tag, _block(node)
        else:
            loose.append(node)
    yield "p", write(runs(loose))


def _block(node: Node) -> str:
    if node.tag in ("h2", "h3", "h4"):
        return _heading(node)
    if node.tag in ("ul", "ol"):
        return _list(node)
    if node.tag == "blockquote":
        inner = "\n\n".join(write_blocks(node.children))
        return "\n".join(f"> {line}".rstrip(" ") for line in inner.split("\n")) if inner else ""
    if node.tag == "pre":
        return _code(node)
    if node.tag == "hr":
        return "---"
    if node.tag == "table":
        return markdown_tables.write_table(node)
    return "\n\n".join(write_blocks(node.children))


def _heading(node: Node) -> str:
    spaced = (Run("text", " ") if run.kind == "break" else run for run in runs(node.children))
    line = re.sub(" {2,}", " ", write(spaced))
    line = re.sub(r"(?<!\\)#+$", lambda match: "\\#" * len(match[0]), line)
    return f"{'#' * int(node.tag[1])} {line}" if line else ""


def _code(node: Node) -> str:
    lines = "".join(child.text for child in node.walk()).expandtabs(4).strip("\n").split("\n")
    code = "\n".join(line.rstrip() for line in lines)
    if not code.strip():
        return ""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code}\n{fence}"


def _list(node: Node) -> str:
    items = [_Item(child) for child in node.children if child.tag or child.text.strip()]
    items = [item for item in items if item.blocks]
    loose = any(item.is_loose for item in items)
    start = int(node.attributes.get("start") or 1) if node.tag == "ol" else 0
    lines = []
    for number, item in enumerate(items, start):
        marker = f"{number}. " if node.tag == "ol" else "- "
        lines.append(marker + item.write(loose=loose))
    return ("\n\n" if loose else "\n").join(lines)


class _Item:
    """A list item: tight when it is one paragraph, perhaps with tight lists below it."""

    def __init__(self, node: Node) -> None:
        children = node.children if node.tag == "li" else [node]
        pairs = [(tag, text) for tag, text in _written(children) if text]
        if pairs and pairs[0][0] != "p":
            pairs.insert(0, ("p", JOINER))
        self.blocks = pairs
        tail = [tag for tag, _ in pairs[1:]]
        same_twice = any(a == b for a, b in pairwise(tail))
        self.is_loose = (
            any(tag not in ("ul", "ol") for tag in tail)
            or same_twice
            or any("\n\n" in text for _, text in pairs)
        )

    def write(self, *, loose: bool) -> str:
        texts: list[str] = []
        previous = ""
        for tag, text in self.blocks:
            if tag == previous and tag in _JOINING:
                texts.append(JOINER)
            texts.append(text)
            previous = tag
        joined = ("\n\n" if loose else "\n").join(texts)
        first, *rest = joined.split("\n")
        return "\n".join([first, *(_INDENT + line if line else "" for line in rest)])

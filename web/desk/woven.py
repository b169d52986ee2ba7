"""Two versions of a page woven into one, as people see them: what went and what came is marked.

Block is compared with block (paragraphs, points of a list, rows of a table), and inside a pair of
blocks word with word. No tag of the old page is ever left open: what went keeps its own blocks, or
only its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

from web.desk.sides import MOST_PIECES

LEAST_ALIKE = 0.35
# How many blocks ahead the other half of a pair may stand.
LOOK_AHEAD = 12
_TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\"[^\"]*\"|[^\">])*)>")
_WORDS = re.compile(r"<(?:\"[^\"]*\"|[^\">])*>|&#?\w+;|[A-Za-z0-9]+|\s+|[^<]")
_SENTENCES = re.compile(r"<(?:\"[^\"]*\"|[^\">])*>|[^<。！？；\n]+[。！？；\n]?|[。！？；\n]")
_ADDRESS = re.compile(r"<a [^>]*?href=\"([^\"]*)\"")
_PICTURE = re.compile(r"<img [^>]*?src=\"([^\"]*)\"")
_CAPTION = re.compile(r"<img [^>]*?alt=\"([^\"]*)\"")
_EMPTY = {"br", "hr", "img"}
_INLINE = {"a", "br", "code", "em", "img", "s", "strong"}


@dataclass(frozen=True, slots=True)
class Node:
    """A tag with what stands in it; or, without a name, a text."""

    name: str
    opening: str
    inside: tuple[Node, ...] = ()

    @property
    def html(self) -> str:
        """The piece of the page."""
        closing = f"</{self.name}>" if self.name and self.name not in _EMPTY else ""
        return self.opening + "".join(node.html for node in self.inside) + closing

    @property
    def running(self) -> bool:
        """Say whether words stand in it directly, rather than blocks."""
        return all(
            node.name in _INLINE or (not node.name and node.opening.strip()) for node in self.inside
        )


def pages(old: str, new: str) -> Markup:
    """Weave two pages.

    Args:
        old: sanitised, well-formed HTML.
        new: sanitised, well-formed HTML.

    Returns:
        The new page with `<ins>` round what came and `<del>` round what went.
    """
    # Both came sanitised; only whole marks are added, and what is dropped are blanks and tags.
    return Markup("".join(_blocks(_tree(old), _tree(new))))  # noqa: S704


def _tree(html: str) -> tuple[Node, ...]:
    """Return the nodes of a page; blanks between blocks are left out."""
    open_: list[tuple[str, str, list[Node]]] = [("", "", [])]
    place = 0
    for tag in _TAG.finditer(html):
        _say(open_[-1][2], html[place : tag.start()])
        place = tag.end()
        closing, name = tag[1], tag[2]
        if name in _EMPTY:
            open_[-1][2].append(Node(name, tag[0]))
        elif not closing:
            open_.append((name, tag[0], []))
        elif len(open_) > 1:
            ended, opening, inside = open_.pop()
            open_[-1][2].append(Node(ended, opening, tuple(inside)))
    _say(open_[-1][2], html[place:])
    return tuple(open_[0][2])


def _say(nodes: list[Node], text: str) -> None:
    if text.strip() or (text and nodes and nodes[-1].name in _INLINE):
        nodes.append(Node("", text))


def _blocks(old: Sequence[Node], new: Sequence[Node]) -> Iterator[str]:
    before, after = [node.html for node in old], [node.html for node in new]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield from after[c:d]
        else:
            yield from _changed(list(old[a:b]), new[c:d])


def _changed(old: list[Node], new: Sequence[Node]) -> Iterator[str]:
    """Pair blocks that are alike; the others went or came."""
    for node in new:
        ahead = enumerate(old[:LOOK_AHEAD])
        place = next((n for n, other in ahead if _alike(other, node)), None)
        if place is None:
            yield _whole(node, "ins")
            continue
        yield from (_whole(gone, "del") for gone in old[:place])
        yield _pair(old[place], node)
        del old[: place + 1]
    yield from (_whole(gone, "del") for gone in old)


def _alike(old: Node, new: Node) -> bool:
    if old.name != new.name or not old.name:
        return old.name == new.name
    before, after = _words_of(old), _words_of(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return (
        matcher.real_quick_ratio() >= LEAST_ALIKE
        and matcher.quick_ratio() >= LEAST_ALIKE
        and (len(before) + len(after) > MOST_PIECES or matcher.ratio() >= LEAST_ALIKE)
    )


def _words_of(node: Node) -> str:
    return _TAG.sub("", node.html)


def _pair(old: Node, new: Node) -> str:
    inside = _running if old.running or new.running else _blocks
    woven = "".join(inside(old.inside, new.inside))
    return Node(new.name, new.opening, (Node("", woven),)).html if new.name else _text(old, new)


def _text(old: Node, new: Node) -> str:
    return "".join(_running((old,), (new,)))


def _whole(node: Node, mark: str) -> str:
    """Return a block that only one version has, its words marked."""
    marked = "".join(_marked(_WORDS.findall(node.html), mark, tags=True))
    # Rings of a list count what there is now.
    return marked.replace("<li>", '<li class="gone">') if mark == "del" else marked


def _running(old: Sequence[Node], new: Sequence[Node]) -> Iterator[str]:
    """Weave running text: the tags are those of the new one, of the old one only words stay."""
    before, after = ("".join(node.html for node in nodes) for nodes in (old, new))
    pattern = _WORDS if len(before) + len(after) <= MOST_PIECES else _SENTENCES
    was, now = pattern.findall(before), pattern.findall(after)
    for kind, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from now[c:d]
            continue
        if _retold(was[a:b], now[c:d]):
            yield from _hidden(_CAPTION, was[a:b], now[c:d])
            yield from now[c:d]
            continue
        yield from _marked(was[a:b], "del", tags=False)
        yield from _hidden(_ADDRESS, was[a:b], now[c:d])
        yield from _marked(now[c:d], "ins", tags=True)


def _retold(was: Sequence[str], now: Sequence[str]) -> bool:
    """Say whether one picture stayed and only its words are others."""
    old, new = (_PICTURE.match("".join(part)) for part in (was, now))
    return len(was) == len(now) == 1 and bool(old and new and old[1] == new[1])


def _hidden(sign: re.Pattern[str], was: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    """Yield what changed in a tag, a link's address for example: nobody would see it otherwise."""
    old, new = ([found[1] for found in map(sign.match, part) if found] for part in (was, now))
    for left, right in zip(old, new, strict=False):
        if left != right:
            yield f"<del>{left}</del> <ins>{right}</ins> "


def _marked(pieces: Sequence[str], mark: str, *, tags: bool) -> Iterator[str]:
    """Wrap each stretch of words and pictures between tags; keep those tags, or leave them out."""
    stretch = ""
    for piece in [*pieces, ""]:
        if piece and (not piece.startswith("<") or piece.startswith("<img")):
            stretch += piece
            continue
        if stretch.strip():
            yield f"<{mark}>{stretch}</{mark}>"
        elif tags:
            yield stretch
        stretch = ""
        if tags and piece:
            yield piece
        elif piece.startswith("<br"):
            yield " "

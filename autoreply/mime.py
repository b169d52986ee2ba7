"""Raw bytes to fields and parts, in bounded time and memory. Pure.

The standard library's parser walks line by line through nested generators: 3,000 nested levels end
in RecursionError and one long Content-Type takes quadratic time. This reader works on offsets into
the raw bytes, in one loop, and stops at `Limits`; on well-formed mail it finds the same leaves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autoreply import headers, transfer
from autoreply.limits import DEFAULT, Limits

Field = tuple[str, bytes]

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_MBOX_LINE = re.compile(rb">?From [^\n]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the MIME tree.

    Attributes:
        kind: content type in lower case, without parameters.
        params: parameters of Content-Type, decoded, names in lower case.
        disposition: `inline`, `attachment`, another word, or "" when not given.
        filename: decoded name, or "".
        encoding: Content-Transfer-Encoding in lower case.
        content_id: value without angle brackets, or "".
        body: bytes as they stand in the mail, still encoded.
        group: number of the multipart/alternative it belongs to; its own number elsewhere.
    """

    kind: str
    params: Mapping[str, str]
    disposition: str
    filename: str
    encoding: str
    content_id: str
    body: bytes
    group: int

    def data(self, *, most: int | None = None) -> bytes:
        """Return the content with its transfer encoding undone; never raises.

        Args:
            most: read only so many encoded bytes; None for all.
        """
        return transfer.undo(self.body[:most], self.encoding)


@dataclass(frozen=True, slots=True)
class Tree:
    """A mail taken apart.

    Attributes:
        fields: (name as written, raw value with its folds), in order.
        kinds: content types of all nodes, multiparts included, in order; the first is the mail's.
        parts: leaves in order.
        exceeded: names of `Limits` that cut something off.
    """

    fields: tuple[Field, ...]
    kinds: tuple[str, ...]
    parts: tuple[Part, ...]
    top_params: Mapping[str, str] = field(default_factory=dict)
    exceeded: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    start: int
    end: int
    depth: int
    group: int
    default: str = "text/plain"


def read(raw: bytes, *, limits: Limits = DEFAULT) -> Tree:
    """Take a mail apart.

    Args:
        raw: the mail as received; any bytes at all.
        limits: bounds; what lies beyond is left out and named in `exceeded`.

    Returns:
        The tree; never raises on any input.
    """
    exceeded: dict[str, None] = {}
    if len(raw) > limits.message_bytes:
        exceeded["message_bytes"] = None
        raw = raw[: limits.message_bytes]
    raw = _one_newline(raw)
    fields, body = _split_header(raw, _skip_preface(raw), len(raw), limits, exceeded)
    kinds: list[str] = []
    parts: list[Part] = []
    _walk(raw, (fields, body), limits, exceeded, kinds, parts)
    top = headers.content(dict_of(fields).get("content-type", b""))
    return Tree(fields, tuple(kinds), tuple(parts), top.params, tuple(exceeded))


def dict_of(fields: tuple[Field, ...]) -> dict[str, bytes]:
    """Return the first value of each field by lower-case name."""
    found: dict[str, bytes] = {}
    for name, value in fields:
        found.setdefault(name.lower(), value)
    return found


def _one_newline(raw: bytes) -> bytes:
    raw = raw.replace(b"\r\n", b"\n")
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _skip_preface(raw: bytes) -> int:
    """Return where the header begins: after a byte-order mark, blank lines, an mbox line."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while raw[start : start + 1] == b"\n":
        start += 1
    mbox = _MBOX_LINE.match(raw, start)
    return mbox.end() if mbox else start


def _split_header(
    raw: bytes, start: int, end: int, limits: Limits, exceeded: dict[str, None]
) -> tuple[tuple[Field, ...], int]:
    """Return the fields from `start` and the offset at which the body begins."""
    fields: list[Field] = []
    used = 0
    position = start
    while match := _FIELD.match(raw, position, end):
        position = match.end()
        length = len(match[0])
        if len(fields) >= limits.header_fields:
            exceeded["header_fields"] = None
        elif used >= limits.header_bytes:
            exceeded["header_bytes"] = None
        else:
            if length > limits.field_bytes:
                exceeded["field_bytes"] = None
            value = match[2][: limits.field_bytes]
            used += min(length, limits.field_bytes)
            fields.append((match[1].decode("ascii"), value))
        if position < end and (mbox := _MBOX_LINE.match(raw, position, end)):
            position = mbox.end()
    # A blank line ends the header; any other line that is no field is already the body.
    blank = re.compile(rb"[ \t]*\n").match(raw, position, end)
    return tuple(fields), blank.end() if blank else position


def _walk(
    raw: bytes,
    top: tuple[tuple[Field, ...], int],
    limits: Limits,
    exceeded: dict[str, None],
    kinds: list[str],
    parts: list[Part],
) -> None:
    stack = [_Node(top[1], len(raw), 0, 0)]
    known: tuple[Field, ...] | None = top[0]
    groups = 0
    while stack:
        node = stack.pop()
        if len(parts) + len(kinds) >= 2 * limits.parts or len(parts) >= limits.parts:
            exceeded["parts"] = None
            return
        if known is None:
            fields, node.start = _split_header(raw, node.start, node.end, _INNER, {})
        else:
            fields, known = known, None
        groups += 1
        children = _open(raw, node, dict_of(fields), groups, limits, exceeded, kinds, parts)
        stack.extend(reversed(children))


_INNER = Limits(header_bytes=64 * 1024, header_fields=100, field_bytes=16 * 1024)


def _open(
    raw: bytes,
    node: _Node,
    fields: dict[str, bytes],
    number: int,
    limits: Limits,
    exceeded: dict[str, None],
    kinds: list[str],
    parts: list[Part],
) -> list[_Node]:
    """Record one node; return its children when it is a multipart that can be split."""
    content = headers.content(fields.get("content-type", b""), default=node.default)
    kinds.append(content.kind)
    if content.kind.startswith("multipart/") and node.depth >= limits.depth:
        exceeded["depth"] = None
    elif content.kind.startswith("multipart/"):
        room = limits.parts + 1
        spans = _split_body(raw, node, content.params.get("boundary", ""), room)
        if spans:
            same = node.group or (number if content.kind == "multipart/alternative" else 0)
            digest = content.kind == "multipart/digest"
            default = "message/rfc822" if digest else "text/plain"
            return [_Node(a, b, node.depth + 1, same, default) for a, b in spans]
    parts.append(_leaf(raw, node, content, fields, number))
    return []


def _split_body(raw: bytes, node: _Node, boundary: str, room: int) -> list[tuple[int, int]]:
    """Return the spans between boundary lines; empty when the boundary never occurs."""
    marker = boundary.encode("utf-8", "surrogateescape")
    if not marker:
        return []
    line = re.compile(rb"^--" + re.escape(marker) + rb"(--)?[ \t]*$", re.MULTILINE)
    spans: list[tuple[int, int]] = []
    start = None
    for match in line.finditer(raw, node.start, node.end):
        if start is not None:
            spans.append((start, max(start, match.start() - 1)))
        start = min(match.end() + 1, node.end)
        if match[1] or len(spans) >= room:
            return spans
    if start is not None and start < node.end:
        spans.append((start, node.end))
    return spans


def _leaf(
    raw: bytes, node: _Node, content: headers.Content, fields: dict[str, bytes], number: int
) -> Part:
    disposition = headers.content(fields.get("content-disposition", b""), default="")
    filename = disposition.params.get("filename") or content.params.get("name", "")
    # A multipart without its boundary is shown as the text that it is.
    kind = "text/plain" if content.kind.startswith("multipart/") else content.kind
    encoding = headers.first_word(fields.get("content-transfer-encoding", b""))
    if content.kind.startswith("multipart/"):
        encoding = ""
    return Part(
        kind=kind,
        params=content.params,
        disposition=disposition.kind,
        filename=headers.clean(filename)[:255],
        encoding=encoding,
        content_id=headers.unfold(fields.get("content-id", b"")).strip(" <>"),
        body=raw[node.start : node.end],
        group=node.group or number,
    )

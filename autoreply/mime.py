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
_BLANK = re.compile(rb"[ \t]*\n")
# A multipart whose header lost its Content-Type, or names a boundary that never comes: its body
# tells the boundary.
_LOST_TYPE = re.compile(
    rb"\s{0,20}--([^\n\"]{1,200}?)[ \t]*\nContent-[A-Za-z-]{2,30}:", re.IGNORECASE
)
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
    reading = _Reading(_one_newline(raw[: limits.message_bytes]), limits)
    if len(raw) > limits.message_bytes:
        reading.exceeded["message_bytes"] = None
    fields, body = reading.header(_skip_preface(reading.raw), len(reading.raw))
    fields = reading.typed(fields, body)
    reading.walk(fields, body)
    top = headers.content(dict_of(fields).get("content-type", b""))
    parts, kinds = tuple(reading.parts), tuple(reading.kinds)
    return Tree(fields, kinds, parts, top.params, tuple(reading.exceeded))


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


@dataclass(slots=True)
class _Reading:
    """One mail being taken apart."""

    raw: bytes
    limits: Limits
    exceeded: dict[str, None] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def header(self, start: int, end: int) -> tuple[tuple[Field, ...], int]:
        """Return the fields from `start` and the offset at which the body begins."""
        fields: list[Field] = []
        room = self.limits.header_bytes
        position = start
        while match := _FIELD.match(self.raw, position, end):
            position = match.end()
            if len(fields) >= self.limits.header_fields or room <= 0:
                self.exceeded["header_bytes" if room <= 0 else "header_fields"] = None
            else:
                fields.append(self._field(match))
                room -= len(fields[-1][1])
            if position < end and (mbox := _MBOX_LINE.match(self.raw, position, end)):
                position = mbox.end()
        # A blank line ends the header; any other line that is no field is already the body.
        blank = _BLANK.match(self.raw, position, end)
        return tuple(fields), blank.end() if blank else position

    def _field(self, match: re.Match[bytes]) -> Field:
        most = self.limits.field_bytes
        if match.end() - match.start() > most:
            self.exceeded["field_bytes"] = None
        return match[1].decode("ascii"), match[2][:most]

    def typed(self, fields: tuple[Field, ...], body: int) -> tuple[Field, ...]:
        """Return the fields, with the Content-Type that the body shows if the mail lost its own."""
        lost = None
        if "content-type" not in dict_of(fields):
            lost = _LOST_TYPE.match(self.raw, body)
        if lost is None:
            return fields
        return (*fields, ("Content-Type", b'multipart/mixed; boundary="' + lost[1] + b'"'))

    def walk(self, fields: tuple[Field, ...], body: int) -> None:
        """Visit all nodes, the mail's own first, without recursion."""
        stack = self._children(_Node(body, len(self.raw), 0, 0), dict_of(fields), 1)
        number = 1
        inner = _Reading(self.raw, _INNER)
        while stack:
            if len(self.parts) >= self.limits.parts or number >= 2 * self.limits.parts:
                self.exceeded["parts"] = None
                return
            node = stack.pop()
            number += 1
            fields, node.start = inner.header(node.start, node.end)
            stack.extend(self._children(node, dict_of(fields), number))

    def _children(self, node: _Node, fields: dict[str, bytes], number: int) -> list[_Node]:
        """Record a node; return its children, last first, when it is a multipart with parts."""
        content = headers.content(fields.get("content-type", b""), default=node.default)
        self.kinds.append(content.kind)
        spans: list[tuple[int, int]] = []
        if content.kind.startswith("multipart/") and node.depth >= self.limits.depth:
            self.exceeded["depth"] = None
        elif content.kind.startswith("multipart/"):
            boundary = content.params.get("boundary", "")
            room = self.limits.parts + 1
            spans = _split_body(self.raw, node, boundary.encode("utf-8", "surrogateescape"), room)
            if not spans and (lost := _LOST_TYPE.match(self.raw, node.start, node.end)):
                spans = _split_body(self.raw, node, lost[1], room)
        if not spans:
            self.parts.append(_leaf(self.raw, node, content, fields, number))
        alternative = number if content.kind == "multipart/alternative" else 0
        group = node.group or alternative
        default = "message/rfc822" if content.kind == "multipart/digest" else "text/plain"
        return [_Node(a, b, node.depth + 1, group, default) for a, b in reversed(spans)]


_INNER = Limits(header_bytes=64 * 1024, header_fields=100, field_bytes=16 * 1024)


def _split_body(raw: bytes, node: _Node, marker: bytes, room: int) -> list[tuple[int, int]]:
    """Return the spans between boundary lines; empty when the boundary never occurs."""
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

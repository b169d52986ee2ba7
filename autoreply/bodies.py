"""Which parts of a mail are its text, and which it only brings along. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from autoreply import charset, flowed, mime
from autoreply.limits import Limits

_TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of an attachment without opening it.

    Attributes:
        index: position among `mime.read(raw).parts`, to fetch the bytes again.
        kind: content type as declared.
        filename: decoded, no control characters; not yet safe as a path.
        size: bytes after decoding, estimated for base64.
        inline: shown inside the body (an image of the HTML).
        content_id: without angle brackets, or "".
    """

    index: int
    kind: str
    filename: str
    size: int
    inline: bool
    content_id: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says, and what it brings.

    Attributes:
        text: of the plain parts, cut to the limit.
        html: of the HTML parts, cut to the limit.
        damaged: characters are lost.
        attachments: the other parts.
        charset: that the first body declares, or None.
    """

    text: str
    html: str
    damaged: bool
    attachments: tuple[Attachment, ...]
    charset: str | None


def of(tree: mime.Tree, limits: Limits) -> Body:
    """Choose and decode the bodies of a mail; all else is an attachment.

    Args:
        tree: the mail's parts.
        limits: how much is read.
    """
    chosen = [n for n, part in enumerate(tree.parts) if _is_body(part, tree)]
    # Some webmail gives its only body a file name.
    chosen = (
        chosen or [n for n, p in enumerate(tree.parts) if p.kind in _TEXTS and not _sent(p)][:1]
    )
    plain: list[tuple[int, str]] = []
    marked: list[tuple[int, str]] = []
    damaged = False
    room = limits.text_characters
    for index in chosen:
        part = tree.parts[index]
        read_text = charset.decode(_beginning(part, room), part.params.get("charset"))
        damaged = damaged or read_text.damaged
        into = marked if part.kind == "text/html" else plain
        into.append((part.group, _joined(part, read_text.text.replace("\x00", ""))))
    text, html = _join(plain, marked)
    declared = tree.parts[chosen[0]].params.get("charset") if chosen else None
    rest = tuple(_attachment(n, part) for n, part in enumerate(tree.parts) if n not in set(chosen))
    return Body(text[:room], html[:room], damaged, rest, declared)


def _joined(part: mime.Part, text: str) -> str:
    if part.kind != "text/plain" or part.params.get("format", "").lower() != "flowed":
        return text
    return flowed.received(text, deletes_spaces=part.params.get("delsp", "").lower() == "yes")


def _beginning(part: mime.Part, room: int) -> bytes:
    """Return as many bytes as `room` characters can take, not cut inside a character."""
    data = part.data(most=8 * room)
    if len(data) <= 4 * room and len(part.body) <= 8 * room:
        return data
    data = data[: 4 * room]
    # In no charset of mail do these bytes stand inside a character.
    end = max(data.rfind(sign) for sign in (b"\n", b" ", b","))
    return data[: end + 1] if end > 0 else data


def _join(plain: list[tuple[int, str]], marked: list[tuple[int, str]]) -> tuple[str, str]:
    """Join bodies; when the first is HTML with no plain twin, HTML is the complete one."""
    twins = {group for group, text in plain if text.strip()}
    html = "\n".join(text for _, text in marked)
    alone = [group for group, text in marked if group not in twins and text.strip()]
    first = min((group for group, text in plain if text.strip()), default=None)
    if alone and (first is None or alone[0] < first):
        return "", html
    return "\n".join(text for _, text in plain), html


def _is_body(part: mime.Part, tree: mime.Tree) -> bool:
    if part.kind not in _TEXTS:
        return False
    return len(tree.parts) == 1 or (not _sent(part) and not part.filename)


def _sent(part: mime.Part) -> bool:
    return part.disposition == "attachment"


def _attachment(index: int, part: mime.Part) -> Attachment:
    size = len(part.body) * 3 // 4 if part.encoding == "base64" else len(part.body)
    inline = part.disposition == "inline" or bool(part.content_id)
    return Attachment(index, part.kind, part.filename, size, inline, part.content_id)

"""One incoming mail as a frozen value: everything that later stages decide on. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from autoreply import addresses, bodies, charset, headers, language, mime
from autoreply.addresses import Address
from autoreply.bodies import Attachment as Attachment
from autoreply.extract import Said, extract
from autoreply.headers import Headers
from autoreply.limits import DEFAULT, Limits

_DELIVERED = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-forwarded-to",
    "resent-to",
    "resent-cc",
    "apparently-to",
)
_ENCRYPTED = frozenset(
    {"multipart/encrypted", "application/pgp-encrypted", "application/x-pgp-encrypted"}
)
_PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENVELOPED = frozenset({"enveloped-data", "authenveloped-data", ""})
SUBJECT_READ = 1000


@dataclass(frozen=True, slots=True)
class Inbound:
    """A parsed mail.

    Attributes:
        digest: SHA-256 of the raw bytes, hex.
        size: raw bytes.
        message_id: with angle brackets, or "".
        in_reply_to: ids, in order.
        references: ids, oldest first.
        author: first From mailbox; None when there is none.
        authors: all From mailboxes.
        sender: Sender mailbox, or None.
        reply_to: Reply-To mailboxes.
        return_path: envelope sender; "" for the null sender; None when unknown.
        to, cc, delivered_to: recipients; the last from Delivered-To, X-Original-To, Resent-To …
        date: the Date field in UTC, or None.
        received_at: when our server took it (INTERNALDATE), or None.
        subject: one line, decoded, at most 1,000 characters.
        raw_subject: decoded, control characters kept; for finding injected headers.
        headers: all fields, decoded.
        text, html: bodies, decoded and cut to the limit; "" when absent.
        kinds: content types of all MIME nodes, the mail's own first.
        attachments: what is not body.
        report_kinds: `report-type` of a multipart/report, `method` of a calendar part.
        encrypted: the body cannot be read without keys.
        damaged: characters of subject or body are lost.
        exceeded: limits that cut something off.
        said: the new text, see `extract`.
    """

    digest: str
    size: int
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    author: Address | None
    authors: tuple[Address, ...]
    sender: Address | None
    reply_to: tuple[Address, ...]
    return_path: str | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]
    date: datetime | None
    received_at: datetime | None
    subject: str
    raw_subject: str
    headers: Headers
    text: str
    html: str
    kinds: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    report_kinds: tuple[str, ...]
    encrypted: bool
    damaged: bool
    exceeded: tuple[str, ...]
    said: Said

    @property
    def language(self) -> str:
        """Return the language of the new text, or of the subject when there is none."""
        return self.said.language if self.said.text else language.detect(self.subject)

    def with_parents(self, parents: tuple[str, ...]) -> Inbound:
        """Return the mail with lines of earlier mails, which we hold, taken out of the new text."""
        name = self.author.name if self.author else ""
        said = extract(self.text, self.html, subject=self.subject, parents=parents, author=name)
        return replace(self, said=said)


def read(
    raw: bytes,
    *,
    envelope_from: str | None = None,
    envelope_to: tuple[str, ...] = (),
    received_at: datetime | None = None,
    limits: Limits = DEFAULT,
) -> Inbound:
    """Parse a mail.

    Args:
        raw: the mail as received; any bytes at all.
        envelope_from: MAIL FROM when the listener knows it ("" for the null sender).
        envelope_to: RCPT TO addresses when known.
        received_at: INTERNALDATE, aware.
        limits: how much is read.

    Returns:
        The mail; never raises, whatever the bytes are.
    """
    tree = mime.read(raw, limits=limits)
    body = bodies.of(tree, limits)
    fields = _Fields(tree.fields, body.charset)
    people = _people(fields, envelope_from, envelope_to)
    return Inbound(
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        date=headers.date(fields.line("date")),
        received_at=received_at,
        headers=fields.all(),
        **_thread(fields),
        **people,
        **_content(fields, tree, body, people["author"]),
    )


class _Thread(TypedDict):
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]


class _People(TypedDict):
    author: Address | None
    authors: tuple[Address, ...]
    sender: Address | None
    reply_to: tuple[Address, ...]
    return_path: str | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]


class _Content(TypedDict):
    subject: str
    raw_subject: str
    text: str
    html: str
    kinds: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    report_kinds: tuple[str, ...]
    encrypted: bool
    damaged: bool
    exceeded: tuple[str, ...]
    said: Said


def _thread(fields: _Fields) -> _Thread:
    """Return which mail it is, and which ones it answers."""
    return {
        "message_id": next(iter(headers.ids(fields.line("message-id"))), ""),
        "in_reply_to": headers.ids(fields.line("in-reply-to")),
        "references": headers.ids(fields.line("references")),
    }


def _people(fields: _Fields, envelope_from: str | None, envelope_to: tuple[str, ...]) -> _People:
    """Return who wrote, and to whom."""
    authors = fields.addresses("from")
    return {
        "author": next(iter(authors), None),
        "authors": authors,
        "sender": next(iter(fields.addresses("sender")), None),
        "reply_to": fields.addresses("reply-to"),
        "return_path": _return_path(fields, envelope_from),
        "to": fields.addresses("to"),
        "cc": fields.addresses("cc"),
        "delivered_to": fields.addresses(*_DELIVERED) + _bare(envelope_to),
    }


def _content(
    fields: _Fields, tree: mime.Tree, body: bodies.Body, author: Address | None
) -> _Content:
    """Return what it says, and what it brings along."""
    raw_subject = fields.text("subject")
    subject = headers.clean(raw_subject)[:SUBJECT_READ]
    return {
        "subject": subject,
        "raw_subject": raw_subject[:SUBJECT_READ],
        "text": body.text,
        "html": body.html,
        "kinds": tree.kinds,
        "attachments": body.attachments,
        "report_kinds": _report_kinds(tree),
        "encrypted": _is_encrypted(tree, body.text),
        "damaged": body.damaged or charset.REPLACEMENT in raw_subject,
        "exceeded": tree.exceeded,
        "said": extract(
            body.text, body.html, subject=subject, author=author.name if author else ""
        ),
    }


class _Fields:
    """Raw fields with the decoding that each kind of field wants."""

    def __init__(self, fields: tuple[mime.Field, ...], declared: str | None) -> None:
        self._fields = fields
        self._declared = declared
        self._by_name: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._by_name.setdefault(name.lower(), []).append(value)

    def raw(self, name: str) -> list[bytes]:
        return self._by_name.get(name, [])

    def line(self, name: str) -> str:
        values = self.raw(name)
        return headers.clean(headers.unfold(values[0])) if values else ""

    def text(self, name: str) -> str:
        values = self.raw(name)
        return headers.text(values[0], declared=self._declared) if values else ""

    def addresses(self, *names: str) -> tuple[Address, ...]:
        found = (
            address
            for name in names
            for value in self.raw(name)
            for address in addresses.parse(value, declared=self._declared)
        )
        return tuple(found)

    def all(self) -> Headers:
        decoded = (
            (name, headers.clean(headers.text(value, declared=self._declared)))
            for name, value in self._fields
        )
        return Headers(tuple(decoded))


def _bare(envelope: tuple[str, ...]) -> tuple[Address, ...]:
    return tuple(Address("", address.strip("<> ")) for address in envelope)


def _return_path(fields: _Fields, envelope_from: str | None) -> str | None:
    if envelope_from is not None:
        return envelope_from.strip().strip("<>").strip()
    values = [headers.unfold(value) for value in fields.raw("return-path")]
    # A null sender in any of several Return-Path fields counts.
    if any(value.replace(" ", "") == "<>" for value in values):
        return ""
    found = fields.addresses("return-path")
    return found[0].address if found else (values[0].strip("<> ") or None if values else None)


def _report_kinds(tree: mime.Tree) -> tuple[str, ...]:
    found = [tree.top_params.get("report-type", "").lower()]
    found += [
        part.params.get("method", "").lower()
        for part in tree.parts
        if part.kind == "text/calendar" and part.disposition != "attachment"
    ]
    return tuple(kind for kind in found if kind)


def _is_encrypted(tree: mime.Tree, text: str) -> bool:
    if _ENCRYPTED & set(tree.kinds) or "-----BEGIN PGP MESSAGE-----" in text[:2000]:
        return True
    return any(
        part.kind in _PKCS7 and part.params.get("smime-type", "").lower() in _ENVELOPED
        for part in tree.parts
    )

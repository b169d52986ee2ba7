"""An outgoing mail as bytes, with every header that keeps mail systems from looping. Pure.

Ids are never encoded or broken (Outlook loses the thread otherwise), words are encoded in pieces
that RFC 2047 allows, and nothing that a customer typed can start a new header.

Source: RFC 3834; RFC 5230, 5; MS-OXCMAIL 2.1.3.2.20; cpython issue 100991 (ids that get encoded).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import Enum

from autoreply import addresses, enclosure, fields, flowed, headers, subjects
from autoreply.enclosure import Enclosed
from autoreply.guard import INSTANCE_HEADER
from kb.errors import Invalid

REFERENCES_LENGTH = 900


class Automatic(Enum):
    """Who speaks in a mail, and so which marks it carries."""

    REPLY = "auto-replied"
    NOTICE = "auto-generated"
    PERSON = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that one outgoing mail says.

    Attributes:
        to: the only recipient, an address without a name.
        to_name: display name, or "".
        from_: address of the mailbox that the customer wrote to.
        from_name: display name, usually the company's.
        subject: as `subjects.answer` gives it.
        text: plain body, one paragraph a line.
        html: the same as HTML, or "" for none.
        message_id: fixed when the mail is queued, see `threading.message_id`.
        date: when it is queued, aware.
        in_reply_to: id of the mail that is answered, or "".
        references: ids, oldest first.
        automatic: a machine's reply, a machine's notice, or a person.
        reply_to: plus-address of the ticket, or "".
        instance: name of this installation in the loop header, or "".
        files: what goes along, in order.
    """

    to: str
    from_: str
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    to_name: str = ""
    from_name: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: Automatic = Automatic.REPLY
    reply_to: str = ""
    instance: str = ""
    files: tuple[Enclosed, ...] = ()


def compose(letter: Letter) -> bytes:
    """Write a mail.

    Args:
        letter: what it says.

    Returns:
        The mail with CRLF line ends, ASCII only.

    Raises:
        Invalid: an address cannot be written to (`field` is `to`, `from` or `reply_to`).
    """
    head = [
        _mailbox("From", letter.from_, letter.from_name),
        _mailbox("To", letter.to, letter.to_name),
    ]
    if letter.reply_to:
        head.append(_mailbox("Reply-To", letter.reply_to, letter.from_name))
    subject = subjects.clean(letter.subject, longest=subjects.LONGEST + 40)
    head += [fields.text("Subject", subject), fields.whole("Date", format_datetime(letter.date))]
    head += [*_thread(letter), *_marks(letter), fields.whole("MIME-Version", "1.0")]
    return ("".join(head) + _content(letter)).encode("ascii")


def _mailbox(name: str, address: str, display: str) -> str:
    if not address.isascii() or not addresses.is_valid(address):
        raise Invalid(field=name.lower().replace("-", "_"), address=address[:320])
    return fields.mailbox(name, address, " ".join(headers.clean(display).split())[:80])


def _thread(letter: Letter) -> list[str]:
    found = [fields.whole("Message-ID", _one_id(letter.message_id))]
    if letter.in_reply_to:
        found.append(fields.whole("In-Reply-To", _one_id(letter.in_reply_to)))
    chain = [_one_id(one) for one in letter.references]
    while len(chain) > 2 and len(" ".join(chain)) > REFERENCES_LENGTH:
        # The first id names the thread; the middle goes.
        del chain[1]
    if chain:
        found.append(fields.whole("References", " ".join(chain)))
    return found


def _one_id(value: str) -> str:
    return "".join(headers.clean(value).split()).encode("ascii", "ignore").decode("ascii")[:500]


def _marks(letter: Letter) -> list[str]:
    if letter.automatic is Automatic.PERSON:
        return []
    marks = {
        "Auto-Submitted": letter.automatic.value,
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
    }
    if letter.instance:
        marks |= {"X-Loop": letter.instance, INSTANCE_HEADER: letter.instance}
    return [fields.whole(name, value) for name, value in marks.items()]


def _content(letter: Letter) -> str:
    """Return everything from Content-Type on: the words, both ways, and the files."""
    words = _text_part("plain", flowed.write(_body(letter.text).rstrip("\n")), flowed.PARAMS)
    if letter.html:
        both = [words, _text_part("html", _body(letter.html), {})]
        words = _multipart("alternative", both, _boundary(letter, "words"))
    if not letter.files:
        return words
    parts = [words, *map(_file, letter.files)]
    return _multipart("mixed", parts, _boundary(letter, "files"))


def _text_part(kind: str, text: str, params: Mapping[str, str]) -> str:
    said = "".join(f'; {name}="{value}"' for name, value in {"charset": "utf-8", **params}.items())
    data = text.removesuffix("\n").replace("\n", fields.NEWLINE) + fields.NEWLINE
    return (
        fields.whole("Content-Type", f"text/{kind}{said}")
        + fields.whole("Content-Transfer-Encoding", "base64")
        + fields.NEWLINE
        + _lines(base64.encodebytes(data.encode("utf-8")).decode("ascii"))
    )


def _file(file: Enclosed) -> str:
    part = enclosure.part(file)
    head = "".join(fields.whole(name, _lines(value)) for name, value in part.items())
    return head + fields.NEWLINE + _lines(str(part.get_payload()))


def _multipart(kind: str, parts: Sequence[str], boundary: str) -> str:
    inside = "".join(f"--{boundary}{fields.NEWLINE}{part}{fields.NEWLINE}" for part in parts)
    head = fields.whole("Content-Type", f'multipart/{kind};{fields.NEWLINE} boundary="{boundary}"')
    return f"{head}{fields.NEWLINE}{inside}--{boundary}--{fields.NEWLINE}"


def _lines(text: str) -> str:
    return text.replace("\n", fields.NEWLINE)


def _boundary(letter: Letter, level: str) -> str:
    """Return a boundary that is the same at every attempt; base64 bodies cannot contain it."""
    named = f"{level}{letter.message_id}".encode("utf-8", "replace")
    return "=_" + hashlib.sha256(named).hexdigest()[:32]


def _body(text: str) -> str:
    """Return text that any charset step survives: no lone surrogates, no NUL, one newline kind."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return tidy.encode("utf-8", "replace").decode("utf-8")

"""An outgoing mail as bytes, with every header that keeps mail systems from looping. Pure.

Ids are never encoded or broken (Outlook loses the thread otherwise), words are encoded in pieces
that RFC 2047 allows, and nothing that a customer typed can start a new header.

Source: RFC 3834; RFC 5230, 5; MS-OXCMAIL 2.1.3.2.20; cpython issue 100991 (ids that get encoded).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from enum import Enum

from autoreply import addresses, enclosure, flowed, headers, subjects
from autoreply.enclosure import Enclosed
from autoreply.guard import INSTANCE_HEADER
from kb.errors import Invalid

_IDS = SMTP.clone(max_line_length=998)
_WORDS = SMTP.clone(max_line_length=76)
_ID_FIELDS = frozenset({"message-id", "in-reply-to", "references"})
# Their values are ours and short: reading them as RFC 5322 would only cost time.
_PLAIN = _ID_FIELDS | {
    "date",
    "auto-submitted",
    "precedence",
    "x-auto-response-suppress",
    "x-loop",
    INSTANCE_HEADER.lower(),
}
_PLAIN_LENGTH = 900
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


class _Folding(EmailPolicy):
    """Fold words at 76 characters and leave ids whole, and what is folded already."""

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        plain = name.lower() in _PLAIN and value.isascii() and value.isprintable()
        if plain and len(value) <= _PLAIN_LENGTH:
            return name, value
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        folded: str = _policy(name, value).fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return _policy(name, value).fold_binary(name, value)


def _policy(name: str, value: str) -> EmailPolicy[EmailMessage]:
    # A field of `autoreply.enclosure` is a bare string, others are header objects that fold.
    final = name.lower() in _ID_FIELDS or not hasattr(value, "fold")
    return _IDS if final else _WORDS


_FOLDING = _Folding(linesep="\r\n", max_line_length=76)


def compose(letter: Letter) -> bytes:
    """Write a mail.

    Args:
        letter: what it says.

    Returns:
        The mail with CRLF line ends, ASCII only.

    Raises:
        Invalid: an address cannot be written to (`field` is `to`, `from` or `reply_to`).
    """
    message = EmailMessage(policy=_FOLDING)
    message["From"] = _mailbox(letter.from_, letter.from_name, field="from")
    message["To"] = _mailbox(letter.to, letter.to_name, field="to")
    if letter.reply_to:
        message["Reply-To"] = _mailbox(letter.reply_to, letter.from_name, field="reply_to")
    message["Subject"] = subjects.clean(letter.subject, longest=subjects.LONGEST + 40)
    message["Date"] = format_datetime(letter.date)
    _thread(message, letter)
    _marks(message, letter)
    text = flowed.write(_body(letter.text).rstrip("\n"))
    message.set_content(text, charset="utf-8", cte="base64", params=flowed.PARAMS)
    if letter.html:
        message.add_alternative(_body(letter.html), "html", charset="utf-8", cte="base64")
        message.set_boundary(_boundary(letter, "words"))
    if letter.files:
        message.make_mixed(boundary=_boundary(letter, "files"))
        for file in letter.files:
            message.attach(enclosure.part(file))  # type: ignore[arg-type]  # the generator takes any
    return message.as_bytes()


def _mailbox(address: str, name: str, *, field: str) -> Mailbox:
    if not address.isascii() or not addresses.is_valid(address):
        raise Invalid(field=field, address=address[:320])
    shown = " ".join(headers.clean(name).split())[:80]
    return Mailbox(display_name=shown, addr_spec=address)


def _thread(message: EmailMessage, letter: Letter) -> None:
    message["Message-ID"] = _one_id(letter.message_id)
    if letter.in_reply_to:
        message["In-Reply-To"] = _one_id(letter.in_reply_to)
    chain = [_one_id(one) for one in letter.references]
    while len(chain) > 2 and len(" ".join(chain)) > REFERENCES_LENGTH:
        # The first id names the thread; the middle goes.
        del chain[1]
    if chain:
        message["References"] = " ".join(chain)


def _one_id(value: str) -> str:
    return "".join(headers.clean(value).split()).encode("ascii", "ignore").decode("ascii")[:500]


def _marks(message: EmailMessage, letter: Letter) -> None:
    if letter.automatic is Automatic.PERSON:
        return
    message["Auto-Submitted"] = letter.automatic.value
    message["Precedence"] = "bulk"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.instance:
        message["X-Loop"] = letter.instance
        message[INSTANCE_HEADER] = letter.instance


def _boundary(letter: Letter, level: str) -> str:
    """Return a boundary that is the same at every attempt; base64 bodies cannot contain it."""
    named = f"{level}{letter.message_id}".encode("utf-8", "replace")
    return "=_" + hashlib.sha256(named).hexdigest()[:32]


def _body(text: str) -> str:
    """Return text that any charset step survives: no lone surrogates, no NUL, one newline kind."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return tidy.encode("utf-8", "replace").decode("utf-8")

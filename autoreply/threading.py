"""Which conversation a mail continues: signed tokens in ids, addresses and subjects. Pure.

A token proves that we wrote it, not who sends it now: membership of a thread also needs a sender
who takes part in it, which the caller checks against the database.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass

from autoreply.inbound import Inbound

_ID_CHARACTERS = 16
_TAG_CHARACTERS = 10
_ID = re.compile(r"<(ar|hr)\.(\d{1,18})\.([a-z2-7]{16})@([^<>@\s]+)>", re.IGNORECASE)
_TAG = re.compile(r"[\[［【] ?#?(\d{1,18})-([a-z2-7]{10}) ?[\]］】]", re.IGNORECASE)
_PLUS = re.compile(r"[^+@]+\+(\d{1,18})-([a-z2-7]{10})@.+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail says about the conversation it belongs to.

    Attributes:
        via: `message_id`, `plus`, `subject` or "" (nothing signed by us was found).
        sent: numbers of our outgoing mails, newest first, whose signed ids it names.
        ticket: ticket number from a plus-address or subject tag, or None.
        message_ids: all ids that it refers to, newest first, for looking up stored mails.
    """

    via: str
    sent: tuple[int, ...]
    ticket: int | None
    message_ids: tuple[str, ...]


def message_id(secret: bytes, number: int, *, domain: str, automatic: bool) -> str:
    """Return the Message-ID of our outgoing mail; the same at every attempt to send it.

    Args:
        secret: key of this installation.
        number: id of the outbox row, ≥ 0.
        domain: right side, ours.
        automatic: sent by the machine (`ar`) or by a person (`hr`).
    """
    kind = "ar" if automatic else "hr"
    return f"<{kind}.{number}.{_sign(secret, kind, number, _ID_CHARACTERS)}@{domain}>"


def subject_tag(secret: bytes, ticket: int) -> str:
    """Return the mark `[#12-abcdefghij]` that keeps a subject with its ticket."""
    return f"[#{ticket}-{_sign(secret, 'ticket', ticket, _TAG_CHARACTERS)}]"


def plus_address(address: str, secret: bytes, ticket: int) -> str:
    """Return `support+12-abcdefghij@…` for Reply-To."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{ticket}-{_sign(secret, 'ticket', ticket, _TAG_CHARACTERS)}@{domain}"


def references(inbound: Inbound, *, limit: int = 20) -> tuple[str, ...]:
    """Return References for an answer: the old ones and the mail's own id (RFC 5230, 5.8).

    Long chains keep the first id, which names the thread, and the newest ones.
    """
    if not inbound.message_id:
        return ()
    old = inbound.references or inbound.in_reply_to
    chain = tuple(dict.fromkeys((*old, inbound.message_id)))
    if chain[-1] != inbound.message_id:
        chain = (*(i for i in chain if i != inbound.message_id), inbound.message_id)
    return chain if len(chain) <= limit else (chain[0], *chain[1 - limit :])


def find(inbound: Inbound, *, secret: bytes) -> Thread:
    """Read the conversation out of a mail: own ids first, then plus-address, then subject tag.

    A bare subject never joins mails.
    """
    ids = newest_first(inbound)
    sent = tuple(number for kind, number in map_own(ids, secret=secret) if kind)
    plus = _first_ticket(
        (a.address for a in (*inbound.to, *inbound.cc, *inbound.delivered_to)), _PLUS, secret
    )
    tag = _first_ticket((m[0] for m in _TAG.finditer(inbound.subject)), _TAG, secret)
    ticket = plus if plus is not None else tag
    via = (
        "message_id"
        if sent
        else "plus"
        if plus is not None
        else "subject"
        if tag is not None
        else ""
    )
    return Thread(via, sent, ticket, ids)


def newest_first(inbound: Inbound) -> tuple[str, ...]:
    """Return the ids that a mail answers, newest first."""
    return tuple(dict.fromkeys((*inbound.in_reply_to, *reversed(inbound.references))))


def map_own(ids: Iterable[str], *, secret: bytes) -> list[tuple[str, int]]:
    """Return (`ar` or `hr`, number) for each id that carries our signature."""
    found: list[tuple[str, int]] = []
    for one in ids:
        match = _ID.fullmatch(one)
        kind, number = (match[1].lower(), int(match[2])) if match else ("", 0)
        if match and _genuine(secret, kind, number, match[3]):
            found.append((kind, number))
    return found


def is_automatic_id(one: str, *, domains: frozenset[str]) -> bool:
    """Tell by its form alone whether an id is one of an automatic mail of ours."""
    match = _ID.fullmatch(one)
    return (
        bool(match) and match[1].lower() == "ar" and match[4].lower() in domains if match else False
    )


def _first_ticket(values: Iterable[str], pattern: re.Pattern[str], secret: bytes) -> int | None:
    for value in values:
        match = pattern.fullmatch(value)
        if match and _genuine(secret, "ticket", int(match[1]), match[2]):
            return int(match[1])
    return None


def _genuine(secret: bytes, kind: str, number: int, signature: str) -> bool:
    expected = _sign(secret, kind, number, len(signature))
    return hmac.compare_digest(expected, signature.lower())


def _sign(secret: bytes, kind: str, number: int, characters: int) -> str:
    """Return base32 of an HMAC-SHA-256; lower case, because addresses lose their case."""
    digest = hmac.digest(secret, f"{kind}:{number}".encode(), "sha256")
    return b32encode(digest).decode("ascii").lower()[:characters]

"""Envelope senders that tell which mail came back: `support+b12-abcdefghij@…`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb import tokens

_BOUNCE = re.compile(r"[^+@]+\+b(\d{1,18})-([a-z2-7]{10})@.+", re.IGNORECASE)


def address(mailbox: str, number: int, secret: bytes) -> str:
    """Return the envelope sender of one outgoing mail."""
    local, _, domain = mailbox.rpartition("@")
    signature = tokens.sign(secret, "verp", str(number))[:10]
    return f"{local}+b{number}-{signature}@{domain}"


def is_verp(sender: str) -> bool:
    """Say whether an address has the form of one that `address` made."""
    return _BOUNCE.fullmatch(sender) is not None


def number(recipients: Iterable[str], secret: bytes) -> int | None:
    """Return which outgoing mail came back, from the addresses that a bounce was sent to."""
    for one in recipients:
        match = _BOUNCE.fullmatch(one.strip())
        if match and tokens.sign(secret, "verp", match[1])[:10] == match[2].lower():
            return int(match[1])
    return None

"""When two texts are the same question, letter for letter (pure)."""

from __future__ import annotations

import hashlib
import unicodedata

LONGEST_KEY = 300
SHARE = 10
"""One text in so many is held out: it judges and never teaches."""


def key_of(text: str) -> str:
    """Return what stays of a text without width, case, blanks and signs; "" for signs alone."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())[:LONGEST_KEY]


def held_out(text: str) -> bool:
    """Say whether a text belongs to the judged set, by its hash: in one or the other for good."""
    digest = hashlib.sha256(b"judged:" + key_of(text).encode("utf-8", "surrogatepass")).digest()
    return digest[0] % SHARE == 0

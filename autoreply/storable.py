"""Text that every database takes: no lone surrogates (SQLite, PostgreSQL), no NUL (PostgreSQL).

Raw bytes of headers that no charset explains live on as surrogates while a mail is read. Pure.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from autoreply.headers import Headers
from autoreply.inbound import Inbound

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def text(value: str, *, longest: int | None = None) -> str:
    """Return a text with every character replaced by U+FFFD that a database refuses.

    Args:
        value: any text.
        longest: cut to this many characters; None keeps all.
    """
    return _UNSTORABLE.sub("\ufffd", value)[:longest]


def mail(inbound: Inbound) -> Inbound:
    """Return a mail with all its texts storable; its headers stay as they were read."""
    cleaned: Inbound = _clean(inbound)
    return cleaned


# Any: the same type comes out that went in.
def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple):
        return tuple(_clean(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type | Headers):
        changed = {one.name: _clean(getattr(value, one.name)) for one in fields(value) if one.init}
        return replace(value, **changed)
    return value

"""How much of one mail is read at all; checked on bytes, before anything is parsed. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one mail; what lies beyond is left unread and named in `Inbound.exceeded`.

    Attributes:
        message_bytes: whole raw mail.
        header_bytes: all fields of the mail's own header together.
        header_fields: number of fields of the mail's own header.
        field_bytes: one field, folded lines included.
        parts: leaves of the MIME tree.
        depth: levels of multipart inside multipart.
        text_characters: decoded text that is used, per kind (plain, HTML).
    """

    message_bytes: int = 25 * 1024 * 1024
    header_bytes: int = 256 * 1024
    header_fields: int = 1000
    field_bytes: int = 64 * 1024
    parts: int = 200
    depth: int = 20
    text_characters: int = 200_000


DEFAULT = Limits()

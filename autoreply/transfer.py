"""Undo Content-Transfer-Encodings, reading what can be read of broken ones. Pure."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator

_BASE64_OTHER = bytes(
    byte for byte in range(256) if not (byte < 128 and chr(byte).isalnum()) and byte not in b"+/="
)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PADDED_END = re.compile(rb"=[ \t]*\n")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s]")


def undo(body: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding.

    Args:
        body: the bytes as they stand in the mail.
        encoding: Content-Transfer-Encoding in lower case; an unknown one changes nothing.

    Returns:
        The content; never raises, whatever the bytes are.
    """
    if encoding == "base64":
        return base64(body)
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return b"".join(_uu_lines(body))
    return body


def base64(body: bytes) -> bytes:
    """Decode base64 that may be padded anywhere, folded anywhere, and followed by plain text."""
    end = _PADDED_END.search(body)
    # List software appends a plain footer to an encoded body.
    if end and _FOREIGN.search(body, end.end()):
        body = body[: end.end()]
    packed = body.translate(_URL_SAFE if b"-" in body and b"+" not in body else None)
    return _runs(packed.translate(None, _BASE64_OTHER))


def _runs(packed: bytes) -> bytes:
    """Decode each run up to its padding: some mailers pad every line."""
    out = bytearray()
    for match in re.finditer(rb"[^=]+", packed):
        run = match[0]
        usable = run if len(run) % 4 != 1 else run[:-1]
        out += binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))
    return bytes(out)


def _uu_lines(body: bytes) -> Iterator[bytes]:
    for line in body.split(b"\n"):
        if line.startswith((b"begin ", b"end", b"`")) or not line.strip():
            continue
        try:
            yield binascii.a2b_uu(line)
        except binascii.Error:
            continue

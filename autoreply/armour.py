"""Text inside the armour of a PGP signature (RFC 4880, 7). Pure."""

from __future__ import annotations

import re

_BEGIN = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\r?\n(?:[A-Za-z-]{1,40}: [^\r\n]{0,200}\r?\n)*\r?\n",
    re.MULTILINE,
)
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_ESCAPED = re.compile(r"^- (?=-)", re.MULTILINE)


def opened(text: str) -> str:
    """Return a text without the armour of its signature; any other text as it is."""
    begin = _BEGIN.search(text) if "-----BEGIN PGP SIGNED" in text else None
    if begin is None:
        return text
    signature = text.find(_SIGNATURE, begin.end())
    if signature < 0:
        return text[: begin.start()] + text[begin.end() :]
    end = text.find(_END, signature)
    after = "" if end < 0 else text[end + len(_END) :]
    signed = _ESCAPED.sub("", text[begin.end() : signature])
    return text[: begin.start()] + signed + after

"""Read ISO-2022-CN, which Python's codecs lack. Pure.

Source: RFC 1922. GB 2312 is read; of CNS 11643, which hardly any mail uses, each character becomes
U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

ISO_2022_CN = "iso2022-cn"

_GB_2312 = b"A"
# Designations, shifts into and out of two-byte characters, one character of the second set.
_TOKEN = re.compile(rb"\x1b\$\)([AGE])|\x1b\$[*+][H-M]|\x1b[NO](..)|(\x0e)|(\x0f)|(\n)", re.DOTALL)


def decode(data: bytes, errors: str = "strict") -> tuple[str, int]:
    """Read ISO-2022-CN.

    Args:
        data: bytes, all below 0x80.
        errors: `strict` to refuse what does not fit, anything else to put U+FFFD there.

    Returns:
        The text and the number of bytes read, as codecs do.

    Raises:
        UnicodeDecodeError: strict, and bytes that fit nothing.
    """
    out: list[str] = []
    charset, shifted, position = b"", False, 0
    for match in _TOKEN.finditer(data):
        out.append(_run(data[position : match.start()], charset if shifted else b"", errors))
        position = match.end()
        charset = match[1] or charset
        if match[2]:
            out.append("\ufffd")
        # A line begins unshifted.
        shifted = bool(match[3]) or (shifted and not match[4] and not match[5])
        out.append("\n" if match[5] else "")
    out.append(_run(data[position:], charset if shifted else b"", errors))
    return "".join(out), len(data)


def _run(data: bytes, charset: bytes, errors: str) -> str:
    if not charset:
        return data.decode("ascii", "strict" if errors == "strict" else "replace")
    if charset == _GB_2312:
        high = bytes(byte | 0x80 for byte in data)
        return high.decode("gb2312", "strict" if errors == "strict" else "replace")
    return "\ufffd" * (len(data) // 2)


def _find(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != ISO_2022_CN:
        return None
    return codecs.CodecInfo(_encode, _decode, name=ISO_2022_CN)


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    raise UnicodeEncodeError(ISO_2022_CN, text, 0, len(text), "we only read it")


def _decode(data: Buffer, errors: str = "strict") -> tuple[str, int]:
    return decode(bytes(data), errors)


codecs.register(_find)

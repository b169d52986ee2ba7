"""From bytes of unknown origin to text (pure): UTF-8, UTF-16 with its mark, GB 18030.

Spreadsheets on Chinese Windows save CSV as GBK. Almost any bytes decode as GB 18030, so a text
that is mostly sound UTF-8 with a few broken places is refused rather than guessed at.
"""

from __future__ import annotations

import codecs
import re

from kb.errors import Invalid

_MULTIBYTE = re.compile(r"[^\x00-\x7f\ufffd]")
_SOUND = 8


def decode(data: bytes, *, name: str = "") -> str:
    """Return the text.

    Args:
        data: the file.
        name: what to call the file in an error.

    Raises:
        Invalid: `encoding_damaged` (with `line`) or `encoding_unknown`.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16", name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise Invalid("encoding_damaged", field="file", name=name, line=line) from error
    return _strict(data, "gb18030", name)


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    broken, sound = text.count("\ufffd"), len(_MULTIBYTE.findall(text))
    return sound > broken * _SOUND


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid("encoding_unknown", field="file", name=name, line=line) from error
    if "\x00" in text:
        raise Invalid("encoding_unknown", field="file", name=name, line=1)
    return text

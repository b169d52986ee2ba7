"""Header fields as people meant them: words, parameters, ids and dates, tolerantly. Pure.

Every function takes raw bytes of at most `Limits.field_bytes`, takes linear time, and returns
something for any input.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from autoreply import charset, transfer

_FOLD = re.compile(r"[ \t]*\r?\n[ \t]*")
_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}\s*")
_PARAM = re.compile(rb';\s*([^\s=;"]{1,80}?)\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)', re.DOTALL)
_KIND = re.compile(r"[\w.+-]+(?:/[\w.+-]+)?")
_CONTINUED = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")
_ID = re.compile(r"<([^<>\s]{1,998})>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_PARAMS_READ = 16 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """A structured field such as Content-Type: its word in lower case and its parameters."""

    kind: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a mail, decoded, in order; names compare without case.

    Attributes:
        items: (name as written, decoded value) pairs.
    """

    items: tuple[tuple[str, str], ...] = ()
    _index: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, list[str]] = {}
        for name, value in self.items:
            index.setdefault(name.lower(), []).append(value)
        frozen = MappingProxyType({name: tuple(values) for name, values in index.items()})
        object.__setattr__(self, "_index", frozen)

    def __reduce__(self) -> tuple[type[Headers], tuple[tuple[tuple[str, str], ...]]]:
        return (Headers, (self.items,))

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a field, or `default`."""
        values = self.all(name)
        return values[0] if values else default

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, topmost first."""
        return self._index.get(name.lower(), ())

    def names(self) -> Iterable[str]:
        """Return the lower-case names that occur."""
        return self._index.keys()


def unfold(value: bytes) -> str:
    """Return a raw value on one line; bytes beyond ASCII survive as surrogates."""
    return _FOLD.sub(" ", value.decode("utf-8", "surrogateescape")).strip()


def text(value: bytes, *, declared: str | None = None) -> str:
    """Decode a field for people: raw 8-bit bytes, encoded words, split characters.

    Args:
        value: raw value with its folds.
        declared: charset of the mail's body, the best guess for raw 8-bit bytes.

    Returns:
        Text that may still hold control characters (see `clean`).
    """
    read = charset.decode(value, declared).text
    return words(_FOLD.sub(" ", read).strip())


def clean(value: str) -> str:
    """Return a value without control, line-break and direction characters."""
    return _CONTROL.sub(" ", value).strip()


def words(value: str) -> str:
    """Decode RFC 2047 encoded words; adjacent ones in one charset are joined as bytes first.

    A character that a mailer cut in two (half in each word) is whole again after joining.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    name, held = "", b""
    for literal, word_charset, data in _tokens(value):
        if data is None or (held and word_charset.lower() != name.lower()):
            out.append(charset.decode(held, name).text)
            held = b""
        if data is None:
            out.append(literal)
        else:
            name, held = word_charset, held + data
    out.append(charset.decode(held, name).text)
    return "".join(out)


def _tokens(value: str) -> Iterator[tuple[str, str, bytes | None]]:
    """Yield (literal, "", None) or ("", charset, bytes); blanks between words are dropped."""
    position = 0
    after_word = False
    while (match := _WORD.search(value, position)) and (end := _word_end(value, match)) >= 0:
        literal = value[position : match.start()]
        if literal and not (after_word and literal.isspace()):
            yield literal, "", None
        encoded = value[match.end() : end].rstrip()
        yield "", match[1].split("*")[0], _word_bytes(encoded, match[2])
        position = end + 2 if value.startswith("?=", end) else end
        after_word = True
    if position < len(value):
        yield value[position:], "", None


def _word_end(value: str, match: re.Match[str]) -> int:
    end = value.find("?=", match.end())
    # A word without its end stops where the next one begins.
    following = _WORD.search(value, match.end(), end) if end >= 0 else None
    if end < 0 and match[2] in "bB" and _BASE64.fullmatch(value, match.end()):
        # The field was cut off inside its last word.
        return len(value)
    return following.start() if following else end


def _word_bytes(encoded: str, kind: str) -> bytes:
    raw = encoded.encode("utf-8", "surrogateescape")
    if kind in "bB":
        return transfer.base64(raw)
    return a2b_qp(raw.replace(b" ", b"_"), header=True)


def content(value: bytes, *, default: str = "text/plain") -> Content:
    """Read `word; name=value; …` with RFC 2231 and RFC 2047 parameters.

    Args:
        value: raw value; only its first 16 KiB are read.
        default: the word when the value has none that can be read.
    """
    value = value[:_PARAMS_READ]
    head = unfold(value.split(b";", 1)[0]).lower().split("(")[0].strip()
    kind = _KIND.match(head)
    word = kind[0] if kind else default
    if "/" in default and "/" not in word:
        word = "text/html" if word == "html" else default
    return Content(word, MappingProxyType(_params(value)))


def first_word(value: bytes) -> str:
    """Return the first token of a value in lower case: `Base64 (comment)` gives `base64`."""
    found = _KIND.match(unfold(value[:200]).strip(" \"'").lower())
    return found[0] if found else ""


def _params(value: bytes) -> dict[str, str]:
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for match in _PARAM.finditer(value):
        parsed = _CONTINUED.fullmatch(match[1].decode("ascii", "replace").lower())
        if parsed:
            piece = (int(parsed[2] or 0), bool(parsed[3]), _unquote(match[2]))
            pieces.setdefault(parsed[1], []).append(piece)
    return {name: _join(sorted(found, key=lambda p: p[0])) for name, found in pieces.items()}


def _unquote(value: bytes) -> bytes:
    value = value.strip()
    if value.startswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", value.strip(b'"'), flags=re.DOTALL)
    return value.split(b" (")[0].strip(b"\"'")


def _join(pieces: list[tuple[int, bool, bytes]]) -> str:
    if len(pieces) > 1 and len({number for number, _, _ in pieces}) < len(pieces):
        # The same parameter twice: the first stands, unless only the later one is RFC 2231.
        pieces = [next((piece for piece in pieces if piece[1]), pieces[0])]
    declared, data = None, b""
    for number, extended, raw in pieces:
        if extended and number == 0 and raw.count(b"'") >= 2:
            label, _, raw = raw.split(b"'", 2)
            declared = label.decode("ascii", "replace")
        data += unquote_to_bytes(raw) if extended else raw
    data = re.sub(rb"[ \t]*\r?\n[ \t]*", b"", data)
    return words(charset.decode(data, declared).text) if declared or b"=?" in data else _plain(data)


def _plain(data: bytes) -> str:
    """Keep bytes that are no UTF-8 readable for people, and boundaries exact."""
    return data.decode("utf-8") if data.isascii() else charset.decode(data).text


def ids(value: str) -> tuple[str, ...]:
    """Return message ids with their angle brackets, in order, without repeats.

    Commas between ids (Exchange, iOS) and missing brackets are tolerated.
    """
    found = [f"<{inner}>" for inner in _ID.findall(value)]
    if not found:
        found = [f"<{word.strip('<>,')}>" for word in value.split()[:50] if "@" in word]
    return tuple(dict.fromkeys(found))


def date(value: str) -> datetime | None:
    """Read a Date field as UTC; None when it cannot be read or is no real instant."""
    try:
        found = parsedate_to_datetime(value[:200])
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None

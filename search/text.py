"""Pure text folding: one spelling for what people mean to be the same.

Index and question pass through the same folding, so width, case, accents and traditional or
variant characters never keep a question from its answer. Every step maps one character to one
wherever Unicode allows, so that `align` can lead a folded position back to the original.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

FOLD_VERSION = "1"
"""Changes whenever the same text would fold to something else; indexes are then rebuilt."""

MAX_CHARS = 100_000
"""Longest text that is read, in characters; what follows is ignored."""

# Zero-width signs, soft hyphen, byte order mark, variation selectors: invisible when pasted.
_INVISIBLE = (0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065))
_MARKS = (0xFEFF, *range(0xFE00, 0xFE10))

# Spellings that help desks meet daily and that no traditional/simplified table holds.
_SPELLINGS = {"帐": "账", "妳": "你", "牠": "它", "祂": "他", "麽": "么", "爲": "为", "眞": "真"}
_DASHES = "‐‑‒–—―−﹣－"

HAN = "\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U000323af\u3005-\u3007"
"""Chinese characters of all planes, as the inside of a regular expression's brackets."""

CJK = HAN + "\u3041-\u30ff\u31f0-\u31ff\uac00-\ud7a3\u1100-\u11ff"
"""What is written without blanks between words: Han, kana, hangul."""

_IS_HAN, _IS_CJK = (re.compile(f"[{signs}]").match for signs in (HAN, CJK))

_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_SENTENCE_END = re.compile(r"(?<=[。！？!?；;…])[”’」』）)\"']*|(?<=\.)(?=\s)|[\r\n]+")


def fold(text: str, *, limit: int = MAX_CHARS) -> str:
    """Return the one spelling under which text is indexed and asked.

    Compatibility forms (width, ligatures, circled digits) → plain, traditional and variant → the
    simplified character, upper → lower case, Latin accents and invisible signs removed.

    Args:
        text: anything; no length is refused.
        limit: characters read, and the most that are returned.
    """
    text = text[:limit]
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text)[:limit]
    return text.translate(_table()).lower()


def align(text: str, *, limit: int = MAX_CHARS) -> tuple[str, list[int]]:
    """Fold and keep where each folded character came from.

    Returns:
        The folded text, and for each of its characters the index in `text`. Folding here is
        character by character, so only combining sequences may differ from `fold`.
    """
    folded: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text[:limit]):
        piece = char.lower() if char.isascii() else fold(char)
        folded.append(piece)
        offsets.extend([index] * len(piece))
    return "".join(folded), offsets


def is_han(ch: str) -> bool:
    """Tell whether one character is a Chinese character (any plane)."""
    return _IS_HAN(ch) is not None


def is_cjk(ch: str) -> bool:
    """Tell whether one character is written without blanks between words: Han, kana, hangul."""
    return _IS_CJK(ch) is not None


def regional_words() -> tuple[tuple[str, str], ...]:
    """Return (word of Taiwan, word of the mainland) for the same thing, folded: 软体, 软件."""
    path = resources.files("opencc") / "dictionary" / "TWPhrasesRev.txt"
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        taiwan, _, mainland = line.strip().partition("\t")
        pair = (fold(taiwan), fold(mainland.split(" ")[0]))
        if pair[0] != pair[1] and min(map(len, pair)) > 1:
            pairs.append(pair)
    return tuple(pairs)


def runs(folded: str) -> list[str]:
    """Return the unbroken stretches of letters and digits, Latin apart from other writing."""
    return _RUN.findall(folded)


def sentences(text: str) -> tuple[str, ...]:
    """Cut text at sentence signs and line ends; empty parts are left out."""
    parts: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        parts.append(text[start : match.end()])
        start = match.end()
    parts.append(text[start:])
    return tuple(stripped for part in parts if (stripped := part.strip()))


@cache
def _table() -> dict[int, str | None]:
    """Build the one-to-one translation once per process; it is never changed afterwards."""
    table: dict[int, str | None] = {}
    simplified = _pairs("TSCharacters")
    for variant, standard in _reversed("HKVariants", "TWVariants", "JPVariants"):
        # A character of the mainland standard set means itself, whatever it is elsewhere.
        if not _in_gb2312(variant):
            table[ord(variant)] = simplified.get(standard, standard)
    table.update({ord(old): _SPELLINGS.get(new, new) for old, new in simplified.items()})
    table.update({ord(old): new for old, new in _SPELLINGS.items()})
    table.update(dict.fromkeys((*_INVISIBLE, *_MARKS), None))
    table.update(dict.fromkeys(map(ord, _DASHES), "-"))
    table.update(_accents())
    return table


def _pairs(name: str) -> dict[str, str]:
    """Read one OpenCC character list: `from<tab>to [to…]`; the first target is the usual one."""
    path = resources.files("opencc") / "dictionary" / f"{name}.txt"
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        old, _, new = line.strip().partition("\t")
        first = new.split(" ")[0]
        if len(old) == len(first) == 1 and old != first:
            pairs[old] = first
    return pairs


def _reversed(*names: str) -> list[tuple[str, str]]:
    return [(new, old) for name in names for old, new in _pairs(name).items()]


def _in_gb2312(ch: str) -> bool:
    try:
        ch.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _accents() -> dict[int, str | None]:
    bare: dict[int, str | None] = {}
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base.isascii() and base.isalpha():
            bare[code] = base
    return bare

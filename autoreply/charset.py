"""Bytes of a mail to text, whatever the mail claims about them. Pure.

Chinese clients declare GB2312 and write GBK or GB18030, declare GBK and write UTF-8, or declare
nothing. The order of attempts is: UTF-8 when it fits and has multibyte characters, then the
superset of what was declared, then a guess among the usual encodings, then replacement characters
with a flag.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from autoreply import seven_bit

REPLACEMENT = "\ufffd"

_SUPERSETS: dict[str, tuple[str, ...]] = {
    "gb18030": ("gb18030",),
    "big5": ("big5hkscs", "cp950"),
    "hz": ("hz", "gb18030"),
    "iso-2022-jp": ("iso2022_jp_ext", "iso2022_jp_2004"),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "euc-kr": ("cp949",),
    "utf-7": ("utf-7",),
    "iso-2022-cn": (seven_bit.ISO_2022_CN,),
    "utf-16": ("utf-16", "utf-16-be", "utf-16-le"),
    "latin": (),
}
_FAMILIES: tuple[tuple[str, str], ...] = (
    (r"hz(-?gb-?2312)?", "hz"),
    (r"(x-)?gb[-_ ]?(k|2312|18030|1988)?([-_]?(80|2000|2005|2022|0))?|gb_2312-80", "gb18030"),
    (r"(x-|ms|windows-|cp-?)*936|euc[-_]?cn|iso-ir-58|chinese|csgb\w*|csiso58gb231280", "gb18030"),
    (r"(x-)?(x-)?big[-_]?5([-_:]?\w*)?|(windows-|cp-?|ms)950|csbig5|cn-big5|x-x-big5", "big5"),
    (r"iso-?2022-?jp([-_]\w+)?|csiso2022jp", "iso-2022-jp"),
    (r"(x-)?s(hift)?[-_]?jis|ms_kanji|windows-31j|cp-?932", "shift_jis"),
    (r"euc[-_]?kr|ks_c_5601(-1987)?|ksc5601|windows-949|cp-?949|korean", "euc-kr"),
    (r"(x-)?(unicode-[12]-[01]-)?utf-?7", "utf-7"),
    (r"iso-?2022-?cn(-ext)?", "iso-2022-cn"),
    (r"(iso-10646-)?ucs-?2(-?(be|le))?|unicode", "utf-16"),
    (r"us-?ascii|ascii|ansi\w*|ansi_x3[.\d-]*|646|7bit|8bit|iso-?8859-?1|latin-?1", "latin"),
    (r"windows-1252|cp-?1252|x-unknown|unknown(-8bit)?|default|none|binary|y", "latin"),
)
_FAMILY = tuple((re.compile(pattern, re.IGNORECASE), name) for pattern, name in _FAMILIES)
_WIDE = re.compile("[\u2e80-\U0003ffff]")
# Characters so frequent that a right reading of Chinese text of some length must contain some.
_FREQUENT = frozenset(
    "的一是不了在人有我他这個个们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於"
    "着下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天"
    "分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日军者意无無力它与與长長把机機十民第公此已工"
    "使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并物手应應战向头頭文体體政美相见見被利什二"
    "等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及比"
    "员員解水名真论論处處走义義各入几幾口认認条條平系气氣题題活尔更别打女变變四神总總何电電数數安少报報才"
    "结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指克许許统統区區保至队隊形社便空决決治展"
    "马馬科司五基眼书書非则則听聽白却界达達光放强強即像难難且权權思王象完设設式色路记記南品住告类類求据據"
    "程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶导導争爭运運"
    "您好请請谢謝码碼锁鎖货貨单單邮郵订訂退款换換收到，。？！、：；“”（）"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how it was read.

    Attributes:
        text: the characters; bytes that fit nothing became U+FFFD.
        codec: name of the Python codec that was used.
        damaged: some characters are lost, here or before the mail reached us.
    """

    text: str
    codec: str
    damaged: bool


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Read bytes as text.

    Args:
        data: bytes after base64 or quoted-printable were undone.
        declared: the charset that the mail names, as written there; None when it names none.

    Returns:
        The text; `damaged` when anything was lost.
    """
    if data.isascii() and not _MAY_ESCAPE.search(data):
        return Decoded(data.decode("ascii"), "ascii", damaged=False)
    codecs_declared = candidates(declared)
    if data.isascii() and not _is_seven_bit_code(codecs_declared):
        return _undeclared_hz(data) or Decoded(data.decode("ascii"), "ascii", damaged=False)
    text = _strict_utf8(data, codecs_declared) or _as_declared(data, codecs_declared)
    text = text or (None if _nearly_utf8(data) else _guess(data, codecs_declared))
    return text or _with_replacements(data, codecs_declared)


_HZ = re.compile(rb"~\{(?:[!-w][!-~]){1,200}~\}")
_OTHER = {"gb18030": "big5hkscs", "big5hkscs": "gb18030", "cp950": "gb18030"}
# Shares of frequent characters. Over windows of 8 to 40 characters of Chinese prose a right reading
# had at least .25 (half of them .7), a reading in the other charset at most .38 (half of them 0).
_RARE, _USUAL = 0.1, 0.4
_FEWEST_FREQUENT = 4
# Rare characters as declared, only common ones in the other charset, and more frequent ones. Of
# 14,000 pieces of letters and names, of 2 to 20 characters, none was misread when its charset was
# right; when it was wrong, two thirds of the shortest and more than eight in ten of those from four
# characters on were recovered.
_FEWEST_JUDGED = 2
_STRANGE, _AHEAD = 0.2, 0.3
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_JUDGED = 4000

# What HZ, ISO 2022, UTF-7 and UTF-16 write inside ASCII bytes.
_MAY_ESCAPE = re.compile(rb"[\x00\x1b~+]")


def candidates(declared: str | None) -> tuple[str, ...]:
    """Return the codecs to try for a declared charset, best first; empty for none or Latin-1."""
    name = (declared or "").strip().strip("\"'").strip()
    for pattern, family in _FAMILY:
        if pattern.fullmatch(name):
            return _SUPERSETS[family]
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ()
    # Codecs such as `rot13` and `zip` turn text into text or bytes into bytes.
    return (found.name,) if found._is_text_encoding and found.name not in _UNSAFE else ()


# They decode escapes or the machine's own code page, never what a mail means.
_UNSAFE = frozenset(
    {"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs"}
)


def _is_seven_bit_code(names: tuple[str, ...]) -> bool:
    return bool(names) and names[0].startswith(("iso2022", "hz", "utf-7", "utf-16", "utf-32"))


def _undeclared_hz(data: bytes) -> Decoded | None:
    """Read HZ that was declared as ASCII or not at all; what it says must be usual Chinese."""
    if not _HZ.search(data):
        return None
    found = _first_strict(data, ("hz",))
    return found if found and _frequent(found.text) >= _USUAL else None


def _as_declared(data: bytes, names: tuple[str, ...]) -> Decoded | None:
    """Read as declared, unless its rare characters show that GB and Big5 were mixed up."""
    found = _first_strict(data, names)
    other = _OTHER.get(found.codec) if found else None
    if not found or not other:
        return found
    share, wide = _frequent(found.text), len(_WIDE.findall(found.text[:_JUDGED]))
    if wide < _FEWEST_JUDGED or share > _USUAL:
        return found
    meant = _first_strict(data, (other,))
    if not meant:
        return found
    by_level = _rare(data, found.codec) >= _STRANGE and not _rare(data, other)
    if by_level and _frequent(meant.text) >= share + _AHEAD:
        return meant
    return meant if _by_frequency(share, _frequent(meant.text), wide) else found


def _by_frequency(declared: float, other: float, wide: int) -> bool:
    """Tell by the shares of frequent characters alone that the other charset was meant."""
    if wide < _FEWEST_FREQUENT:
        return False
    return declared <= (_RARE if wide >= 8 else 0) and other >= (_USUAL if wide >= 8 else 0.6)


def _rare(data: bytes, codec: str) -> float:
    """Return the share of pairs outside the first level of GB 2312 (3,755 characters) or Big5."""
    first, last, lowest = (0xB0, 0xD7, 0xA1) if codec == "gb18030" else (0xA4, 0xC6, 0x40)
    # A1 to A3 are punctuation in both.
    pairs = [pair for pair in _PAIR.findall(data[: 2 * _JUDGED]) if not 0xA1 <= pair[0] <= 0xA3]
    outside = sum(not first <= pair[0] <= last or pair[1] < lowest for pair in pairs)
    return outside / len(pairs) if pairs else 0.0


def _strict_utf8(data: bytes, names: tuple[str, ...]) -> Decoded | None:
    if data.isascii() or (names and names[0].startswith(("utf-16", "utf-32"))):
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    # Two GBK bytes are often one valid two-byte UTF-8 character (模 is C4 A3), so a declared
    # double-byte charset yields only to UTF-8 that holds characters of three bytes.
    if names and names[0] not in {"utf-8", "utf-8-sig"}:
        as_declared = _first_strict(data, names)
        usual = _frequent(as_declared.text) > _frequent(text) if as_declared else False
        if usual or not _WIDE.search(text):
            return None
    return Decoded(text, "utf-8", damaged=REPLACEMENT in text)


def _first_strict(data: bytes, names: tuple[str, ...]) -> Decoded | None:
    for name in names:
        try:
            text = data.decode(name, _PATIENT.get(name, "strict"))
        except (UnicodeError, ValueError):
            continue
        return Decoded(text, name, damaged=REPLACEMENT in text)
    return None


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Read a lone 0x80 as Windows does in its code page 936."""
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error


def _windows_big5(error: UnicodeError) -> tuple[str, int]:
    """Read a pair that HKSCS lacks as Windows does in its code page 950."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    return pair.decode("cp950"), error.start + len(pair)


codecs.register_error("wenqu-936", _euro)
codecs.register_error("wenqu-950", _windows_big5)
_PATIENT = {"gb18030": "wenqu-936", "big5hkscs": "wenqu-950"}


def _nearly_utf8(data: bytes) -> bool:
    """Tell whether fewer than one in ten characters beyond ASCII is broken UTF-8."""
    text = data[:20_000].decode("utf-8", "replace")
    return text.count(REPLACEMENT) * 10 < sum(not char.isascii() for char in text)


def _guess(data: bytes, names: tuple[str, ...]) -> Decoded | None:
    if names:
        # What was declared is known and does not fit: only a near-certain other reading wins.
        return _best(data, ("gb18030", "big5hkscs"), floor=0.25)
    best = _best(data, ("gb18030", "big5hkscs"), floor=0.12)
    if best or _looks_gb2312(data):
        return best or Decoded(data.decode("gb18030"), "gb18030", damaged=False)
    for name in ("cp932", "euc_jp", "cp949"):
        found = _first_strict(data, (name,))
        if found and _mostly_wide(found.text):
            return found
    return _first_strict(data, ("cp1252",))


def _best(data: bytes, names: tuple[str, ...], *, floor: float) -> Decoded | None:
    found = [text for name in names if (text := _first_strict(data, (name,)))]
    scored = sorted(
        ((_frequent(item.text), -n, item) for n, item in enumerate(found)), reverse=True
    )
    return scored[0][2] if scored and scored[0][0] >= floor else None


def _frequent(text: str) -> float:
    """Return the share of frequent Chinese characters among the non-ASCII ones, 0..1."""
    foreign = [char for char in text[:_JUDGED] if not char.isascii()]
    return sum(char in _FREQUENT for char in foreign) / len(foreign) if foreign else 0.0


def _looks_gb2312(data: bytes) -> bool:
    """Tell whether every non-ASCII character is in GB 2312 and at least two are ideographs."""
    try:
        text = data.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return len(_WIDE.findall(text)) >= 2


def _mostly_wide(text: str) -> bool:
    foreign = [char for char in text if not char.isascii()]
    wide = sum("\u3000" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in foreign)
    return len(foreign) >= 4 and wide >= 0.9 * len(foreign)


def _with_replacements(data: bytes, names: tuple[str, ...]) -> Decoded:
    """Decode with U+FFFD: as UTF-8 if that fits nearly, else by the codec that loses least."""
    if _nearly_utf8(data):
        return Decoded(data.decode("utf-8", "replace"), "utf-8", damaged=True)
    tried = []
    for rank, name in enumerate(dict.fromkeys((*names, "gb18030", "utf-8"))):
        try:
            text = data.decode(name, "replace")
        except (UnicodeError, ValueError):
            continue
        tried.append((text.count(REPLACEMENT), rank, name, text))
    _, _, name, text = min(tried)
    return Decoded(text, name, damaged=True)

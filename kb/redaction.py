"""Find and hide personal data in what people wrote (pure).

Made for Chinese customer mail: phone numbers, mail addresses, identity and bank cards, order and
parcel numbers, plates, names, addresses, accounts, codes. Amounts, dates, model numbers and
service numbers (400…, 95…) are knowledge and stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kb import personal_names, personal_numbers, personal_places
from kb.personal_numbers import Span

PLACEHOLDERS = {
    "phone": "〔手机号〕",
    "email": "〔邮箱〕",
    "id_card": "〔证件号〕",
    "bank_card": "〔银行卡号〕",
    "order": "〔订单号〕",
    "parcel": "〔快递单号〕",
    "serial": "〔序列号〕",
    "plate": "〔车牌〕",
    "name": "〔姓名〕",
    "address": "〔地址〕",
    "wechat": "〔微信号〕",
    "qq": "〔QQ号〕",
    "ip": "〔IP地址〕",
    "code": "〔验证码〕",
}
"""Kind → what stands in its place. The page shows the words inside the brackets."""

# Full-width letters and digits read like the narrow ones; one to one, so offsets stay.
_NARROW = {
    wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F) if wide not in map(ord, "，：；！？")
}
_MASK = "〓"
_SHORTEST_NAME = 2
_SHORTEST_TO_REPEAT = 4
_FINDERS: tuple[Callable[[str], Iterable[Span]], ...] = (
    *personal_numbers.FINDERS,
    personal_places.find,
    personal_names.find,
)


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data. `start` and `end` are offsets in the text that was given."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without its personal data, and what was taken out, in order of appearance."""

    text: str
    found: tuple[Found, ...]


def redact(text: str, *, keep: Iterable[str] = ()) -> Redacted:
    """Replace personal data by the name of its kind.

    Args:
        text: any text; several lines help, because greetings and signatures are recognised.
        keep: strings that are public although they look personal: the company's name, its own
            mail address and numbers.

    Returns:
        The text with placeholders such as 〔手机号〕, and the findings. Doing it again changes
        nothing; what was found in one place is hidden in every other place of the text too.
    """
    found = _find(text, tuple(keep))
    parts, position = [], 0
    for item in found:
        parts += [text[position : item.start], PLACEHOLDERS[item.kind]]
        position = item.end
    return Redacted("".join([*parts, text[position:]]), found)


def _find(text: str, keep: tuple[str, ...]) -> tuple[Found, ...]:
    spans: list[Span] = []
    masked = _hide_public(text.translate(_NARROW), keep)
    while new := list(_one_round(masked)):
        spans += new
        masked = _mask(masked, new)
    ordered = sorted(spans, key=lambda span: span.start)
    return tuple(Found(s.kind, text[s.start : s.end], s.start, s.end) for s in ordered)


def _one_round(masked: str) -> Iterator[Span]:
    """Yield spans that do not overlap; earlier finders go first."""
    for finder in _FINDERS:
        spans = list(finder(masked))
        yield from spans
        repeats = list(_repeats(_mask(masked, spans), masked, spans))
        yield from repeats
        masked = _mask(masked, [*spans, *repeats])


def _repeats(masked: str, original: str, spans: list[Span]) -> Iterator[Span]:
    """Find what was found elsewhere in the text as well, without its context."""
    kinds = {original[span.start : span.end]: span.kind for span in spans}
    known = {word: kind for word, kind in kinds.items() if _may_repeat(word, kind)}
    if not known:
        return
    words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    for match in re.finditer(rf"(?<![0-9A-Za-z])(?:{words})(?![0-9A-Za-z])", masked):
        yield Span(known[match[0]], match.start(), match.end())


def _may_repeat(word: str, kind: str) -> bool:
    return len(word) >= (_SHORTEST_NAME if kind == "name" else _SHORTEST_TO_REPEAT)


def _hide_public(text: str, keep: tuple[str, ...]) -> str:
    for word in filter(None, keep):
        text = text.replace(word, _MASK * len(word))
    return text


def _mask(text: str, spans: Iterable[Span]) -> str:
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = _MASK * (span.end - span.start)
    return "".join(characters)

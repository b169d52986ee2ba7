"""Blocks of mail labels (发件人, 发送时间, 主题 …) that stand above an earlier mail. Pure.

Works on lines that `quotes.fold` has made uniform. A parcel's 寄件人 / 收件人 / 电话 is no such
block: a time, a subject or a copy must be among the labels, and a word that only mail uses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autoreply.quotes import is_marker

LINES = 24
_GAP_LINES = 2
_BLANKS = 4

_FROM_NAMES = (
    "发件人|发信人|寄件者|寄件人|寄信人|发送者|发送人|發件人|寄信者|来自|來自|从|從|由|自|from|von|de|da|van"
    "|från|fra|от|差出人|送信者|보낸 사람|od|expéditeur"
)
_MAIL_NAMES = (
    "发送时间|发送日期|发件时间|发件日期|发送于|已发送|已傳送|寄件日期|傳送時間|傳送日期|发信时间"
    "|日期|时间|時間|主题|主題|主旨|标题|標題|抄送|副本|密送|附件|sent|sent time|send time|date"
    "|subject|cc|bcc|reply-to|gesendet|betreff|datum|envoyé|objet|enviado|asunto|fecha|assunto"
    "|data|inviato|oggetto|verzonden|onderwerp|skickat|ämne|дата|тема|送信日時|件名|日時"
    "|보낸 날짜|제목|wysłano|temat"
)
_TO_NAMES = (
    "收件人|收件者|收信人|发送至|发送给|至|to|an|à|para|aan|a|till|til|кому|宛先|받는 사람|do"
)
_STRONG_NAMES = (
    "发送时间|发送日期|发件时间|寄件日期|傳送時間|傳送日期|主题|主題|主旨|sent|send time|subject"
    "|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|тема|件名|제목|temat"
)
# `发件人: 张三 <a@b.cn> 发送时间: 2024年…` on one line.
_SENT_INSIDE = re.compile(r"> ?;? ?(?:发送时间|发送日期|日期|sent|date) ?:", re.IGNORECASE)
_GAP = r"[ ·]*"
_BEFORE = r"^[>|\s]*"
_MAILBOX = re.compile(r"[\w.+%'=-]+@[\w-]+(?:\.[\w-]+)+|\*{3}@\*{3}")
_DIGITS = re.compile(r"\d{1,4}[-/.年:]\d{1,2}")
# What a time may consist of.
_WORDS = re.compile(r"[\d\s:/.,年月日上下午星期周週一二三四五六()+-]|[AP]M|GMT|CST", re.IGNORECASE)


def _spread(names: str) -> str:
    # Some clients spread the characters with wide blanks (主　题, 发 件 人).
    return "|".join(
        re.escape(name) if name[0].isascii() or " " in name else _GAP.join(name)
        for name in names.split("|")
    )


def _label(names: str) -> re.Pattern[str]:
    """Match `发件人: x`, `| 发件人 | x`, `[发件人] x`."""
    spread = _spread(names)
    return re.compile(
        rf"{_BEFORE}(?:[\[【](?:{spread})[\]】] ?:?|(?:{spread}) ?(?::|\|))", re.IGNORECASE
    )


def _bare(names: str) -> re.Pattern[str]:
    """Match a label without its colon: alone on the line, or with its value after a blank."""
    return re.compile(rf"{_BEFORE}(?:{_spread(names)})(?: .+)?$", re.IGNORECASE)


_LABELS = (
    ("from", _label(_FROM_NAMES)),
    ("meta", _label(_MAIL_NAMES)),
    ("to", _label(_TO_NAMES)),
)
_LONG_FROM = "发件人|发信人|寄件者|寄件人|發件人|from"
_BARE_META = "发送时间|发送日期|日期|主题|主題|主旨|抄送|副本|sent|date|subject|cc"
_BARE_TO = "收件人|收件者|to"
_BARE_LABELS = (
    ("from", _bare(_LONG_FROM)),
    ("meta", _bare(_BARE_META)),
    ("to", _bare(_BARE_TO)),
)
_ANY_BARE = _bare("|".join((_LONG_FROM, _BARE_META, _BARE_TO)))
_TO = _label(_TO_NAMES)
_NOTES_NAME = re.compile(r"[^/,。?!:]{1,30}(?:/[^/,。?!:]{1,30}){1,4}")
_BARE_TO_OR_META = _bare(f"{_BARE_META}|{_BARE_TO}")
_STRONG = re.compile(rf"{_BEFORE}[\[【]?(?:{_spread(_STRONG_NAMES)})", re.IGNORECASE)


def header_block(lines: Sequence[str], start: int) -> int:
    """Return the length of a block of mail labels that begins at `start`, else 0.

    Args:
        lines: folded lines.
        start: index of the first line of the block.

    Returns:
        Number of lines up to the last label; 0 when it is none.
    """
    line = lines[start]
    marked = ":" in line or "|" in line or "]" in line or "】" in line
    if marked and any(pattern.match(line) for name, pattern in _LABELS if name != "to"):
        return _colon_block(lines, start)
    if marked and _TO.match(line) and lines_above(lines, start):
        return _notes_block(lines, start)
    return _bare_block(lines, start) if _ANY_BARE.match(line) else 0


def _colon_block(lines: Sequence[str], start: int) -> int:
    seen, last = _walk(lines, start, _LABELS)
    block = lines[start : last + 1]
    known = any(_STRONG.match(line) or _MAILBOX.search(line) for line in block)
    return len(block) if {"from", "meta"} <= seen and known else 0


def _notes_block(lines: Sequence[str], start: int) -> int:
    """Accept 收件人, 抄送, 主题 without 发件人 where Notes wrote sender and time above them."""
    seen, last = _walk(lines, start, _LABELS)
    strong = any(_STRONG.match(line) for line in lines[start : last + 1])
    return last + 1 - start if {"to", "meta"} <= seen and strong else 0


def _bare_block(lines: Sequence[str], start: int) -> int:
    """Accept labels without colons only when all kinds, a mailbox and a time are there."""
    seen, last = _walk(lines, start, _BARE_LABELS)
    # Notes writes the sender and the time, without labels, above the others.
    above = max(0, start - 3)
    text = " ".join(lines[above : last + 1])
    named = "from" in seen or _MAILBOX.search(" ".join(lines[above:start]))
    known = _MAILBOX.search(text) and _DIGITS.search(text)
    if not ({"meta", "to"} <= seen and named and known):
        return 0
    return last + 1 - start


def wants_sender(line: str) -> bool:
    """Tell whether a block that begins so has its sender above it, as Notes writes."""
    return bool(_TO.match(line)) or (":" not in line and bool(_BARE_TO_OR_META.match(line)))


def lines_above(lines: Sequence[str], start: int) -> int:
    """Return how many lines above a block without 发件人 are its sender and time, as Notes writes.

    Args:
        lines: folded lines.
        start: index of the first line of a block that `header_block` found.
    """
    first, dated = start, False
    for index in range(start - 1, max(-1, start - 5), -1):
        line = lines[index]
        time = len(line) <= 40 and _DIGITS.search(line) and not _WORDS.sub("", line)
        sender = _is_sender(line, dated=dated)
        if line and not sender and not time:
            break
        first = index if line else first
        dated = dated or bool(time)
        if sender:
            return start - first
    return 0


def _is_sender(line: str, *, dated: bool) -> bool:
    """Tell whether a line names a mailbox or, above a time, a name as Notes writes: 王芳/研发."""
    if len(line) > 120:
        return False
    return bool(_MAILBOX.search(line)) or (dated and bool(_NOTES_NAME.fullmatch(line)))


def _walk(
    lines: Sequence[str], start: int, labels: Sequence[tuple[str, re.Pattern[str]]]
) -> tuple[set[str], int]:
    """Return the kinds of labels in the block and the index of its last one."""
    seen: set[str] = set()
    last = start
    words = blanks = 0
    for index in range(start, min(len(lines), start + LINES)):
        kinds = {name for name, pattern in labels if pattern.match(lines[index])}
        if "from" in kinds and _SENT_INSIDE.search(lines[index]):
            kinds.add("meta")
        if index > start and is_marker(lines[index]):
            break
        if kinds:
            if "from" in kinds and ("from" in seen or (seen and blanks)):
                # The next mail's block, or a list of such words; the sender's own labels end.
                break
            seen |= kinds
            last, words, blanks = index, 0, 0
            continue
        words += bool(lines[index])
        blanks += not lines[index]
        if words > _GAP_LINES or blanks > _BLANKS:
            break
    return seen, last

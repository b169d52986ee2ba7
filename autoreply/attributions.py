"""The line by which a client says whose words follow: 张三 于 2024年1月9日 写道. Pure.

Works on lines that `quotes.fold` has made uniform; a client may have wrapped the line into up to
`WINDOW` pieces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autoreply.quotes import LINE_READ

WINDOW = 5

_WROTE = (
    r"(?:写道|寫道|写到|寫到|来信|來信|wrote|schrieb|schreef|skrev|kirjoitti|escribió|escreveu"
    r"|(?:a|à) écrit|ha scritto|scrisse|napisał(?:\(a\))?|пишет|написал(?:\(а\))?|yazdı"
    r"|님이 작성|さんは書きました|(?:writes|写|寫)(?= ?:))"
)
_DAY = (
    r"(?:\d{2,4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,4}|\d{1,2}月 ?\d{1,2}日"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.? [A-Za-zéûäçãôл.]{3,12}\.?,? (?:de )?\d{2,4}"
    r"|[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:at )?(?:\d{4}|\d{1,2}:\d\d))"
)
_MAILBOX = r"[\w.+%'=-]+@[\w-]+(?:\.[\w-]+)+"

_ENDS_WROTE = re.compile(rf"{_WROTE} ?(?:道)? ?[:;]?(?: ?</?[\w-]+>)?$", re.IGNORECASE)
_DATED = re.compile(_DAY, re.IGNORECASE)
_OPENS = re.compile(
    rf"^(?:(?:在|于|於|at|on|am|op|le|el|em|il|den|dnia|den|в|w dniu|fra|von)\b ?.{{0,40}}?\d"
    rf"|(?:在|于|於) ?\d|{_DAY}|\d{{1,2}} \w+ \d{{4}}|\d{{4}}-)",
    re.IGNORECASE,
)
# A name of some words, its mailbox, then the date: `张三 <a@b.c> 于2024年1月9日周三 9:09写道:`.
_ANGLED = rf"[<(\[] ?(?:mailto:)?{_MAILBOX} ?[>)\]]"
_NAMED = re.compile(
    rf"^[^。!?,;:]{{0,60}}?(?:{_ANGLED}|{_MAILBOX})? ?,?(?:于|於|在|on|at) ?.{{0,12}}?{_DAY}",
    re.IGNORECASE,
)
_MAILBOX_FIRST = re.compile(rf"^[^。!?;]{{0,60}}?{_ANGLED}.{{0,60}}$", re.IGNORECASE)
_LEFT_OVER = re.compile(
    rf"^[^。!?;:]{{0,80}}(?:{_MAILBOX} ?[>)\]](?: ?(?:于|於|在|on|at))?,?|[^<]<)$", re.IGNORECASE
)
_QUOTED_BY = re.compile(
    rf"^(?:>+ ?)*(?:[^。!?]{{0,80}}?{_WROTE}|quoting .{{1,80}}|zitat von .{{1,80}}"
    r"|引[用述] ?.{1,80}) ?:$",
    re.IGNORECASE,
)
# A person who tells of an own letter: `我在1月5日的邮件里写道:`.
_OWN_WORDS = re.compile(r"^我|我曾?(?:写道|写到)|。(?:写道|写到)|日的(?![ \d])")


def attribution(lines: Sequence[str], end: int, *, quoted_next: bool) -> int:
    """Return how many lines up to and including `end` form an attribution, else 0.

    Args:
        lines: folded lines.
        end: index of the line that would end with 写道: or wrote:.
        quoted_next: the next line that is not blank begins with `>`.

    Returns:
        0 for none; up to `WINDOW` when a client wrapped it.
    """
    if not _ENDS_WROTE.search(lines[end].rstrip("-= ")):
        return _odd_attribution(lines[end], quoted_next=quoted_next)
    weak = 0
    for size in range(1, WINDOW + 1):
        first = end - size + 1
        joined = " ".join(lines[max(0, first) : end + 1]).strip("> -=")
        if first < 0 or not lines[first] or len(joined) > LINE_READ or _OWN_WORDS.search(joined):
            break
        if _dated(joined):
            return size + _left_over(lines, first)
        weak = weak or size * (len(joined) < 160 and bool(_MAILBOX_FIRST.match(joined)))
    return weak or int(quoted_next and bool(_QUOTED_BY.match(lines[end])))


def _odd_attribution(line: str, *, quoted_next: bool) -> int:
    """Recognise an attribution whose verb is missing, unknown or not last; only above a quote."""
    if not quoted_next:
        return 0
    mailbox = re.search(_MAILBOX, line)
    opens = _OPENS.match(line) and re.search(_WROTE, line, re.IGNORECASE)
    odd = (mailbox or opens) and _DATED.search(line) and line.endswith((":", ">"))
    return int(bool(odd or _QUOTED_BY.match(line)))


def _dated(joined: str) -> bool:
    if _OPENS.match(joined):
        return bool(_DATED.search(joined))
    return bool(_NAMED.match(joined))


def _left_over(lines: Sequence[str], first: int) -> int:
    """Return how many lines above are the name that a client wrapped away from its date."""
    size = 0
    while size < 2 and first > size and _LEFT_OVER.search(lines[first - size - 1]):
        size += 1
    return size

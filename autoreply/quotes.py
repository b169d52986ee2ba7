"""How mail clients mark what they quote: tables of patterns, and where a quote begins. Pure.

Patterns are matched against lines that `fold` has made uniform: NFKC (so ：is : and ＞ is >),
blanks joined, emphasis marks removed. All of them run on one line or a few short joined lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LINE_READ = 500
WINDOW = 5

_EMPHASIS = re.compile(r"\*+(?=\S)|(?<=\S)\*+")
_BLANKS = re.compile(r"\s+")

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
    rf"^(?:>+ ?)*(?:[^。!?]{{0,80}}?{_WROTE}|quoting .{{1,80}}|zitat von .{{1,80}}) ?:$",
    re.IGNORECASE,
)
# A person who tells of an own letter: `我在1月5日的邮件里写道:`.
_OWN_WORDS = re.compile(r"^我|[,。我]我?曾?(?:写道|写到)")

_EARLIER = (
    "原始邮件|原始郵件|邮件原件|郵件原件|原邮件|原郵件|原信息|原始信息|原始消息|原始訊息"
    "|回复的原邮件|回复的邮件|回复的邮件信息|回覆的郵件|回复邮件|原文|original|origin"
    "|original message|origin message"
    "|original mail|original email|original e-mail|replied message|reply message|message original"
    "|ursprüngliche nachricht|message d'origine|mensaje original|mensagem original"
    "|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|исходное сообщение"
    "|元のメッセージ|원본 메시지"
)
_FORWARDED = (
    "转发的邮件|转发邮件|轉寄的郵件|轉寄郵件|轉寄信件|转发的原邮件|被转发的邮件|转发邮件信息"
    "|转发消息|转发"
    "|已转发邮件|已转发的邮件|forwarded message|forwarded mail|forward message|forwarded by .{1,60}"
    "|begin forwarded message|weitergeleitete nachricht|message transféré"
)
_DASHED = re.compile(
    rf"^[-_=—–*#|>\s]{{0,80}}(?:{_EARLIER}|{_FORWARDED}) ?:?(?: ?from .{{1,80}})?[-_=—–*#"
    rf"|\s]{{0,80}}$",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:begin forwarded message|开始转发的邮件|下面是(?:被转发的邮件|被轉寄的郵件)"
    r"|以下是转发的邮件) ?:?$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[-_=—–*─━]{3,}$")
_ELLIPSIS = re.compile(
    r"^[\[(<{]? ?(?:\.{2,}|…+|snip(?:ped)?|省略|略) ?(?:\.{2,}|…+)? ?[\])>}]?$",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"[请請]?在此[线線行]以上回[复復覆]|(?:reply|response) above (?:this|the) line", re.IGNORECASE
)

_FROM_LABELS = (
    "发件人|发信人|寄件者|寄件人|寄信人|发送者|發件人|寄信者|from|von|de|da|van|från|fra|от"
    "|差出人|送信者"
    "|보낸 사람|od|expéditeur"
)
_MAIL_LABELS = (
    "发送时间|发送日期|发件时间|发件日期|发送于|寄件日期|傳送時間|傳送日期|发信时间|日期|时间"
    "|時間|主题|主題|主旨"
    "|标题|標題|抄送|副本|密送|附件|sent|date|subject|cc|bcc|reply-to|gesendet|betreff|datum"
    "|envoyé|objet"
    "|enviado|asunto|fecha|assunto|data|inviato|oggetto|verzonden|onderwerp|skickat|ämne|дата|тема"
    "|送信日時|件名|日時|보낸 날짜|제목|wysłano|temat"
)
_TO_LABELS = "收件人|收件者|收信人|发送至|发送给|to|an|à|para|aan|a|till|til|кому|宛先|받는 사람|do"
# One of these, or a mailbox, tells a mail's header from a parcel's 寄件人 / 收件人 / 日期.
_STRONG = re.compile(
    r"^[>|\s]*[\[【]?(?:发送时间|发送日期|发件时间|寄件日期|傳送時間|傳送日期|主 ?[·]? ?题|主 ?题"
    r"|主 ?題|主 ?旨|sent"
    r"|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|тема|件名|제목|temat)",
    re.IGNORECASE,
)
_GAP = r"[ ·]*"


def _label(names: str) -> re.Pattern[str]:
    # Some clients spread two characters with a wide blank (主　题), some make a table (| 主题 | …).
    spread = "|".join(
        rf"{name[0]}{_GAP}{name[1]}" if len(name) == 2 and not name.isascii() else re.escape(name)
        for name in names.split("|")
    )
    return re.compile(rf"^[>|\s]*[\[【]?(?:{spread})[\]】]? ?(?::|\|)(?: ?\||)", re.IGNORECASE)


_FROM = _label(_FROM_LABELS)
_META = _label(_MAIL_LABELS)
_TO = _label(_TO_LABELS)


def fold(line: str) -> str:
    """Make a line uniform for matching; never used for output."""
    line = unicodedata.normalize("NFKC", line[:LINE_READ].replace("&nbsp;", " "))
    line = _EMPHASIS.sub("", line.replace("\u200b", "").replace("\ufeff", ""))
    return _BLANKS.sub(" ", line).strip()


def is_quoted(folded: str) -> bool:
    """Tell whether a line carries the quote mark `>`."""
    return folded.startswith(">") and not folded.startswith((">_<", ">.<"))


def is_marker(folded: str) -> bool:
    """Tell whether a line says that everything below is an earlier mail."""
    if _ABOVE.search(folded) or _BARE.match(folded):
        return True
    dashes = sum(char in "-_=—–*" for char in folded)
    return dashes >= 2 and bool(_DASHED.match(folded))


def is_ellipsis(folded: str) -> bool:
    """Tell whether a line only says that something was left out."""
    return bool(_ELLIPSIS.match(folded))


def is_rule(folded: str) -> bool:
    """Tell whether a line only draws a rule."""
    return bool(_RULE.match(folded))


def header_block(lines: Sequence[str], start: int) -> int:
    """Return the length of a block of mail labels (发件人, 发送时间, 主题 …) at `start`, else 0.

    Args:
        lines: folded lines.
        start: index of the first line of the block.

    Returns:
        Number of lines up to the last label; 0 when it is none. A parcel's 寄件人 / 收件人 / 电话
        is no mail block: a time, a subject or a copy must be among the labels.
    """
    first = lines[start]
    if not (_FROM.match(first) or _META.match(first)):
        return 0
    seen: set[str] = set()
    last = start
    for index in range(start, min(len(lines), start + 14)):
        kinds = {
            name
            for name, pattern in (("from", _FROM), ("meta", _META), ("to", _TO))
            if pattern.match(lines[index])
        }
        if kinds:
            seen |= kinds
            last = index
        elif index - last > 2:
            break
    block = lines[start : last + 1]
    known = any(_STRONG.match(line) or re.search(_MAILBOX, line) for line in block)
    return len(block) if {"from", "meta"} <= seen and known else 0


def attribution(lines: Sequence[str], end: int, *, quoted_next: bool) -> int:
    """Return how many lines up to and including `end` form an attribution, else 0.

    Args:
        lines: folded lines.
        end: index of the line that would end with 写道: or wrote:.
        quoted_next: the next line that is not blank begins with `>`.

    Returns:
        0 for none; up to `WINDOW` when a client wrapped it.
    """
    if not _ENDS_WROTE.search(lines[end]):
        return _odd_attribution(lines[end], quoted_next=quoted_next)
    weak = 0
    for size in range(1, WINDOW + 1):
        first = end - size + 1
        joined = " ".join(lines[max(0, first) : end + 1]).lstrip("> ")
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

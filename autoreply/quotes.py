"""How mail clients mark what they quote: marks on single lines. Pure.

Patterns are matched against lines that `fold` has made uniform: NFKC (so ：is : and ＞ is >),
blanks joined, emphasis marks removed. `attributions` and `labels` read the lines that stand above
a quote.
"""

from __future__ import annotations

import re
import unicodedata

LINE_READ = 500

_EMPHASIS = re.compile(r"\*+(?=\S)|(?<=\S)\*+")
_BLANKS = re.compile(r"\s+")
# Marks of width and direction, and the place of a picture: nothing that a reader sees.
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\ufffc]")

_EARLIER = (
    "原始邮件|原始郵件|邮件原件|郵件原件|原邮件|原郵件|原信息|原始信息|原始消息|原始訊息"
    "|邮件原文|郵件原文|回复原邮件|回复的原邮件|回复的邮件|回复的邮件信息|回覆的郵件|回复邮件|原文"
    "|回复邮件信息|回复邮件内容|reply to message|original|origin|原始邮件信息|原始邮件内容"
    "|original message|origin message"
    "|original mail|original email|original e-mail|replied message|reply message|message original"
    "|ursprüngliche nachricht|message d'origine|mensaje original|mensagem original"
    "|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|исходное сообщение"
    "|元のメッセージ|원본 메시지"
)
_FORWARDED = (
    "转发的邮件|转发邮件|轉寄的郵件|轉寄郵件|轉寄信件|转发的原邮件|被转发的邮件|转发邮件信息"
    "|转发的消息|转发的信件|转发的讯息|轉寄的訊息|轉寄訊息|轉寄的信件|转发消息|转发"
    "|已转发邮件|已转发的邮件|forwarded message|forwarded mail|forward message|forwarded by .{1,60}"
    "|begin forwarded message|weitergeleitete nachricht|message transféré"
)
_DASHED = re.compile(
    rf"^[-_=—–*#|>\s]{{0,80}}(?:{_EARLIER}|{_FORWARDED}) ?:?(?: ?from .{{1,80}})?[-_=—–*#"
    rf"|\s]{{0,80}}$",
    re.IGNORECASE,
)
_TWO_DASHES = re.compile(r"[-_=—–*][^-_=—–*]*[-_=—–*]")
_BARE = re.compile(
    r"^(?:begin forwarded message|开始转发的邮件|[开開]始[转轉](?:发|寄|發)[讯訊信][息件]"
    r"|下面是(?:被转发的邮件|被轉寄的郵件)|以下[是为](?:被?转发的|轉寄的)(?:邮件|郵件)) ?:?$",
    re.IGNORECASE,
)
# QQ's text parts and notices of trackers run the marker and its labels together.
_RUN_TOGETHER = re.compile(
    rf"^[-_=]{{4,}} ?(?:{_EARLIER}) ?[-_=]{{4,}} ?(?:发件人|寄件者|from)\b ?:", re.IGNORECASE
)
_INSIDE = re.compile(
    r"(?<=[^\s-])[^\S\n]{0,9}(-{6,40}(?:&nbsp;|[^\S\n]){0,8}(?:原始邮件|original)(?:&nbsp;|[^\S\n]){0,8}-{6,40}"
    r"(?:&nbsp;|[^\S\n]){0,8}(?:发件人|from))",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[-_=—–*─━]{3,}$")
_ELLIPSIS = re.compile(
    r"^[\[(<{]? ?(?:\.{2,}|…+|snip(?:ped)?|省略|略) ?(?:\.{2,}|…+)? ?[\])>}]?$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^@<>]{0,60}@[\w.-]{2,64}|[^@<>]{0,60}<[^@<>\s]{1,64}@[\w.-]{2,64}>?")
_CUT_ADDRESS = re.compile(r"[\w.+-]{0,30}")
_ABOVE = re.compile(
    r"[请請]?在此[线線行](?:以上|之上|上方|上面).{0,4}回[复復覆]"
    r"|(?:reply|response) above (?:this|the) line",
    re.IGNORECASE,
)


def fold(line: str) -> str:
    """Make a line uniform for matching; never used for output."""
    line = line[:LINE_READ]
    if line.isascii() and "&" not in line and "*" not in line:
        return " ".join(line.split())
    line = line.replace("&nbsp;", " ").replace("&gt;", ">").replace("&lt;", "<")
    line = _UNSEEN.sub("", unicodedata.normalize("NFKC", line))
    return _BLANKS.sub(" ", _EMPHASIS.sub("", line)).strip()


def on_own_line(text: str) -> str:
    """Put a marker that stands inside a line on a line of its own."""
    return _INSIDE.sub(r"\n\1", text) if "------" in text else text


def is_quoted(folded: str) -> bool:
    """Tell whether a line carries the quote mark `>`."""
    return folded.startswith(">") and not folded.startswith((">_<", ">.<"))


def is_marker(folded: str) -> bool:
    """Tell whether a line says that everything below is an earlier mail."""
    if _ABOVE.search(folded) or _BARE.match(folded):
        return True
    if not _TWO_DASHES.search(folded):
        return False
    return bool(_DASHED.match(folded) or _RUN_TOGETHER.match(folded))


def is_heading(folded: str) -> bool:
    """Tell whether a line only names what follows (原始邮件), with or without dashes."""
    return bool(_DASHED.match(folded))


def is_ellipsis(folded: str) -> bool:
    """Tell whether a line only says that something was left out."""
    return bool(_ELLIPSIS.match(folded))


def is_rule(folded: str) -> bool:
    """Tell whether a line only draws a rule."""
    return bool(_RULE.match(folded))


def is_torn(quoted: str, following: str) -> bool:
    """Tell whether wrapping tore the following line off a quoted one.

    Only what is too short to be an answer, or a piece of a list of addresses, counts.
    """
    if len(quoted) < 50 or not following:
        return False
    if "@" in following:
        return len(following) <= 120 and _only_addresses(following)
    return len(quoted) >= 66 and len(following) <= 24 and following.isascii()


def _only_addresses(line: str) -> bool:
    """Tell whether a line is a piece of a list of addresses; the last one may be cut."""
    *whole, last = (piece.strip() for piece in re.split("[,;]", line))
    ended = bool(_ADDRESS.fullmatch(last) or _CUT_ADDRESS.fullmatch(last))
    return ended and all(_ADDRESS.fullmatch(piece) for piece in whole)

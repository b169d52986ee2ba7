"""What stands around the words of a person: signatures, device lines, banners, disclaimers. Pure.

Patterns run on lines made uniform by `quotes.fold`. Everything here errs on the side of keeping
text: a signature goes only from the tail, a banner only from the top.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DELIMITER = re.compile(r"^(?:--|——|--\s*—|__)$")
_DEVICE = re.compile(
    r"^(?:"
    r"(?:发送?自|發送?自|来自|來自|从|從|由|通过|通過)(?:我的|我|于我的)? ?.{0,30}?"
    r"(?:iphone|ipad|ipod|手机|手機|平板|安卓|android|华为|huawei|小米|xiaomi|redmi|荣耀|honor|oppo"
    r"|vivo|魅族|三星|samsung|galaxy|一加|oneplus|微信|qq邮箱|邮箱大师|foxmail|outlook|yahoo|雅虎"
    r"|windows|邮件|郵件|mail|飞书|钉钉|客户端).{0,60}?(?:发出|发送|傳送|传送|寄出|发的)?"
    r"|(?:发|發)自.{1,40}"
    r"|(?:从|從) .{1,30}(?:发送|傳送|发出|寄出)"
    r"|(?:获取|取得|下載|下载)(?:适用于|適用於)? ?.{0,20}(?:outlook|foxmail).{0,80}"
    r"|签名由.{0,20}(?:邮箱大师|網易郵箱大師).{0,10}"
    r"|(?:由|签名由) ?网易邮箱大师 ?(?:定制|发出|发送)?"
    r"|(?:sent|send) (?:from|via|by|with|using) .{1,60}|get \[?outlook.{1,80}"
    r"|envoyé (?:de|depuis) .{1,40}|enviado desde .{1,40}|von meinem .{1,40} gesendet"
    r"|gesendet von .{1,40}|inviato da .{1,40}|iphoneから送信|나의 iphone에서 보냄"
    r")[.。]?$",
    re.IGNORECASE,
)
_LINK = re.compile(r"<https?://[^>]{0,300}>|\(https?://[^)]{0,300}\)")
_BLANKS = re.compile(r"\s+")
_CELL = re.compile(r"[|\s]*\|[|\s]*")
_WRAPPED_DEVICE = re.compile(
    r"^(?:签名由|签名由网易|网易邮箱大师|邮箱大师|定制|网易邮箱大师 ?定制)$"
)
_CLOSING = re.compile(
    r"^(?:此致|敬礼|敬禮|此致 ?,? ?敬[礼禮]|顺祝商祺|[顺順][颂頌]商祺|祝:?好|祝您?(?:工作|生活"
    r"|身体)?.{0,8}"
    r"|即颂.{0,6}|[顺順][颂頌].{0,6}|商祺|谨启|敬上|敬启|(?:best|kind|warm) regards|regards"
    r"|best wishes"
    r"|best|cheers|(?:yours )?sincerely|yours|b\.?r\.?|rgds|mit freundlichen grüßen|cordialement"
    r")[,.!。~]?$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^(?:(?:电话|電話|手机|手機|地址|邮箱|郵箱|邮编|微信|传真|傳真|网址|公司|部门|职位|qq|tel"
    r"|mobile|phone"
    r"|fax|e-?mail|mail|web|cell|add|addr|address|wechat|www|http) ?[.:|/]"
    r"|[+(]?\d[\d\s()-]{6,}$|[\w.+-]+@[\w-]+(\.[\w-]+)+$|www\.)",
    re.IGNORECASE,
)
_ADDRESS_ONLY = re.compile(r"^<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?$")
_DISCLAIMER = re.compile(
    r"保密(?:声明|聲明|提示|通知|须知)|免责(?:声明|条款)|免責聲明|信息安全声明|法律声明"
    r"|重要提示 ?:.{0,20}邮件"
    r"|本(?:电子)?邮件.{0,16}(?:附件|内容|信息).{0,30}(?:保密|机密|秘密|专属|仅供|仅限|含有|包含)"
    r"|本(?:電子)?郵件.{0,30}(?:機密|保密|僅供|所含|附件)"
    r"|此(?:电子)?邮件.{0,30}(?:保密|机密|仅供|仅限|专有)"
    r"|confidentiality (?:notice|note|statement)|^disclaimer\b|legal disclaimer"
    r"|this (?:e-?mail|message|communication)(?: message| transmission)?"
    r"(?:,? (?:and|including|with|or) .{0,40})? (?:is|are|may|contains?|was)\b.{0,60}"
    r"(?:confidential|privileged|intended|proprietary|solely)"
    r"|(?:information|contents?) (?:contained )?in this (?:e-?mail|message).{0,80}"
    r"(?:confidential|privileged|intended)"
    r"|if you (?:are not|have received) .{0,40}(?:intended recipient|in error)",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|邮件列表|退订", re.IGNORECASE)
_BANNER = re.compile(
    r"^\W{0,6}(?:外部邮件|外部郵件|外来邮件|external (?:e-?mail|sender|message)|external|ext"
    r"|caution"
    r"|warning|警告|注意|提醒|温馨提示|安全提示|安全提醒)\W{0,6}.{0,20}"
    r"(?:外部|来源于|outside|external|originat|公司外|外网|组织外|机构外)"
    r"|^\W{0,4}(?:外部邮件|外部郵件|external(?: e-?mail)?|ext)\W{0,4}$"
    r"|^(?:此|该|本|这封)(?:邮件|郵件).{0,12}(?:来自|来源于|發自|发自|來自).{0,12}"
    r"(?:外部|公司外|组织外|机构外)"
    r"|^(?:this|the) (?:e-?mail|message) (?:originated|came|was sent|is) from "
    r"(?:an )?(?:outside|external)"
    r"|^you don't often get (?:e-?mail) from|^你不经常|^您不经常收到|^您通常不会收到来自"
    r"|^您不常收到来自",
    re.IGNORECASE,
)
_BANNER_MORE = re.compile(
    r"外部|转发给|反馈|谨慎|附件|链接|安全|识别|可疑|钓鱼|click|link|attachment|sender"
    r"|organi[sz]ation|recogni[sz]e|safe"
    r"|@[\w.-]+|请勿|learn why|了解这一点|重要",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。?!;]$|[?!]|吗$|呢$")


def banner_length(lines: Sequence[str]) -> int:
    """Return how many lines at the top are a gateway's warning; blanks above it included."""
    first = next((n for n, line in enumerate(lines[:8]) if line), None)
    if first is None or not _BANNER.search(lines[first]):
        return 0
    end = first + 1
    while end < min(len(lines), first + 6) and lines[end] and _BANNER_MORE.search(lines[end]):
        end += 1
    return end


def disclaimer_start(lines: Sequence[str]) -> int:
    """Return where a legal notice begins in the tail, or `len(lines)`.

    The notice must not open the text, and no more than 30 lines may follow it.
    """
    first = _first_said(lines)
    for index in range(max(first + 1, len(lines) - 30), len(lines)):
        if _DISCLAIMER.search(lines[index]) or _is_list_footer(lines, index):
            return _above_rule(lines, index)
    return len(lines)


def _is_list_footer(lines: Sequence[str], index: int) -> bool:
    """Tell whether a drawn line is followed by what list software adds below every mail."""
    drawn = re.fullmatch(r"[_\-=]{20,}", lines[index])
    return bool(drawn) and any(_LIST_FOOTER.search(line) for line in lines[index + 1 : index + 4])


def _first_said(lines: Sequence[str]) -> int:
    return next((n for n, line in enumerate(lines) if line), len(lines))


def _above_rule(lines: Sequence[str], index: int) -> int:
    while index and (not lines[index - 1] or re.fullmatch(r"[-_=*#—\s]{3,}", lines[index - 1])):
        index -= 1
    return index


def signature_start(lines: Sequence[str]) -> int:
    """Return where the signature begins, or `len(lines)`; text always remains above it."""
    first = _first_said(lines)
    for index in range(max(first + 1, len(lines) - 16), len(lines)):
        if _DELIMITER.match(lines[index]) and not _asks(lines[index + 1 :]):
            return index
    end = _without_devices(lines, len(lines))
    closing = _closing_start(lines, end)
    return closing if closing > first else end


def is_device(folded: str) -> bool:
    """Tell whether a line is only a client's advertisement (发自我的 iPhone)."""
    line = _BLANKS.sub(" ", _LINK.sub("", folded)).strip()
    return bool(_DEVICE.match(line)) and not _asks([line])


def _without_devices(lines: Sequence[str], end: int) -> int:
    while end and (not lines[end - 1] or _ornament(lines[end - 1]) or _in_cell(lines, end - 1)):
        end -= 1
    return end or len(lines)


def _ornament(line: str) -> bool:
    return (
        is_device(line)
        or bool(_WRAPPED_DEVICE.match(line))
        or bool(_ADDRESS_ONLY.match(line))
        or bool(re.fullmatch(r"[-_=*—]{2,}", line))
        or bool(_CELL.fullmatch(line))
    )


def _in_cell(lines: Sequence[str], index: int) -> bool:
    """Tell whether a short line stands between the bars of a signature's table."""
    between = 0 < index < len(lines) - 1 and len(lines[index]) <= 24
    return between and all(_CELL.fullmatch(lines[index + step]) for step in (-1, 1))


def _closing_start(lines: Sequence[str], end: int) -> int:
    """Find a closing formula with only short lines of a name and contact data below it."""
    for index in range(max(1, end - 9), end):
        if not _CLOSING.match(lines[index]):
            continue
        below = [line for line in lines[index + 1 : end] if line]
        if len(below) <= 7 and all(_signs(line) for line in below):
            return index
    return _contact_start(lines, end)


def _contact_start(lines: Sequence[str], end: int) -> int:
    """Find a block of two or more contact lines that ends the text, below a blank line."""
    start = end
    while start > end - 12 and start and lines[start - 1] and _CONTACT.match(lines[start - 1]):
        start -= 1
    if end - start < 2:
        return end
    block = start
    while start > block - 4 and start and _is_name_line(lines[start - 1]):
        start -= 1
    return start if start and not lines[start - 1] else end


def _is_name_line(line: str) -> bool:
    return 0 < len(line) <= 24 and _signs(line)


def _signs(line: str) -> bool:
    return len(line) <= 60 and not _SENTENCE_END.search(line)


def _asks(lines: Sequence[str]) -> bool:
    return any(re.search(r"[?]|吗|怎么|如何|请问|為什麼|为什么", line) for line in lines)

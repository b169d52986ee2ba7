"""What a person or a program puts below the words: signatures and device lines. Pure.

Patterns run on lines made uniform by `quotes.fold`. Everything here errs on the side of keeping
text: a signature goes only from the tail, and something always remains above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autoreply import cards, names

_DELIMITER = re.compile(r"^(?:--|——|--\s*—|__)$")
_DEVICES = (
    "iphone|ipad|ipod|手机|手機|平板|安卓|android|华为|huawei|小米|xiaomi|redmi|荣耀|honor|oppo|vivo"
    "|魅族|三星|samsung|galaxy|一加|oneplus|微信|邮箱|郵箱|foxmail|outlook|yahoo|雅虎|windows|邮件|郵件"
    "|mail|thunderbird|飞书|飛書|钉钉|釘釘|客户端|spark|htc|proton|钉邮|釘郵"
)
# What stands around a device's name in an advertisement, and not in a sentence about it.
_AROUND = "[^的了吗嗎没,。!?:;]"
_PICTURES = (
    r"\[cid:[^\]]{1,120}\]|\[(?:image|图片|圖片)(?:: ?[^\]]{1,80})?\]|<image\d{1,4}\.\w{3,4}>"
)
_PICTURE = re.compile(_PICTURES, re.IGNORECASE)
_DEVICE = re.compile(
    r"^(?:[-—–]{1,3} ?)?(?:"
    rf"(?:发送?自|發送?自|来自|來自) ?(?:于?我的|我)? ?{_AROUND}{{0,24}}?"
    rf"(?:{_DEVICES}){_AROUND}{{0,20}}"
    rf"|(?:发|發)自(?!内心|肺腑|內心) ?(?:我的)?{_AROUND}{{1,40}}(?: ?,[^。!?;]{{1,20}})?"
    rf"|已?(?:从|從|由|通过|通過|使用) ?(?:我的)? ?{_AROUND}{{0,30}}?(?:{_DEVICES})"
    rf"{_AROUND}{{0,40}}?"
    r"(?:发出|发送|發送|傳送|传送|寄出|发的)(?:的(?:.{0,20}[邮郵]件)?)?"
    r"|(?:从|從)(?:适用于|適用於).{1,20}(?:的 ?)(?:outlook|[邮郵]件) ?(?:发送|傳送)"
    rf"|{_PICTURES}"
    r"|(?:获取|取得|下載|下载)(?:适用于|適用於)? ?.{0,20}(?:outlook|foxmail|bluemail).{0,80}"
    r"|[-—]{0,20} ?该邮件从移动设备发送"
    r"|(?:该|此|本|以[上下])(?:封?[邮郵]件|内容)?已?由.{0,10}(?:自动|机器)翻译.{0,20}"
    r"|【网易.{1,60}(?:>>|[.…]{2,})"
    r"|(?:由|签名由)? ?(?:网易邮箱大师|網易郵箱大師) ?(?:定制|发出|发送)?"
    r"|签名由.{0,20}邮箱大师.{0,10}|signed by mail ?master"
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
_ADDRESS_ONLY = re.compile(r"^<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?$")
_NAME = re.compile(r"^[^\d\s:,。、?!是号號码碼箱](?:[^\d:,。、?!是号號码碼箱]{0,11})$")
_RULE = re.compile(r"^[-_=—─]{10,}$")
_THANKS = re.compile(r"^(?:多|感)?[谢謝]")
_DATE = re.compile(r"^\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?$")
_SENTENCE_END = re.compile(r"[。?!;]$|[?!]|吗$|呢$")
_ASKS = re.compile(r"[?](?!\w)|吗|嗎|怎么|怎麼|如何|请问|請問|為什麼|为什么|能不能|能否|可不可以")
# What stands above a name that was asked for.
_GIVES = re.compile(
    r"信息|資訊|资料|資料|联系|聯繫|电话|電話|手机|手機|地址|收件|收货|收貨|姓名|名字|[寄发發开開装裝]给|寄到|开[在到具票]|装在|告诉|告訴"
    r"|(?<![白黑])名单|户名|抬头|叫|人是"
)
_SHORTEST_SAID = 6
_CARD_LINES = 6
_BLOCK_LINES = 10


def _first_said(lines: Sequence[str]) -> int:
    return next((n for n, line in enumerate(lines) if line), len(lines))


def signature_start(lines: Sequence[str], author: str = "") -> int:
    """Return where the signature begins, or `len(lines)`; text always remains above it.

    Args:
        lines: folded lines of the new text.
        author: the name that From shows, or "".
    """
    first = _first_said(lines)
    for index in range(max(first + 1, len(lines) - 16), len(lines)):
        if _DELIMITER.match(lines[index]) and not _asks(lines[index + 1 :]):
            return index
    end = _without_devices(lines, len(lines))
    for found in (_closing_start(lines, end), _card_with_name(lines, end, author)):
        if first < found < end:
            return _below_pictures(lines, found)
    return _name_start(lines, end, author)


def _below_pictures(lines: Sequence[str], end: int) -> int:
    """Step over a logo above a signature."""
    start = end
    while start > 1 and (not lines[start - 1] or _PICTURE.fullmatch(lines[start - 1])):
        start -= 1
    return start if any(lines[start:end]) and any(lines[:start]) else end


def is_device(folded: str) -> bool:
    """Tell whether a line is only a client's advertisement (发自我的 iPhone)."""
    line = _BLANKS.sub(" ", _LINK.sub("", folded)).strip()
    return bool(_DEVICE.match(line)) and not _asks([line])


def _without_devices(lines: Sequence[str], end: int) -> int:
    while end:
        shorter = _card_start(lines, end) if _CELL.fullmatch(lines[end - 1]) else end
        if shorter == end and (not lines[end - 1] or _ornament(lines[end - 1])):
            shorter = _name_above(lines, end)
        if shorter == end:
            break
        end = shorter
    return end or len(lines)


def _ornament(line: str) -> bool:
    return (
        is_device(line)
        or bool(_WRAPPED_DEVICE.match(line))
        or bool(_ADDRESS_ONLY.match(line))
        or bool(re.fullmatch(r"[-_=*—]{2,}", line))
    )


def _card_start(lines: Sequence[str], end: int) -> int:
    """Return where a card of short lines between bars begins, as NetEase's client draws it."""
    for index in range(end - 2, max(-1, end - 2 - _CARD_LINES), -1):
        if _CELL.fullmatch(lines[index]):
            return index
        if len(lines[index]) > 40 or _asks([lines[index]]):
            break
    return end - 1


def _name_above(lines: Sequence[str], end: int) -> int:
    """Step over an ornament, and over the name that stands alone above an address."""
    above = end - 2
    if not _ADDRESS_ONLY.match(lines[end - 1]):
        return end - 1
    if _tells_more(lines[: end - 1]) or _gives_address(lines[: end - 1]):
        return end
    is_card = above > 0 and not lines[above - 1]
    return above if is_card and _NAME.match(lines[above]) else end - 1


def _tells_more(lines: Sequence[str]) -> bool:
    """Tell whether the last words announce what stands below them (我的账号是)."""
    last = next((line for line in reversed(lines) if line), "")
    return last.endswith((":", "是", "为", "账号", "帐号", "邮箱"))


def _gives_address(above: Sequence[str]) -> bool:
    """Tell whether the last words speak of a mailbox, so that the one below them is told."""
    return bool(_OF_MAILBOX.search(next((line for line in reversed(above) if line), "")))


_OF_MAILBOX = re.compile(
    r"(?:[邮郵信]箱|e-?mail|下面|这里|這裡|如下|[寄发發][到给]|抄送|address)[^?]{0,10}$",
    re.IGNORECASE,
)


def _closing_start(lines: Sequence[str], end: int) -> int:
    """Find a closing formula with only short lines of a name and contact data below it."""
    for index in range(max(1, end - 9), end):
        if not _CLOSING.match(lines[index]):
            continue
        below = [line for line in lines[index + 1 : end] if line]
        if len(below) <= 7 and all(_signs(line) or _CLOSING.match(line) for line in below):
            return index
    ruled = _ruled_start(lines, end)
    return ruled if ruled < end else _block_start(lines, end)


def _ruled_start(lines: Sequence[str], end: int) -> int:
    """Find a name below a drawn rule, as QQ and Foxmail sign; a date may stand above the rule."""
    for index in range(max(1, end - 7), end - 1):
        below = [line for line in lines[index + 1 : end] if line and not _RULE.match(line)]
        named = below and _NAME.match(below[0]) and not _THANKS.match(below[0])
        if not _RULE.match(lines[index]) or not named:
            continue
        if all(len(line) <= 40 and _signs(line) for line in below) and any(lines[:index]):
            return index - 1 if _DATE.match(lines[index - 1]) else index
    return end


def _block_start(lines: Sequence[str], end: int) -> int:
    """Find a last paragraph that is a name with contact lines or an organisation."""
    start = end
    while start and lines[start - 1] and end - start <= _BLOCK_LINES:
        start -= 1
    block = lines[start:end]
    # Below “请寄到：” stands what the customer wants to tell.
    if not any(lines[:start]) or _gives(lines[:start]) or lines[start - 1]:
        return end
    contacts = sum(bool(cards.CONTACT.match(line)) for line in block)
    organisations = sum(bool(cards.ORGANISATION.match(line)) for line in block)
    heads = any(_NAME.match(line) and not line.endswith("公司") for line in block[:1])
    named = len(block) > 1 and organisations and heads
    signs = all(_signs(line) and not line.endswith(":") for line in block)
    return start if signs and (contacts >= 2 or named) else end


def _name_start(lines: Sequence[str], end: int, author: str) -> int:
    """Find a name that stands alone at the end, or with contact data below it."""
    while end and not lines[end - 1]:
        end -= 1
    for first in range(end - 1, max(0, end - 4), -1):
        name, *contacts = lines[first:end]
        alone = not lines[first - 1] or _SENTENCE_END.search(lines[first - 1])
        contact = all(cards.CONTACT.match(line) for line in contacts)
        if not alone or not contact or not names.signs_as(name, author):
            continue
        # A name that is not the sender's may have been asked for.
        given = _tells_more if names.is_author(name, author) else _gives
        if not given(lines[:first]):
            return first
    return end


def _card_with_name(lines: Sequence[str], end: int, author: str) -> int:
    """Find a name among lines about its owner, unless that was asked for."""
    start = cards.start(lines, end, author)
    return end if start < end and _gives(lines[:start]) else start


def _gives(above: Sequence[str]) -> bool:
    """Tell whether what stands below may have been asked for: too little above, or words for it."""
    said = [line for line in above if line]
    short = sum(char.isalnum() for line in said for char in line) < _SHORTEST_SAID
    return short or _tells_more(said) or any(_GIVES.search(line) for line in said[-1:])


def _signs(line: str) -> bool:
    return len(line) <= 60 and not _SENTENCE_END.search(line)


def _asks(lines: Sequence[str]) -> bool:
    return any(_ASKS.search(line) for line in lines)

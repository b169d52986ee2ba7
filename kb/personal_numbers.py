"""Recognise numbers and accounts that point at one person (pure).

Every finder takes a text with narrow digits and yields spans that do not overlap.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text: kind, first offset, offset after the last character."""

    kind: str
    start: int
    end: int


_LEFT = r"(?<![0-9A-Za-z.\-*])"
_RIGHT = r"(?![0-9A-Za-z])"
_IS = r"(?:[\s:：=#＃]|是|为|号码?|编号|No\.?)*"

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+",
    re.ASCII | re.IGNORECASE,
)
_WECHAT = re.compile(
    r"(?:微信|wechat|薇信|威信|(?<![a-z])(?:vx|wx)(?![a-z]))(号|ID|id)?(\s*(?:[:：]|是|为|加|搜)\s*)?\s*"
    r"(?P<value>[a-z][\w-]{5,19})" + _RIGHT,
    re.ASCII | re.IGNORECASE,
)
_QQ = re.compile(
    r"(?:QQ|扣扣)(?:群|号码?)?" + _IS + r"(?P<value>[1-9]\d{4,10})(?!\d)", re.IGNORECASE
)
_IDENTITY = re.compile(
    _LEFT + r"[1-9]\d{5}[ -]?(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx]"
    + _RIGHT
)  # fmt: skip
_NAMED_IDENTITY = re.compile(
    r"(?:身份证|证件|护照|通行证|居住证)" + _IS + r"(?P<value>[A-Za-z]{0,2}\d{6,17}[\dXx])" + _RIGHT
)
_CODE = re.compile(
    r"(?:验证码|校验码|动态码|短信码|取件码|取货码|提货码)" + _IS
    + r"(?P<value>(?=[A-Za-z-]*\d)[A-Za-z0-9-]{4,8})"
    + _RIGHT + r"(?!\s*(?:位|秒|分钟|年|个|元))"
)  # fmt: skip
_OWN_PASSWORD = re.compile(
    r"(?:我的?|我家的?|我们的?)[^\s，。；]{0,6}密码" + _IS + r"(?P<value>\d{4,12})(?!\d)"
)

_COURIERS = r"快递|运单|物流|顺丰|圆通|中通|申通|韵达|百世|极兔|邮政|EMS|京东物流|德邦|丰巢"
_PARCEL = re.compile(
    rf"(?:{_COURIERS})(?:公司|速递|快递|快运|包裹)*(?:单号|运单号?|单)?{_IS}"
    r"(?P<value>(?=[A-Za-z-]*\d)[A-Za-z]{0,4}[\d-]{8,22}[A-Za-z]{0,2})" + _RIGHT
)
_PARCEL_SHAPE = re.compile(
    _LEFT + r"(?:SF\d{12,13}|YT\d{13}|JD[VXKA-Z]{0,2}\d{9,15}(?:-\d+){0,3}|JT\d{13}|ZT[O]?\d{12}|"
    r"STO?\d{12,13}|DPK\d{12}|[A-Z]{2}\d{9}CN)" + _RIGHT
)
_ORDER = re.compile(
    r"(?:订单|工单|交易|流水|付款|支付|退款|保单|合同|发票|单)(?:号码?|编号|单号|ID)?" + _IS
    + r"(?P<value>(?=[A-Za-z_-]{0,8}\d)[A-Za-z0-9][A-Za-z0-9_-]{5,31})" + _RIGHT
    + r"(?!\s*(?:元|块|万|%|年|\.\d))"
)  # fmt: skip
_ORDER_SHAPE = re.compile(_LEFT + r"(?:[A-Z]{1,5}-?\d{8,24}(?:-\d{1,8})*|\d{12,24})" + _RIGHT)
_SERIAL = re.compile(
    r"(?:序列号|设备号|机身码|串号|IMEI|(?<![A-Za-z])(?:SN|S/N|MAC|UUID))(?:码|地址|编号)?" + _IS
    + r"(?P<value>[A-Za-z0-9][A-Za-z0-9:-]{6,35}[A-Za-z0-9])" + _RIGHT, re.IGNORECASE,
)  # fmt: skip
_MAC = re.compile(_LEFT + r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}" + _RIGHT)
_BANK = re.compile(_LEFT + r"[2-6]\d{3}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,3})?" + _RIGHT)
_NAMED_BANK = re.compile(
    r"(?:银行卡|储蓄卡|信用卡|借记卡|卡号|账号|帐号|账户|尾号)" + _IS
    + r"(?P<value>\d{4}(?:[ -]?\d{3,4}){2,4}\d{0,3})"
    + _RIGHT
)  # fmt: skip

_COUNTRY = r"(?:(?:\+|00)?86[ -]?)?"
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.*+])(?:\(?\+?(?:00)?86\)?[ -]?)?"
    + r"1[3-9]\d(?:[ .-]?[\d*]{4}[ .-]?\d{4}|[ -]\d{3}[ -]\d{5})" + _RIGHT
    + r"|" + _LEFT + r"1(?:[ -][3-9])(?:[ -]\d){9}" + _RIGHT
)  # fmt: skip
_SPOKEN = re.compile(
    r"[一幺][三四五六七八九](?:[零〇一二三四五六七八九幺]){9}(?![零〇一二三四五六七八九幺])"
)
_LANDLINE = re.compile(
    _LEFT + _COUNTRY
    + r"(?:\(0?\d{2,3}\)|0\d{2,3})[ -]?[2-9]\d{2,3}[ -]?\d{4}(?:(?:-|转|ext\.?)\d{1,6})?"
    + _RIGHT
)  # fmt: skip
_ABROAD = re.compile(r"(?<![0-9A-Za-z])(?:\+|00)[1-9]\d{0,2}(?:[ -]?\(?\d{2,4}\)?){2,4}" + _RIGHT)
_NAMED_PHONE = re.compile(
    r"(?:电话|座机|固话|手机|联系方式|致电|回电|Tel)"
    + _IS
    + r"(?P<value>[2-9]\d{6,7}|\d{3,4}-\d{7,8})(?![\d-])",
    re.IGNORECASE,
)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_PLATE = re.compile(
    rf"(?P<value>[{_PROVINCES}][A-HJ-NP-Z](?P<dot>[·•.\s]?)(?=[A-Z]*\d)[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳])"
    + _RIGHT
)
_ALSO_WORDS = frozenset("新青云贵宁吉使川")
_ADDRESS_V4 = re.compile(r"(?<![0-9A-Za-z.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9A-Za-z]|\.\d)")
_ADDRESS_V6 = re.compile(
    r"(?<![0-9A-Za-z:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}(?![0-9A-Za-z:])"
)
_VERSION = re.compile(r"(?:版本|固件|系统|软件|[vV]er(?:sion)?|[vV])[号是为:： .]*$")

_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_TIMESTAMP = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def is_identity(number: str) -> bool:
    """Check the last character of an identity card number of 18 characters.

    Source: GB 11643-1999, ISO 7064 MOD 11-2.
    """
    digits = [int(digit) for digit in number[:17]]
    total = sum(d * weight for d, weight in zip(digits, _IDENTITY_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def passes_luhn(digits: str) -> bool:
    """Check the last digit of a card number. Source: ISO/IEC 7812-1, annex B."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    single = sum(int(digit) for digit in digits[::-2])
    return (single + sum(value // 10 + value % 10 for value in doubled)) % 10 == 0


def _bare(value: str) -> str:
    return re.sub(r"[ -]", "", value)


def _identity_ok(match: re.Match[str]) -> bool:
    return is_identity(_bare(match[0]))


def _card_ok(match: re.Match[str]) -> bool:
    digits = _bare(match[0])
    return 13 <= len(digits) <= 19 and passes_luhn(digits)


def _account_named(match: re.Match[str]) -> bool:
    """A word alone after 微信 may be 微信 App; a digit, or a word that announces it, decides."""
    return bool(match[1] or match[2]) or any(sign.isdigit() for sign in match["value"])


def _plate_ok(match: re.Match[str]) -> bool:
    """新, 青, 云… also begin ordinary words, such as 新L7: ask for the dot or for a car."""
    before = match.string[max(0, match.start() - 12) : match.start()]
    return bool(match["dot"].strip()) or match[0][0] not in _ALSO_WORDS or "车" in before


def _mobile_ok(match: re.Match[str]) -> bool:
    return match[0].count("*") in (0, 3, 4)


def _order_ok(match: re.Match[str]) -> bool:
    return len(re.findall(r"\d", match["value"])) >= 4


def _not_a_time(match: re.Match[str]) -> bool:
    form = _TIMESTAMP.get(len(match[0]))
    if form is None or not match[0].isdigit():
        return True
    try:
        return not 2000 <= datetime.strptime(match[0], form).year < 2100
    except ValueError:
        return True


def _public_internet(match: re.Match[str]) -> bool:
    """A version is not an address, and 192.168.1.1 is everybody's."""
    if _VERSION.search(match.string[max(0, match.start() - 10) : match.start()]):
        return False
    try:
        return ipaddress.ip_address(match[0]).is_global
    except ValueError:
        return False


def _always(match: re.Match[str]) -> bool:
    return True


# Kind, pattern (group `value`, or all of it), check. What stands higher wins.
_RULES = (
    ("email", _EMAIL, _always),
    ("wechat", _WECHAT, _account_named),
    ("qq", _QQ, _always),
    ("id_card", _NAMED_IDENTITY, _always),
    ("id_card", _IDENTITY, _identity_ok),
    ("serial", _SERIAL, _order_ok),
    ("serial", _MAC, _always),
    ("parcel", _PARCEL, _always),
    ("parcel", _PARCEL_SHAPE, _always),
    ("order", _ORDER, _order_ok),
    ("bank_card", _BANK, _card_ok),
    ("phone", _MOBILE, _mobile_ok),
    ("bank_card", _NAMED_BANK, _always),
    ("phone", _SPOKEN, _always),
    ("phone", _LANDLINE, _always),
    ("phone", _NAMED_PHONE, _always),
    ("phone", _ABROAD, _always),
    ("plate", _PLATE, _plate_ok),
    ("ip", _ADDRESS_V4, _public_internet),
    ("ip", _ADDRESS_V6, _public_internet),
    ("code", _CODE, _always),
    ("code", _OWN_PASSWORD, _always),
    ("order", _ORDER_SHAPE, _not_a_time),
)


def _finder(
    kind: str, pattern: re.Pattern[str], check: Callable[[re.Match[str]], bool]
) -> Callable[[str], Iterator[Span]]:
    group: str | int = "value" if "value" in pattern.groupindex else 0

    def find(text: str) -> Iterator[Span]:
        for match in pattern.finditer(text):
            if check(match):
                yield Span(kind, *match.span(group))

    return find


FINDERS = tuple(_finder(*rule) for rule in _RULES)

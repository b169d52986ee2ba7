"""Recognise postal addresses (pure).

A region alone (“深圳市次日达”) is knowledge; a street with a number, or a building with a room,
is where somebody lives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.personal_numbers import Span

_PROVINCE = (
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川"
    "|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?"
)
_BIG_CITY = (
    "(?:广州|深圳|杭州|南京|苏州|成都|武汉|西安|长沙|郑州|青岛|宁波|无锡|东莞|佛山|合肥|福州|厦门|济南|沈阳|大连|哈尔滨|长春"
    "|昆明|南宁|贵阳|南昌|太原|石家庄|兰州|海口|乌鲁木齐|呼和浩特|银川|西宁|拉萨|温州|常州|嘉兴|绍兴|金华|珠海|惠州|中山)"
)
_HAN = r"[\u4e00-\u9fff]"
_CITY = rf"(?:{_BIG_CITY}市?|{_HAN}{{2,3}}(?:市|自治州|地区|盟))"
_COUNTY = (
    rf"(?:{_HAN}{{1,5}}?(?<![社小园地片专校分时市景])(?:区|县|旗)|{_HAN}{{2,3}}市|浦东(?:新区)?)"
)
_TOWN = rf"(?:{_HAN}{{1,5}}(?:街道|镇|乡)(?!口|上|头))"
_ROAD = (
    r"(?:[\u4e00-\u9fffA-Za-z0-9]{1,8}?(?:大道|大街|公路|环路|胡同|路|街|巷|弄)"
    r"(?:[东西南北中]段|[东西南北](?=\d))?)"
)
_NUMERAL = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4})"
_NUMBER = rf"(?:{_NUMERAL}(?:[-—之]\d{{1,4}})*(?:号|弄)(?!线|电池|门店|楼)(?:院|之\d+)?)"
_COMPOUND = (
    r"(?:[\u4e00-\u9fffA-Za-z0-9·]{2,12}?(?:小区|花园|家园|公寓|大厦|广场|新村|新城|社区|园区|科技园|产业园|写字楼"
    r"|苑|府|庭|园|湾|庄|里|村|城|居|轩|墅))"
)
_UNIT = (
    rf"(?:(?:{_NUMERAL}|[A-Za-z]\d{{0,2}}|[东西南北])[ -]?"
    r"(?:号楼|栋|幢|座|期|单元|号院|楼|层|室|户|房|号(?!电池|线|键)))"
)
_ROOM = (
    r"(?:\d{1,3}-\d{1,3}(?:-\d{2,4})?|\d{3,4})"
    r"(?!\d|\s*(?:元|块|年|月|天|小时|分|秒|个|次|毫|mm|m\b|W|w|V))"
)
_GAP = r"[ ,，、·]?"

# Atomic groups keep hostile text from costing more than its length.
_REGION = rf"(?>(?:(?:{_PROVINCE}|{_CITY}|{_COUNTY}){_GAP}){{1,4}})"
_DETAIL = rf"(?>{_GAP}(?:{_TOWN}|{_ROAD}|{_NUMBER}|{_COMPOUND}|{_UNIT}|{_ROOM}))"

_WITH_REGION = re.compile(
    rf"{_REGION}(?:{_TOWN}{_GAP})?(?:{_ROAD}|{_COMPOUND}|{_NUMBER}|{_UNIT}){_DETAIL}{{0,10}}+"
)
_WITH_ROAD = re.compile(rf"{_ROAD}{_GAP}{_NUMBER}{_DETAIL}{{0,10}}+")
_WITH_COMPOUND = re.compile(rf"{_COMPOUND}{_GAP}{_UNIT}{_DETAIL}{{0,10}}+")
_ROOMS = re.compile(
    r"(?<![0-9A-Za-z])\d{1,3}(?:号楼|栋|幢|座)"
    + _GAP
    + rf"(?:{_NUMERAL}(?:单元|门|层|楼){_GAP})?\d{{3,4}}(?:室|房|号|户)?(?!\d)"
)
_NAMED = re.compile(
    r"(?:地址|住址|住在|寄到|寄往|送到|发到|寄回)(?:改成|改为|变成|是|为)?[\s:：]*(?P<value>[^\s，。；！？\n〓〔][^。；！？\n〓〔]{4,50})"
)
_TELLING = re.compile(
    r"\d{1,5}(?:号|栋|幢|座|单元|室|弄|楼|房)|(?:路|街|巷|弄|村|镇|小区|花园|大厦)\s?[\dA-Z]"
)
_TAIL = re.compile(r"[\s，,、(]+[^\d]{0,6}$")
_LEADING = re.compile(
    r"^(?:请|麻烦|帮忙|帮|我们|我|你们|您|的|是|在|住|寄|发|送|到|至|从|给|往|去|家|和|与|地址|址|为|这边|这|把|货|改成|改|换"
    r"|师傅|上门|安装|现在|搬|收件|件|收货|收|公司|门店|位于|就|新|[ ,，、])+"
)


def find(text: str) -> Iterator[Span]:
    """Yield the addresses of a text, without the words that lead to them."""
    covered = 0
    for pattern in (_WITH_REGION, _NAMED, _WITH_ROAD, _WITH_COMPOUND, _ROOMS):
        spans = [span for match in pattern.finditer(text) if (span := _span(match))]
        yield from spans
        for span in spans:
            text = text[: span.start] + "〓" * (span.end - span.start) + text[span.end :]
            covered += 1


def _span(match: re.Match[str]) -> Span | None:
    start, end = match.span("value" if "value" in match.re.groupindex else 0)
    value = match.string[start:end]
    if "value" in match.re.groupindex:
        telling = list(_TELLING.finditer(value))
        if not telling:
            return None
        end = start + _end_of_named(value, telling[-1].end())
    lead = _LEADING.match(match.string[start:end])
    start += lead.end() if lead else 0
    return Span("address", start, end) if end - start >= 4 else None


def _end_of_named(value: str, last: int) -> int:
    """Stop at the first comma after the last part that tells a place."""
    cut = re.search(r"[，,\s]", value[last:])
    return last + (cut.start() if cut else len(value) - last)

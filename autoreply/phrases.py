"""Times, hours and fixed words of mails, in Chinese and English. Pure.

Traditional readers get the Chinese ones converted with the rest of their mail.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from autoreply import language
from autoreply.render import Company
from kb import policies
from search.text import fold

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

UNREADABLE = "无法解析的来信"
"""Subject of the ticket that stands for a mail in quarantine."""

NO_TEXT = "（没有文字，见附件或原信）"
"""Stands where a mail says nothing that can be read."""

_THANKS = re.compile(
    r"(?:(?:好的?|收到|明白了?|知道了|了解了?|ok|okay|great|perfect)[，,。.!！\s]*)*"
    r"(?:(?:已经|已|都)?(?:解决了?|搞定了?|弄好了|可以了|好了|没问题了)[，,。.!！\s]*|"
    r"(?:it\s+)?(?:works|solved|fixed)(?:\s+now)?[，,。.!！\s]*)?"
    r"(?:(?:非常|十分|太)?(?:谢谢|多谢|感谢|谢了|辛苦了)(?:您|你|你们|您们)?(?:的?(?:回复|帮助|解答))?"
    r"(?:了|啦|啊|哦|~|～)?|(?:many\s+)?thanks?(?:\s+you)?(?:\s+(?:so|very)\s+much|\s+a\s+lot)?)?"
    r"[，,。.!！~～\s]*"
)
_SOLVED = re.compile(r"解决|搞定|弄好|可以了|好了|没问题了|works|solved|fixed")
_THANKS_LONGEST = 60


def is_thanks(text: str) -> bool:
    """Say whether a mail only says that it is well, and thank you."""
    folded = fold(text).strip()
    return 0 < len(folded) <= _THANKS_LONGEST and _THANKS.fullmatch(folded) is not None


def says_solved(text: str) -> bool:
    """Say whether a thank-you also says that the matter is solved."""
    return _SOLVED.search(fold(text)) is not None


def company(company: policies.Company, lang: str) -> Company:
    """Return the company as it signs a mail."""
    english = not is_chinese(lang)
    name = (company.name_en or company.name) if english else company.name
    return Company(name=name, hours=hours(company, lang), phone=company.phone)


def is_chinese(lang: str) -> bool:
    """Say whether a mail is written in Chinese."""
    return lang in (language.ZH_HANS, language.ZH_HANT)


def hours(company: policies.Company, lang: str) -> str:
    """Say when people answer: 周一至周五9:00–18:00."""
    clock = f"{company.hours_from}:00–{company.hours_to}:00"
    days = company.weekdays
    chinese = is_chinese(lang)
    if len(days) == 7:
        return f"每天{clock}" if chinese else f"daily {clock}"
    if days == (0, 1, 2, 3, 4):
        return f"周一至周五{clock}" if chinese else f"Mon–Fri {clock}"
    if chinese:
        return f"工作日{clock}"
    return f"{', '.join(_DAYS[day] for day in days if 0 <= day < 7)} {clock}"


def expected(due: datetime, now: datetime, zone: tzinfo, lang: str) -> str:
    """Say until when a person answers: 今天15:00, 明天9:40, 11月27日10:00."""
    there, here = due.astimezone(zone), now.astimezone(zone)
    clock = f"{there.hour}:{there.minute:02d}"
    gap = (there.date() - here.date()).days
    chinese = is_chinese(lang)
    if gap <= 0:
        return f"今天{clock}" if chinese else f"{clock} today"
    if gap == 1:
        return f"明天{clock}" if chinese else f"{clock} tomorrow"
    return f"{there.month}月{there.day}日{clock}" if chinese else f"{clock} on {there:%d %B}"


def day(moment: datetime, zone: tzinfo, lang: str) -> str:
    """Say a date: 11月24日."""
    there = moment.astimezone(zone)
    return f"{there.month}月{there.day}日" if is_chinese(lang) else f"{there:%d %B}"

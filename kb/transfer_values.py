"""Read typed values out of one record of an import, and say what is wrong with it (pure)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

# Names that a column may have in other people's files; the first is ours.
ALIASES: dict[str, tuple[str, ...]] = {
    "key": ("key", "id", "编号"),
    "question": ("question", "title", "问题", "标题", "标准问"),
    "answer": ("answer", "body", "body_md", "答案", "回答", "内容", "正文"),
    "phrasings": ("phrasings", "alternatives", "相似问", "其他问法", "扩展问"),
    "category": ("category", "分类", "类别"),
    "category_name": ("category_name", "分类名称"),
    "audience": ("audience", "可见范围"),
    "language": ("language", "lang", "语言"),
    "applies_to": ("applies_to", "适用", "适用范围", "适用型号"),
    "state": ("state", "status", "状态"),
    "owner": ("owner", "负责人"),
    "review_on": ("review_on", "复核日期"),
    "publish_at": ("publish_at", "发布时间"),
    "expire_at": ("expire_at", "下线时间"),
    "published_at": ("published_at",),
    "created_at": ("created_at",),
    "updated_at": ("updated_at",),
    "boost": ("boost",),
}
_WORDS = {
    "state": {
        "草稿": "draft",
        "待审": "in_review",
        "待审核": "in_review",
        "定时发布": "scheduled",
        "已发布": "published",
        "已归档": "archived",
    },
    "audience": {"公开": "public", "内部": "internal"},
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one record cannot be taken, or what was left out of it.

    Attributes:
        where: file and line, as `faq.csv:3`, or a file in an archive.
        field: which value; empty for the whole record.
        code: the reason, as in `kb.errors`.
        value: what stood there, at most 80 characters.
    """

    where: str
    field: str
    code: str
    value: str = ""

    def __str__(self) -> str:
        """Return `where: field: code (value)`."""
        parts = [part for part in (self.where, self.field, self.code) if part]
        return ": ".join(parts) + (f" ({self.value})" if self.value else "")

    def as_dict(self) -> dict[str, str]:
        """Return the JSON form."""
        return {name: getattr(self, name) for name in ("where", "field", "code", "value")}


class Values:
    """Reads typed values out of one record and collects what is wrong with it."""

    def __init__(self, values: Mapping[str, object], where: str) -> None:
        """Fold the names of the values, so that `Question` and `问题` are found."""
        folded = {str(name).strip().casefold(): value for name, value in values.items()}
        self.values = folded
        self.where = where
        self.problems: list[Problem] = []

    def wrong(self, name: str, code: str, value: object = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(self.where, name, code, str(value)[:80]))

    def raw(self, name: str) -> object:
        """Return a value under any of its names; None when absent or blank."""
        for alias in ALIASES.get(name, (name,)):
            value = self.values.get(alias)
            if value is not None and value != "":
                return value
        return None

    def text(self, name: str, default: str = "") -> str:
        """Return a text; numbers and truth values become text."""
        value = self.raw(name)
        if isinstance(value, list | dict):
            self.wrong(name, "text_wanted", value)
            return default
        text = default if value is None else str(value)
        return _WORDS.get(name, {}).get(text, text)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; one text holds one a line."""
        value = self.raw(name)
        if value is None:
            return ()
        if isinstance(value, str):
            return tuple(line for line in value.split("\n") if line.strip())
        if isinstance(value, list) and not any(isinstance(v, list | dict) for v in value):
            return tuple(str(item) for item in value if item is not None and str(item).strip())
        self.wrong(name, "list_wanted", value)
        return ()

    def moment(self, name: str) -> datetime | None:
        """Return a moment with its offset."""
        value = self.text(name)
        try:
            moment = datetime.fromisoformat(value) if value else None
        except ValueError:
            self.wrong(name, "moment_invalid", value)
            return None
        if moment is not None and moment.tzinfo is None:
            self.wrong(name, "moment_without_offset", value)
            return None
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            self.wrong(name, "moment_invalid", value)
            return None

    def day(self, name: str) -> date | None:
        """Return a day."""
        value = self.text(name).replace("/", "-")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.wrong(name, "date_invalid", value)
            return None

    def number(self, name: str) -> float | None:
        """Return a finite number."""
        value = self.text(name)
        try:
            number = float(value) if value else None
        except ValueError:
            number = math.nan
        if number is not None and not math.isfinite(number):
            self.wrong(name, "number_invalid", value)
            return None
        return number

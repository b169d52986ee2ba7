"""What an article says, as a value (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.states import PUBLIC


@dataclass(frozen=True, slots=True)
class Content:
    """What a person writes: everything that one version says."""

    question: str
    body_md: str
    phrasings: tuple[str, ...] = ()
    category_id: int | None = None
    audience: str = PUBLIC
    language: str = "zh"
    applies_to: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """Which version a writer began with, so that nobody's text is lost."""

    number: int
    note: str = field(default="")

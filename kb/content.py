"""What an article says, as a value (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.errors import Invalid
from kb.states import PUBLIC

MAX_QUESTION, MAX_BODY, MAX_PHRASING, MAX_PHRASINGS = 300, 400_000, 500, 100
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_AUDIENCE = re.compile(r"public|internal|segment:[a-z0-9-]{1,50}")


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


def tidied(content: Content) -> Content:
    """Return the content as it will be stored. Raises Invalid naming the field."""
    question = _line(content.question)
    if not question:
        raise Invalid("question_missing", field="question")
    if len(question) > MAX_QUESTION:
        raise Invalid("too_long", field="question", limit=MAX_QUESTION)
    if len(content.body_md) > MAX_BODY:
        raise Invalid("too_long", field="body_md", limit=MAX_BODY)
    if not _AUDIENCE.fullmatch(content.audience):
        raise Invalid("audience_unknown", field="audience")
    return Content(
        question=question,
        body_md=_storable(content.body_md.replace("\r\n", "\n").replace("\r", "\n")).strip(),
        phrasings=_phrasings(content.phrasings, question),
        category_id=content.category_id,
        audience=content.audience,
        language=content.language or "zh",
        applies_to=_line(content.applies_to)[:200].strip(),
    )


def _line(text: str) -> str:
    """Return a text as one line."""
    return " ".join(_storable(text).split())


def _storable(text: str) -> str:
    """Drop what no database keeps or no page shows: control signs, halves of characters."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")


def _phrasings(phrasings: Iterable[str], question: str) -> tuple[str, ...]:
    """Tidy phrasings: no blanks, no repeats, none equal to the question."""
    tidy = [_line(text) for text in phrasings]
    kept = tuple(dict.fromkeys(text for text in tidy if text and text != question))
    if len(kept) > MAX_PHRASINGS:
        raise Invalid("too_many", field="phrasings", limit=MAX_PHRASINGS)
    if any(len(text) > MAX_PHRASING for text in kept):
        raise Invalid("too_long", field="phrasings", limit=MAX_PHRASING)
    return kept

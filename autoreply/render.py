"""Words of outgoing mails, in the customer's language, as text and as HTML. Reads only templates.

What is said stands in `templates/zh.toml` and `en.toml`, or was written by people at the desk
(`autoreply.wordings`); the frame around it is one template for text and one for HTML. Chinese is
written in simplified characters; a traditional reader gets it converted.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from opencc import OpenCC

from autoreply import language, wording
from autoreply.dressing import dressed
from autoreply.views import (
    MOST_SUGGESTIONS,
    Answer,
    Company,
    Correction,
    Link,
    Passage,
    Person,
    Receipt,
    Told,
    View,
)
from autoreply.wording import Place, Wording

__all__ = [
    "MOST_SUGGESTIONS", "Answer", "Company", "Correction", "Link", "Passage", "Person", "Receipt",
    "Rendered", "Told", "View", "kind_of", "render", "shipped", "traditional",
]  # fmt: skip

FOLDER = Path(__file__).parent / "templates"
QUESTION_SHOWN = 130
_WORDS = wording.PLACES["correction"]
"""The block that holds what a person wrote."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Words of one mail; `subject` is "" when the answered mail's own is kept."""

    subject: str
    text: str
    html: str


def render(view: View, *, lang: str, own: Wording | None = None) -> Rendered:
    """Put a view into words.

    Args:
        view: what is to be said.
        lang: `zh-Hans`, `zh-Hant`, `en` or `other` (which gets English).
        own: the company's own wording for this kind and language, checked; None for ours.

    Returns:
        Subject, plain text and HTML.

    Raises:
        Exception: the own wording is broken in a way that its check did not find.
    """
    book = _book("zh" if lang in {language.ZH_HANS, language.ZH_HANT} else "en")
    kind = kind_of(view)
    said = own or (Wording() if kind is None else shipped(kind, book.language))
    values = _values(view)
    shown = {
        **values,
        "lang": _html_lang(lang),
        "words": book.words,
        "role": view.agent if isinstance(view, Person) else book.roles[kind or ""],
        "items": _items(view, said, values),
        "closing": wording.fill(said.closing, _inline(values)).strip(),
        "conversation": values["url"] if isinstance(view, Person | Correction) else "",
        "company_line": view.company.line(
            f"{book.words['number']}{view.number}" if view.number else ""
        ),
    }
    subject = wording.fill(said.subject, _inline(values)) if isinstance(view, Told) else ""
    text = _squeeze(_templates().get_template("mail.txt").render(shown))
    parts = (" ".join(subject.split()), text, _templates().get_template("mail.html").render(shown))
    if lang == language.ZH_HANT:
        return Rendered(*(traditional(part) for part in parts))
    return Rendered(*parts)


def kind_of(view: View) -> str | None:
    """Return which wording a view takes; None for a person's own words."""
    if isinstance(view, Receipt):
        return wording.SUGGEST if view.suggestions else wording.RECEIPT
    return {Answer: wording.ANSWER, Told: wording.TOLD, Correction: wording.CORRECTION}.get(
        type(view)
    )


def shipped(kind: str, lang: str) -> Wording:
    """Return our own wording of a kind in a language of `wording.LANGUAGES`."""
    said = _book("en" if lang == wording.EN else "zh").wordings[kind]
    if lang != wording.HANT:
        return said
    return Wording(**{one.name: traditional(getattr(said, one.name)) for one in fields(said)})


def traditional(text: str) -> str:
    """Return Chinese text in traditional characters with Taiwan's words."""
    # The tables take 回复 for 回復 or 回複; to answer a letter is 回覆.
    converted: str = _converter().convert(text.replace("回复", "回覆"))
    return converted


def _items(view: View, said: Wording, values: Mapping[str, Any]) -> list[str | Place]:
    """Return the paragraphs and blocks of a mail in order."""
    if isinstance(view, Person):
        return [_WORDS, view.signature or view.agent]
    inline = _inline(values)
    found: list[str | Place] = [wording.fill(said.greeting, inline).strip()]
    for piece in wording.pieces(said.body):
        found.append(wording.fill(piece, inline) if isinstance(piece, str) else piece)
    return [item for item in found if item]


# Any: values of a template.
def _values(view: View) -> dict[str, Any]:
    """Return a view's fields as template values, with HTML that is safe marked as such."""
    values: dict[str, Any] = dict.fromkeys(
        ("question", "customer", "number", "expected", "asked_on", "notice", "url", "text"), ""
    )
    values |= {"said": (), "suggestions": ()}
    values |= {one.name: getattr(view, one.name) for one in fields(view)}
    if "html" in values:
        # Sanitised by kb.markup, or escaped by letters, before it comes here.
        values["html"] = Markup(dressed(values["html"]))  # noqa: S704
    values["question"] = _shorten(values["question"])
    values["title"] = values["question"] or view.company.name
    values["suggestions"] = values["suggestions"][:MOST_SUGGESTIONS]
    if isinstance(view, Answer | Told):
        values["said"] = [_marked(one) for one in view.article.every()]
    return values


def _inline(values: Mapping[str, Any]) -> dict[str, str]:  # Any: values of a template
    company: Company = values["company"]
    names = ("customer", "question", "number", "expected", "asked_on")
    return {
        **{name: str(values[name]) for name in names},
        "company": company.name,
        "hours": company.hours,
        "phone": company.phone,
    }


def _marked(passage: Passage) -> dict[str, object]:
    safe = Markup(dressed(passage.html))  # noqa: S704  sanitised by kb.markup before it comes here
    return {one.name: getattr(passage, one.name) for one in fields(passage)} | {"html": safe}


def _shorten(question: str) -> str:
    """Return a question on one line; a customer's mail is never quoted in full."""
    flat = " ".join(question.split())
    return flat if len(flat) <= QUESTION_SHOWN else flat[: QUESTION_SHOWN - 1] + "…"


def _squeeze(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().split("\n")]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    # What follows a signature's mark is cut when somebody answers, so its blank counts.
    return "\n".join("-- " if line == "--" else line for line in kept) + "\n"


def _html_lang(lang: str) -> str:
    return {language.ZH_HANS: "zh-CN", language.ZH_HANT: "zh-TW"}.get(lang, "en")


@dataclass(frozen=True, slots=True)
class _Book:
    """One language's file."""

    language: str
    words: Mapping[str, str]
    roles: Mapping[str, str]
    wordings: Mapping[str, Wording]


@cache
def _book(lang: str) -> _Book:
    with (FOLDER / f"{lang}.toml").open("rb") as file:
        read = tomllib.load(file)
    wordings = {
        kind: Wording(**{field: text.strip() for field, text in read[kind].items()})
        for kind in wording.KINDS
    }
    return _Book(lang, read["words"], read["roles"], wordings)


@cache
def _converter() -> OpenCC:
    return OpenCC("s2twp")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

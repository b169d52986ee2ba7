"""Words of outgoing mails: Jinja templates, in the customer's language. Reads only templates.

Chinese templates are written in simplified characters; a traditional reader gets them converted.
Templates that agents changed come in as `overrides` and run in a sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from opencc import OpenCC

from autoreply import language

FOLDER = Path(__file__).parent / "templates"
MOST_SUGGESTIONS = 3
QUESTION_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Company:
    """Who writes.

    Attributes:
        name: as customers know it.
        hours: office hours in words (每天8:00–22:00), or "".
        phone: or "".
    """

    name: str
    hours: str = ""
    phone: str = ""

    def line(self, ticket: str) -> str:
        """Return the last line of a mail: ticket, hours, phone, as far as known."""
        return "　·　".join(part for part in (ticket, self.hours, self.phone) if part)


@dataclass(frozen=True, slots=True)
class Link:
    """A question with the address of its answer."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The answer, or its passage that answers.

    Attributes:
        title: the article's question.
        url: its public page.
        text: plain text to show.
        html: the same as sanitised HTML.
        whole: nothing of the answer was left out.
    """

    title: str
    url: str
    text: str = ""
    html: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """An automatic answer; the two addresses are signed links that record what came of it.

    `number` is the bare ticket number (`QY-12`), here and in the other views; "" for none.
    """

    question: str
    article: Passage
    solved_url: str
    person_url: str
    company: Company
    suggestions: tuple[Link, ...] = ()
    customer: str = ""
    number: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A person will answer: `expected` says by when, `url` shows the ticket."""

    number: str
    url: str
    expected: str
    company: Company
    question: str = ""
    suggestions: tuple[Link, ...] = ()
    customer: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was asked in vain now has an answer; `asked_on` is a date in words."""

    question: str
    asked_on: str
    article: Passage
    company: Company
    customer: str = ""
    number: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A reply of an agent: `html` is sanitised, `signature` may hold several lines."""

    text: str
    html: str
    agent: str
    company: Company
    signature: str = ""
    number: str = ""
    url: str = ""
    notice: str = ""


View = Answer | Receipt | Told | Person


@dataclass(frozen=True, slots=True)
class Rendered:
    """Words of one mail; `subject` is "" when the answered mail's own is kept."""

    subject: str
    text: str
    html: str


def render(view: View, *, lang: str, overrides: Mapping[str, str] | None = None) -> Rendered:
    """Fill the templates of a mail.

    Args:
        view: what is to be said; its class names the template.
        lang: `zh-Hans`, `zh-Hant`, `en` or `other` (which gets English).
        overrides: changed templates by name, such as `zh/answer.txt`.

    Returns:
        Subject, plain text and HTML.

    Raises:
        jinja2.TemplateError: an override is broken.
    """
    environment = _shipped() if not overrides else _environment(overrides)
    folder = "zh" if lang in {language.ZH_HANS, language.ZH_HANT} else "en"
    name = type(view).__name__.lower()
    values = _values(view) | {"lang": _html_lang(lang)}
    filled = {
        part: environment.get_template(f"{folder}/{name}.{part}").render(values)
        for part in (("subject.txt",) if isinstance(view, Told) else ()) + ("txt", "html")
    }
    parts = (filled.get("subject.txt", "").strip(), _squeeze(filled["txt"]), filled["html"])
    if lang == language.ZH_HANT:
        return Rendered(*(traditional(part) for part in parts))
    return Rendered(*parts)


def traditional(text: str) -> str:
    """Return Chinese text in traditional characters with Taiwan's words."""
    converted: str = _converter().convert(text)
    return converted


def _values(view: View) -> dict[str, object]:
    """Return a view's fields as template values, with HTML that is safe marked as such."""
    values: dict[str, object] = {one.name: getattr(view, one.name) for one in fields(view)}
    values["title"] = getattr(view, "question", "") or view.company.name
    if isinstance(view, Person):
        values["html"] = Markup(view.html)  # noqa: S704  sanitised by kb.markup before it comes here
        return values
    values["question"] = _shorten(view.question)
    if isinstance(view, Answer | Told):
        values["article"] = _marked(view.article)
    if isinstance(view, Answer | Receipt):
        values["suggestions"] = view.suggestions[:MOST_SUGGESTIONS]
    return values


def _marked(passage: Passage) -> dict[str, object]:
    safe = Markup(passage.html)  # noqa: S704  sanitised by kb.markup before it comes here
    return {one.name: getattr(passage, one.name) for one in fields(passage)} | {"html": safe}


def _shorten(question: str) -> str:
    """Return a question on one line; a customer's mail is never quoted in full."""
    flat = " ".join(question.split())
    return flat if len(flat) <= QUESTION_SHOWN else flat[: QUESTION_SHOWN - 1] + "…"


def _squeeze(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().split("\n")]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(kept) + "\n"


def _html_lang(lang: str) -> str:
    return {language.ZH_HANS: "zh-CN", language.ZH_HANT: "zh-TW"}.get(lang, "en")


@cache
def _converter() -> OpenCC:
    return OpenCC("s2twp")


@cache
def _shipped() -> ImmutableSandboxedEnvironment:
    return _environment({})


def _environment(overrides: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([DictLoader(dict(overrides)), FileSystemLoader(FOLDER)]),
        autoescape=lambda name: bool(name) and str(name).endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

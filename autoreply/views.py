"""Everything that a mail may say, as frozen values; `autoreply.render` puts it into words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SUGGESTIONS = 3


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
        more: answers to what else was asked, in order.
    """

    title: str
    url: str
    text: str = ""
    html: str = ""
    whole: bool = True
    more: tuple[Passage, ...] = ()

    def every(self) -> tuple[Passage, ...]:
        """Return this one and those that follow it."""
        return (self, *self.more)


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
class Correction:
    """A correction of an answer that was wrong, in words that a person has seen."""

    text: str
    html: str
    company: Company
    question: str = ""
    customer: str = ""
    number: str = ""
    url: str = ""
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


View = Answer | Receipt | Told | Correction | Person

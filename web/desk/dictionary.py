"""The company's own words: what means the same, what stays whole, what says little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kb import audit
from kb.errors import DomainError, Invalid
from search import dictionaries, glossary
from search.analysis import Analyzer
from search.glossary import Texts
from web import current, errors
from web.desk import frame, gate
from web.desk.blueprint import desk

MOST_TRIAL = 200
# Field of the form -> list of the glossary.
FIELDS = {"synonyms": "synonyms", "words": "user_words", "stop": "stop_words"}


@dataclass(frozen=True, slots=True)
class Stats:
    """How many entries count now, the shipped ones included."""

    synonyms: int
    words: int
    stop: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence, and how it is read now."""

    text: str
    tokens: tuple[str, ...]


@desk.get("/dictionary", endpoint="dictionary")
def show() -> ResponseReturnValue:
    """Show what people edited over the shipped lists."""
    current.require("dictionary.write")
    with current.reading() as session:
        return _page(session, _values(glossary.texts(session)))


def _values(texts: Texts) -> dict[str, str]:
    return {field: getattr(texts, name) for field, name in FIELDS.items()}


def _page(
    session: Session,
    values: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    trial: Trial | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now = glossary.current(session)
    html = render_template(
        "desk/dictionary.html",
        values=values,
        errors=faults or {},
        stats=Stats(len(now.synonyms), len(now.user_words), len(now.stop_words)),
        rebuilt_at=None,
        trial=trial,
    )
    return html, status


@desk.post("/dictionary", endpoint="dictionary_post")
def change() -> ResponseReturnValue:
    """Save the lists, or try how a sentence is read."""
    current.require("dictionary.write")
    if request.form.get("do") == "try":
        return _try(request.form.get("text", "").strip()[:MOST_TRIAL])
    if request.form.get("do") != "save":
        raise Invalid("refused", field="do")
    typed = {field: request.form.get(field, "").replace("\r\n", "\n") for field in FIELDS}
    page = gate.held_words(typed, dictionaries.parse(**_lists(typed)))
    if page is not None:
        return page
    try:
        with current.writing() as session:
            was = glossary.texts(session)
            glossary.save(session, Texts(**_lists(typed)), now=current.now())
            thing = ("dictionary", None)
            audit.note(session, current.actor(), "dictionary.saved", thing, now=current.now())
            gate.after_words(session, was)
    except DomainError as error:
        named = str(error.params.get("field", ""))
        field = next((f for f, name in FIELDS.items() if name == named), "")
        with current.reading() as session:
            faults = {field: errors.sentence(error)}
            return _page(session, typed, faults, status=errors.status_of(error))
    current.parts().finding.wake()
    return frame.back("dictionary", "saved")


def _lists(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the lists of the glossary by their own names."""
    return {name: typed[field] for field, name in FIELDS.items()}


def _try(text: str) -> ResponseReturnValue:
    with current.reading() as session:
        tokens = Analyzer(glossary.current(session)).words(text)
        return _page(session, _values(glossary.texts(session)), trial=Trial(text, tokens))

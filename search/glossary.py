"""The dictionaries of one base: the shipped files, and what people edited at the desk over them.

An edit leaves a change, so that every process reads it again and the index is built anew when
words are cut differently now.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kb import changes
from kb.errors import Invalid
from kb.models.system import Setting
from search import dictionaries
from search.dictionaries import Dictionaries

KIND = "dictionaries"
"""Kind of the change that an edit leaves; its object id is 0."""

MAX_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class Texts:
    """The three lists as in an edit box; see `search.dictionaries` for how they are written."""

    user_words: str = ""
    synonyms: str = ""
    stop_words: str = ""


def texts(session: Session) -> Texts:
    """Return what people edited; empty at first."""
    setting = session.get(Setting, KIND)
    stored = setting.value if setting else {}
    return Texts(**{name: str(stored.get(name, "")) for name in Texts.__slots__})


def save(session: Session, edited: Texts, *, now: datetime) -> None:
    """Replace what people edited.

    Raises:
        Invalid: `text_too_long`; `params["field"]` names the list.
    """
    for name, text in asdict(edited).items():
        if len(text) > MAX_CHARS:
            raise Invalid("text_too_long", field=name, limit=MAX_CHARS)
    setting = session.get(Setting, KIND) or Setting(name=KIND)
    setting.value = asdict(edited)
    session.add(setting)
    session.flush()
    changes.record(session, KIND, 0, now=now)


def add_synonyms(session: Session, words: tuple[str, ...], *, now: datetime) -> None:
    """Add one group of words that mean the same."""
    before = texts(session)
    line = ",".join(word.replace(",", " ").strip() for word in words)
    save(session, _with(before, "synonyms", line), now=now)


def add_user_word(session: Session, word: str, *, now: datetime) -> None:
    """Add one word that analysis keeps whole."""
    save(session, _with(texts(session), "user_words", word.strip()), now=now)


def current(session: Session) -> Dictionaries:
    """Return the shipped dictionaries with the edited ones laid over them."""
    return dictionaries.shipped().merge(dictionaries.parse(**asdict(texts(session))))


def _with(before: Texts, name: str, line: str) -> Texts:
    lists = asdict(before)
    lists[name] = f"{lists[name].rstrip()}\n{line}".lstrip()
    return Texts(**lists)

"""What the finder asks of a knowledge base, and a throw-away base made from a file.

The index finds ids; whether a person may see an article now, and what it says, is the base's word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from kb.errors import Invalid
from search.analysis import Analyzer
from search.engine import ARTICLE, Document

ArticleId: TypeAlias = int | str
MAX_ANSWER = 4_000


@dataclass(frozen=True, slots=True)
class Card:
    """One article as the finder sees it.

    Attributes:
        id: number in a database, the file's own text in a throw-away base.
        question: the title, plain text.
        phrasings: other ways to ask, plain text, in order.
        answer: plain text without markup.
        category: slug of the category and of all above it, nearest first.
        audience: `public`, `segment:<slug>` or `internal`.
        language: BCP 47 tag.
        updated_at: when the answer last changed, if known.
        boost: pin or boost by an agent, in log-odds; 0 for none.
    """

    id: ArticleId
    question: str
    phrasings: tuple[str, ...] = ()
    answer: str = ""
    category: tuple[str, ...] = ()
    audience: str = "public"
    language: str = "zh"
    updated_at: datetime | None = None
    boost: float = 0.0

    @property
    def key(self) -> str:
        """Return the id under which the engines keep it."""
        return f"{ARTICLE}:{self.id}"

    @property
    def asked(self) -> tuple[str, ...]:
        """Return all ways to ask, the title first."""
        return (self.question, *self.phrasings)


class Base(Protocol):
    """Decides what may be seen at the moment of the request."""

    def cards(self, keys: Sequence[str]) -> Mapping[str, Card]:
        """Return key -> card of those that may be seen now; the others are left out."""

    def published(self) -> int:
        """Return how many articles can be found at all."""

    def pinned(self, text: str) -> str | None:
        """Return the key of the article that people put first for this question, if any."""


class FileBase:
    """Everything in a file is visible to everybody."""

    def __init__(self, cards: Iterable[Card]) -> None:
        """Keep the cards. Raises Invalid when two have one id."""
        self._cards: dict[str, Card] = {}
        for card in cards:
            if card.key in self._cards:
                raise Invalid("duplicate_id", field="id", value=card.id)
            self._cards[card.key] = card

    def cards(self, keys: Sequence[str]) -> Mapping[str, Card]:
        """Return those of the keys that the file has."""
        return {key: self._cards[key] for key in keys if key in self._cards}

    def published(self) -> int:
        """Return the number of lines."""
        return len(self._cards)

    def pinned(self, text: str) -> str | None:
        """Return None: a file pins nothing."""
        return None

    def __iter__(self) -> Iterator[Card]:
        """Go through all cards in the file's order."""
        return iter(self._cards.values())


def document(analyzer: Analyzer, card: Card, category_names: Sequence[str] = ()) -> Document:
    """Return what an engine keeps of a card."""
    fields = analyzer.document_fields(
        card.question, card.phrasings, card.answer, category_names or card.category
    )
    return Document(card.key, ARTICLE, fields, card.audience, card.category, card.language)


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, object) of a JSONL file; empty lines are skipped.

    Raises:
        Invalid: `file_unreadable`, or `line_wrong` with the number of the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("file_unreadable", field="path", value=str(path)) from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _object(path, number, line)


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Invalid("line_wrong", field="path", value=str(path), line=number) from error
    if not isinstance(row, dict):
        raise Invalid("line_wrong", field="path", value=str(path), line=number)
    return row


def read_faq(path: Path) -> FileBase:
    """Read `{"id", "question", "answer"?, "category"?, "alternatives"?}` lines.

    What `wenqu export` writes is read too: of it, the articles that everybody can see.

    Raises:
        Invalid: unreadable file; a line without id or question, or of other types.
    """
    rows = ((number, row) for number, row in read_lines(path) if _is_open(row))
    return FileBase(_card(path, number, row) for number, row in rows)


def _is_open(row: Mapping[str, Any]) -> bool:
    """Tell whether a line is an article that everybody can see."""
    wanted = {"kind": ARTICLE, "state": "published", "audience": "public"}
    return all(row.get(name, value) == value for name, value in wanted.items())


def _card(path: Path, number: int, row: Mapping[str, Any]) -> Card:
    question, name = row.get("question"), row.get("id", row.get("key"))
    others = row.get("alternatives") or row.get("phrasings") or []
    answer = row.get("answer") or ""
    wrong = (
        not isinstance(name, str | int)
        or not isinstance(question, str)
        or not question.strip()
        or not isinstance(answer, str)
        or not isinstance(others, list)
        or not all(isinstance(other, str) for other in others)
    )
    if wrong:
        raise Invalid("line_wrong", field="path", value=str(path), line=number)
    category = row.get("category")
    return Card(
        id=name,
        question=str(question),
        phrasings=tuple(dict.fromkeys(other for other in others if other.strip())),
        answer=answer,
        category=(category,) if isinstance(category, str) and category else (),
    )

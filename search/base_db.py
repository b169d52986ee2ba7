"""The knowledge base in the database, as the finder asks it: what may be seen at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, bindparam, select
from sqlalchemy.orm import Session

from kb import articles, pins
from kb.models.knowledge import Article, Phrasing
from search.base import Card
from search.documents import Reader
from search.engine import ARTICLE
from search.text import fold

ENOUGH = 1_000
"""Whether a base is large enough to answer from is decided far below this many articles."""

AT_ONCE = 500

# Made once: for each question anew it takes longer than the database's answer. Columns instead of
# objects, because an article's HTML is of no use here.
_COLUMNS = select(
    Article.id,
    Article.question,
    Article.body_text,
    Article.category_id,
    Article.audience,
    Article.language,
    Article.updated_at,
    Article.boost,
).where(articles.VISIBLE)
_SOME = _COLUMNS.where(Article.id.in_(bindparam("ids", expanding=True)))
_FOLLOWING = _COLUMNS.where(Article.id > bindparam("last")).order_by(Article.id).limit(AT_ONCE)
_PHRASINGS = (
    select(Phrasing.article_id, Phrasing.text)
    .where(Phrasing.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(Phrasing.article_id, Phrasing.position)
)


class DatabaseBase:
    """One request's view: its unit of work, its moment, and who is asking."""

    def __init__(
        self,
        session: Session,
        reader: Reader,
        *,
        now: datetime,
        audiences: Sequence[str] = ("public",),
    ) -> None:
        """Keep what decides.

        Args:
            session: the unit of work.
            reader: of the same unit of work.
            now: the moment for publish and expiry.
            audiences: whose articles may be seen.
        """
        self._session = session
        self._reader = reader
        self._now, self._audiences = now, tuple(audiences)

    def cards(self, keys: Sequence[str]) -> Mapping[str, Card]:
        """Return key -> card of those that may be seen now."""
        numbers = [int(key.removeprefix(f"{ARTICLE}:")) for key in keys]
        return {card.key: card for card in self._cards(self._rows(_SOME, ids=numbers))}

    def published(self) -> int:
        """Return how many public articles customers can see now."""
        return articles.count_published(self._session, now=self._now, most=ENOUGH)

    def pinned(self, text: str) -> str | None:
        """Return the key of the article that people put first for this question, if any.

        Whether it may be seen is asked as for every other article.
        """
        number = pins.pinned(self._session, text, fold(text))
        return None if number is None else f"{ARTICLE}:{number}"

    def __iter__(self) -> Iterator[Card]:
        """Go through everything that may be seen now, in order of id."""
        last = 0
        while rows := self._rows(_FOLLOWING, last=last):
            yield from self._cards(rows)
            last = rows[-1].id

    def _rows(self, statement: Executable, **given: object) -> Sequence[Row[Any]]:
        moment = {"now": self._now, "audiences": self._audiences}
        return self._session.execute(statement, {**moment, **given}).all()

    def _cards(self, rows: Sequence[Row[Any]]) -> Iterator[Card]:
        phrasings: dict[int, list[str]] = {row.id: [] for row in rows}
        for article_id, text in self._session.execute(_PHRASINGS, {"ids": list(phrasings)}):
            phrasings[article_id].append(text)
        return (self._reader.card(row, phrasings[row.id]) for row in rows)

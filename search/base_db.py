"""The knowledge base in the database, as the finder asks it: what may be seen at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from kb import articles, pins
from kb.models.knowledge import Article
from search.base import Card
from search.documents import Reader
from search.engine import ARTICLE
from search.text import fold

ENOUGH = 1_000
"""Whether a base is large enough to answer from is decided far below this many articles."""


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
        self._condition = articles.visible(now, audiences)
        self._now = now

    def cards(self, keys: Sequence[str]) -> Mapping[str, Card]:
        """Return key -> card of those that may be seen now."""
        numbers = [int(key.removeprefix(f"{ARTICLE}:")) for key in keys]
        query = (
            select(Article)
            .where(Article.id.in_(numbers), self._condition)
            .options(selectinload(Article.phrasings))
        )
        cards = map(self._reader.card, self._session.scalars(query))
        return {card.key: card for card in cards}

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
        query = (
            select(Article)
            .where(self._condition)
            .options(selectinload(Article.phrasings))
            .order_by(Article.id)
        )
        return map(self._reader.card, self._session.scalars(query))

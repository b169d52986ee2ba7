"""The existing articles that are most similar to a draft, from the database alone.

For the editor (“这些条目已经在说这件事”) and wherever no search index is at hand.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from authoring import likeness
from kb import articles
from kb.access import Actor, audiences
from kb.models.knowledge import Article

LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that says something similar.

    Attributes:
        article_id: which.
        question: its title.
        matched: its way to ask that is closest.
        likeness: 0 to 1; from about 0.6 the two ask the same.
    """

    article_id: int
    question: str
    matched: str
    likeness: float


class Neighbourhood:
    """All visible articles at one moment, ready to be compared with many drafts."""

    def __init__(self, session: Session, *, actor: Actor, now: datetime) -> None:
        """Read the ways to ask of every article that the actor may see."""
        query = select(Article).where(articles.visible(now, audiences(actor)))
        rows = session.scalars(query.options(selectinload(Article.phrasings))).all()
        self._ways = [
            (row.id, row.question, way, likeness.pairs(way))
            for row in rows
            for way in (row.question, *(phrasing.text for phrasing in row.phrasings))
        ]
        self._seen: Counter[str] = Counter()
        for _, _, _, bag in self._ways:
            self._seen.update(bag.keys())

    def of(
        self, ways: Sequence[str], *, limit: int = 3, besides: int | None = None
    ) -> list[Neighbour]:
        """Return the most similar articles, most similar first.

        Args:
            ways: the draft's question and its phrasings.
            limit: how many at most.
            besides: id of the draft's own article.
        """
        asked = [self._weighed(likeness.pairs(way)) for way in ways if way.strip()]
        best: dict[int, Neighbour] = {}
        for article_id, question, way, bag in self._ways:
            weighed = self._weighed(bag)
            score = max((likeness.cosine(one, weighed) for one in asked), default=0.0)
            known = best.get(article_id)
            if (
                article_id != besides
                and score >= LEAST
                and (known is None or score > known.likeness)
            ):
                best[article_id] = Neighbour(article_id, question, way, round(score, 4))
        ranked = sorted(best.values(), key=lambda one: (-one.likeness, one.article_id))
        return ranked[:limit]

    def similar(self, question: str) -> list[tuple[int, float]]:
        """Return (article id, likeness), as `authoring.harvest` asks for it."""
        return [(one.article_id, one.likeness) for one in self.of([question])]

    def _weighed(self, bag: likeness.Pairs) -> dict[str, float]:
        """Weigh pairs by how rare they are: “怎么” says less than “指纹”."""
        many = len(self._ways) + 1
        return {
            pair: count * math.log(many / (self._seen.get(pair, 0) + 0.5))
            for pair, count in bag.items()
        }

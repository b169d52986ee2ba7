"""Titles compared in the database itself, for the moments in which there is no index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kb import articles
from kb.models.knowledge import Article
from search.finder import Match

MAX_TEXT = 200
MOST_WORDS, MOST_ROWS = 8, 200


def find(
    session: Session, words: Sequence[str], *, now: datetime, audiences: Sequence[str]
) -> list[Match]:
    """Return the articles whose titles hold most of the words; without a probability.

    Args:
        session: the unit of work.
        words: of the question; single characters say too little and are left out.
        now: the moment for publish and expiry.
        audiences: whose articles may be found.
    """
    telling = [word for word in words if len(word) > 1][:MOST_WORDS]
    if not telling:
        return []
    asked = or_(*(Article.question.contains(word, autoescape=True) for word in telling))
    visible = articles.visible(now, audiences)
    rows = session.scalars(select(Article).where(visible, asked).limit(MOST_ROWS))
    scored = [(sum(word in row.question for word in telling) / len(telling), row) for row in rows]
    scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [Match(row.id, row.question, share, 0.0, row.question) for share, row in scored]

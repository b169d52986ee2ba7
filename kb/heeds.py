"""Words to an agent about what they did: shown at their desk until they put them away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kb.errors import NotFound
from kb.models.steering import Heed

TAKEN, WORDS = "taken", "words"
"""An article took questions from others; other words did."""

KEPT = timedelta(days=30)


def put(
    session: Session,
    user_id: int,
    kind: str,
    *,
    article_id: int | None,
    detail: dict[str, Any],  # JSON: see `Heed.detail`
    now: datetime,
) -> Heed:
    """Tell a user something; an older word about the same article is replaced."""
    for row in session.scalars(_waiting(user_id)):
        if (row.kind, row.article_id) == (kind, article_id):
            session.delete(row)
    row = Heed(user_id=user_id, kind=kind, article_id=article_id, detail=detail, created_at=now)
    session.add(row)
    session.flush()
    return row


def waiting(session: Session, user_id: int, *, now: datetime) -> Sequence[Heed]:
    """Return what a user has not put away, newest first; what is a month old is let go."""
    query = _waiting(user_id).where(Heed.created_at > now - KEPT)
    return session.scalars(query.order_by(Heed.id.desc()).limit(5)).all()


def seen(session: Session, heed_id: int, *, user_id: int, now: datetime) -> None:
    """Put a word away. Raises NotFound, also for somebody else's."""
    row = session.get(Heed, heed_id)
    if row is None or row.user_id != user_id:
        raise NotFound(heed=heed_id)
    row.seen_at = row.seen_at or now
    session.flush()


def _waiting(user_id: int) -> Select[Heed]:
    return select(Heed).where(Heed.user_id == user_id, Heed.seen_at.is_(None))

"""Questions that people asked and what they opened for them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from kb import questions
from tests.factories import MOMENT

BATTERY, REFUND, KEY = 1, 2, 3


def ask(session: Session, text: str, article: int, *, by: str = "", times: int = 1) -> None:
    """Record a question that somebody opened an article for, or that was confirmed."""
    for _ in range(times):
        offers = [questions.Offer(article, 0.9)]
        row = questions.record(
            session, questions.Asked("form", text), offers, now=MOMENT - timedelta(days=2)
        )
        if by:
            questions.confirm(session, row, article, by, now=MOMENT)
        else:
            questions.clicked(session, row.id, article, now=MOMENT)

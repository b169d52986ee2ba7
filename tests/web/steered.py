"""Questions that people opened articles for, and the forms that steer what is found."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from kb import questions

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def opened(session: Session, text: str, article: int, *, now: datetime) -> None:
    """Record a question for which somebody opened an article the day before."""
    asked = questions.Asked("form", text)
    offers = [questions.Offer(article, 0.9)]
    now -= timedelta(days=1)
    row = questions.record(session, asked, offers, now=now)
    questions.clicked(session, row.id, article, now=now)


def remedy(**fields: object) -> str:
    return "/desk/remedies?" + urlencode(fields, doseq=True)

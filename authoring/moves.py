"""Which state of an article may follow which: one table."""

from __future__ import annotations

from kb.errors import Conflict
from kb.models.knowledge import ARCHIVED, DRAFT, IN_REVIEW, PUBLISHED, SCHEDULED, Article

# (state of the latest version, what is asked for) -> next state. What is not here is refused.
MOVES: dict[tuple[str, str], str] = {
    (DRAFT, "submit"): IN_REVIEW,
    (DRAFT, "publish"): PUBLISHED,
    (DRAFT, "schedule"): SCHEDULED,
    (DRAFT, "archive"): ARCHIVED,
    (IN_REVIEW, "publish"): PUBLISHED,
    (IN_REVIEW, "schedule"): SCHEDULED,
    (IN_REVIEW, "return"): DRAFT,
    (IN_REVIEW, "archive"): ARCHIVED,
    (SCHEDULED, "publish"): PUBLISHED,
    (SCHEDULED, "schedule"): SCHEDULED,
    (SCHEDULED, "return"): DRAFT,
    (SCHEDULED, "archive"): ARCHIVED,
    (PUBLISHED, "archive"): ARCHIVED,
    (ARCHIVED, "return"): DRAFT,
    (ARCHIVED, "publish"): PUBLISHED,
    (ARCHIVED, "schedule"): SCHEDULED,
}


def move(article: Article, event: str) -> None:
    """Bring an article into the state that follows. Raises Conflict where the table has none."""
    target = MOVES.get((article.state, event))
    if target is None:
        code = "already_published" if event == "publish" else "article_state"
        raise Conflict(code, article=article.id, state=article.state, event=event)
    article.state = target

"""The reply that answering prepared for an agent (mode `draft`); one click sends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy.orm import Session

from autoreply import decide
from autoreply.tables import Decision
from kb import articles
from kb.models.knowledge import PUBLIC, Article
from kb.models.service import AGENT, CUSTOMER, Ticket
from web import current
from web.site import shown

LEAST_LIKE = 0.5
"""A reply that has less in common with its draft was written anew and says nothing about it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared reply.

    Attributes:
        decision_id: that it comes from.
        title: the question of its first article.
        probability: that it answers, in [0, 1].
        text: what it says.
        used: ids of its articles.
    """

    decision_id: int
    title: str
    probability: float
    text: str
    used: tuple[int, ...]


def prepared(session: Session, row: Ticket) -> Prepared | None:
    """Return the prepared reply of a ticket; None when somebody answered, or there is none."""
    said = [m for m in row.messages if m.author in (CUSTOMER, AGENT) and m.delivery != "undone"]
    if not said or said[-1].author != CUSTOMER:
        return None
    number = (said[-1].detail or {}).get("decision")
    decision = session.get(Decision, number) if isinstance(number, int) else None
    if decision is None or decision.held != decide.DRAFT or decision.wanted != decide.ANSWER:
        return None
    return _of(session, decision)


def _of(session: Session, decision: Decision) -> Prepared | None:
    rows = _articles(session, decision)
    if not rows:
        return None
    return Prepared(
        decision_id=decision.id,
        title=rows[0].question,
        probability=decision.probability or 0.0,
        text=_text(rows),
        used=tuple(row.id for row in rows),
    )


def _articles(session: Session, decision: Decision) -> list[Article]:
    """Return what answers each question, as far as everybody may still see it."""
    tried = [one.get("article") for one in decision.inputs.get("tried") or ()]
    wanted = [number for number in tried if isinstance(number, int)] or [decision.article_id or 0]
    rows = [session.get(Article, number) for number in dict.fromkeys(wanted)]
    found = [r for r in rows if r is not None]
    visible = [r for r in found if articles.is_visible(r, now=current.now(), audiences=(PUBLIC,))]
    # Half an answer to two questions is no draft.
    return visible if len(visible) == len(rows) else []


def _text(rows: Sequence[Article]) -> str:
    parts = []
    for row in rows:
        head = f"{row.question}\n" if len(rows) > 1 else ""
        answer = shown.as_letter(row)
        parts.append(f"{head}{answer}\n{shown.short_url(row)}")
    return "\n\n".join(parts)


def kept(draft: Prepared | None, number: int, text: str) -> bool:
    """Say whether a reply still uses an article: what was rewritten confirms nothing."""
    if draft is None or number not in draft.used:
        return True
    return SequenceMatcher(None, draft.text[:4000], text[:4000]).ratio() >= LEAST_LIKE

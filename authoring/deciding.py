"""What an editor does with a candidate: publish it, add its words to an article, set it aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from authoring import closing, phrasings, publishing
from authoring.harvest import MERGED, PUBLISHED, REJECTED, SKIPPED, note, undecided
from kb.access import Actor, require
from kb.articles import Content, Version
from kb.models.knowledge import Article
from kb.models.service import Candidate


def add_as_phrasing(
    session: Session,
    candidate_id: int,
    article_id: int,
    *,
    actor: Actor,
    now: datetime,
    texts: Sequence[str] | None = None,
    tell: Iterable[int] = (),
) -> Article:
    """Add the candidate's words to an article as other ways to ask, live at once.

    Args:
        session: the unit of work.
        candidate_id: undecided.
        article_id: the article that answers it.
        actor: an editor.
        now: the moment.
        texts: which words; None for the question and all of its phrasings.
        tell: ids of tickets whose customers shall be told, of `authoring.closing.askers`.

    Raises:
        Conflict: decided already; the article is archived.
        Invalid: nothing to add, too many.
    """
    require(actor, "candidate.decide")
    candidate = undecided(session, candidate_id)
    words = (candidate.question, *candidate.phrasings) if texts is None else tuple(texts)
    article = phrasings.add(session, article_id, words, actor=actor, now=now)
    _decide(session, candidate, MERGED, actor, now, article=article.id)
    candidate.article_id = article.id
    closing.close(session, candidate, article, tell=tell, now=now)
    return article


def publish_as_article(
    session: Session,
    candidate_id: int,
    content: Content,
    *,
    actor: Actor,
    now: datetime,
    tell: Iterable[int] = (),
) -> Article:
    """Publish the candidate as a new article. Raises Conflict (decided), Invalid."""
    require(actor, "candidate.decide")
    candidate = undecided(session, candidate_id)
    article = publishing.save_and_publish(
        session, None, content, base=Version(0), actor=actor, now=now
    )
    _decide(session, candidate, PUBLISHED, actor, now, article=article.id)
    candidate.article_id = article.id
    closing.close(session, candidate, article, tell=tell, now=now)
    return article


def skip(session: Session, candidate_id: int, *, actor: Actor, now: datetime) -> Candidate:
    """Set a candidate aside; its tickets may be harvested again."""
    return _close(session, candidate_id, SKIPPED, actor, now, reason="")


def reject(
    session: Session, candidate_id: int, *, actor: Actor, now: datetime, reason: str = ""
) -> Candidate:
    """Turn a candidate down, with a word to the agent who harvested it."""
    return _close(session, candidate_id, REJECTED, actor, now, reason=reason.strip()[:300])


def _close(
    session: Session, candidate_id: int, state: str, actor: Actor, now: datetime, *, reason: str
) -> Candidate:
    require(actor, "candidate.decide")
    candidate = undecided(session, candidate_id)
    _decide(session, candidate, state, actor, now, reason=reason)
    return candidate


def _decide(
    session: Session,
    candidate: Candidate,
    state: str,
    actor: Actor,
    now: datetime,
    **detail: object,
) -> None:
    candidate.state = state
    candidate.decided_by = actor.user_id
    candidate.decided_at = now
    note(session, candidate, state, actor, now, **detail)

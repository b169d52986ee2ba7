"""Before an article or words go live: which questions would they take from other answers?

The judged set is asked with and without the change for about three seconds. What could not be asked
in time is asked later, as a job, which then tells the agent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from authoring import phrasings, publishing
from authoring.impact import Impact, Moved, preview
from authoring.remedies import card_of
from kb import articles, heeds, jobs, markup
from kb.access import Actor, require
from kb.articles import ARTICLE, Content
from kb.errors import Conflict
from kb.models.knowledge import Article
from search.base import Card
from search.dictionaries import Dictionaries
from search.rehearsal import Edit, Rehearsal

SECONDS = 3.0
LATER_SECONDS = 40.0
"""Well inside a job's lease of a minute."""

CHECK = "check_published"
NOT_YET = -1
"""Stands for the number of an article that has none yet."""


@dataclass(frozen=True, slots=True)
class Loss:
    """An article that would lose questions, and some of them.

    Attributes:
        article_id: who loses.
        questions: which; judged ones, whose right answer it is.
    """

    article_id: int
    questions: tuple[Moved, ...]


def losses(impact: Impact, *, to: int | None = None) -> list[Loss]:
    """Return who would lose judged questions, most first; only those lost `to` an article."""
    lost: dict[int, list[Moved]] = {}
    for one in impact.moved:
        if one.worse and one.before is not None and (to is None or one.after == to):
            lost.setdefault(one.before, []).append(one)
    made = [Loss(article_id, tuple(moved)) for article_id, moved in lost.items()]
    return sorted(made, key=lambda loss: (-len(loss.questions), loss.article_id))


def of_content(
    session: Session,
    rehearsal: Rehearsal,
    article: Article | None,
    content: Content,
    *,
    now: datetime,
    seconds: float = SECONDS,
) -> Impact | None:
    """Return what publishing a content would do to the judged set; None when nothing changes.

    Args:
        session: the unit of work, which only reads.
        rehearsal: of those who will see it.
        article: None for a new one.
        content: what would go live.
        now: the moment.
        seconds: when to stop asking.

    Raises:
        Invalid: the content cannot be accepted.
        Unavailable: the index or the encoder is down.
    """
    content = articles.tidied(content)
    if article is not None and article.live_version is not None:
        live = articles.revision(session, article.id, article.live_version)
        if articles.content_of(live) == content:
            return None
    number = article.id if article is not None else NOT_YET
    boost = article.boost if article is not None else 0.0
    card = card_of(number, content, markup.render(content.body_md).text, boost=boost)
    edit = Edit(card=card)
    return preview(session, rehearsal, edit, now=now, seconds=seconds, lifts=True, only_judged=True)


def of_words(
    session: Session,
    rehearsal: Rehearsal,
    words: Dictionaries,
    *,
    now: datetime,
    seconds: float = SECONDS,
) -> Impact:
    """Return what other dictionaries would do to the judged set. Raises Unavailable."""
    edit = Edit(dictionaries=words)
    return preview(session, rehearsal, edit, now=now, seconds=seconds, only_judged=True)


def check_later(
    session: Session, article: Article, *, was: int | None, actor: Actor, now: datetime
) -> None:
    """Ask the rest as a job, once the article is live.

    Args:
        session: the unit of work that publishes.
        article: as it is now.
        was: the version that was live before; None for none.
        actor: who is told.
        now: the moment.
    """
    if actor.user_id is None:
        return
    payload = {"article": article.id, "version": article.version, "was": was}
    payload["user"] = actor.user_id
    jobs.enqueue(session, CHECK, payload, now=now)


def run_check(
    session: Session,
    rehearsal: Rehearsal,
    payload: Mapping[str, Any],  # JSON of `check_later`
    *,
    now: datetime,
    seconds: float = LATER_SECONDS,
) -> dict[str, Any] | None:
    """Do the job's slow part, which only reads.

    Returns:
        what `kb.heeds` shall tell; None when there is nothing to say.
    """
    article = session.get(Article, payload["article"])
    if article is None or article.live_version != payload["version"]:
        return None
    key = f"{ARTICLE}:{article.id}"
    before = Edit(gone=key)
    if payload["was"] is not None:
        before = Edit(card=_card(session, article, payload["was"]))
    impact = preview(
        session,
        rehearsal,
        Edit(card=_card(session, article, payload["version"])),
        now=now,
        seconds=seconds,
        before=before,
        lifts=True,
        only_judged=True,
    )
    lost = losses(impact, to=article.id)
    if not lost:
        return None
    taken = [{"article": loss.article_id, "count": len(loss.questions)} for loss in lost]
    return {"asked": impact.asked, "taken": taken}


def tell(
    session: Session,
    payload: Mapping[str, Any],  # JSON of `check_later`
    detail: dict[str, Any],  # JSON: see `kb.models.steering.Heed`
    *,
    now: datetime,
) -> None:
    """Tell the agent what `run_check` found."""
    number = payload["article"]
    heeds.put(session, payload["user"], heeds.TAKEN, article_id=number, detail=detail, now=now)


def _card(session: Session, article: Article, number: int) -> Card:
    content = articles.content_of(articles.revision(session, article.id, number))
    answer = markup.render(content.body_md).text
    return card_of(article.id, content, answer, boost=article.boost)


def fold_in(
    session: Session,
    article_id: int,
    into: int,
    content: Content,
    *,
    actor: Actor,
    now: datetime,
) -> Article:
    """Make an article that never was live another way to ask of one that is.

    Its ways to ask go over; the article itself is archived, with its answer in its history.

    Args:
        session: the unit of work.
        article_id: the article that is given up.
        into: the one that takes its questions.
        content: what the editor's form holds of the first.
        actor: an editor.
        now: the moment.

    Raises:
        Conflict: `article_state`; the article is live, or the other is archived.
        NotFound: one of them is not there.
    """
    require(actor, "article.publish")
    article = articles.get(session, article_id)
    if article.live_version is not None or into == article_id:
        raise Conflict("article_state", article=article_id, state=article.state, event="merge")
    ways = [content.question, *content.phrasings]
    target = phrasings.add(session, into, ways, actor=actor, now=now)
    publishing.archive(session, article_id, actor=actor, now=now)
    return target

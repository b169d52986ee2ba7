"""Before an article or words go live: which questions would they take from other answers?

The judged set is asked with and without the change for about three seconds. What could not be asked
in time is asked later, as a job, which then tells the agent (`authoring.impact_job`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from authoring import phrasings, publishing
from authoring.impact import Impact, Moved, preview
from authoring.remedies import card_of
from kb import articles, markup
from kb.access import Actor, require
from kb.articles import Content
from kb.errors import Conflict
from kb.models.knowledge import Article
from search import glossary
from search.base import Card
from search.dictionaries import Dictionaries
from search.rehearsal import Edit, Rehearsal

SECONDS = 3.0
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
    return preview(session, rehearsal, edit, now=now, seconds=seconds, only_judged=True)


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
    near = _changed_words(glossary.current(session), words)
    return preview(session, rehearsal, edit, now=now, seconds=seconds, near=near, only_judged=True)


def _changed_words(before: Dictionaries, after: Dictionaries) -> list[str]:
    """Return the words of every entry that only one of two dictionaries has."""
    groups = {*before.synonyms} ^ {*after.synonyms}
    words = {*before.user_words} ^ {*after.user_words} | before.stop_words ^ after.stop_words
    return sorted(words.union(*groups))


def card_of_version(
    session: Session, article: Article, number: int, *, boost: float | None = None
) -> Card:
    """Return an article as the finder would see one of its versions.

    Args:
        session: the unit of work.
        article: which.
        number: of the version.
        boost: where the article stands; None for where it stands now.
    """
    content = articles.content_of(articles.revision(session, article.id, number))
    answer = markup.render(content.body_md).text
    return card_of(article.id, content, answer, boost=article.boost if boost is None else boost)


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

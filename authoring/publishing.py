"""From draft to answer: who may save, submit, approve, publish, plan and archive.

Agents write and submit; editors publish, in one step if they like. What customers see changes only
in `publish`, `run_scheduled` and `archive`, in `authoring.upkeep` and in `authoring.phrasings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from authoring.moves import move
from kb import articles, audit, schedule
from kb.access import Actor, can, require
from kb.articles import ARTICLE, Content, Version
from kb.errors import Conflict, Invalid
from kb.models.knowledge import (
    IN_REVIEW,
    SCHEDULED,
    Article,
)
from kb.models.people import User

MAX_NOTE = 500


def save_draft(
    session: Session,
    article_id: int | None,
    content: Content,
    *,
    base: Version,
    actor: Actor,
    now: datetime,
) -> Article:
    """Write a version; customers keep seeing the live one.

    Args:
        session: the unit of work.
        article_id: None for a new article.
        content: all of it.
        base: the version that the writer began with; not looked at for a new article.
        actor: who writes.
        now: the moment.

    Raises:
        Conflict: `stale`, with both texts: `mine` and `theirs` are
            `{"question", "body_md", "phrasings", "category_id", "audience", …}`.
        Invalid: a field cannot be accepted.
    """
    require(actor, "article.write")
    if article_id is None:
        article = articles.create(session, content, author_id=actor.user_id, now=now)
    else:
        article = save_version(session, article_id, content, base, actor, now)
    record(session, article, "save", actor, now)
    return article


def save_version(
    session: Session,
    article_id: int,
    content: Content,
    base: Version,
    actor: Actor,
    now: datetime,
) -> Article:
    """Write a version without asking who may. Raises as `save_draft`."""
    try:
        articles.save(session, article_id, content, base=base, author_id=actor.user_id, now=now)
    except Conflict as error:
        if error.code != "stale":
            raise
        raise _both_texts(session, article_id, content, error) from error
    # A planned publication was of the version before this one.
    schedule.drop(session, schedule.PUBLISH, article_id)
    return articles.get(session, article_id)


def _both_texts(session: Session, article_id: int, mine: Content, error: Conflict) -> Conflict:
    theirs = articles.latest(session, articles.get(session, article_id))
    author = session.get(User, theirs.author_id) if theirs.author_id else None
    return Conflict(
        "stale",
        **error.params,
        author=author.display_name if author else "",
        mine=as_json(mine),
        theirs=as_json(articles.content_of(theirs)),
    )


def as_json(content: Content) -> dict[str, Any]:  # Any: JSON values
    """Return a content as JSON values, as `Conflict` carries it."""
    values = {name: getattr(content, name) for name in Content.__slots__}
    return values | {"phrasings": list(content.phrasings)}


def submit(
    session: Session,
    article_id: int,
    *,
    actor: Actor,
    now: datetime,
    reviewer_id: int | None = None,
) -> Article:
    """Ask for a review of the latest version. Raises Conflict, Invalid (no answer yet)."""
    require(actor, "article.submit")
    article = articles.get(session, article_id)
    _check_answer(session, article)
    move(article, "submit")
    article.reviewer_id = reviewer_id
    record(session, article, "submit", actor, now, reviewer=reviewer_id)
    return article


def publish(
    session: Session,
    article_id: int,
    *,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
    base: Version | None = None,
) -> Article:
    """Show the latest version to customers, now or at a moment.

    Args:
        session: the unit of work.
        article_id: which.
        actor: an editor.
        now: the moment.
        at: when; None or a moment that has passed means now.
        base: the version that the editor looked at; None takes whatever is latest.

    Raises:
        Conflict: `already_published`, `article_state`, or `stale`: somebody saved meanwhile.
        Invalid: there is no answer yet.
    """
    require(actor, "article.publish")
    article = articles.get(session, article_id)
    if base is not None and base.number != article.version:
        raise Conflict("stale", article=article_id, version=article.version, base=base.number)
    _check_answer(session, article)
    if article.state in (IN_REVIEW, SCHEDULED):
        article.reviewer_id = actor.user_id
    if at is not None and at > now:
        return _schedule(session, article, at, actor, now)
    move(article, "publish")
    _forget_old_expiry(session, article, now)
    _go_live(session, article, now)
    record(session, article, "publish", actor, now)
    return article


def save_and_publish(
    session: Session,
    article_id: int | None,
    content: Content,
    *,
    base: Version,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
) -> Article:
    """Do `save_draft` and `publish` in one step; nothing is saved unless both may be done."""
    require(actor, "article.publish")
    if not articles.tidied(content).body_md:
        raise Invalid("answer_missing", field="body_md")
    article = save_draft(session, article_id, content, base=base, actor=actor, now=now)
    return publish(session, article.id, actor=actor, now=now, at=at)


def _schedule(
    session: Session, article: Article, at: datetime, actor: Actor, now: datetime
) -> Article:
    move(article, "schedule")
    schedule.plan(session, schedule.PUBLISH, article, at=at, now=now)
    article.updated_at = now
    record(session, article, "schedule", actor, now, at=at.isoformat())
    return article


def scheduled_for(session: Session, article: Article) -> datetime | None:
    """Return when the latest version will go live, if that is planned."""
    if article.state != SCHEDULED:
        return None
    return schedule.planned(session, schedule.PUBLISH, article.id)


def run_scheduled(
    session: Session, payload: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """Do the job `publish_article` (see `kb.schedule.plan`), unless the plan has changed since."""
    article = session.get(Article, payload["article"])
    if article is None or article.version != payload["version"]:
        return
    planned = scheduled_for(session, article)
    if planned is None or planned != datetime.fromisoformat(payload["at"]):
        return
    move(article, "publish")
    _go_live(session, article, now)
    record(session, article, "publish", actor, now, at=payload["at"])


def return_to_draft(
    session: Session, article_id: int, *, note: str, actor: Actor, now: datetime
) -> Article:
    """Give a version back to its writer, take a plan back, or bring an archived one back.

    Reviewers do it with a note; a writer may take their own version out of review.
    """
    article = articles.get(session, article_id)
    own = articles.latest(session, article).author_id == actor.user_id is not None
    if not (own and can(actor, "article.write")):
        require(actor, "article.review")
    was = article.state
    move(article, "return")
    schedule.drop(session, schedule.PUBLISH, article.id)
    article.updated_at = now
    record(session, article, "return", actor, now, note=note.strip()[:MAX_NOTE], was=was)
    return article


def archive(session: Session, article_id: int, *, actor: Actor, now: datetime) -> Article:
    """Take an article off every surface; nothing of it is lost."""
    require(actor, "article.archive")
    article = articles.get(session, article_id)
    move(article, "archive")
    schedule.drop(session, schedule.PUBLISH, article.id)
    articles.withdraw(session, article, now=now)
    record(session, article, "archive", actor, now)
    return article


def restore_revision(
    session: Session, article_id: int, number: int, *, actor: Actor, now: datetime
) -> Article:
    """Begin a new draft with what an old version said. Raises NotFound."""
    require(actor, "article.write")
    article = articles.get(session, article_id)
    old = articles.content_of(articles.revision(session, article_id, number))
    article = save_version(session, article_id, old, Version(article.version), actor, now)
    record(session, article, "restore", actor, now, restored=number)
    return article


def _go_live(session: Session, article: Article, now: datetime) -> None:
    schedule.drop(session, schedule.PUBLISH, article.id)
    article.publish_at = None
    articles.go_live(session, article, now=now)


def _forget_old_expiry(session: Session, article: Article, now: datetime) -> None:
    """A person who publishes again after the expiry wants the article to be seen."""
    if article.expire_at is not None and article.expire_at <= now:
        article.expire_at = None
        schedule.drop(session, schedule.EXPIRE, article.id)


def _check_answer(session: Session, article: Article) -> None:
    if not articles.latest(session, article).body_md.strip():
        raise Invalid("answer_missing", field="body_md")


def record(
    session: Session,
    article: Article,
    verb: str,
    actor: Actor,
    now: datetime,
    **detail: object,
) -> None:
    """Write a line about an article into the audit log."""
    audit.note(
        session,
        actor,
        f"article.{verb}",
        (ARTICLE, article.id),
        now=now,
        version=article.version,
        **detail,
    )
    session.flush()

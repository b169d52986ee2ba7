"""Pins: this article first for this question. Who may see it is decided as for every article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from kb import articles, audit, changes
from kb.access import Actor, require
from kb.articles import ARTICLE
from kb.errors import Invalid, NotFound
from kb.models.steering import Pin
from kb.redaction import redact
from kb.wording import LONGEST_KEY, key_of

# Made once, because every question asks it: making it anew takes longer than the answer.
_PINNED = select(Pin.article_id).where(Pin.key.in_(bindparam("keys", expanding=True))).limit(1)


def put(
    session: Session,
    text: str,
    article_id: int,
    *,
    folded: str,
    actor: Actor,
    now: datetime,
) -> Pin:
    """Put an article first for a question; an earlier pin of the question is replaced.

    Args:
        session: the unit of work.
        text: the question as people read it.
        article_id: which article.
        folded: the question with variant characters made one.
        actor: an editor.
        now: the moment.

    Raises:
        Invalid: `question_missing` or `text_too_long`.
        NotFound: no such article.
    """
    require(actor, "article.pin")
    article = articles.get(session, article_id)
    row = place(session, text, article.id, folded=folded, user_id=actor.user_id, now=now)
    _told(session, row, "pin.put", actor, now)
    return row


def place(
    session: Session,
    text: str,
    article_id: int,
    *,
    folded: str,
    user_id: int | None,
    now: datetime,
) -> Pin:
    """Write a pin without asking who may, as an import does. Raises Invalid."""
    shown = " ".join(text.split())
    key = key_of(folded)
    if not key:
        raise Invalid("question_missing", field="q")
    if len(shown) > LONGEST_KEY:
        raise Invalid("text_too_long", field="q", limit=LONGEST_KEY)
    row = session.scalar(select(Pin).where(Pin.key == key)) or Pin(key=key, created_at=now)
    if row.article_id not in (None, article_id):
        changes.record(session, ARTICLE, row.article_id, now=now)
    row.text, row.article_id, row.user_id = shown, article_id, user_id
    session.add(row)
    session.flush()
    changes.record(session, ARTICLE, article_id, now=now)
    return row


def remove(session: Session, pin_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a pin away. Raises NotFound."""
    require(actor, "article.pin")
    row = session.get(Pin, pin_id)
    if row is None:
        raise NotFound(pin=pin_id)
    _told(session, row, "pin.removed", actor, now)
    changes.record(session, ARTICLE, row.article_id, now=now)
    session.delete(row)
    session.flush()


def forget(session: Session, texts: Iterable[str], *, now: datetime) -> None:
    """Remove the pins of questions that hold personal data, as an erasure of their asker needs."""
    keys = {key_of(text) for text in texts if text and redact(text).found}
    # The key of a pin is that of the folded question, so its text is compared as it was typed.
    for row in session.scalars(select(Pin)).all() if keys else ():
        if not keys & {row.key, key_of(row.text)}:
            continue
        changes.record(session, ARTICLE, row.article_id, now=now)
        session.delete(row)
    session.flush()


def every(session: Session) -> Sequence[Pin]:
    """Return all pins, newest first, with their articles."""
    query = select(Pin).options(selectinload(Pin.article)).order_by(Pin.id.desc())
    return session.scalars(query).all()


def pinned(session: Session, *texts: str) -> int | None:
    """Return the article that stands first for a question, else None.

    Args:
        session: the unit of work.
        *texts: the question, as it was typed and as it was folded.
    """
    keys = {key for key in map(key_of, texts) if key}
    if not keys:
        return None
    return session.scalar(_PINNED, {"keys": sorted(keys)})


def _told(session: Session, row: Pin, verb: str, actor: Actor, now: datetime) -> None:
    # The question may be a customer's text, so the log names the pin alone.
    audit.note(session, actor, verb, (ARTICLE, row.article_id), now=now, pin=row.id)

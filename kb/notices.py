"""Urgent notices: shown on every surface until they end, and they always end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kb.errors import Invalid, NotFound
from kb.models.knowledge import PUBLIC, Notice

_CURRENT = (
    select(Notice)
    .where(
        Notice.starts_at <= bindparam("now"),
        Notice.ends_at > bindparam("now"),
        Notice.audience.in_(bindparam("audiences", expanding=True)),
    )
    .order_by(Notice.updated_at.desc())
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice as it is written; `ends_at` is required."""

    title: str
    starts_at: datetime
    ends_at: datetime
    body_md: str = ""
    keywords: tuple[str, ...] = ()
    audience: str = PUBLIC


def put(
    session: Session,
    announcement: Announcement,
    *,
    author_id: int | None,
    now: datetime,
    notice_id: int | None = None,
) -> Notice:
    """Add or change a notice. Raises Invalid (title, end), NotFound."""
    if not announcement.title.strip():
        raise Invalid("title_missing", field="title")
    if announcement.ends_at <= max(announcement.starts_at, now):
        raise Invalid("end_missing", field="ends_at")
    notice = Notice() if notice_id is None else get(session, notice_id)
    notice.title = announcement.title.strip()[:120]
    notice.body_md = announcement.body_md
    notice.keywords = list(announcement.keywords)
    notice.audience = announcement.audience
    notice.starts_at = announcement.starts_at
    notice.ends_at = announcement.ends_at
    notice.author_id = author_id
    notice.updated_at = now
    session.add(notice)
    session.flush()
    return notice


def get(session: Session, notice_id: int) -> Notice:
    """Return a notice. Raises NotFound."""
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise NotFound(notice=notice_id)
    return notice


def current(session: Session, *, now: datetime, audiences: Iterable[str]) -> Sequence[Notice]:
    """Return the notices that hold at this moment, newest first."""
    return session.scalars(_CURRENT, {"now": now, "audiences": list(audiences)}).all()


def about(notices: Iterable[Notice], text: str) -> list[Notice]:
    """Return those whose keywords stand in a text (case is ignored)."""
    folded = text.casefold()
    return [n for n in notices if any(word.casefold() in folded for word in n.keywords if word)]


def end(session: Session, notice_id: int, *, now: datetime) -> None:
    """End a notice now."""
    get(session, notice_id).ends_at = now
    session.flush()

"""What shall happen to an article at a moment: go live, or expire. Kept as jobs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kb import jobs
from kb.models.knowledge import Article
from kb.models.system import Job

PUBLISH, EXPIRE = "publish_article", "expire_article"


def plan(session: Session, kind: str, article: Article, *, at: datetime, now: datetime) -> None:
    """Plan `PUBLISH` or `EXPIRE` for a moment; an earlier plan of the kind is dropped."""
    drop(session, kind, article.id)
    payload = {"article": article.id, "version": article.version, "at": at.isoformat()}
    jobs.enqueue(session, kind, payload, now=now, run_at=at)


def planned(session: Session, kind: str, article_id: int) -> datetime | None:
    """Return the moment that is planned, else None."""
    query = select(Job.run_at, Job.payload).where(*_open(kind, article_id))
    row = session.execute(query.order_by(Job.id.desc()).limit(1)).first()
    # A failed attempt moves `run_at`; the plan itself stands in the payload.
    return datetime.fromisoformat(row.payload["at"]) if row else None


def drop(session: Session, kind: str, article_id: int) -> None:
    """Forget what was planned."""
    ids = session.scalars(select(Job.id).where(*_open(kind, article_id))).all()
    if ids:
        session.execute(update(Job).where(Job.id.in_(ids)).values(state=jobs.CANCELLED))


def _open(kind: str, article_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Job.kind == kind,
        Job.state == jobs.READY,
        Job.payload["article"].as_integer() == article_id,
    )

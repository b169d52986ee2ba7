"""The audit log: who did what to which object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import Actor
from kb.models.system import AuditEntry


def note(
    session: Session,
    actor: Actor,
    verb: str,
    thing: tuple[str, int | None],
    *,
    now: datetime,
    **detail: object,
) -> None:
    """Write one line.

    Args:
        session: the unit of work, so that the line stands or falls with the deed.
        actor: who.
        verb: what, as `publish` or `login.refused`.
        thing: kind and id of the object.
        now: the moment.
        **detail: JSON values; never secrets, never a customer's text.
    """
    session.add(
        AuditEntry(
            created_at=now,
            user_id=actor.user_id,
            actor=actor.label[:80],
            verb=verb,
            object_kind=thing[0],
            object_id=thing[1],
            detail=detail,
        )
    )


def of(session: Session, kind: str, object_id: int, *, limit: int = 100) -> Sequence[AuditEntry]:
    """Return an object's lines, newest first."""
    query = select(AuditEntry).where(
        AuditEntry.object_kind == kind, AuditEntry.object_id == object_id
    )
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()

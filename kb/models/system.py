"""What keeps the service running: change log, jobs, audit log, settings, rate limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base

# SQLite numbers only an INTEGER primary key by itself.
BIG = BigInteger().with_variant(Integer, "sqlite")


class Change(Base):
    """A write that changes what can be found (`kb.changes`)."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    # The writing transaction on PostgreSQL, where numbers are not commit order; 0 on SQLite.
    xid: Mapped[int] = mapped_column(BIG, default=0, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    object_id: Mapped[int]
    created_at: Mapped[datetime]


class Job(Base):
    """Work to do later, at least once, under a lease (`kb.jobs`)."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_ready", "state", "run_at"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    payload: Mapped[dict[str, Any]]
    dedupe: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="ready")
    run_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    owner: Mapped[str] = mapped_column(String(64), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to which object."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    actor: Mapped[str] = mapped_column(String(80))
    verb: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]]


class Setting(Base):
    """A value that people change at the desk, or that belongs to this database."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]]


class RateWindow(Base):
    """How often a key was used in one window of time."""

    __tablename__ = "rate_window"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime]
    used: Mapped[int] = mapped_column(default=0)

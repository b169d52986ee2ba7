"""Tables of the policy: topics, pauses, what was said to whom, corrections, back-tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base

EVERYTHING = 0
"""The topic of all categories together."""

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"


class Topic(Base):
    """What people chose for a category, and what was measured in it; None inherits.

    Without a foreign key: the row `EVERYTHING` is no category.
    """

    __tablename__ = "mail_topic"

    category_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mode: Mapped[str | None] = mapped_column(String(8))
    share: Mapped[int | None]
    precision: Mapped[float | None]
    margin: Mapped[float | None]
    coverage: Mapped[float | None]
    never: Mapped[bool] = mapped_column(default=False)
    # How sure an answer must be for the target, by what was seen; None: too little is known.
    gate: Mapped[float | None]
    known: Mapped[int] = mapped_column(default=0)
    right: Mapped[int] = mapped_column(default=0)
    measured_at: Mapped[datetime | None]


class Pause(Base):
    """A quota that stopped automatic mail: since when, until when, how many mails."""

    __tablename__ = "mail_pause"
    __table_args__ = (Index("ix_mail_pause_key", "kind", "key", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # breaker | bounces | sender | domain
    kind: Mapped[str] = mapped_column(String(16))
    # Canonical address, domain, or "" for everybody.
    key: Mapped[str] = mapped_column(String(254), default="")
    limit: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime] = mapped_column(index=True)
    stopped: Mapped[int] = mapped_column(default=0)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None]


class Said(Base):
    """An article that a mail of the machine told somebody, with its revision."""

    __tablename__ = "mail_said"
    __table_args__ = (UniqueConstraint("mail_id", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(
        ForeignKey("mail_outgoing.id", ondelete="CASCADE"), index=True
    )
    article_id: Mapped[int] = mapped_column(index=True)
    version: Mapped[int]
    probability: Mapped[float] = mapped_column(default=0.0)
    # The correction that went after it.
    correction_id: Mapped[int | None]


class Correction(Base):
    """A mail to everybody who was told something wrong."""

    __tablename__ = "mail_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(index=True)
    version: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    queued: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)


class Backtest(Base):
    """A back-test: what automatic answering would have done with mails of the past."""

    __tablename__ = "mail_backtest"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    # database | upload
    source: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200), default="")
    last: Mapped[int | None]
    # An uploaded mbox until the test is over.
    upload: Mapped[bytes | None] = mapped_column(LargeBinary)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    # `autoreply.backtest.report`.
    result: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(String(300), default="")
    user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

"""What people decided about the ranking: pins, askings that may be suggested, words to an agent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.models.base import Base
from kb.models.knowledge import Article


class Pin(Base):
    """One article stands first for one question (`kb.pins`)."""

    __tablename__ = "pin"

    id: Mapped[int] = mapped_column(primary_key=True)
    # What `kb.wording.key_of` makes of the question.
    key: Mapped[str] = mapped_column(String(300), unique=True)
    text: Mapped[str] = mapped_column(String(300))
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    article: Mapped[Article] = relationship()


class Asking(Base):
    """A question that many asked, redacted, and whether it may be suggested (`kb.askings`)."""

    __tablename__ = "asking"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    text: Mapped[str] = mapped_column(String(300))
    # waiting | adopted | declined
    state: Mapped[str] = mapped_column(String(16), default="waiting", index=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AskingSource(Base):
    """A question behind an asking; it goes when the question is erased."""

    __tablename__ = "asking_source"

    asking_id: Mapped[int] = mapped_column(
        ForeignKey("asking.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Heed(Base):
    """A word to one agent about what they did: shown on their desk until they put it away."""

    __tablename__ = "heed"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    # {"asked": int, "taken": [{"article": id, "count": int}]}; never a customer's text.
    detail: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class ImpactRun(Base):
    """What a change does to people's questions, asked in the background (`kb.impact_runs`)."""

    __tablename__ = "impact_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    # Names the subject, so that two looks at the same change share one row.
    digest: Mapped[str] = mapped_column(String(64))
    # What changes: see `authoring.impact_job`. May hold a customer's words, so no row gets old.
    subject: Mapped[dict[str, Any]]
    # [[question id, how often, [ids of right answers]]] in the order in which they are asked;
    # empty until somebody has looked what there is to ask.
    questions: Mapped[list[Any]]
    asked: Mapped[int] = mapped_column(default=0)
    # [[place in `questions`, first answer before, first answer after]]; null for none.
    moved: Mapped[list[Any]]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

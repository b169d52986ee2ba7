"""What customers ask and what came of it: questions, tickets, messages, feedback, candidates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.models.base import Base
from kb.models.people import Contact, User

NEW, OPEN, WAITING, RESOLVED, CLOSED = "new", "open", "waiting", "resolved", "closed"
TICKET_STATES = (NEW, OPEN, WAITING, RESOLVED, CLOSED)

CUSTOMER, AGENT, AUTOMATIC, NOTE = "customer", "agent", "automatic", "note"

CONFIRMED, PRESUMED, FAILED, PERSON = "confirmed", "presumed", "failed", "person"
OUTCOMES = (CONFIRMED, PRESUMED, FAILED, PERSON)


class Ticket(Base):
    """A question that a person has to answer, or has answered."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    subject: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(16), default=NEW, index=True)
    channel: Mapped[str] = mapped_column(String(16))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    # What was asked and seen before: {"query", "article", "shown": [{article, probability}], …}.
    context: Mapped[dict[str, Any]]
    person_asked: Mapped[bool] = mapped_column(default=False)
    spam: Mapped[bool] = mapped_column(default=False)
    handling_seconds: Mapped[int] = mapped_column(default=0)
    # The customer's link is made from the nonce and the secret key; only its hash is stored.
    token_nonce: Mapped[str] = mapped_column(String(32), default="")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None] = mapped_column(index=True)
    due_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    contact: Mapped[Contact | None] = relationship()
    assignee: Mapped[User | None] = relationship()
    messages: Mapped[list[Message]] = relationship(
        back_populates="ticket", order_by="Message.id", cascade="all, delete-orphan"
    )


class Message(Base):
    """One thing said in a ticket, on any channel."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    # The HTML of an incoming mail as it came; cleaned by kb.markup whenever it is shown.
    html: Mapped[str] = mapped_column(Text, default="")
    mail_id: Mapped[str | None] = mapped_column(String(998), index=True)
    # {"articles": [{id, version, probability}], "decision": id, "cut": quoted text …}
    detail: Mapped[dict[str, Any]]
    # None when nothing has to leave; else queued | sent | failed | unknown | undone.
    delivery: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="messages")
    user: Mapped[User | None] = relationship()


class Question(Base):
    """What somebody asked, on any channel, what was shown, and what came of it."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_outcome_open", "outcome", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16), default="zh")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    visitor: Mapped[str] = mapped_column(String(64), default="", index=True)
    band: Mapped[str] = mapped_column(String(16), default="")
    results: Mapped[int] = mapped_column(default=0)
    ticket_id: Mapped[int | None] = mapped_column(
        ForeignKey("ticket.id", ondelete="SET NULL"), index=True
    )
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    # Who found that nothing in the base answered it (`agent`, `holdout`); None: nobody said so.
    nothing_by: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(index=True)
    shown: Mapped[list[Shown]] = relationship(
        order_by="Shown.position", cascade="all, delete-orphan"
    )


class Shown(Base):
    """An article that was shown for a question."""

    __tablename__ = "shown"
    __table_args__ = (UniqueConstraint("question_id", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int] = mapped_column(default=0)
    position: Mapped[int]
    probability: Mapped[float] = mapped_column(default=0.0)
    clicked_at: Mapped[datetime | None]
    # An agent chose it, a hold-out mail or a signed link confirmed it: only these may teach.
    confirmed_by: Mapped[str | None] = mapped_column(String(16))


class Feedback(Base):
    """有帮助 or 没帮助, once per visitor and revision; the last vote counts."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("article_id", "version", "visitor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    version: Mapped[int]
    visitor: Mapped[str] = mapped_column(String(64))
    helpful: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(32), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(index=True)


class Candidate(Base):
    """待沉淀: a draft harvested from a resolved ticket, waiting for a person to look."""

    __tablename__ = "candidate"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default="new", index=True)
    question: Mapped[str] = mapped_column(String(300))
    answer_md: Mapped[str] = mapped_column(Text)
    phrasings: Mapped[list[str]]
    # [{"kind", "count"}]: what was removed, never the original.
    redacted: Mapped[list[Any]]
    # [{"article", "score"}], most similar first, as of the last look.
    similar: Mapped[list[Any]]
    minutes: Mapped[int] = mapped_column(default=0)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    sources: Mapped[list[CandidateTicket]] = relationship(cascade="all, delete-orphan")


class CandidateTicket(Base):
    """A ticket that a candidate came from."""

    __tablename__ = "candidate_ticket"

    candidate_id: Mapped[int] = mapped_column(
        ForeignKey("candidate.id", ondelete="CASCADE"), primary_key=True
    )
    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    told_at: Mapped[datetime | None]

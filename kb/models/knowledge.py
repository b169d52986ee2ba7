"""What the service knows: articles, other ways to ask, revisions, categories, notices, menu."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.models.base import Base
from kb.states import ARCHIVED as ARCHIVED
from kb.states import DRAFT as DRAFT
from kb.states import IN_REVIEW as IN_REVIEW
from kb.states import INTERNAL as INTERNAL
from kb.states import PUBLIC as PUBLIC
from kb.states import PUBLISHED as PUBLISHED
from kb.states import SCHEDULED as SCHEDULED
from kb.states import STATES as STATES


class Category(Base):
    """A branch of the tree that customers browse."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64), default="")
    description: Mapped[str] = mapped_column(String(500), default="")
    icon: Mapped[str] = mapped_column(String(32), default="")
    position: Mapped[int] = mapped_column(default=0)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    parent: Mapped[Category | None] = relationship(remote_side=[id])


class Article(Base):
    """One question and its answer.

    The content columns mirror the live revision once there is one, and the latest draft before
    that. Customers see an article only while `live_version` is set and the clock is inside
    `publish_at` … `expire_at` (`kb.articles.visible`); `state` says where the *latest* version
    stands, so a published article that is being edited is `draft` with a `live_version`.
    """

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=DRAFT, index=True)
    version: Mapped[int] = mapped_column(default=0)
    live_version: Mapped[int | None] = mapped_column(index=True)

    question: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(120), default="")
    body_md: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    body_text: Mapped[str] = mapped_column(Text, default="")
    renderer: Mapped[str] = mapped_column(String(32), default="")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    audience: Mapped[str] = mapped_column(String(64), default=PUBLIC, index=True)
    language: Mapped[str] = mapped_column(String(16), default="zh")
    applies_to: Mapped[str] = mapped_column(String(200), default="")

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    review_on: Mapped[date | None]
    publish_at: Mapped[datetime | None]
    expire_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    boost: Mapped[float] = mapped_column(default=0.0)

    category: Mapped[Category | None] = relationship()
    phrasings: Mapped[list[Phrasing]] = relationship(
        back_populates="article", order_by="Phrasing.position", cascade="all, delete-orphan"
    )


class Phrasing(Base):
    """Another way to ask, as it is live; drafts keep theirs in the revision."""

    __tablename__ = "phrasing"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(default=0)
    article: Mapped[Article] = relationship(back_populates="phrasings")


class Revision(Base):
    """What an article said at one moment. Rows are never changed."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    number: Mapped[int]
    question: Mapped[str] = mapped_column(String(300))
    body_md: Mapped[str] = mapped_column(Text)
    phrasings: Mapped[list[str]]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    audience: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    applies_to: Mapped[str] = mapped_column(String(200), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]


class Attachment(Base):
    """A picture of an article or a file of a message; the bytes stand in `Blob`."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    filename: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    dangerous: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]


class Blob(Base):
    """Bytes by their SHA-256, so that the same picture is kept once."""

    __tablename__ = "blob"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Notice(Base):
    """An urgent notice; it always ends."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body_md: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]]
    audience: Mapped[str] = mapped_column(String(64), default=PUBLIC)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime]


class MenuGroup(Base):
    """One of at most three groups on the home page."""

    __tablename__ = "menu_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(40))
    title_en: Mapped[str] = mapped_column(String(60), default="")
    icon: Mapped[str] = mapped_column(String(32), default="")
    position: Mapped[int] = mapped_column(default=0)
    entries: Mapped[list[MenuEntry]] = relationship(
        order_by="MenuEntry.position", cascade="all, delete-orphan"
    )


class MenuEntry(Base):
    """One of at most four entries of a group: a category or an article."""

    __tablename__ = "menu_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("menu_group.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(60))
    title_en: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=0)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))

"""The company's own words of mails, every version of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base


class MailWording(Base):
    """One version of what a kind of mail says in a language; the newest one counts.

    Rows are never changed, but for `fault`; going back to ours is a row without texts.
    """

    __tablename__ = "mail_wording"
    __table_args__ = (UniqueConstraint("kind", "language", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # As `autoreply.wording.KINDS` and `LANGUAGES`.
    kind: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    # {"subject", "greeting", "body", "closing"}; None: the shipped one again.
    texts: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    # Why a mail could not be written with it; mails go out with the shipped one meanwhile.
    fault: Mapped[str] = mapped_column(Text, default="")
    fault_at: Mapped[datetime | None]

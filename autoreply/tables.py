"""Tables of the mail that came in, what was decided, and the mail that goes out.

Ids of tickets, messages and contacts are kept without foreign keys: the record of what left
outlives a ticket, and erasure (`autoreply.retention`) finds its rows by the ids of what is gone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base

RECEIVED, DONE, QUARANTINED = "received", "done", "quarantined"
ANSWERED, TICKET, IGNORED = "answered", "ticket", "ignored"
"""What a mail came to; a quarantined one has the outcome `QUARANTINED`."""

QUEUED, SENDING, SENT = "queued", "sending", "sent"
FAILED, UNKNOWN, CANCELLED = "failed", "unknown", "cancelled"

AUTOMATIC, RECEIPT, REPLY, TOLD = "automatic", "receipt", "reply", "told"
CORRECTION = "correction"
TRIAL = "trial"
"""Words that somebody of ours tries; written when it is queued, about no ticket."""

ALARM = "alarm"
"""Tells an administrator that something is wrong; written when it is queued, about no ticket."""

TO_OWN_PEOPLE = (TRIAL, ALARM)
MACHINE_KINDS = (AUTOMATIC, RECEIPT, TOLD, CORRECTION, ALARM)
COUNTED_KINDS = (AUTOMATIC, RECEIPT, TOLD)
"""What quotas count: a correction is sent by a person, to people who were written to before."""

BOUNCED, OPTED_OUT = "bounced", "opted_out"


class Spool(Base):
    """A mail as it came in. The row is committed before the mail is acknowledged."""

    __tablename__ = "mail_spool"
    __table_args__ = (
        UniqueConstraint("mailbox", "fingerprint"),
        Index("ix_mail_spool_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Ours, lower case: the one that the mail was delivered to.
    mailbox: Mapped[str] = mapped_column(String(254))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    # Without the files that its message keeps (`spool.whole` puts them back); None once it was too
    # old to keep.
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    # What was cut out of `raw`, see `stored_once.Cut`.
    cuts: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    sha256: Mapped[str] = mapped_column(String(64))
    # Of the whole mail; larger than `raw` when only its beginning was fetched.
    size: Mapped[int]
    # "" is the null sender, None an unknown one.
    envelope_from: Mapped[str | None] = mapped_column(String(320))
    envelope_to: Mapped[list[str]]
    # smtp | lmtp | imap | pipe | file
    source: Mapped[str] = mapped_column(String(8))
    received_at: Mapped[datetime] = mapped_column(index=True)
    from_address: Mapped[str] = mapped_column(String(254), default="", index=True)
    subject: Mapped[str] = mapped_column(String(300), default="")
    mail_id: Mapped[str] = mapped_column(String(998), default="")

    state: Mapped[str] = mapped_column(String(16), default=RECEIVED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    # As `autoreply.guard.KINDS`; "" before the mail was looked at.
    kind: Mapped[str] = mapped_column(String(16), default="")
    outcome: Mapped[str | None] = mapped_column(String(16), index=True)
    # Id of the guard's rule (N18) or of the row of `autoreply.decide`.
    reason: Mapped[str] = mapped_column(String(32), default="")
    ticket_id: Mapped[int | None] = mapped_column(index=True)
    message_id: Mapped[int | None]
    done_at: Mapped[datetime | None]


class Decision(Base):
    """Why a mail was treated as it was; every input is kept. Rows are written once."""

    __tablename__ = "mail_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    spool_id: Mapped[int | None] = mapped_column(
        ForeignKey("mail_spool.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(index=True)
    mode: Mapped[str] = mapped_column(String(8))
    # What was done, and what would have been done with the mode `on`:
    # answer | suggest | receipt | ticket | ignore.
    action: Mapped[str] = mapped_column(String(16), index=True)
    wanted: Mapped[str] = mapped_column(String(16))
    # answer | suggest | human; "" when nothing was looked for.
    band: Mapped[str] = mapped_column(String(16), default="")
    probability: Mapped[float | None]
    margin: Mapped[float | None]
    article_id: Mapped[int | None] = mapped_column(index=True)
    article_version: Mapped[int | None]
    # Everything that `autoreply.decide.choose` was given (`decide.Situation`), and "matches":
    # [{"article", "version", "question", "probability", "matched", "part"}].
    inputs: Mapped[dict[str, Any]]
    # {"why": row id, "checks": [{"id", "passed"}]}
    explanation: Mapped[dict[str, Any]]
    sent: Mapped[bool] = mapped_column(default=False)
    # Why an answer that was wanted did not leave: off | shadow | draft | outside | holdout, or "".
    held: Mapped[str] = mapped_column(String(16), default="", index=True)
    # Of the best answer at that moment.
    category_id: Mapped[int | None]
    from_address: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    question: Mapped[str] = mapped_column(Text, default="")
    question_id: Mapped[int | None] = mapped_column(index=True)
    ticket_id: Mapped[int | None] = mapped_column(index=True)
    # What a person said about it afterwards.
    right: Mapped[bool | None]
    judged_by: Mapped[int | None]
    judged_at: Mapped[datetime | None]


class OutgoingMail(Base):
    """A mail that leaves: queued → sending → sent | failed | unknown, or cancelled.

    `mail_id` and `raw` are fixed when it is first sent and stay the same at every attempt.
    """

    __tablename__ = "mail_outgoing"
    __table_args__ = (
        Index("ix_mail_outgoing_to", "to_key", "created_at"),
        Index("ix_mail_outgoing_domain", "to_domain", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(16), default=QUEUED, index=True)
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(120), default="")
    # `addresses.canonical` of it, and its right side: what quotas count by.
    to_key: Mapped[str] = mapped_column(String(254))
    to_domain: Mapped[str] = mapped_column(String(254))
    # Ours, that the customer wrote to; "" for the company's.
    mailbox: Mapped[str] = mapped_column(String(254), default="")
    # As it will read before our tag; the final one stands in `raw`.
    subject: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(16), default="zh-Hans")

    ticket_id: Mapped[int | None] = mapped_column(index=True)
    # The row of `message`; of a receipt None.
    message_id: Mapped[int | None] = mapped_column(index=True)
    question_id: Mapped[int | None]
    spool_id: Mapped[int | None]
    # [{"id", "version", "probability"}]: of an answer what it says, of a receipt what it suggests.
    articles: Mapped[list[Any]]
    probability: Mapped[float | None]
    # SHA-256 of the folded question, so that the same one is not answered twice a day.
    question_digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    in_reply_to: Mapped[str] = mapped_column(String(998), default="")
    references: Mapped[list[str]]

    mail_id: Mapped[str | None] = mapped_column(String(320), unique=True)
    # null | authorised | verp, as it was used last.
    envelope: Mapped[str] = mapped_column(String(16), default="")
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    hold_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    # 已解决 / 没解决 of an answer, once: yes | no.
    solved: Mapped[str | None] = mapped_column(String(8))
    solved_at: Mapped[datetime | None]
    # Of a correction: what it says (`policy_tables.Correction`).
    correction_id: Mapped[int | None]


class Suppression(Base):
    """An address that gets no mail (`bounced`), or no automatic mail (`opted_out`)."""

    __tablename__ = "mail_suppression"

    # `addresses.canonical`.
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    reason: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]


class Mailbox(Base):
    """An IMAP folder that is read: how far, and by which worker."""

    __tablename__ = "mail_mailbox"

    # address + "/" + folder
    name: Mapped[str] = mapped_column(String(320), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), default="")
    leased_until: Mapped[datetime | None]
    uid_validity: Mapped[int | None]
    uid_next: Mapped[int] = mapped_column(default=1)
    # UIDs mean nothing (yet, or any more): the last days are read by date.
    rescan: Mapped[bool] = mapped_column(default=True)
    # Mail that the server took before this is history and gets no answer.
    since: Mapped[datetime]
    # When the folder was last read to its end.
    read_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")


class MailAccount(Base):
    """A mailbox of ours that was set up at the desk: where it is read and where mail leaves.

    Its secrets stand in `sealed` and nowhere else (`autoreply.accounts`).
    """

    __tablename__ = "mail_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Lower case.
    address: Mapped[str] = mapped_column(String(254), unique=True)
    # A key of `autoreply.providers`.
    provider: Mapped[str] = mapped_column(String(16))
    imap_host: Mapped[str] = mapped_column(String(255))
    imap_port: Mapped[int]
    imap_tls: Mapped[str] = mapped_column(String(8))
    folder: Mapped[str] = mapped_column(String(255), default="INBOX")
    # "" when nothing leaves through it.
    smtp_host: Mapped[str] = mapped_column(String(255), default="")
    smtp_port: Mapped[int]
    smtp_tls: Mapped[str] = mapped_column(String(8))
    # "user" is a word of PostgreSQL's.
    login: Mapped[str] = mapped_column(String(254))
    # password | oauth2
    auth: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str] = mapped_column(String(255), default="")
    authorize_url: Mapped[str] = mapped_column(String(500), default="")
    token_url: Mapped[str] = mapped_column(String(500), default="")
    scope: Mapped[str] = mapped_column(String(500), default="")
    # JSON {"password"} or {"client_secret", "refresh_token", "access_token", "state", "verifier"},
    # encrypted with the installation's key (`kb.sealing`); "" for none.
    sealed: Mapped[str] = mapped_column(Text, default="")
    # When the access token ends.
    token_ends_at: Mapped[datetime | None]
    # null | authorised | verp
    envelope: Mapped[str] = mapped_column(String(16))
    # off (not read) | shadow (read, nothing automatic is sent) | on (as the whole service)
    mode: Mapped[str] = mapped_column(String(8), default="off")
    # Grows with each change that a running reader has to see.
    edition: Mapped[int] = mapped_column(default=1)
    checked_at: Mapped[datetime | None]
    # [{"name", "state", "code", "params"}] of the last check (`autoreply.check`).
    looks: Mapped[list[Any]]
    created_at: Mapped[datetime]

"""One mail on its way through the pipeline: what each stage found, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from autoreply.conversation import Conversation
from autoreply.decide import Choice, Situation
from autoreply.guard import Verdict
from autoreply.inbound import Inbound
from autoreply.rollout_judging import Judged
from search.finder import Match
from search.finding import Found


class Answers(Protocol):
    """What the pipeline asks of the finder."""

    def answering(
        self, session: Session, text: str, *, channel: str, limit: int, now: datetime
    ) -> Found:
        """Find for each question in a text and decide its band."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A row of the spool, detached.

    Attributes:
        attempts: including this one.
        size: of the whole mail.
    """

    id: int
    raw: bytes
    mailbox: str
    source: str
    received_at: datetime
    envelope_from: str | None
    envelope_to: tuple[str, ...]
    size: int
    attempts: int
    from_address: str
    subject: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Read:
    """A mail that was read and judged.

    Attributes:
        mail: with the quotes of its conversation cut away.
        talk: where it belongs.
        verdict: of the guard.
        question: what to look for.
        reply_to: where a machine's reply may go, or None.
        echo: see `Situation.echo`.
        repeated: see `Situation.repeated`.
        quota: see `Situation.quota`.
    """

    mail: Inbound
    talk: Conversation
    verdict: Verdict
    question: str
    reply_to: str | None
    echo: bool
    repeated: bool
    quota: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that the effects of one mail depend on.

    Attributes:
        arrived: from the spool.
        read: parsed and judged.
        found: by the finder; None when nothing was looked for.
        answered: the matches that answer, one for each question, visible now.
        suggested: the matches that are worth suggesting, visible now.
        judged: how sure it is, for each question.
        situation: what was decided on.
        choice: what is done.
        now: the moment.
    """

    arrived: Arrived
    read: Read
    found: Found | None
    answered: Sequence[Match]
    suggested: Sequence[Match]
    judged: Judged
    situation: Situation
    choice: Choice
    now: datetime

"""What a correction says to whom, and what became of its mails (`autoreply.recall` queues them)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autoreply import language
from autoreply.policy_tables import Correction
from autoreply.tables import OutgoingMail
from kb.errors import NotFound


@dataclass(frozen=True, slots=True)
class Words:
    """What a correction says; English goes to those who wrote in another language."""

    text: str
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a correction: state of its mails -> how many."""

    correction: Correction
    states: dict[str, int]


def text_for(row: Correction | Words, lang: str) -> str:
    """Return what a correction says in a language."""
    chinese = lang in (language.ZH_HANS, language.ZH_HANT)
    return row.text if chinese or not row.text_en else row.text_en


def outcomes(session: Session, article_id: int) -> list[Outcome]:
    """Return the corrections of an article with what became of their mails, the newest first."""
    query = select(Correction).where(Correction.article_id == article_id)
    rows = session.scalars(query.order_by(Correction.id.desc()))
    return [Outcome(row, _states(session, row.id)) for row in rows]


def _states(session: Session, correction_id: int) -> dict[str, int]:
    query = (
        select(OutgoingMail.state, func.count(OutgoingMail.id))
        .where(OutgoingMail.correction_id == correction_id)
        .group_by(OutgoingMail.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def of_mail(session: Session, mail: OutgoingMail) -> str:
    """Return what a correction's mail says. Raises NotFound."""
    row = session.get(Correction, mail.correction_id) if mail.correction_id else None
    if row is None:
        raise NotFound(correction=mail.correction_id)
    return text_for(row, mail.language)

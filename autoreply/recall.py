"""Who was told what by the machine, and a correction to them when it was wrong.

Every answer that leaves is remembered with its article and revision. A correction goes once to
each address, into the conversation that it corrects, never to an address that bounced or wants no
automatic mail, and slowly, so that a relay takes it for what it is.

Source: RFC 3834, 2 (`auto-generated`: it answers no mail of the recipient's).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from autoreply import corrections, suppression
from autoreply.corrections import Words as Words
from autoreply.policy_tables import Correction, Said
from autoreply.tables import CORRECTION, QUEUED, SENT, UNKNOWN, OutgoingMail
from kb import jobs
from kb.errors import Conflict, Invalid, NotFound
from kb.models.service import AUTOMATIC, Message, Ticket

APART = timedelta(seconds=2)
"""Between two mails of one correction."""

MOST_TEXT = 10_000
DELIVER = "deliver"


@dataclass(frozen=True, slots=True)
class Told:
    """One mail that told somebody an article.

    Attributes:
        said_id: of the row that remembers it.
        version: of the article at that moment.
        corrected: a correction went after it.
        refused: why no mail may go there now (`bounced`, `opted_out`), or "".
    """

    said_id: int
    mail_id: int
    address: str
    name: str
    language: str
    version: int
    probability: float
    at: datetime
    solved: str | None
    ticket_id: int | None
    corrected: bool
    refused: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which mails are meant: of a revision, from and until a moment."""

    version: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def told(session: Session, article_id: int, which: Filter, *, limit: int = 2000) -> list[Told]:
    """Return the mails that told an article and may have been read, the newest first.

    Args:
        session: the unit of work.
        article_id: whose.
        which: narrows them.
        limit: how many at most.
    """
    query = select(Said, OutgoingMail).join(OutgoingMail, OutgoingMail.id == Said.mail_id)
    query = query.where(*_where(article_id, which))
    rows = session.execute(query.order_by(Said.id.desc()).limit(limit)).all()
    return [_told(session, said, mail) for said, mail in rows]


def count(session: Session, article_id: int, which: Filter) -> int:
    """Return how many mails `told` would find."""
    query = select(func.count(Said.id)).join(OutgoingMail, OutgoingMail.id == Said.mail_id)
    return session.scalar(query.where(*_where(article_id, which))) or 0


def versions(session: Session, article_id: int) -> list[tuple[int, int]]:
    """Return (revision, how many mails told it), the newest first."""
    query = (
        select(Said.version, func.count(Said.id))
        .join(OutgoingMail, OutgoingMail.id == Said.mail_id)
        .where(*_where(article_id, Filter()))
    )
    rows = session.execute(query.group_by(Said.version).order_by(Said.version.desc()))
    return [(row[0], row[1]) for row in rows]


def _where(article_id: int, which: Filter) -> list[ColumnElement[bool]]:
    at = OutgoingMail.created_at
    where: list[ColumnElement[bool]] = [
        Said.article_id == article_id,
        # A mail whose fate is unknown may have been read.
        OutgoingMail.state.in_((SENT, UNKNOWN)),
    ]
    if which.version is not None:
        where.append(Said.version == which.version)
    if which.since is not None:
        where.append(at >= which.since)
    if which.until is not None:
        where.append(at < which.until)
    return where


def _told(session: Session, said: Said, mail: OutgoingMail) -> Told:
    return Told(
        said_id=said.id,
        mail_id=mail.id,
        address=mail.to_address,
        name=mail.to_name,
        language=mail.language,
        version=said.version,
        probability=said.probability,
        at=mail.sent_at or mail.created_at,
        solved=mail.solved,
        ticket_id=mail.ticket_id,
        corrected=said.correction_id is not None,
        refused=suppression.suppressed(session, mail.to_address, automatic=True) or "",
    )


def reachable(found: Sequence[Told]) -> list[Told]:
    """Return the newest mail to each address that a correction may and need go to."""
    best: dict[str, Told] = {}
    for one in found:
        if not one.corrected and not one.refused and one.ticket_id is not None:
            best.setdefault(one.address.lower(), one)
    return list(best.values())


def correct(
    session: Session,
    article_id: int,
    which: Filter,
    words: Words,
    *,
    expected: int,
    by: int | None,
    now: datetime,
) -> Correction:
    """Queue a correction to everybody who was told.

    Args:
        session: the unit of work.
        article_id: that was wrong.
        which: narrows whom to tell.
        words: what to say, as a person has seen it.
        expected: how many that person was told it goes to.
        by: user id.
        now: the moment.

    Raises:
        Invalid: an empty or endless text (`text_missing`, `too_long`).
        Conflict: there is nobody to tell (`nobody_to_tell`), or not as many as was said
            (`stale_count`).
    """
    _check(words)
    found = told(session, article_id, which)
    meant = reachable(found)
    if not meant:
        raise Conflict("nobody_to_tell", article=article_id)
    if len(meant) != expected:
        raise Conflict("stale_count", expected=expected, now=len(meant))
    row = _row(session, article_id, which, words, found, meant, by, now)
    for place, one in enumerate(meant):
        _queue(session, row, one, now + place * APART, now)
    _mark(session, row, found, meant)
    return row


def _row(
    session: Session,
    article_id: int,
    which: Filter,
    words: Words,
    found: Sequence[Told],
    meant: Sequence[Told],
    by: int | None,
    now: datetime,
) -> Correction:
    row = Correction(
        article_id=article_id,
        version=which.version,
        text=words.text.strip(),
        text_en=words.text_en.strip(),
        user_id=by,
        created_at=now,
        queued=len(meant),
        left_out=len({one.address.lower() for one in found if one.refused}),
    )
    session.add(row)
    session.flush()
    return row


def _check(words: Words) -> None:
    for field, text in (("text", words.text), ("text_en", words.text_en)):
        if len(text) > MOST_TEXT:
            raise Invalid("too_long", field=field, limit=MOST_TEXT)
    if not words.text.strip():
        raise Invalid("text_missing", field="text")


def _mark(session: Session, row: Correction, found: Sequence[Told], meant: Sequence[Told]) -> None:
    """Who got the same answer twice is corrected once, for both."""
    addresses = {one.address.lower() for one in meant}
    for one in found:
        if one.address.lower() in addresses and not one.corrected:
            session.get_one(Said, one.said_id).correction_id = row.id
    session.flush()


def _queue(session: Session, row: Correction, one: Told, run_at: datetime, now: datetime) -> None:
    """Queue one mail; it continues the conversation in which the answer was given."""
    before = session.get_one(OutgoingMail, one.mail_id)
    text = corrections.text_for(row, one.language)
    mail = OutgoingMail(
        kind=CORRECTION,
        to_address=before.to_address,
        to_name=before.to_name,
        to_key=before.to_key,
        to_domain=before.to_domain,
        mailbox=before.mailbox,
        subject=before.subject,
        language=before.language,
        ticket_id=before.ticket_id,
        question_id=before.question_id,
        spool_id=None,
        articles=[{"id": row.article_id, "version": one.version, "probability": 1.0}],
        in_reply_to=before.mail_id or before.in_reply_to,
        references=[*before.references, *([before.mail_id] if before.mail_id else [])],
        hold_until=run_at,
        created_at=now,
        correction_id=row.id,
    )
    session.add(mail)
    session.flush()
    mail.message_id = _message(session, row, mail, text, now).id
    dedupe = f"{DELIVER}:correction:{row.id}:{one.said_id}"
    jobs.enqueue(session, DELIVER, {"mail": mail.id}, now=now, run_at=run_at, dedupe=dedupe)


def _message(
    session: Session, row: Correction, mail: OutgoingMail, text: str, now: datetime
) -> Message:
    """Show the correction in its ticket; it moves nothing there: whose turn it is stays."""
    ticket = session.get(Ticket, mail.ticket_id) if mail.ticket_id else None
    if ticket is None:
        raise NotFound(ticket=mail.ticket_id)
    message = Message(
        ticket_id=ticket.id,
        author=AUTOMATIC,
        channel="mail",
        user_id=row.user_id,
        text=text,
        detail={"correction": row.id},
        delivery=QUEUED,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message

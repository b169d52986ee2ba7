"""Back-tests over the base in use: its own mails of the past, its own finder and policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import guard, rollout_judging
from autoreply.backtest import Item, Judge, Verdict
from autoreply.backtest_likeness import Likeness, learn
from autoreply.backtest_threads import Reading
from autoreply.case import Answers
from autoreply.outgoing import question_digest
from autoreply.replay import question as question_of
from autoreply.rollout_judging import Judged
from autoreply.tables import Spool
from kb import articles, categories, questions, settings
from kb.access import NOBODY, audiences
from kb.db import Database
from kb.models.knowledge import Article, Phrasing
from kb.models.service import AGENT, CUSTOMER, Candidate, CandidateTicket, Message
from search import bands
from search.finding import Found

PUBLIC = audiences(NOBODY)
MATCHES = 5
Words = Callable[[str], Sequence[str]]


def judge_of(db: Database, answers: Answers, now: datetime) -> Judge:
    """Return what judges a question as mail is judged now, as if all were switched on.

    Args:
        db: the base.
        answers: its finder.
        now: the moment for publish and expiry.
    """
    with db.reading() as session:
        taught = _known_words(session)

    def judge(question: str) -> Verdict:
        with db.reading() as session:
            found = answers.answering(session, question, channel="mail", limit=MATCHES, now=now)
            return _verdict(session, question, found, taught, now)

    return judge


def _known_words(session: Session) -> frozenset[str]:
    """Return digests of what the base learned from: confirmed questions, and other ways to ask."""
    texts = [row.text for row in questions.teaching(session)]
    texts += session.scalars(select(Phrasing.text).distinct())
    return frozenset(question_digest(text) for text in texts)


def _verdict(
    session: Session, question: str, found: Found, taught: frozenset[str], now: datetime
) -> Verdict:
    automation = settings.read(session, settings.Automation)
    judged = rollout_judging.judge(session, question, found, automation)
    best = _best(session, found, now)
    band = judged.band
    if band == bands.ANSWER and (best is None or judged.stance.never or found.degraded):
        band = bands.HUMAN
    few = articles.count_published(session, now=now) < automation.least_articles
    if band == bands.ANSWER and few:
        band = bands.SUGGEST
    known = question_digest(question) in taught
    if best is None:
        return Verdict(band, taught=known)
    return Verdict(
        band=band,
        article=str(best.id),
        title=best.question,
        category=category_words(session, best.category_id),
        probability=_probability(found, judged),
        answer=_answer(session, found, now),
        link=f"/a/{best.id}",
        taught=known,
    )


def _firsts(session: Session, found: Found, now: datetime) -> list[Article]:
    """Return the visible best article of each question."""
    keys = [part.matches[0].article_id for part in found.parts if part.matches]
    keys = keys or [match.article_id for match in found.matches[:1]]
    rows = [session.get(Article, int(key)) for key in dict.fromkeys(keys)]
    return [r for r in rows if r is not None and articles.is_visible(r, now=now, audiences=PUBLIC)]


def _best(session: Session, found: Found, now: datetime) -> Article | None:
    rows = _firsts(session, found, now)
    return rows[0] if rows else None


def _answer(session: Session, found: Found, now: datetime) -> str:
    return "\n".join(row.body_text for row in _firsts(session, found, now))


def _probability(found: Found, judged: Judged) -> float:
    if judged.tried:
        return judged.tried[0].probability
    return found.matches[0].probability if found.matches else 0.0


def category_words(session: Session, category_id: int | None) -> str:
    """Return a category with those above it, the widest first."""
    path = categories.path(session, category_id)
    return " › ".join(row.name for row in reversed(path))


def likeness_of(session: Session, words: Words, *, now: datetime) -> Likeness:
    """Return what compares replies with this base's answers."""
    query = select(Article.body_text).where(articles.visible(now, PUBLIC))
    return learn(session.scalars(query).all(), words)


def items(
    session: Session, reading: Reading, ours: frozenset[str], *, last: int | None
) -> list[Item]:
    """Return the mails that this base received, oldest first.

    Args:
        session: the unit of work.
        reading: how raw mail is read.
        ours: our own mailboxes, lower case.
        last: only the newest so many; None for all whose bytes are still kept.
    """
    query = select(Spool).where(Spool.raw.is_not(None)).order_by(Spool.id.desc())
    rows = session.scalars(query.limit(last) if last else query).all()
    return [_item(session, row, reading, ours) for row in reversed(rows)]


def _item(session: Session, row: Spool, reading: Reading, ours: frozenset[str]) -> Item:
    blank = Item(str(row.id), row.received_at, row.from_address, row.subject, "")
    try:
        mail = reading(row.raw or b"")
    # What is in quarantine cannot be read here either.
    except Exception:
        return _with(blank, skipped="unreadable")
    when = mail.date or row.received_at
    verdict = guard.judge(mail, guard.NO_HISTORY, guard.Ours(addresses=ours), now=when)
    skipped = "machine" if verdict.kind != guard.HUMAN else verdict.reason or ""
    if not skipped and not _opens(session, row):
        skipped = "continues"
    reply = _reply(session, row)
    return _with(
        blank,
        question=question_of(mail),
        skipped=skipped,
        reply=reply.text if reply else None,
        used=_used(reply.detail) if reply else (),
        taught=_harvested(session, row),
    )


def _harvested(session: Session, row: Spool) -> bool:
    """Say whether an article was made of a mail's own ticket."""
    query = (
        select(Candidate.id)
        .join(CandidateTicket, CandidateTicket.candidate_id == Candidate.id)
        .where(CandidateTicket.ticket_id == row.ticket_id, Candidate.article_id.is_not(None))
    )
    return row.ticket_id is not None and session.scalar(query.limit(1)) is not None


def _with(
    item: Item,
    *,
    skipped: str,
    question: str = "",
    reply: str | None = None,
    used: tuple[str, ...] = (),
    taught: bool = False,
) -> Item:
    return replace(item, question=question, skipped=skipped, reply=reply, used=used, taught=taught)


def _opens(session: Session, row: Spool) -> bool:
    """Say whether a mail was the first word of its ticket."""
    if row.ticket_id is None or row.message_id is None:
        return True
    earlier = select(Message.id).where(
        Message.ticket_id == row.ticket_id,
        Message.author == CUSTOMER,
        Message.id < row.message_id,
    )
    return session.scalar(earlier.limit(1)) is None


def _reply(session: Session, row: Spool) -> Message | None:
    if row.ticket_id is None:
        return None
    query = select(Message).where(
        Message.ticket_id == row.ticket_id,
        Message.author == AGENT,
        Message.id > (row.message_id or 0),
        Message.delivery.is_distinct_from("undone"),
    )
    return session.scalar(query.order_by(Message.id).limit(1))


def _used(detail: Mapping[str, object]) -> tuple[str, ...]:
    found = detail.get("articles")
    rows = found if isinstance(found, list) else []
    return tuple(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)

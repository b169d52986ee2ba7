"""Look at one mail: where it belongs, whether it may be answered, what would answer, what to do."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from autoreply import (
    conversation,
    decide,
    guard,
    outgoing,
    phrases,
    quota,
    recipient,
    rollout,
    rollout_judging,
    sender,
    suppression,
)
from autoreply.case import Answers, Arrived, Case, Read
from autoreply.conversation import Conversation
from autoreply.decide import Situation
from autoreply.inbound import Inbound
from autoreply.replay import question as question_of
from autoreply.rollout_judging import Judged
from autoreply.sender import Channel, Sender, channel
from autoreply.tables import Mailbox
from kb import articles, settings
from kb.access import NOBODY, audiences
from kb.models.knowledge import Article
from kb.policies import Automation
from search import bands
from search.finder import Match
from search.finding import Found

log = logging.getLogger(__name__)

MOST_ANSWERS = 3
MATCHES = 5
COUNTED = 1_000
"""Articles are counted no further; the gate lies far below."""

WORTH_SUGGESTING = 0.2
"""One in five fits: a mail stays, so it suggests less than a page does."""

PUBLIC = audiences(NOBODY)

_HELD = select(Article).where(Article.id.in_(bindparam("ids", expanding=True)))


def look(
    session: Session,
    arrived: Arrived,
    mail: Inbound,
    sender: Sender,
    *,
    now: datetime,
    quotas: bool = True,
) -> Read:
    """Find where a mail belongs and judge whether it may be answered at all.

    Args:
        session: the unit of work.
        arrived: the mail in the spool.
        mail: parsed.
        sender: this installation.
        now: the moment.
        quotas: False where it is only asked what to look for; an answer that a quota holds back
            still helps the agent.
    """
    talk = conversation.find(session, mail, sender.secret)
    if talk.parents:
        mail = mail.with_parents(talk.parents)
    reply_to = recipient.reply_address(mail)
    question = question_of(mail)
    counted = reply_to if quotas else None
    history, used = _history(session, arrived, mail, talk, counted, sender, now)
    return Read(
        mail=mail,
        talk=talk,
        verdict=guard.judge(mail, history, _ours(session, arrived, sender), now=now),
        question=question,
        reply_to=reply_to,
        echo=history.echo,
        # Decided on, not looked for.
        repeated=counted is not None
        and conversation.repeated(session, counted, outgoing.question_digest(question), now=now),
        quota=used,
    )


def _history(
    session: Session,
    arrived: Arrived,
    mail: Inbound,
    talk: Conversation,
    reply_to: str | None,
    sender: Sender,
    now: datetime,
) -> tuple[guard.History, str]:
    way = channel(session, sender, arrived.mailbox)
    used = _quota(session, reply_to, way, now) if reply_to else ""
    history = guard.History(
        duplicate=conversation.is_duplicate(session, arrived.id, arrived.fingerprint),
        quota=used,
        person_has_it=talk.person_has_it,
        opted_out=reply_to is not None and suppression.opted_out(session, reply_to),
        echo=conversation.is_echo(session, talk, mail.said.text, now=now),
    )
    return history, used


def _quota(session: Session, address: str, way: Channel, now: datetime) -> str:
    if suppression.suppressed(session, address, automatic=False):
        return "bounced"
    limits = settings.read(session, settings.Automation)
    counted = suppression.counts(session, address, now=now)
    used = quota.exceeded(counted, limits, strict=way.strict)
    if used in ("breaker", "bounces"):
        log.error("automatic mail pauses: %s (%s)", used, counted)
    return used


def _ours(session: Session, arrived: Arrived, sender_: Sender) -> guard.Ours:
    since = None
    if arrived.source == "imap":
        query = select(func.max(Mailbox.since)).where(
            Mailbox.name.startswith(f"{arrived.mailbox}/", autoescape=True)
        )
        since = session.scalar(query)
    return sender.ours(session, sender_, since=since)


def match(session: Session, read: Read, answers: Answers, *, now: datetime) -> Found | None:
    """Look for answers; only for a mail that the guard lets through."""
    if read.verdict.reason is not None or not read.question.strip():
        return None
    return answers.answering(session, read.question, channel="mail", limit=MATCHES, now=now)


def choose(
    session: Session,
    arrived: Arrived,
    read: Read,
    found: Found | None,
    sender_: Sender,
    *,
    now: datetime,
) -> Case:
    """Decide what happens, from everything that is known now."""
    _hold(session, found)
    answered = _visible(session, _answering(found), now)
    suggested = [
        one
        for one in _visible(session, found.matches if found else (), now)
        if one.probability >= WORTH_SUGGESTING
    ]
    judged, situation = _judged(session, arrived, read, found, answered, sender_, now)
    return Case(
        arrived=arrived,
        read=read,
        found=found,
        answered=answered,
        suggested=suggested[:MOST_ANSWERS],
        judged=judged,
        situation=situation,
        choice=decide.choose(situation),
        now=now,
    )


def _judged(
    session: Session,
    arrived: Arrived,
    read: Read,
    found: Found | None,
    answered: Sequence[Match],
    sender_: Sender,
    now: datetime,
) -> tuple[Judged, Situation]:
    """Judge by the policy how sure it is, and gather everything that is decided on."""
    automation = settings.read(session, settings.Automation)
    judged = rollout_judging.judge(session, read.question, found, automation)
    if judged.band == bands.ANSWER and len(answered) < len(_answering(found)):
        # An article was withdrawn between finding and deciding.
        judged = replace(judged, band=bands.HUMAN)
    situation = _situation(session, read, found, judged, automation, now)
    situation = _released(situation, read, judged, automation, sender_, now)
    if channel(session, sender_, arrived.mailbox).held:
        situation = decide.held_back(situation)
    return judged, situation


def _answering(found: Found | None) -> list[Match]:
    """Return the best match of each question, each article once."""
    if found is None:
        return []
    firsts = [part.matches[0] for part in found.parts if part.matches] or list(found.matches[:1])
    return list({one.article_id: one for one in firsts}.values())[:MOST_ANSWERS]


def _hold(session: Session, found: Found | None) -> None:
    """Read the articles in one look and hold them while the unit of work lasts.

    Deciding and its effects ask for each of them several times; the session itself forgets what
    nobody holds.
    """
    matches = [*(found.matches if found else ()), *_answering(found)]
    ids = {int(one.article_id) for one in matches}
    if ids:
        session.info["held"] = session.scalars(_HELD, {"ids": list(ids)}).all()


def _visible(session: Session, matches: Sequence[Match], now: datetime) -> list[Match]:
    found = []
    for one in matches:
        article = session.get(Article, int(one.article_id))
        if article is not None and articles.is_visible(article, now=now, audiences=PUBLIC):
            found.append(one)
    return found


def _situation(
    session: Session,
    read: Read,
    found: Found | None,
    judged: Judged,
    automation: Automation,
    now: datetime,
) -> Situation:
    return Situation(
        kind=read.verdict.kind,
        rule=read.verdict.reason,
        receipt=read.verdict.receipt,
        band=judged.band,
        degraded=bool(found and found.degraded),
        published=articles.count_published(session, now=now, most=COUNTED),
        least_articles=automation.least_articles,
        continues=read.talk.ticket is not None,
        answers_before=read.talk.answers,
        per_thread=automation.per_thread,
        receipts_before=read.talk.receipts,
        person_has_it=read.talk.person_has_it,
        person_asked=bands.wants_person(read.question),
        echo=read.echo,
        repeated=read.repeated,
        thanks=phrases.is_thanks(read.mail.said.text),
        never_topic=judged.stance.never,
        damaged=read.mail.damaged,
        to_own_people=read.talk.to_own_people,
        recipient=read.reply_to is not None,
        quota=read.quota,
    )


def _released(
    situation: Situation,
    read: Read,
    judged: Judged,
    automation: Automation,
    sender_: Sender,
    now: datetime,
) -> Situation:
    """Add how far answering is switched on for what this mail is about, and for its sender."""
    stance, who = judged.stance, read.reply_to or ""
    best = judged.tried[0] if judged.tried else None
    return replace(
        situation,
        mode=stance.mode,
        default_mode=automation.mode,
        share=stance.share,
        inside=rollout.inside(sender_.secret, who, stance.share),
        held_out=rollout.held_out(sender_.secret, who, automation.holdout, now=now),
        topic=stance.topic,
        target=stance.target,
        gate=best.gate if best else 0.0,
        gate_from=best.gate_from if best else rollout.FINDER,
    )

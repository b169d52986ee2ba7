"""Write a queued mail: from what stands in the outbox to a letter with all its words.

What was true when a mail was queued may not be any more: an article was withdrawn, a person
answered first. Then `Stale` says why the mail must not leave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from autoreply import (
    asked,
    corrections,
    passages,
    phrases,
    render,
    solved,
    subjects,
    threading,
    wordings,
)
from autoreply.compose import Automatic, Letter
from autoreply.enclosure import Enclosed
from autoreply.render import Passage
from autoreply.sender import Sender, mailbox_of
from autoreply.tables import (
    AUTOMATIC,
    CORRECTION,
    MACHINE_KINDS,
    RECEIPT,
    REPLY,
    TOLD,
    OutgoingMail,
)
from kb import articles, attachments, notices, settings, tickets
from kb.access import NOBODY, audiences
from kb.errors import Conflict
from kb.models.base import table_of
from kb.models.knowledge import Article
from kb.models.service import AGENT, CLOSED, Message, Question, Ticket

PUBLIC = audiences(NOBODY)
OLDEST = timedelta(hours=24)
_ARTICLES = select(Article).where(Article.id.in_(bindparam("ids", expanding=True)))
_AGENTS = (
    select(Message.id)
    .where(
        Message.ticket_id == bindparam("ticket"),
        Message.author == AGENT,
        Message.delivery.is_distinct_from("undone"),
    )
    .limit(1)
)
_TEXT = table_of(Question).c
_ASKED = select(_TEXT.text).where(_TEXT.id == bindparam("number"))
_FIRST_ASKED = (
    select(_TEXT.text).where(_TEXT.ticket_id == bindparam("ticket")).order_by(_TEXT.id).limit(1)
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；）]+")


class Stale(Conflict):
    """The mail must not leave any more; `code` says why."""

    code = "stale_mail"


def write(session: Session, mail: OutgoingMail, sender: Sender, *, now: datetime) -> Letter:
    """Write a mail.

    Args:
        session: the unit of work; the ticket's link is made in it.
        mail: what stands in the outbox.
        sender: this installation.
        now: the moment.

    Raises:
        Stale: it must not leave any more.
        Unavailable: we have no mailbox to send from.
    """
    ticket = session.get(Ticket, mail.ticket_id) if mail.ticket_id else None
    if ticket is None:
        raise Stale("ticket_gone", mail=mail.id)
    if mail.kind in MACHINE_KINDS and now - mail.created_at > OLDEST:
        raise Stale("too_old", mail=mail.id)
    view = _VIEWS[mail.kind](session, mail, ticket, sender, now)
    words = wordings.written(session, view, mail.language, now=now)
    mailbox = mailbox_of(session, sender, mail.mailbox)
    company = settings.read(session, settings.Company)
    tag = threading.subject_tag(sender.secret, ticket.id)
    own = f"{words.subject} {tag}" if words.subject else subjects.answer(mail.subject, tag=tag)
    automatic = mail.kind in MACHINE_KINDS
    return Letter(
        to=mail.to_address,
        to_name=mail.to_name,
        from_=mailbox,
        from_name=_from_name(view, company.name),
        subject=own,
        text=words.text,
        html=words.html,
        message_id=threading.message_id(
            sender.secret, mail.id, domain=mailbox.rpartition("@")[2], automatic=automatic
        ),
        date=now,
        in_reply_to=mail.in_reply_to,
        references=tuple(mail.references),
        automatic=_mark(mail.kind),
        instance=sender.instance if automatic else "",
        files=_enclosed(session, mail),
    )


def _enclosed(session: Session, mail: OutgoingMail) -> tuple[Enclosed, ...]:
    """Return the files that an agent sends along; machines send none."""
    if mail.kind != REPLY or not mail.message_id:
        return ()
    return tuple(
        Enclosed(file.filename or file.name, file.media_type, attachments.content(session, file))
        for file in attachments.of_message(session, mail.message_id)
    )


def _mark(kind: str) -> Automatic:
    if kind == REPLY:
        return Automatic.PERSON
    return Automatic.NOTICE if kind in (TOLD, CORRECTION) else Automatic.REPLY


def _from_name(view: render.View, company: str) -> str:
    return f"{view.agent}（{company}）" if isinstance(view, render.Person) else company


def _answer(
    session: Session, mail: OutgoingMail, ticket: Ticket, sender: Sender, now: datetime
) -> render.View:
    _still_ours(session, ticket, mail)
    rows = _visible(session, mail, now)
    if len(rows) < len(mail.articles) or not rows:
        raise Stale("article_withdrawn", mail=mail.id)
    question = _question(session, mail, ticket)
    token = solved.token_of(mail.id, sender.secret)
    return render.Answer(
        question=_quoted(mail, question, rows),
        article=answer_of(rows, question, sender),
        solved_url=sender.solved_url(token, solved.YES),
        person_url=sender.solved_url(token, solved.NO),
        company=phrases.company(settings.read(session, settings.Company), mail.language),
        customer=mail.to_name,
        number=ticket.number,
        notice=_notice(session, question, now),
    )


def answer_of(rows: list[Article], question: str, sender: Sender) -> Passage:
    """Return what a mail says: one article's passage, or those of each question's article."""
    parts = [
        passages.whole_or_part(
            row.question,
            sender.article_url(row),
            row.body_html,
            row.body_text,
            question=question,
            base_url=sender.base_url,
        )
        for row in rows
    ]
    return replace(parts[0], more=tuple(parts[1:]))


def _receipt(
    session: Session, mail: OutgoingMail, ticket: Ticket, sender: Sender, now: datetime
) -> render.View:
    if ticket.state == CLOSED or ticket.spam:
        raise Stale("ticket_closed", mail=mail.id)
    company = settings.read(session, settings.Company)
    return render.Receipt(
        number=ticket.number,
        url=sender.ticket_url(tickets.link_token(session, ticket, sender.secret)),
        expected=phrases.expected(ticket.due_at or now, now, sender.timezone, mail.language),
        company=phrases.company(company, mail.language),
        question=asked.brief(_question(session, mail, ticket)),
        suggestions=tuple(
            render.Link(row.question, sender.article_url(row))
            for row in _visible(session, mail, now)
        ),
        customer=mail.to_name,
        notice=_notice(session, ticket.subject, now),
    )


def _told(
    session: Session, mail: OutgoingMail, ticket: Ticket, sender: Sender, now: datetime
) -> render.View:
    rows = _visible(session, mail, now)
    if not rows:
        raise Stale("article_withdrawn", mail=mail.id)
    question = _question(session, mail, ticket)
    return render.Told(
        question=asked.brief(question, about=rows[0].question),
        asked_on=phrases.day(ticket.created_at, sender.timezone, mail.language),
        article=answer_of(rows[:1], question, sender),
        company=phrases.company(settings.read(session, settings.Company), mail.language),
        customer=mail.to_name,
        number=ticket.number,
    )


def _reply(
    session: Session, mail: OutgoingMail, ticket: Ticket, sender: Sender, now: datetime
) -> render.View:
    message = session.get(Message, mail.message_id) if mail.message_id else None
    if message is None or message.delivery == "undone":
        raise Stale("undone", mail=mail.id)
    user = message.user
    return render.Person(
        text=message.text,
        html=as_html(message.text),
        agent=user.display_name if user else "",
        company=phrases.company(settings.read(session, settings.Company), mail.language),
        signature=user.signature if user else "",
        number=ticket.number,
        url=sender.ticket_url(tickets.link_token(session, ticket, sender.secret)),
    )


def _correction(
    session: Session, mail: OutgoingMail, ticket: Ticket, sender: Sender, now: datetime
) -> render.View:
    text = corrections.of_mail(session, mail)
    return render.Correction(
        text=text,
        html=as_html(text),
        company=phrases.company(settings.read(session, settings.Company), mail.language),
        question=asked.brief(_question(session, mail, ticket)),
        customer=mail.to_name,
        number=ticket.number,
        url=sender.ticket_url(tickets.link_token(session, ticket, sender.secret)),
    )


_View = Callable[[Session, OutgoingMail, Ticket, Sender, datetime], render.View]
_VIEWS: Mapping[str, _View] = {
    AUTOMATIC: _answer,
    RECEIPT: _receipt,
    TOLD: _told,
    REPLY: _reply,
    CORRECTION: _correction,
}


def as_html(text: str) -> str:
    """Return an agent's plain text as HTML: paragraphs, line breaks, clickable addresses."""
    marked = _ADDRESS.sub(lambda m: f'<a href="{m[0]}">{m[0]}</a>', escape(text, quote=False))
    blocks = [block for block in re.split(r"\n\s*\n", marked.strip()) if block]
    return "".join(f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks)


def _still_ours(session: Session, ticket: Ticket, mail: OutgoingMail) -> None:
    """Refuse an automatic answer where a person was faster, or was asked for."""
    if ticket.person_asked or session.scalar(_AGENTS, {"ticket": ticket.id}) is not None:
        raise Stale("person_has_it", mail=mail.id)


def _visible(session: Session, mail: OutgoingMail, now: datetime) -> list[Article]:
    """Return the mail's articles that everybody may see at this moment, in order."""
    ids = [int(item["id"]) for item in mail.articles]
    if not ids:
        return []
    found = {row.id: row for row in session.scalars(_ARTICLES, {"ids": ids})}
    rows = [found[number] for number in ids if number in found]
    return [row for row in rows if articles.is_visible(row, now=now, audiences=PUBLIC)]


def _question(session: Session, mail: OutgoingMail, ticket: Ticket) -> str:
    asked = None
    if mail.question_id:
        asked = session.scalar(_ASKED, {"number": mail.question_id})
    if asked is None:
        asked = session.scalar(_FIRST_ASKED, {"ticket": ticket.id})
    return ticket.subject if asked is None else asked


def _quoted(mail: OutgoingMail, question: str, rows: Sequence[Article]) -> str:
    """Return what was asked as the mail quotes it, each answered question once."""
    between = "”和“" if phrases.is_chinese(mail.language) else "” and “"
    return asked.together(question, [row.question for row in rows], between=between)


def _notice(session: Session, question: str, now: datetime) -> str:
    holding = notices.current(session, now=now, audiences=PUBLIC)
    return next((notice.title for notice in notices.about(holding, question)), "")

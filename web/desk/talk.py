"""What was said in a ticket, and what happened around it, as the desk shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply.decide import HOLDOUT
from autoreply.tables import CORRECTION, RECEIPT, TOLD, Decision, OutgoingMail
from kb import audit, markup, questions
from kb.models.knowledge import Article, Attachment
from kb.models.people import User
from kb.models.service import AUTOMATIC, CUSTOMER, PERSON, Message, Question, Ticket
from web import current
from web.desk import choices, verdicts
from web.desk.inbox import is_likely
from web.locale import gettext

EARLIER = 3


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message."""

    id: int
    name: str
    size: int
    dangerous: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """An article that was sent."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Why:
    """The decision behind an automatic message, or the one that stayed in the shadow."""

    id: int
    band: str
    probability: float | None
    article: Sent | None


@dataclass(frozen=True, slots=True)
class Said:
    """One message; see templates/desk/ticket.html."""

    id: int
    kind: str
    name: str
    channel: str
    at: datetime
    text: str
    quoted: str
    has_html: bool
    images_blocked: int
    delivery: str
    files: tuple[File, ...]
    decision: Why | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened around a ticket."""

    at: datetime
    html: Markup
    bad: bool = False


def messages(session: Session, ticket: Ticket) -> list[Said]:
    """Return all that was said, oldest first."""
    return [_said(session, ticket, message) for message in ticket.messages]


def _said(session: Session, ticket: Ticket, message: Message) -> Said:
    html = message.html if message.author == CUSTOMER else ""
    detail = message.detail or {}
    return Said(
        id=message.id,
        kind=message.author,
        name=_name(ticket, message),
        channel=message.channel,
        at=message.created_at,
        text=message.text,
        quoted=str(detail.get("cut") or ""),
        has_html=bool(html),
        images_blocked=markup.clean_mail_html(html).blocked_images if html else 0,
        delivery=_delivery(message.delivery),
        files=files(session, message.id),
        decision=_decision(session, message),
    )


def _name(ticket: Ticket, message: Message) -> str:
    if message.author == CUSTOMER:
        name = ticket.contact.name if ticket.contact else ""
        return name or gettext("客户")
    return message.user.display_name if message.user else gettext("客服")


def _delivery(state: str | None) -> str:
    words = {
        "queued": gettext("正要发出"),
        "sent": gettext("已发出"),
        "failed": gettext("没发出去"),
        "unknown": gettext("不确定对方收没收到"),
        "undone": gettext("已撤回，没有发"),
    }
    return words.get(state or "", "")


def files(session: Session, message_id: int) -> tuple[File, ...]:
    """Return the files of a message."""
    rows = session.scalars(select(Attachment).where(Attachment.message_id == message_id))
    return tuple(File(f.id, f.filename or f.name, f.size, f.dangerous) for f in rows)


def _decision(session: Session, message: Message) -> Why | None:
    number = (message.detail or {}).get("decision")
    row = session.get(Decision, number) if isinstance(number, int) else None
    if row is None or _secret(row, message.ticket):
        return None
    article = session.get(Article, row.article_id) if row.article_id else None
    sent = None
    if article is not None and message.author == AUTOMATIC:
        sent = Sent(article.question, url_for("desk.edit", article_id=article.id))
    return Why(row.id, row.band, row.probability, sent)


def _secret(row: Decision, ticket: Ticket) -> bool:
    """Say whether a mail is held out and nobody has answered yet: they shall not know."""
    return row.held == HOLDOUT and ticket.first_response_at is None


def events(session: Session, ticket: Ticket) -> list[Event]:
    """Return what the customer did before, and what people did since; newest first."""
    found = [*_context(session, ticket), *_asked(session, ticket), *_deeds(session, ticket)]
    found += [*_mails(session, ticket), *_earlier(session, ticket)]
    return sorted(found, key=lambda event: event.at, reverse=True)


def _context(session: Session, ticket: Ticket) -> list[Event]:
    context, at = ticket.context or {}, ticket.created_at
    # A mail's own question is kept under the same name; it stands in the talk already.
    query = "" if ticket.channel == "mail" else context.get("query") or ""
    searches = dict.fromkeys([*(context.get("searches") or ()), query])
    found = [Event(at, escape(gettext("搜了“%(text)s”", text=text))) for text in searches if text]
    if isinstance(number := context.get("article"), int):
        article = session.get(Article, number)
        if article is not None:
            found.append(Event(at, Markup("{} {}").format(gettext("看了"), _link(article))))
    told = gettext("找到过") if ticket.channel == "mail" else gettext("给他看过")
    for article in _articles(session, context.get("shown")):
        found.append(Event(at, Markup("{} {}").format(told, _link(article))))
    if failed := context.get("not_solved_at"):
        moment = datetime.fromisoformat(str(failed))
        found.append(Event(moment, escape(gettext("点了“没解决，转人工”")), bad=True))
    return found


def _articles(session: Session, shown: object) -> list[Article]:
    """Return the likely articles in `Ticket.context["shown"]`: ids, or objects that hold one."""
    items = [item for item in shown if is_likely(item)] if isinstance(shown, list) else []
    ids = [item.get("article") if isinstance(item, dict) else item for item in items]
    rows = [session.get(Article, number) for number in ids if isinstance(number, int)]
    return [row for row in rows if row is not None]


def _link(article: Article) -> Markup:
    url = url_for("desk.edit", article_id=article.id)
    return Markup('<a href="{}">{}</a>').format(url, article.question)


def _asked(session: Session, ticket: Ticket) -> list[Event]:
    return [
        Event(row.outcome_at, escape(_came_to(session, ticket, row)), bad=row.outcome == "failed")
        for row in questions.of_ticket(session, ticket.id)
        if row.outcome and row.outcome_at
    ]


def _came_to(session: Session, ticket: Ticket, row: Question) -> str:
    """Return what came of a question; that a sure answer was kept back is no “转人工”."""
    if row.outcome == PERSON:
        query = select(Decision).where(Decision.question_id == row.id)
        decision = session.scalar(query.order_by(Decision.id.desc()).limit(1))
        told = decision is not None and not _secret(decision, ticket)
        if decision and told and (words := _kept_back(decision)):
            return words
    words = choices.outcome_words().get(row.outcome or "", row.outcome or "")
    return gettext("这次提问：%(outcome)s", outcome=words)


def _kept_back(row: Decision) -> str:
    """Return what kept a mail of the machine back, or ""."""
    if row.explanation.get("why") in ("N34", "quota"):
        limit = verdicts.quota(str(row.inputs.get("quota") or ""))
        return gettext("%(limit)s，没有给客户自动发信", limit=limit)
    return verdicts.held(row.held, row.wanted)


def _mails(session: Session, ticket: Ticket) -> list[Event]:
    """Return what left by mail beside the messages, with the answers that it pointed at."""
    words = {
        RECEIPT: gettext("给客户发了回执"),
        TOLD: gettext("告诉客户有回答了"),
        CORRECTION: gettext("给客户发了更正"),
    }
    query = select(OutgoingMail).where(
        OutgoingMail.ticket_id == ticket.id,
        OutgoingMail.kind.in_(words),
        OutgoingMail.sent_at.is_not(None),
    )
    return [
        Event(row.sent_at, _sent_words(session, row, words[row.kind]))
        for row in session.scalars(query)
        if row.sent_at is not None
    ]


def _sent_words(session: Session, row: OutgoingMail, words: str) -> Markup:
    mail = Markup('<a href="{}">{}</a>').format(url_for("desk.outbox_mail", mail_id=row.id), words)
    shown = [session.get(Article, int(item["id"])) for item in row.articles]
    links = [_link(article) for article in shown if article is not None]
    return Markup("{}{}{}").format(mail, gettext("："), Markup("，").join(links)) if links else mail


def deed_words() -> dict[str, str]:
    """Return what people do to tickets, in words."""
    return {
        "ticket.reply": gettext("回复了"),
        "ticket.undo": gettext("撤回了回复"),
        "ticket.resolve": gettext("标为已解决"),
        "ticket.reopen": gettext("重新打开"),
        "ticket.assign": gettext("改了负责人"),
        "ticket.spam": gettext("放进垃圾"),
        "ticket.not_spam": gettext("从垃圾里拿回来"),
        "ticket.take": gettext("接手"),
    }


def _deeds(session: Session, ticket: Ticket) -> list[Event]:
    words = deed_words()
    return [
        Event(entry.created_at, escape(f"{entry.actor} {words[entry.verb]}"))
        for entry in audit.of(session, "ticket", ticket.id, limit=30)
        if entry.verb in words
    ]


def _earlier(session: Session, ticket: Ticket) -> list[Event]:
    """Return the contact's tickets before this one."""
    if ticket.contact_id is None:
        return []
    query = select(Ticket).where(Ticket.contact_id == ticket.contact_id, Ticket.id < ticket.id)
    rows = session.scalars(query.order_by(Ticket.id.desc()).limit(EARLIER))
    link = Markup('<a href="{}">{}</a> {}')
    return [
        Event(
            row.created_at,
            link.format(url_for("desk.ticket", ticket_id=row.id), row.number, row.subject),
        )
        for row in rows
    ]


def facts(session: Session, ticket: Ticket) -> list[tuple[str, str]]:
    """Return what is known about the customer as (words, value)."""
    contact = ticket.contact
    if contact is None:
        return []
    kinds = {**choices.channel_words(), "mail": gettext("邮箱")}
    found = [(kinds.get(i.kind, i.kind), i.value) for i in contact.identities]
    if order := str((ticket.context or {}).get("order") or ""):
        found.append((gettext("订单"), order))
    if contact.note:
        found.append((gettext("备注"), contact.note))
    return found


def latest_question(session: Session, ticket: Ticket) -> Question | None:
    """Return the newest question that led to a ticket."""
    rows = questions.of_ticket(session, ticket.id)
    return rows[-1] if rows else None


def others(session: Session, ticket: Ticket) -> list[str]:
    """Return who else works on a ticket: the assignee, when it is not the reader."""
    me = current.actor().user_id
    if ticket.assignee_id in (None, me):
        return []
    user = session.get(User, ticket.assignee_id)
    return [user.display_name] if user else []

"""What a decision does: ticket, messages, question, outgoing mail, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import bounces, keeping, letters, outgoing, phrases, spool, suppression, threading
from autoreply.case import Case
from autoreply.decide import ANSWER, DRAFT, IGNORE, RECEIPT, SHADOW, SUGGEST
from autoreply.guard import BOUNCE, HUMAN
from autoreply.outgoing import Asked, Offered
from autoreply.sender import Sender
from autoreply.tables import OPTED_OUT
from kb import contacts, hours, questions, settings, tickets
from kb.errors import Invalid
from kb.models.knowledge import Article
from kb.models.people import Contact
from kb.models.service import AUTOMATIC, CONFIRMED, CUSTOMER, FAILED, Message, Question, Ticket
from search import bands
from search.finder import Match

MOST_HTML = 500_000


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a mail: the rows that hold it."""

    ticket: Ticket | None = None
    message: Message | None = None
    question: Question | None = None
    # Held, so that the mail that leaves need not read it again.
    contact: Contact | None = None


def apply(session: Session, case: Case, decision: int, sender: Sender) -> Done:
    """Do what was chosen.

    Args:
        session: the unit of work.
        case: the mail and the choice.
        decision: id of its row, so that messages can name it.
        sender: this installation.
    """
    if case.choice.action == IGNORE:
        return _ignored(session, case, sender)
    done = _into_ticket(session, case, decision, sender)
    action = case.choice.action
    if case.choice.why == "thanks":
        _thanked(session, case, done)
    elif action == ANSWER:
        _answer(session, case, done, decision, sender)
        return done
    else:
        _opt_out(session, case)
        if action in (SUGGEST, RECEIPT) and done.ticket is not None:
            offered = _offered(session, case.suggested) if action == SUGGEST else ()
            outgoing.queue_receipt(
                session,
                done.ticket,
                now=case.now,
                suggestions=offered,
                spool_id=case.arrived.id,
                asked=_asked(case),
                first=case.read.talk.ticket is None,
            )
    return done


def _ignored(session: Session, case: Case, sender: Sender) -> Done:
    ticket = case.read.talk.ticket
    if case.read.verdict.kind == BOUNCE:
        report = bounces.read(case.read.mail, case.arrived.raw, sender.secret)
        sent = bounces.apply(session, report, now=case.now)
        if sent is not None and sent.ticket_id is not None:
            ticket = session.get(Ticket, sent.ticket_id)
    spool.place(session, case.arrived.id, ticket=ticket.id if ticket else None, message=None)
    return Done(ticket)


def _asked(case: Case) -> Asked | None:
    """Return the mail as the one that ours answers; None for one without an id."""
    mail = case.read.mail
    if not mail.message_id:
        return None
    return Asked(
        mail_id=mail.message_id,
        reply_to=case.read.reply_to,
        references=threading.references(mail),
        mailbox=case.arrived.mailbox,
        subject=case.arrived.subject,
    )


def _into_ticket(session: Session, case: Case, decision: int, sender: Sender) -> Done:
    """Put the mail into its ticket, a new one or the one that it continues."""
    mail = case.read.mail
    contact = _contact(session, case)
    ticket = case.read.talk.ticket or _open(session, case, contact, decision)
    _due(session, case, ticket, sender)
    _earlier_failed(session, case)
    text = mail.said.text or mail.subject or phrases.NO_TEXT
    saying = tickets.Saying(
        author=CUSTOMER,
        text=text[: tickets.MAX_TEXT],
        channel="mail",
        html=mail.html[:MOST_HTML],
        mail_id=mail.message_id or None,
        detail={**keeping.detail(case, decision), "files": []},
    )
    message = tickets.say(session, ticket, saying, now=case.now)
    if mail.attachments:
        message.detail = {**message.detail, "files": keeping.files(session, message, case)}
    ticket.person_asked = ticket.person_asked or bands.wants_person(mail.said.text)
    spool.place(session, case.arrived.id, ticket=ticket.id, message=message.id)
    question = _question(session, case, contact, ticket)
    session.flush()
    return Done(ticket, message, question, contact)


def _contact(session: Session, case: Case) -> Contact | None:
    author = case.read.mail.author
    if author is None:
        return None
    english = not phrases.is_chinese(case.read.mail.language)
    mail = case.read.mail
    # A form that mails as noreply@ names the customer in Reply-To.
    forwarded = case.read.verdict.kind != HUMAN and mail.reply_to
    address = mail.reply_to[0].address if forwarded else author.address
    try:
        return contacts.find_or_create(
            session,
            contacts.MAIL,
            address,
            name=author.name,
            language="en" if english else "zh",
            now=case.now,
        )
    except Invalid:
        return None


def _open(session: Session, case: Case, contact: Contact | None, decision: int) -> Ticket:
    mail = case.read.mail
    context: dict[str, Any] = {  # JSON, see Ticket.context
        "query": case.read.question[:2000],
        "shown": [
            {"article": match.article_id, "probability": round(match.probability, 4)}
            for match in (case.found.matches[:5] if case.found else ())
        ],
        "language": mail.language,
        "decision": decision,
        "linked": case.read.talk.linked,
        "held": _shown_hold(case),
    }
    opening = tickets.Opening(
        subject=mail.subject,
        text=mail.said.text or phrases.NO_TEXT,
        channel="mail",
        contact_id=contact.id if contact else None,
        category_id=_category(session, case),
        context=context,
        person_asked=bands.wants_person(case.read.question),
    )
    return tickets.open_ticket(session, opening, now=case.now)


def _shown_hold(case: Case) -> str:
    """Return what the inbox may say about an answer that was kept back; never a hold-out."""
    told = case.choice.held in (SHADOW, DRAFT) and case.choice.wanted == ANSWER
    return case.choice.held if told else ""


def _category(session: Session, case: Case) -> int | None:
    best = case.suggested[0] if case.suggested else None
    article = session.get(Article, int(best.article_id)) if best else None
    return article.category_id if article else None


def _question(
    session: Session, case: Case, contact: Contact | None, ticket: Ticket
) -> Question | None:
    """Remember the question of a person; thanks and machines ask nothing.

    What is not answered at once is a person's.
    """
    if case.choice.why in ("thanks", "not_a_person") or not case.read.question.strip():
        return None
    asked = questions.Asked(
        channel="mail",
        text=case.read.question,
        language="zh" if phrases.is_chinese(case.read.mail.language) else "en",
        contact_id=contact.id if contact else None,
        band=case.judged.band,
        ticket_id=ticket.id,
        to_person=case.choice.action != ANSWER,
    )
    shown = case.answered if case.choice.action == ANSWER else case.suggested
    offers = [questions.Offer(int(m.article_id), m.probability) for m in shown]
    question = questions.record(session, asked, offers, now=case.now)
    if contact is not None and contact.created_at < case.now:
        questions.asked_again(session, question, now=case.now)
    return question


def _earlier_failed(session: Session, case: Case) -> None:
    """An answer that is answered back did not solve it."""
    ticket = case.read.talk.ticket
    if ticket is None or case.choice.why == "thanks":
        return
    for question in questions.of_ticket(session, ticket.id):
        if question.answered_at is not None:
            questions.end(session, question, FAILED, now=case.now)


def _answer(session: Session, case: Case, done: Done, decision: int, sender: Sender) -> None:
    if done.ticket is None or done.question is None:
        raise Invalid("nothing_to_answer")
    rows = [session.get_one(Article, int(match.article_id)) for match in case.answered]
    passage = letters.answer_of(rows, case.read.question, sender)
    offered = _offered(session, case.answered)
    saying = tickets.Saying(
        author=AUTOMATIC,
        text="\n\n".join(f"{p.title}\n\n{p.text}\n\n{p.url}" for p in passage.every()),
        channel="mail",
        detail={
            "articles": [one.as_json() for one in offered],
            "decision": decision,
            "band": bands.ANSWER,
        },
        delivery="queued",
    )
    message = tickets.say(session, done.ticket, saying, now=case.now)
    outgoing.queue_answer(
        session,
        message,
        offered,
        question=case.read.question,
        spool_id=case.arrived.id,
        question_id=done.question.id,
        asked=_asked(case),
        now=case.now,
    )


def _offered(session: Session, matches: Sequence[Match]) -> list[Offered]:
    found = []
    for match in matches:
        article = session.get(Article, int(match.article_id))
        if article is not None:
            found.append(Offered(article.id, article.live_version or 0, match.probability))
    return found


def _due(session: Session, case: Case, ticket: Ticket, sender: Sender) -> None:
    """Set when a person answers; nobody does when it is answered, or only says thank you."""
    if case.choice.action == ANSWER or case.choice.why == "thanks":
        return
    if ticket.due_at is None or not case.situation.person_has_it:
        company = settings.read(session, settings.Company)
        ticket.due_at = hours.due(company, case.now, sender.timezone)


def _opt_out(session: Session, case: Case) -> None:
    author = case.read.mail.author
    if case.choice.why == "N35" and author is not None and case.read.verdict.why == _OPTS_OUT:
        suppression.suppress(session, author.address, OPTED_OUT, "", now=case.now)


_OPTS_OUT = "wants no automatic mail"


def _thanked(session: Session, case: Case, done: Done) -> None:
    """A thank-you opens nothing again; when it says so, it confirms the answer."""
    ticket, solved = done.ticket, phrases.says_solved(case.read.mail.said.text)
    # To an agent who asked something back, “好的，谢谢” ends nothing.
    if ticket is None or (case.situation.person_has_it and not solved):
        return
    if (ticket.state, "resolved") in tickets.MOVES:
        tickets.move(session, ticket, "resolved", now=case.now)
    if not solved:
        return
    asked = select(Question).where(
        Question.ticket_id == ticket.id, Question.answered_at.is_not(None)
    )
    for question in session.scalars(asked):
        questions.end(session, question, CONFIRMED, now=case.now)

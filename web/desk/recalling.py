"""这条答案自动发给了谁: the list, and a correction to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import corrections, language, phrases, recall, render, wordings
from autoreply.recall import Filter, Told, Words
from kb import access, articles, audit, questions, settings
from kb.errors import DomainError, Forbidden, Invalid, NotFound
from kb.models.knowledge import Article
from kb.models.people import User
from kb.models.service import Ticket
from web import current, errors
from web.desk import frame
from web.desk.blueprint import desk
from web.locale import gettext
from web.paging import pager
from web.site import shown

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One mail in the list; see templates/desk/told.html."""

    name: str
    address: str
    version: int
    probability: int
    at: datetime
    state: str
    mail_url: str
    ticket_url: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """One correction that went out."""

    at: datetime
    who: str
    text: str
    queued: int
    sent: int
    failed: int
    waiting: int
    left_out: int


@desk.get("/articles/<int:article_id>/told", endpoint="told")
def show(article_id: int) -> ResponseReturnValue:
    """Show who got an answer automatically, and what was corrected."""
    current.require("mail.see")
    with current.reading() as session:
        return _page(session, article_id, None, {}, 200)


def _page(
    session: Session,
    article_id: int,
    typed: Mapping[str, str] | None,
    faults: Mapping[str, str],
    status: int,
    *,
    preview: bool = False,
) -> ResponseReturnValue:
    article, which = articles.get(session, article_id), _filter()
    found = recall.told(session, article_id, which)
    meant = recall.reachable(found)
    number = max(1, current.whole("page", 1) or 1)
    names = {"version": which.version, "since": _day("since"), "until": _day("until")}
    html = render_template(
        "desk/told.html",
        article={"id": article.id, "question": article.question},
        versions=_versions(session, article),
        filters={name: str(value or "") for name, value in names.items()},
        rows=[_row(one) for one in found[(number - 1) * PAGE : number * PAGE]],
        total=len(found),
        pager=pager(number, len(found), PAGE, "desk.told", article_id=article_id, **names),
        count=len(meant),
        foreign=sum(not _chinese(one) for one in meant),
        left_out=len({one.address.lower() for one in found if one.refused}),
        values=_prepared(article) if typed is None else typed,
        errors=faults,
        preview=_mails(session, meant, typed) if preview and typed else [],
        past=_past(session, article_id),
        can_correct=access.can(current.actor(), "mail.correct"),
    )
    return html, status


def _chinese(one: Told) -> bool:
    return one.language in (language.ZH_HANS, language.ZH_HANT)


def _filter() -> Filter:
    """Return what the address or the form narrows to; days are those of people's clocks."""
    since, until = _day("since"), _day("until")
    last = _moment("until", until)
    return Filter(
        version=current.whole("version"),
        since=_moment("since", since),
        until=last + timedelta(days=1) if last else None,
    )


def _day(name: str) -> str | None:
    return request.values.get(name, "").strip() or None


def _moment(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise Invalid("date_invalid", field=name) from None
    return datetime.combine(day, time(), current.parts().timezone)


def _versions(session: Session, article: Article) -> list[tuple[object, str]]:
    found = recall.versions(session, article.id)
    all_ = sum(count for _, count in found)
    rows = [(n, gettext("第%(n)s版，%(count)s封", n=n, count=count)) for n, count in found]
    return [("", gettext("全部版本，%(count)s封", count=all_)), *rows]


def _row(one: Told) -> Row:
    ticket = url_for("desk.ticket", ticket_id=one.ticket_id) if one.ticket_id else None
    return Row(
        name=one.name,
        address=one.address,
        version=one.version,
        probability=round(one.probability * 100),
        at=one.at,
        state=_state(one),
        mail_url=url_for("desk.outbox_mail", mail_id=one.mail_id),
        ticket_url=ticket,
    )


def _state(one: Told) -> str:
    if one.corrected:
        return "corrected"
    if one.refused:
        return one.refused
    return {"yes": "solved", "no": "unsolved"}.get(one.solved or "", "")


def _prepared(article: Article) -> dict[str, str]:
    """Return a text to begin with: it says what was wrong and what is right now."""
    link = shown.short_url(article)
    answer = shown.as_letter(article)
    text = (
        f"您之前来信问过“{article.question}”。我们当时自动回复的答案有误，对不起。\n\n"
        f"正确的答案是：\n\n{answer}\n\n{link}\n\n"
        "给您添麻烦了。"
    )
    text_en = (
        f"You wrote to us about “{article.question}”. The answer that we sent automatically was "
        "wrong, and we are sorry.\n\n"
        f"The right answer is here: {link}"
    )
    return {"text": text, "text_en": text_en}


def _mails(session: Session, meant: Sequence[Told], typed: Mapping[str, str]) -> list[str]:
    """Return what the first recipient of each language will read."""
    words = Words(typed["text"], typed["text_en"])
    firsts = {_chinese(one): one for one in reversed(meant)}
    return [_mail(session, one, words) for _, one in sorted(firsts.items(), reverse=True)]


def _mail(session: Session, one: Told, words: Words) -> str:
    ticket = session.get(Ticket, one.ticket_id) if one.ticket_id else None
    asked = questions.of_ticket(session, ticket.id) if ticket else ()
    view = render.Correction(
        text=corrections.text_for(words, one.language),
        html="",
        company=phrases.company(settings.read(session, settings.Company), one.language),
        question=asked[0].text if asked else "",
        customer=one.name,
        number=ticket.number if ticket else "",
        url=f"{current.parts().base_url}/t/…",
    )
    return wordings.written(session, view, one.language, now=current.now()).text


def _past(session: Session, article_id: int) -> list[Past]:
    found = []
    for one in corrections.outcomes(session, article_id):
        row, states = one.correction, one.states
        user = session.get(User, row.user_id) if row.user_id else None
        sent, gone = (
            states.get("sent", 0),
            sum(states.get(n, 0) for n in ("failed", "unknown", "cancelled")),
        )
        found.append(
            Past(
                at=row.created_at,
                who=user.display_name if user else "",
                text=row.text,
                queued=row.queued,
                sent=sent,
                failed=gone,
                waiting=sum(states.values()) - sent - gone,
                left_out=row.left_out,
            )
        )
    return found


@desk.post("/articles/<int:article_id>/told", endpoint="told_post")
def correct(article_id: int) -> ResponseReturnValue:
    """Show a correction as it will leave (do=preview), go on writing (edit), or send it (send)."""
    current.require("mail.correct")
    typed = {n: request.form.get(n, "").replace("\r\n", "\n").strip() for n in ("text", "text_en")}
    do = request.form.get("do", "")
    if do != "send":
        return _look(article_id, typed, preview=do == "preview")
    try:
        with current.writing() as session:
            _send(session, article_id, Words(typed["text"], typed["text_en"]))
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            return _page(session, article_id, typed, faults, errors.status_of(error))
    return frame.back("told", "corrected", article_id=article_id)


def _look(article_id: int, typed: Mapping[str, str], *, preview: bool) -> ResponseReturnValue:
    """Show what was written; writing, because a broken wording is kept for who looks after it."""
    faults = {} if typed["text"] else {"text": errors.sentence(Invalid("text_missing"))}
    status = 400 if faults else 200
    with current.writing() as session:
        return _page(session, article_id, typed, faults, status, preview=preview and not faults)


def _send(session: Session, article_id: int, words: Words) -> None:
    articles.get(session, article_id)
    row = recall.correct(
        session,
        article_id,
        _filter(),
        words,
        expected=current.whole("count", 0) or 0,
        by=current.actor().user_id,
        now=current.now(),
    )
    audit.note(
        session,
        current.actor(),
        "mail.correct",
        ("article", article_id),
        now=current.now(),
        correction=row.id,
        mails=row.queued,
        version=row.version,
    )

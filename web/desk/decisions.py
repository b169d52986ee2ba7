"""What the machine did with each mail, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from autoreply import decide
from autoreply.tables import Decision
from kb import audit, settings
from kb.errors import Invalid, NotFound
from kb.models.knowledge import Article
from kb.models.service import Question, Ticket
from search import bands
from web import current
from web.desk import automation, choices, frame, verdicts
from web.desk.blueprint import desk
from web.desk.inbox import Tab
from web.locale import gettext
from web.paging import pager

PAGE = 40
RECENT = 10


_OF_QUOTA = ("N34", "quota")


@dataclass(frozen=True, slots=True)
class Line:
    """One decision in the list; see templates/desk/decisions.html."""

    id: int
    subject: str
    from_: str
    band: str
    probability: float | None
    article: str
    sent: bool
    rule: str
    at: datetime
    url: str
    right: bool | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition, and whether it held."""

    id: str
    words: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One article that was considered."""

    title: str
    url: str
    probability: float
    matched: str


@desk.get("/decisions")
def decisions() -> ResponseReturnValue:
    """Show what was decided about each mail, newest first."""
    current.require("mail.see")
    tab, number = request.args.get("tab", ""), max(1, current.whole("page", 1) or 1)
    with current.reading() as session:
        total = session.scalar(select(func.count()).select_from(Decision).where(_of(tab))) or 0
        rows = _rows(session, tab, PAGE, (number - 1) * PAGE)
        return render_template(
            "desk/decisions.html",
            one=None,
            pager=pager(number, total, PAGE, "desk.decisions", tab=tab or None),
            **_list(session, rows, tab),
        )


@desk.get("/decisions/<int:decision_id>")
def decision(decision_id: int) -> ResponseReturnValue:
    """Show one decision with everything that it was made from."""
    current.require("mail.see")
    with current.reading() as session:
        row = _get(session, decision_id)
        rows = _rows(session, "", RECENT, 0)
        return render_template(
            "desk/decisions.html", one=_one(session, row), pager=None, **_list(session, rows, "")
        )


def _get(session: Session, decision_id: int) -> Decision:
    row = session.get(Decision, decision_id)
    if row is None:
        raise NotFound(decision=decision_id)
    return row


def _of(tab: str) -> ColumnElement[bool]:
    conditions: dict[str, ColumnElement[bool]] = {
        "answer": Decision.wanted == "answer",
        "suggest": Decision.wanted == "suggest",
        "human": Decision.wanted.in_(("receipt", "ticket")),
        "quiet": Decision.wanted == "ignore",
    }
    return conditions.get(tab, true())


def _rows(session: Session, tab: str, limit: int, offset: int) -> Sequence[Decision]:
    query = select(Decision).where(_of(tab)).order_by(Decision.id.desc())
    return session.scalars(query.limit(limit).offset(offset)).all()


# Any: template context.
def _list(session: Session, rows: Sequence[Decision], tab: str) -> dict[str, Any]:
    return {
        "mode": settings.read(session, settings.Automation).mode,
        "rooms": automation.tabs("decisions"),
        "tabs": _tabs(session, tab),
        "decisions": [_line(session, row) for row in rows],
    }


def _tabs(session: Session, chosen: str) -> list[Tab]:
    words = {
        "": gettext("全部"),
        "answer": gettext("直接回答"),
        "suggest": gettext("猜您想问"),
        "human": gettext("转人工"),
        "quiet": gettext("没有回"),
    }
    count = select(func.count()).select_from(Decision)
    return [
        Tab(
            text,
            url_for("desk.decisions", tab=name or None),
            session.scalar(count.where(_of(name))) or 0,
            name == chosen,
        )
        for name, text in words.items()
    ]


def _line(session: Session, row: Decision) -> Line:
    article = session.get(Article, row.article_id) if row.article_id else None
    why = str(row.explanation.get("why") or "")
    secret = _is_secret(session, row)
    return Line(
        id=row.id,
        subject=row.subject,
        from_=row.from_address,
        band=bands.HUMAN if secret else row.band,
        probability=None if secret else row.probability,
        article=article.question if article else "",
        sent=row.sent,
        rule=_done(session, row, why),
        at=row.created_at,
        url=url_for("desk.decision", decision_id=row.id),
        right=row.right,
    )


def _done(session: Session, row: Decision, why: str) -> str:
    """Return what was done instead of answering, in words."""
    if row.held and row.wanted in ("answer", "suggest"):
        return verdicts.held(_held(session, row), row.wanted)
    if why in _OF_QUOTA:
        return verdicts.quota(str(row.inputs.get("quota") or ""))
    return "" if row.sent or why == "band_answer" else verdicts.words(why)


def _held(session: Session, row: Decision) -> str:
    """Return what kept an answer back; a held-out mail says so only once somebody answered."""
    if row.held != decide.HOLDOUT:
        return row.held
    ticket = session.get(Ticket, row.ticket_id) if row.ticket_id else None
    return row.held if ticket is None or ticket.first_response_at else ""


def _is_secret(session: Session, row: Decision) -> bool:
    """Say whether nobody shall know yet that a mail is held out, nor what was sure."""
    return row.held == decide.HOLDOUT and not _held(session, row)


def _one(session: Session, row: Decision) -> dict[str, Any]:  # Any: template context
    question = session.get(Question, row.question_id) if row.question_id else None
    outcome = question.outcome if question else None
    ticket = url_for("desk.ticket", ticket_id=row.ticket_id) if row.ticket_id else None
    secret = _is_secret(session, row)
    return {
        "id": row.id,
        "subject": row.subject or gettext("没有主题"),
        "question": row.question,
        "band": bands.HUMAN if secret else row.band,
        "probability": None if secret else row.probability,
        "sent": row.sent,
        "mode": row.mode,
        "at": row.created_at,
        "outcome": choices.outcome_words().get(outcome or "", ""),
        "rules": [] if secret else _rules(session, row),
        "held": verdicts.held(_held(session, row), row.wanted),
        "tried": [] if secret else _tried(row),
        "topic": row.inputs.get("topic") or "",
        "target": row.inputs.get("target"),
        "matches": _matches(session, row),
        "ticket_url": ticket,
        "mail_url": url_for("desk.spool_mail", mail_id=row.spool_id) if row.spool_id else None,
    }


def _rules(session: Session, row: Decision) -> list[Rule]:
    """Return the conditions of an answer; the guard's own rule stands first when it hit."""
    found: list[Rule] = []
    limit = str(row.inputs.get("quota") or "")
    for check in row.explanation.get("checks") or ():
        name, passed = str(check["id"]), bool(check["passed"])
        reason = str(row.inputs.get("rule") or "") if name == "guard" and not passed else ""
        if name == "quota" and found and found[0].id in _OF_QUOTA:
            # The guard's rule has said so.
            continue
        text = verdicts.condition(name) if passed else verdicts.words(reason or name)
        if not passed and (reason or name) in _OF_QUOTA:
            text = verdicts.quota(limit)
        if name == "mode" and not passed:
            text = verdicts.mode_off(row.mode)
        if name == "band_answer" and not passed:
            text = gettext("把握不够大")
        found.append(Rule(reason, text, passed))
    if _held(session, row) == decide.HOLDOUT:
        found.append(Rule("", verdicts.held(decide.HOLDOUT, row.wanted), passed=False))
    return found


def _tried(row: Decision) -> list[dict[str, str]]:
    """Return, for each question of a mail, what was there and what was asked for."""
    sources = {
        "finder": gettext("模型自己的把握"),
        "all": gettext("全部分类的结果"),
        "topic": gettext("这个分类的结果"),
    }
    return [
        {
            "text": str(one["text"])[:200],
            "probability": _least(one["probability"], one["gate"]),
            "source": sources.get(str(one["gate_from"]), ""),
            "margin": _least(one["margin"], one["needs_margin"]),
            "coverage": _least(one["coverage"], one["needs_coverage"]),
        }
        for one in row.inputs.get("tried") or ()
    ]


def _least(value: float, needed: float) -> str:
    if needed > 1:
        return gettext("%(value)s，这里先不自动回", value=f"{value:.0%}")
    return gettext("%(value)s，要%(needed)s", value=f"{value:.0%}", needed=f"{needed:.0%}")


def _matches(session: Session, row: Decision) -> list[Found]:
    found = []
    for match in row.inputs.get("matches") or ():
        number = match.get("article")
        article = session.get(Article, number) if isinstance(number, int) else None
        if article is not None:
            url = url_for("desk.edit", article_id=article.id)
            probability = float(match.get("probability") or 0.0)
            found.append(Found(article.question, url, probability, match.get("matched") or ""))
    return found


@desk.post("/decisions/<int:decision_id>", endpoint="decision_post")
def judge(decision_id: int) -> ResponseReturnValue:
    """Say whether a decision was right."""
    current.require("mail.see")
    choice = request.form.get("right", "")
    if choice not in ("yes", "no"):
        raise Invalid("reason_unknown", field="right")
    with current.writing() as session:
        row = _get(session, decision_id)
        row.right = choice == "yes"
        row.judged_by, row.judged_at = current.actor().user_id, current.now()
        thing = ("decision", row.id)
        audit.note(session, current.actor(), "mail.judge", thing, now=current.now(), right=choice)
    return frame.back("decision", "right", decision_id=decision_id)

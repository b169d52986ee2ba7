"""The inbox: which tickets wait, for whom, and how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, selectinload

from autoreply import decide
from autoreply.tables import Decision
from kb import categories, settings
from kb.models.service import CLOSED, CUSTOMER, NEW, OPEN, RESOLVED, WAITING, Ticket
from web import current
from web.desk import choices
from web.desk.blueprint import desk
from web.desk.first_steps import first_steps
from web.locale import gettext

STEP, MOST = 50, 500
SNIPPET = 80
LIKELY = 0.1


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter that is a link."""

    words: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket in the list; see templates/desk/inbox.html."""

    id: int
    number: str
    subject: str
    snippet: str
    name: str
    channel: str
    language: str
    unread: bool
    tag: tuple[str, str] | None
    waiting: float | None
    late: bool
    at: datetime
    url: str


@desk.get("/")
def inbox() -> ResponseReturnValue:
    """Show the tickets of one tab, those that have waited longest first."""
    current.require("ticket.see")
    chosen = {name: request.args.get(name, "") for name in ("tab", "channel", "category", "sort")}
    limit = min(current.whole("show", STEP) or STEP, MOST)
    with current.reading() as session:
        where = _where(session, chosen)
        total = session.scalar(select(func.count()).select_from(Ticket).where(where)) or 0
        rows = _rows(session, where, chosen["sort"], limit)
        more = {**chosen, "show": limit + STEP}
        return render_template(
            "desk/inbox.html",
            tabs=_tabs(session, chosen["tab"]),
            channels=choices.channels(),
            categories=choices.category_choices(session, gettext("全部分类")),
            sorts=[("", gettext("等得最久在前")), ("new", gettext("最新在前"))],
            chosen=chosen,
            tickets=[_row(row) for row in rows],
            total=total,
            more_url=_address(more) if total > limit and limit < MOST else None,
            steps=first_steps(session),
            **_clock(session, chosen["tab"]),
        )


def _conditions() -> dict[str, ColumnElement[bool]]:
    me = current.actor().user_id
    waits = Ticket.state.in_((NEW, OPEN))
    mine = and_(Ticket.assignee_id == me, Ticket.state.in_((NEW, OPEN, WAITING)))
    return {
        "": waits,
        "mine": mine,
        "drafts": and_(waits, _drafted()),
        "waiting": Ticket.state == WAITING,
        "resolved": Ticket.state.in_((RESOLVED, CLOSED)),
    }


def _drafted() -> ColumnElement[bool]:
    """Return the condition that a reply stands ready which nobody has sent or replaced."""
    written = exists().where(
        Decision.ticket_id == Ticket.id,
        Decision.held == decide.DRAFT,
        Decision.wanted == decide.ANSWER,
    )
    return and_(Ticket.first_response_at.is_(None), written)


def _of_tab(tab: str) -> ColumnElement[bool]:
    if tab == "spam":
        return Ticket.spam.is_(True)
    conditions = _conditions()
    return and_(conditions.get(tab, conditions[""]), Ticket.spam.is_(False))


def _where(session: Session, chosen: Mapping[str, str]) -> ColumnElement[bool]:
    """Return the condition of the chosen tab and filters; unknown values filter nothing."""
    where = _of_tab(chosen["tab"])
    if chosen["channel"] in choices.channel_words():
        where = and_(where, Ticket.channel == chosen["channel"])
    category = current.whole("category")
    if category is not None:
        where = and_(where, Ticket.category_id.in_(categories.subtree_ids(session, category)))
    return where


def _rows(session: Session, where: ColumnElement[bool], sort: str, limit: int) -> Sequence[Ticket]:
    longest = (Ticket.waiting_since.is_(None), Ticket.waiting_since, Ticket.updated_at.desc())
    order = (Ticket.updated_at.desc(),) if sort == "new" else longest
    query = select(Ticket).where(where).order_by(*order, Ticket.id).limit(limit)
    return session.scalars(query.options(selectinload(Ticket.messages))).all()


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SNIPPET else f"{words[:SNIPPET].rstrip()}…"


def _row(ticket: Ticket) -> Row:
    now = current.now()
    said = [m.text for m in ticket.messages if m.author == CUSTOMER] or [""]
    waiting = (now - ticket.waiting_since).total_seconds() if ticket.waiting_since else None
    return Row(
        id=ticket.id,
        number=ticket.number,
        subject=ticket.subject,
        snippet=_beginning(said[-1]),
        name=ticket.contact.name if ticket.contact else "",
        channel=ticket.channel,
        language=ticket.contact.language[:2] if ticket.contact else "",
        unread=ticket.state == NEW,
        tag=_tag(ticket),
        waiting=waiting,
        late=is_late(ticket, now),
        at=ticket.resolved_at or ticket.updated_at,
        url=url_for("desk.ticket", ticket_id=ticket.id),
    )


def is_late(ticket: Ticket, now: datetime) -> bool:
    """Say whether a ticket has waited longer than was promised."""
    waits = ticket.waiting_since is not None and ticket.first_response_at is None
    return waits and ticket.due_at is not None and ticket.due_at < now


def _tag(ticket: Ticket) -> tuple[str, str] | None:
    """Return what to know before opening: (words, tone)."""
    if ticket.person_asked:
        failed = "not_solved_at" in ticket.context
        return (gettext("没解决，转人工") if failed else gettext("客户要求人工"), "zhu")
    held = {"shadow": gettext("影子：会直接回答"), "draft": gettext("写好了回复")}
    if words := held.get(str(ticket.context.get("held"))):
        return (words, "qing")
    shown = [item for item in ticket.context.get("shown") or () if is_likely(item)]
    return (gettext("猜您想问%(n)s条", n=len(shown)), "zhe") if shown else None


def is_likely(item: object) -> bool:
    """Say whether something shown was probable; the form keeps ids of such only."""
    return not isinstance(item, dict) or float(item.get("probability") or 0.0) >= LIKELY


def _tabs(session: Session, chosen: str) -> list[Tab]:
    words = {
        "": gettext("待回复"),
        "mine": gettext("我的"),
        "drafts": gettext("写好了等发"),
        "waiting": gettext("等客户"),
        "resolved": gettext("已解决"),
        "spam": gettext("垃圾"),
    }
    tabs = [
        Tab(
            text,
            url_for("desk.inbox", tab=name) if name else url_for("desk.inbox"),
            _count(session, name) if name not in ("resolved", "spam") else None,
            name == chosen,
        )
        for name, text in words.items()
    ]
    # Most desks have no replies written for them; theirs need no empty queue.
    return [tab for tab in tabs if tab.words != words["drafts"] or tab.count or tab.current]


def _count(session: Session, tab: str) -> int:
    return session.scalar(select(func.count()).select_from(Ticket).where(_of_tab(tab))) or 0


def _clock(session: Session, tab: str) -> dict[str, float | None]:
    """Return how long the longest one of a queue has waited, and how long it may take."""
    queue = _of_tab(tab if tab == "drafts" else "")
    since = session.scalar(select(func.min(Ticket.waiting_since)).where(queue))
    company = settings.read(session, settings.Company)
    oldest = (current.now() - since).total_seconds() if since else None
    return {"oldest": oldest, "target": company.reply_minutes * 60}


def _address(values: Mapping[str, Any]) -> str:  # Any: values of an address
    return url_for("desk.inbox", **{name: value for name, value in values.items() if value})

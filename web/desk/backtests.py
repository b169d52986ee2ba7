"""试算: what automatic answering would have done with mails of the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import backtest_job
from autoreply.policy_tables import DONE, FAILED, RUNNING, STOPPED, WAITING, Backtest
from kb import access, audit
from kb.errors import DomainError, Forbidden, NotFound
from kb.models.people import User
from web import current, errors
from web.desk import automation, frame, verdicts
from web.desk.blueprint import desk
from web.locale import gettext
from web.paging import pager

PAGE = 50
LAST = (100, 500, 2000, 5000)


@dataclass(frozen=True, slots=True)
class Row:
    """One back-test in the list; see templates/desk/backtests.html."""

    id: int
    name: str
    state: str
    state_words: str
    who: str
    at: datetime
    done: int
    total: int
    answered: float | None
    same: float | None
    url: str


@desk.get("/backtests", endpoint="backtests")
def overview() -> ResponseReturnValue:
    """Show the back-tests, and the two ways to start one."""
    current.require("mail.see")
    with current.reading() as session:
        return _page(session, {}, 200)


def _page(session: Session, faults: dict[str, str], status: int) -> ResponseReturnValue:
    rows = session.scalars(select(Backtest).order_by(Backtest.id.desc())).all()
    html = render_template(
        "desk/backtests.html",
        tabs=automation.tabs("backtests"),
        rows=[_row(session, row) for row in rows],
        running=any(row.state in (WAITING, RUNNING) for row in rows),
        lasts=[(number, gettext("最近%(n)s封", n=number)) for number in LAST],
        errors=faults,
        limit=backtest_job.MOST_BYTES // 1024 // 1024,
        can_run=access.can(current.actor(), "backtest.run"),
    )
    return html, status


def state_words() -> dict[str, str]:
    """Return state of a back-test -> words."""
    return {
        WAITING: gettext("排队中"),
        RUNNING: gettext("正在算"),
        DONE: gettext("算完了"),
        FAILED: gettext("没有算成"),
        STOPPED: gettext("停掉了"),
    }


def _row(session: Session, row: Backtest) -> Row:
    user = session.get(User, row.user_id) if row.user_id else None
    own = gettext("库里最近%(n)s封", n=row.last or 0)
    return Row(
        id=row.id,
        name=row.name if row.source == backtest_job.UPLOAD else own,
        state=row.state,
        state_words=state_words()[row.state],
        who=user.display_name if user else "",
        at=row.created_at,
        done=row.done,
        total=row.total,
        answered=row.result.get("answered_share"),
        same=row.result.get("same_share"),
        url=url_for("desk.backtest", backtest_id=row.id),
    )


@desk.post("/backtests", endpoint="backtests_post")
def begin() -> ResponseReturnValue:
    """Start a back-test over the base's own mails, or over an uploaded mbox."""
    current.require("backtest.run")
    file = request.files.get("mbox")
    upload = file.read(backtest_job.MOST_BYTES + 1) if file and file.filename else None
    wanted = upload if request.form.get("source") == backtest_job.UPLOAD else None
    if request.form.get("source") == backtest_job.UPLOAD and wanted is None:
        wanted = b""
    try:
        with current.writing() as session:
            row = backtest_job.start(
                session,
                by=current.actor().user_id,
                now=current.now(),
                last=current.whole("last"),
                name=(file.filename or "") if file and wanted is not None else "",
                upload=wanted,
            )
            number = row.id
            thing = ("backtest", number)
            audit.note(session, current.actor(), "backtest.start", thing, now=current.now())
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            return _page(session, faults, errors.status_of(error))
    return frame.back("backtest", "begun", backtest_id=number)


@desk.get("/backtests/<int:backtest_id>", endpoint="backtest")
def result(backtest_id: int) -> ResponseReturnValue:
    """Show how far a back-test is, or what it found, with the list to read."""
    current.require("mail.see")
    with current.reading() as session:
        row = _get(session, backtest_id)
        show, about = request.args.get("show", ""), request.args.get("about")
        lines = [
            line
            for line in row.result.get("lines", ())
            if _shown(line, show) and about in (None, line["category"])
        ]
        number = max(1, current.whole("page", 1) or 1)
        return render_template(
            "desk/backtest.html",
            tabs=automation.tabs("backtests"),
            one=_row(session, row),
            error=_error(row),
            result=row.result,
            skipped=_skipped(row.result),
            filters=_filters(row, show, about),
            lines=[_line(line) for line in lines[(number - 1) * PAGE : number * PAGE]],
            about=about,
            pager=pager(number, len(lines), PAGE, "desk.backtest", **_of(row, show, about)),
            can_run=access.can(current.actor(), "backtest.run"),
        )


# Any: values of an address.
def _of(row: Backtest, show: str, about: str | None) -> dict[str, Any]:
    return {"backtest_id": row.id, "show": show or None, "about": about}


def _get(session: Session, backtest_id: int) -> Backtest:
    row = session.get(Backtest, backtest_id)
    if row is None:
        raise NotFound(backtest=backtest_id)
    return row


def _shown(line: dict[str, Any], show: str) -> bool:  # Any: JSON
    if line["taught"] and show in ("answer", "same", "differ"):
        # It counts nowhere, so it stands in none of the lists that the figures come from.
        return False
    if show == "answer":
        return bool(line["band"] == "answer")
    if show == "differ":
        return line["same"] is False
    if show == "same":
        return line["same"] is True
    if show == "taught":
        return bool(line["taught"])
    return True


def _filters(row: Backtest, show: str, about: str | None) -> list[dict[str, object]]:
    words = {
        "": gettext("全部"),
        "answer": gettext("会自动回答"),
        "same": gettext("客服说的一样"),
        "differ": gettext("客服说的不一样"),
        "taught": gettext("教过的，不计入"),
    }
    every = row.result.get("lines", ())
    lines = [line for line in every if about in (None, line["category"])]
    return [
        {
            "words": text,
            "url": url_for("desk.backtest", **_of(row, name, about)),
            "count": sum(_shown(line, name) for line in lines),
            "current": name == show,
        }
        for name, text in words.items()
    ]


def _line(line: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    number = str(line["article"])
    url = url_for("desk.edit", article_id=int(number)) if number.isdigit() else ""
    return {**line, "url": url, "question": " ".join(str(line["question"]).split())}


def _error(row: Backtest) -> str:
    return errors.sentence(DomainError(row.error)) if row.error else ""


def _skipped(result: dict[str, Any]) -> list[tuple[str, int]]:  # Any: JSON
    words = {
        "machine": gettext("不是人写的"),
        "continues": gettext("接着以前的往来写的"),
        "unreadable": gettext("读不出来的"),
    }
    found = result.get("skipped") or {}
    return [(words.get(name) or verdicts.words(name), count) for name, count in found.items()]


@desk.post("/backtests/<int:backtest_id>", endpoint="backtest_post")
def end(backtest_id: int) -> ResponseReturnValue:
    """Stop a back-test."""
    current.require("backtest.run")
    with current.writing() as session:
        backtest_job.stop(session, backtest_id, now=current.now())
        thing = ("backtest", backtest_id)
        audit.note(session, current.actor(), "backtest.stop", thing, now=current.now())
    return frame.back("backtests", "stopped_test")

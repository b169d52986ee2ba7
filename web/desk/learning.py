"""What ranking learned from this base: each set of coefficients with its trial; take one back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from kb import audit, questions
from search import model_history
from search.model_history import FEWEST, TaughtModel
from web import current
from web.desk import frame
from web.desk.blueprint import desk


@dataclass(frozen=True, slots=True)
class Line:
    """One refit; see templates/desk/learning.html. Marks are (before, after), shares in [0, 1]."""

    id: int
    at: datetime
    state: str
    taught: int
    judged: int
    right: tuple[float, float]
    brier: tuple[float, float]


@desk.get("/learning", endpoint="learning")
def show() -> ResponseReturnValue:
    """Show what was learned, newest first."""
    current.require("job.manage")
    with current.reading() as session:
        lines = [_line(row) for row in model_history.every(session)]
        return render_template(
            "desk/learning.html",
            models=lines,
            live=next((line.id for line in lines if line.state == model_history.LIVE), None),
            taught=len(questions.teaching(session)),
            fewest=FEWEST,
        )


def _line(row: TaughtModel) -> Line:
    before, after = (_mark(row.trial, name) for name in ("before", "after"))
    return Line(
        id=row.id,
        at=row.created_at,
        state=row.state,
        taught=row.taught,
        judged=int(row.trial.get("questions", 0)),
        right=(before["right"], after["right"]),
        brier=(before["brier"], after["brier"]),
    )


def _mark(trial: Mapping[str, Any], name: str) -> dict[str, float]:  # Any: JSON values
    found = trial.get(name) or {}
    return {key: float(found.get(key, 0.0)) for key in ("right", "brier")}


@desk.post("/learning", endpoint="learning_post")
def take_back() -> ResponseReturnValue:
    """Use what was in use before."""
    current.require("job.manage")
    with current.writing() as session:
        row = model_history.withdraw(session, now=current.now())
        about = ("model", row.id)
        audit.note(session, current.actor(), "model.withdraw", about, now=current.now())
    return frame.back("learning", "taken_back")

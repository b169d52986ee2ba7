"""逐步开启 for one category: what it says itself, and what it inherits."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import rollout, rollout_measure
from autoreply.policy_tables import Topic
from autoreply.rollout import Stance
from kb import settings
from kb.errors import DomainError, Forbidden, Invalid, NotFound
from kb.models.knowledge import Category
from kb.settings import Automation
from web import current, errors
from web.desk import automation, frame, rolling
from web.desk.blueprint import desk
from web.locale import gettext
from web.site import shown


@desk.get("/rollout/<int:category_id>", endpoint="rollout_topic")
def show_topic(category_id: int) -> ResponseReturnValue:
    """Show what holds for one category."""
    current.require("automation.write")
    with current.reading() as session:
        return _topic_page(session, category_id, None, {}, 200)


def _topic_page(
    session: Session,
    category_id: int,
    typed: Mapping[str, str] | None,
    faults: Mapping[str, str],
    status: int,
) -> ResponseReturnValue:
    category = _category(session, category_id)
    found = settings.read(session, Automation)
    topic = session.get(Topic, category_id) or Topic(category_id=category_id, never=False)
    above = rollout.stance(session, category.parent_id, found)
    stance = rollout.stance(session, category_id, found)
    html = render_template(
        "desk/rollout_topic.html",
        tabs=automation.tabs("rollout"),
        category=shown.category_name(category),
        category_id=category_id,
        modes=[("", gettext("随上级：%(words)s", words=rolling.mode(above))), *_mode_choices()],
        values=_topic_values(topic) if typed is None else typed,
        above=_above(above),
        never_above=above.never,
        errors=faults,
        gate=rolling.gate_words(stance),
        known=topic.known or 0,
        right=topic.right or 0,
        fewest=found.fewest_known,
    )
    return html, status


def _mode_choices() -> list[tuple[object, str]]:
    words, notes = automation.mode_words(), automation.mode_notes()
    return [
        (m, gettext("%(words)s：%(note)s", words=words[m], note=notes[m])) for m in rollout.MODES
    ]


def _topic_values(topic: Topic) -> dict[str, str]:
    return {
        "mode": topic.mode or "",
        "share": "" if topic.share is None else str(topic.share),
        "precision": automation.shown(topic.precision),
        "margin": automation.shown(topic.margin),
        "coverage": automation.shown(topic.coverage),
        "never": "1" if topic.never else "",
    }


def _above(stance: Stance) -> dict[str, str]:
    return {
        "share": str(stance.share),
        "precision": automation.shown(stance.target),
        "margin": automation.shown(stance.margin),
        "coverage": automation.shown(stance.coverage),
    }


def _category(session: Session, category_id: int) -> Category:
    row = session.get(Category, category_id)
    if row is None:
        raise NotFound(category=category_id)
    return row


@desk.post("/rollout/<int:category_id>", endpoint="rollout_topic_post")
def change_topic(category_id: int) -> ResponseReturnValue:
    """Change what holds for one category and those below it."""
    current.require("automation.write")
    try:
        with current.writing() as session:
            _category(session, category_id)
            row = rollout.topic(session, category_id)
            old = _topic_values(row)
            _fill(row)
            session.flush()
            rollout_measure.refresh(session, now=current.now())
            new = _topic_values(row)
            changed = {n: [old[n], new[n]] for n in new if old[n] != new[n]}
            rolling.note(session, "automation.topic", ("category", category_id), changed)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            status = errors.status_of(error)
            return _topic_page(session, category_id, request.form, faults, status)
    return frame.back("rollout", "saved")


def _fill(row: Topic) -> None:
    mode = request.form.get("mode", "")
    if mode and mode not in rollout.MODES:
        raise Invalid("reason_unknown", field="mode")
    share = automation.percent("share", 1, 100)
    row.mode = mode or None
    row.share = None if share is None else round(share * 100)
    row.precision = automation.percent("precision", 50, 100)
    row.margin = automation.percent("margin", 0, 100)
    row.coverage = automation.percent("coverage", 0, 100)
    row.never = bool(request.form.get("never"))

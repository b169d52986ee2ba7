"""逐步开启: how far answering is switched on, for all mail and by category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from autoreply import rollout, rollout_measure
from autoreply.policy_tables import EVERYTHING, Topic
from autoreply.rollout import Stance
from autoreply.tables import Decision
from kb import access, audit, categories, settings
from kb.errors import DomainError, Forbidden, Invalid, NotFound
from kb.models.knowledge import Category
from kb.settings import Automation
from web import current, errors
from web.desk import automation, frame
from web.desk.blueprint import desk
from web.locale import gettext
from web.site import shown

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Row:
    """One category in the table; see templates/desk/rollout.html."""

    id: int
    name: str
    depth: int
    mode: str
    mode_words: str
    own: bool
    never: bool
    target: str
    gate: str
    known: int
    right: int
    wanted: int
    sent: int
    url: str


@desk.get("/rollout", endpoint="rollout")
def overview() -> ResponseReturnValue:
    """Show how far answering is switched on, and what was seen."""
    current.require("mail.see")
    with current.reading() as session:
        return _page(session, {}, {}, 200)


def _page(
    session: Session, typed: Mapping[str, str], faults: Mapping[str, str], status: int
) -> ResponseReturnValue:
    found = settings.read(session, Automation)
    html = render_template(
        "desk/rollout.html",
        tabs=automation.tabs("rollout"),
        modes=_modes(found.mode),
        values={**_values(found), **typed},
        errors=faults,
        can_write=access.can(current.actor(), "automation.write"),
        rows=_rows(session, found),
        everything=_gate_words(rollout.of_all(session, found)),
        measured_at=_measured_at(session),
        fewest=found.fewest_known,
    )
    return html, status


def _modes(chosen: str) -> list[dict[str, object]]:
    words, notes = automation.mode_words(), automation.mode_notes()
    return [
        {"value": mode, "words": words[mode], "note": notes[mode], "chosen": mode == chosen}
        for mode in rollout.MODES
    ]


def _values(found: Automation) -> dict[str, str]:
    return {
        "mode": found.mode,
        "share": str(found.share),
        "holdout": str(found.holdout),
        "precision": automation.shown(found.mail_precision),
        "margin": automation.shown(found.margin),
        "coverage": automation.shown(found.coverage),
        "fewest_known": str(found.fewest_known),
        "least_articles": str(found.least_articles),
    }


def _measured_at(session: Session) -> datetime | None:
    row = session.get(Topic, EVERYTHING)
    return row.measured_at if row else None


def _rows(session: Session, found: Automation) -> list[Row]:
    tree = categories.tree(session)
    own = rollout.by_category(session, [row.id for row in tree])
    counted = _counts(session)
    return [_row(session, category, found, own, counted) for category in tree]


def _row(
    session: Session,
    category: Category,
    found: Automation,
    own: Mapping[int, Topic],
    counted: Mapping[int, tuple[int, int]],
) -> Row:
    stance, topic = rollout.stance(session, category.id, found), own.get(category.id)
    wanted, sent = counted.get(category.id, (0, 0))
    return Row(
        id=category.id,
        name=shown.category_name(category),
        depth=len(categories.path(session, category.id)) - 1,
        mode=stance.mode,
        mode_words=_mode(stance),
        own=topic is not None and topic.mode is not None,
        never=stance.never,
        target=f"{stance.target:.0%}",
        gate=_gate_words(stance),
        known=topic.known if topic else 0,
        right=topic.right if topic else 0,
        wanted=wanted,
        sent=sent,
        url=url_for("desk.rollout_topic", category_id=category.id),
    )


def _mode(stance: Stance) -> str:
    words = automation.mode_words()[stance.mode]
    return (
        gettext("%(words)s，%(n)s%%", words=words, n=stance.share)
        if (stance.mode == rollout.SHARE)
        else words
    )


def _gate_words(stance: Stance) -> str:
    """Say how sure an answer must be, and by what."""
    if stance.gate is None:
        return gettext("按模型出厂的把握")
    if stance.gate >= rollout.CLOSED:
        return gettext("先不回：见过的达不到目标")
    least = f"{stance.gate:.0%}"
    if stance.gate_from == rollout.ALL:
        return gettext("把握%(least)s起，按全部分类的结果", least=least)
    return gettext("把握%(least)s起，按这里的结果", least=least)


def _counts(session: Session) -> dict[int, tuple[int, int]]:
    """Return category id -> (would be answered, were answered) in the last 30 days."""
    sent = func.sum(func.coalesce(Decision.sent.cast(Integer), 0))
    query = (
        select(Decision.category_id, func.count(), sent)
        .where(
            Decision.created_at >= current.now() - RECENT,
            Decision.wanted == "answer",
            Decision.category_id.is_not(None),
        )
        .group_by(Decision.category_id)
    )
    return {row[0]: (row[1], int(row[2] or 0)) for row in session.execute(query)}


@desk.post("/rollout", endpoint="rollout_post")
def change() -> ResponseReturnValue:
    """Change what holds where no category says otherwise."""
    current.require("automation.write")
    try:
        with current.writing() as session:
            old = settings.read(session, Automation)
            new = _posted(old)
            settings.write(session, new)
            rollout_measure.refresh(session, now=current.now())
            _note(session, "setting.automation", ("setting", None), _changes(old, new))
    except Forbidden:
        raise
    except DomainError as error:
        return _again(error)
    return frame.back("rollout", "saved")


def _posted(old: Automation) -> Automation:
    mode = request.form.get("mode", "")
    if mode not in rollout.MODES:
        raise Invalid("reason_unknown", field="mode")
    return replace(
        old,
        mode=mode,
        share=_whole("share", 1, 100),
        holdout=_whole("holdout", 0, 20),
        mail_precision=automation.wanted("precision", 50, 100),
        margin=automation.wanted("margin", 0, 100),
        coverage=automation.wanted("coverage", 0, 100),
        fewest_known=_whole("fewest_known", 10, 1000),
        least_articles=_whole("least_articles", 25, 10_000),
    )


def _whole(name: str, least: int, most: int) -> int:
    value = current.whole(name)
    if value is None or not least <= value <= most:
        raise Invalid("number_range", field=name, least=least, most=most)
    return value


def _changes(old: Automation, new: Automation) -> dict[str, object]:
    names = ("mode", "share", "holdout", "mail_precision", "margin", "coverage", "fewest_known",
             "least_articles")  # fmt: skip
    return {
        n: [getattr(old, n), getattr(new, n)] for n in names if getattr(old, n) != getattr(new, n)
    }


def _note(
    session: Session, verb: str, thing: tuple[str, int | None], detail: Mapping[str, object]
) -> None:
    audit.note(session, current.actor(), verb, thing, now=current.now(), changed=dict(detail))


def _again(error: DomainError) -> ResponseReturnValue:
    faults = {str(error.params.get("field", "")): errors.sentence(error)}
    with current.reading() as session:
        return _page(session, request.form, faults, errors.status_of(error))


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
        modes=[("", gettext("随上级：%(words)s", words=_mode(above))), *_mode_choices()],
        values=_topic_values(topic) if typed is None else typed,
        above=_above(above),
        never_above=above.never,
        errors=faults,
        gate=_gate_words(stance),
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
            _note(session, "automation.topic", ("category", category_id), changed)
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

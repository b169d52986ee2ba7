"""逐步开启: how far answering is switched on, for all mail, and what each category makes of it."""

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
from kb.errors import DomainError, Forbidden, Invalid
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
        everything=gate_words(rollout.of_all(session, found)),
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
        mode_words=mode(stance),
        own=topic is not None and topic.mode is not None,
        never=stance.never,
        target=f"{stance.target:.0%}",
        gate=gate_words(stance),
        known=topic.known if topic else 0,
        right=topic.right if topic else 0,
        wanted=wanted,
        sent=sent,
        url=url_for("desk.rollout_topic", category_id=category.id),
    )


def mode(stance: Stance) -> str:
    """Return the mode that holds, in words."""
    words = automation.mode_words()[stance.mode]
    return (
        gettext("%(words)s，%(n)s%%", words=words, n=stance.share)
        if (stance.mode == rollout.SHARE)
        else words
    )


def gate_words(stance: Stance) -> str:
    """Say how sure an answer must be, and by what."""
    if stance.gate is None:
        return gettext("按模型自己的把握")
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
            note(session, "setting.automation", ("setting", None), _changes(old, new))
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


def note(
    session: Session, verb: str, thing: tuple[str, int | None], detail: Mapping[str, object]
) -> None:
    """Write down what was changed: name -> [before, after]."""
    audit.note(session, current.actor(), verb, thing, now=current.now(), changed=dict(detail))


def _again(error: DomainError) -> ResponseReturnValue:
    faults = {str(error.params.get("field", "")): errors.sentence(error)}
    with current.reading() as session:
        return _page(session, request.form, faults, errors.status_of(error))

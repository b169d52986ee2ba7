"""How far answering is switched on, by category, and how sure an answer must be there.

A category inherits what it does not say from the one above it, at last from the setting for all
(`kb.policies.Automation`). Who is answered in mode `share`, and who is held out, is decided by a
hash that only we can compute, so it stays the same and nobody can choose it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import addresses
from autoreply.decide import DRAFT as DRAFT
from autoreply.decide import OFF as OFF
from autoreply.decide import ON as ON
from autoreply.decide import SHADOW as SHADOW
from autoreply.decide import SHARE as SHARE
from autoreply.policy_tables import EVERYTHING, Topic
from kb import categories
from kb.policies import Automation
from search.bands import Gates

MODES = (OFF, SHADOW, DRAFT, SHARE, ON)
"""Most careful first."""

PROMISED = 0.95
"""The precision that the shipped gates and those that the finder learns are made for."""

CLOSED = 1.01
"""A gate that nothing passes: the target was missed however sure the answers were."""

FINDER, ALL, TOPIC = "finder", "all", "topic"


@dataclass(frozen=True, slots=True)
class Stance:
    """What holds for mails about one category.

    Attributes:
        mode: of `MODES`.
        share: percent of the customers that mode `share` answers.
        target: precision to reach, 0–1.
        margin: least distance to the second answer, 0–1.
        coverage: least share of the question's words that are known, 0–1.
        never: nothing about it is ever answered automatically.
        topic: slug of the category; "" outside all categories.
        gate: lowest probability by what was measured; None: the finder's own counts.
        gate_from: `finder`, `all` (measured over everything) or `topic` (in this category or in
            the one above it).
        known: answers that the gate was measured on.
        right: how many of them were right.
    """

    mode: str
    share: int
    target: float
    margin: float
    coverage: float
    never: bool = False
    topic: str = ""
    gate: float | None = None
    gate_from: str = FINDER
    known: int = 0
    right: int = 0


def stance(session: Session, category_id: int | None, automation: Automation) -> Stance:
    """Return what holds for a category; None is outside all categories."""
    path = categories.path(session, category_id)
    found = of_all(session, automation)
    for category in reversed(path):
        row = session.get(Topic, category.id)
        if row is not None:
            found = _over(found, row)
    slugs = {category.slug for category in path}
    never = found.never or not slugs.isdisjoint(automation.never_topics)
    return replace(found, never=never, topic=path[0].slug if path else "")


def of_all(session: Session, automation: Automation) -> Stance:
    """Return what holds where no category says otherwise."""
    found = Stance(
        mode=automation.mode if automation.mode in MODES else OFF,
        share=automation.share,
        target=automation.mail_precision,
        margin=automation.margin,
        coverage=automation.coverage,
    )
    row = session.get(Topic, EVERYTHING)
    return _measured(found, row, ALL) if row else found


def _over(above: Stance, row: Topic) -> Stance:
    """Return what a category makes of what holds above it."""
    found = replace(
        above,
        mode=above.mode if row.mode is None else row.mode,
        share=above.share if row.share is None else row.share,
        target=above.target if row.precision is None else row.precision,
        margin=above.margin if row.margin is None else row.margin,
        coverage=above.coverage if row.coverage is None else row.coverage,
        never=above.never or row.never,
    )
    return _measured(found, row, TOPIC)


def _measured(found: Stance, row: Topic, source: str) -> Stance:
    if row.gate is None:
        return found
    return replace(found, gate=row.gate, gate_from=source, known=row.known, right=row.right)


def strictest(found: Sequence[Stance]) -> Stance:
    """Return the most careful of several; a mail with several questions follows it."""
    return min(found, key=lambda one: (not one.never, MODES.index(one.mode), one.share))


def gates(finder: Gates, held: Stance) -> Gates:
    """Return what the best match must reach.

    Where little was measured, the finder's own gate stands; it keeps `PROMISED`, so a higher
    target also asks for at least that probability: calibrated, it then holds on average.
    """
    least = finder.probability
    if held.gate is not None:
        least = held.gate
    elif held.target > PROMISED:
        least = max(least, held.target)
    return Gates(least, margin=held.margin, coverage=held.coverage)


def place(secret: bytes, purpose: str, who: str) -> float:
    """Return where somebody stands among 100 percent, always the same for one purpose."""
    digest = hmac.digest(secret, f"{purpose}:{who}".encode("utf-8", "replace"), "sha256")
    return int.from_bytes(digest[:4], "big") / 2**32 * 100


def inside(secret: bytes, address: str, share: int) -> bool:
    """Say whether a customer is among those that mode `share` answers.

    Who is inside at 10 percent is inside at 20 percent, too.
    """
    return place(secret, "share", addresses.canonical(address)) < share


def held_out(secret: bytes, address: str, percent: int, *, now: datetime) -> bool:
    """Say whether a customer's mails of this week are held out.

    By the week: who writes again about the same meets the same treatment, and nobody is held out
    for ever.
    """
    year, week, _ = now.isocalendar()
    who = f"{addresses.canonical(address)}:{year}-{week}"
    return place(secret, "holdout", who) < percent


def by_category(session: Session, ids: Iterable[int]) -> dict[int, Topic]:
    """Return category id -> its row, for those that have one."""
    rows = session.scalars(select(Topic).where(Topic.category_id.in_(list(ids))))
    return {row.category_id: row for row in rows}


def topic(session: Session, category_id: int) -> Topic:
    """Return the row of a category, a new one if need be; flushed."""
    row = session.get(Topic, category_id)
    if row is None:
        row = Topic(category_id=category_id)
        session.add(row)
        session.flush()
    return row

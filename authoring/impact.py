"""What a change would do to people's questions, before it is saved.

The judged set of the site and the questions of the last 30 days are asked with and without the
change: first those that are most like what changes, then the judged ones, then the most frequent.
What a page has no time for is asked in the background (`authoring.impact_job`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from authoring import likeness
from kb import judged
from kb.wording import key_of
from search.matches import Match
from search.rehearsal import NOTHING, Edit, Rehearsal
from search.text import fold

SECONDS = 4.0
MOST_RECENT, MOST_JUDGED = 400, 300


@dataclass(frozen=True, slots=True)
class Posed:
    """A text that is asked with and without a change.

    Attributes:
        question_id: a row that asked it.
        text: as it was asked.
        count: how often in the last 30 days; at least 1.
        right: ids of what is known to answer it; empty when nobody said.
    """

    question_id: int
    text: str
    count: int = 1
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A question whose first answer would be another one.

    Attributes:
        text, count, right: as in `Posed`.
        before: id of the first answer now; None: nothing likely.
        after: id of the first answer then.
    """

    text: str
    count: int
    before: int | None
    after: int | None
    right: tuple[int, ...] = ()

    @property
    def better(self) -> bool:
        """Say whether a right answer would come first that does not now."""
        return bool(self.right) and self.after in self.right and self.before not in self.right

    @property
    def worse(self) -> bool:
        """Say whether a right answer would lose the first place."""
        return bool(self.right) and self.before in self.right and self.after not in self.right


@dataclass(frozen=True, slots=True)
class Impact:
    """What was asked and what came of it.

    Attributes:
        asked: different texts that were asked both ways, or that cannot change.
        all: different texts that there are, at most `MOST_RECENT` + `MOST_JUDGED`.
        judged: how many of `asked` have an answer that is known.
        moved: those whose first answer changes; judged ones first, then the most frequent.
        plan: what can change, in the order in which it is asked.
        places: place in `plan` of each of `moved`.
    """

    asked: int
    all: int
    judged: int
    moved: tuple[Moved, ...] = ()
    plan: tuple[Posed, ...] = ()
    places: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        """Say whether everything was asked."""
        return self.asked >= self.all

    @property
    def better(self) -> int:
        """Return how many judged questions would get a right first answer."""
        return sum(one.better for one in self.moved)

    @property
    def worse(self) -> int:
        """Return how many judged questions would lose theirs."""
        return sum(one.worse for one in self.moved)

    def taken_by(self, article_id: int) -> Mapping[int, int]:
        """Return article -> how many judged questions an article would take from it."""
        lost = [one for one in self.moved if one.worse and one.after == article_id]
        return Counter(one.before for one in lost if one.before is not None)


def preview(
    session: Session,
    rehearsal: Rehearsal,
    edit: Edit,
    *,
    now: datetime,
    seconds: float = SECONDS,
    near: Sequence[str] = (),
    only_judged: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Impact:
    """Ask with and without a change; writes nothing.

    Args:
        session: the unit of work.
        rehearsal: of the same unit of work.
        edit: the change.
        now: the moment; the 30 days end here.
        seconds: when to stop asking.
        near: texts that say what changes; empty for the ways to ask of the edited article.
        only_judged: leave out questions whose answer nobody told.
        clock: for the time that is over.

    Raises:
        Unavailable: the index or the encoder is down.
    """
    until = clock() + seconds
    everything = posed(session, now=now, only_judged=only_judged)
    plan = touched(everything, edit, near)
    seen = compare(rehearsal, plan, edit, until=until, clock=clock)
    spared = len(everything) - len(plan)
    known = sum(bool(one.right) for one in everything) - sum(
        bool(p.right) for p in plan[len(seen) :]
    )
    return summed(seen, plan, asked=spared + len(seen), of=len(everything), judged_asked=known)


def posed(session: Session, *, now: datetime, only_judged: bool = False) -> list[Posed]:
    """Return what can be asked, each text once: judged ones first, then the most frequent."""
    recent = () if only_judged else judged.recent(session, now=now, limit=MOST_RECENT)
    often = {one.text: one for one in recent}
    found: dict[str, Posed] = {}
    for one in judged.judged(session, limit=MOST_JUDGED):
        count = often[one.text].count if one.text in often else 1
        found[one.text] = Posed(one.question_id, one.text, count, one.article_ids)
    for text, row in often.items():
        found.setdefault(text, Posed(row.question_id, text, row.count))
    return list(found.values())


def touched(everything: Sequence[Posed], edit: Edit, near: Sequence[str] = ()) -> list[Posed]:
    """Return those for which an edit may change something, the most likely ones first."""
    if edit.pin is not None:
        wanted = key_of(fold(edit.pin[0]))
        return [one for one in everything if key_of(fold(one.text)) == wanted]
    bags = [likeness.pairs(text) for text in near or (edit.card.asked if edit.card else ())]
    shared = {
        one.text: max((likeness.cosine(likeness.pairs(one.text), bag) for bag in bags), default=0.0)
        for one in everything
    }
    return sorted(everything, key=lambda one: -shared[one.text])


def compare(
    rehearsal: Rehearsal,
    plan: Sequence[Posed],
    edit: Edit,
    *,
    until: float,
    before: Edit = NOTHING,
    clock: Callable[[], float] = time.monotonic,
) -> list[Moved]:
    """Ask in order until the time is over; what comes out the same is among what is returned.

    Args:
        rehearsal: of this unit of work.
        plan: what to ask.
        edit: the change.
        until: reading of `clock` when to stop. One is asked even then, or a slow start would
            never get anywhere.
        before: what “without” means, where it is not the base as it stands.
        clock: see `until`.

    Raises:
        Unavailable: the index or the encoder is down.
    """
    old, new = rehearsal.stage(before), rehearsal.stage(edit)
    texts = (text for part in rehearsal.prepare([one.text for one in plan]) for text in part)
    seen: list[Moved] = []
    for one, text in zip(plan, texts, strict=True):
        first, then = _id(old.first(text)), _id(new.first(text))
        seen.append(Moved(text, one.count, first, then, one.right))
        if clock() >= until:
            break
    return seen


def summed(
    seen: Sequence[Moved],
    plan: Sequence[Posed],
    *,
    asked: int,
    of: int,
    judged_asked: int,
) -> Impact:
    """Return what came of it.

    Args:
        seen: what was asked, in the order of `plan`.
        plan: what can change.
        asked: texts that are through.
        of: texts that there are.
        judged_asked: how many of `asked` have an answer that is known.
    """
    moved = [(place, one) for place, one in enumerate(seen) if one.before != one.after]
    moved.sort(key=lambda found: _weight(found[1]))
    places, ordered = [place for place, _ in moved], [one for _, one in moved]
    return Impact(asked, of, judged_asked, tuple(ordered), tuple(plan), tuple(places))


def _weight(one: Moved) -> tuple[bool, bool, int]:
    """Order what changes: what gets worse first, then what gets better, then by how often."""
    return (not one.worse, not one.better, -one.count)


def _id(match: Match | None) -> int | None:
    return None if match is None else int(match.article_id)

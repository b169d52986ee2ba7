"""What a change would do to people's questions, before it is saved.

The judged set of the site and the questions of the last 30 days are asked with and without the
change until there is nothing left or the time is over: first those that are most like what changes,
then the judged ones, then the most frequent.
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
from search.rehearsal import NOTHING, Edit, Rehearsal, Stage, likely
from search.text import fold

SECONDS = 4.0
MOST_RECENT, MOST_JUDGED = 400, 300
NEAR_THE_TOP = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """A question whose first answer would be another one.

    Attributes:
        text: as it was asked.
        count: how often in the last 30 days; at least 1.
        before: id of the first answer now; None: nothing likely.
        after: id of the first answer then.
        right: what is known to answer it; empty when nobody said.
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
        asked: different texts that were asked both ways.
        all: different texts that there are, at most `MOST_RECENT` + `MOST_JUDGED`.
        judged: how many of `asked` have an answer that is known.
        moved: those whose first answer changes; judged ones first, then the most frequent.
    """

    asked: int
    all: int
    judged: int
    moved: tuple[Moved, ...] = ()

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
    before: Edit = NOTHING,
    near: Sequence[str] = (),
    lifts: bool = False,
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
        before: what “without” means, where it is not the base as it stands.
        near: texts that say what changes; empty for the ways to ask of the edited article.
        lifts: the change can only bring the edited article further up, or nothing else is of
            interest; most questions are then asked once instead of twice.
        only_judged: leave out questions whose answer nobody told.
        clock: for the time that is over.

    Raises:
        Unavailable: the index or the encoder is down.
    """
    until = clock() + seconds
    known = judged.judged(session, limit=MOST_JUDGED)
    often = dict(() if only_judged else judged.recent(session, now=now, limit=MOST_RECENT))
    right = {one.text: one.article_ids for one in known}
    texts = list(dict.fromkeys([*right, *often]))
    wanted = _touched(texts, edit, near)
    old, new = rehearsal.stage(before), rehearsal.stage(edit)
    seen: list[Moved] = []
    for text in (text for part in rehearsal.prepare(wanted) for text in part):
        # At least one is asked, or a slow start would never get anywhere.
        if seen and clock() >= until:
            break
        first, then = _firsts(old, new, text, edit if lifts else NOTHING)
        seen.append(Moved(text, often.get(text, 1), _id(first), _id(then), right.get(text, ())))
    return _told(seen, texts, wanted, right)


def _firsts(old: Stage, new: Stage, text: str, lifted: Edit) -> tuple[Match | None, Match | None]:
    """Return what is found first without and with a change.

    Where an article that can only rise is not among the best even then, it takes nothing from
    anybody: what is first stays first, and asking once is enough.
    """
    found = new.best(text, limit=NEAR_THE_TOP)
    then = likely(found)
    if lifted.card is not None and all(one.article_id != lifted.card.id for one in found):
        return then, then
    return old.first(text), then


def _touched(texts: Sequence[str], edit: Edit, near: Sequence[str]) -> list[str]:
    """Return the texts for which an edit may change something, the most likely ones first."""
    if edit.pin is not None:
        wanted = key_of(fold(edit.pin[0]))
        return [text for text in texts if key_of(fold(text)) == wanted]
    return _nearest_first(texts, near or (edit.card.asked if edit.card else ()))


def _nearest_first(texts: Sequence[str], near: Sequence[str]) -> list[str]:
    """Return texts, those first that share most with what changes; else as they were."""
    bags = [likeness.pairs(text) for text in near]
    shared = {
        text: max((likeness.cosine(likeness.pairs(text), bag) for bag in bags), default=0.0)
        for text in texts
    }
    return sorted(texts, key=lambda text: -shared[text])


def _told(
    seen: Sequence[Moved],
    texts: Sequence[str],
    wanted: Sequence[str],
    right: Mapping[str, tuple[int, ...]],
) -> Impact:
    """Return what came of it; what cannot change counts as asked."""
    spared = set(texts) - set(wanted)
    moved = [one for one in seen if one.before != one.after]
    ordered = sorted(moved, key=lambda one: (not one.worse, not one.better, -one.count))
    asked = [*spared, *(one.text for one in seen)]
    known = sum(text in right for text in asked)
    return Impact(len(asked), len(texts), known, tuple(ordered))


def _id(match: Match | None) -> int | None:
    return None if match is None else int(match.article_id)

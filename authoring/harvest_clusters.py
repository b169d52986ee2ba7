"""Group tickets that ask the same (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from authoring import likeness
from authoring.harvest_text import Harvested


@dataclass(frozen=True, slots=True)
class Taught:
    """A ticket that teaches something."""

    id: str
    minutes: int
    found: Harvested

    @property
    def ways(self) -> tuple[str, ...]:
        """All ways in which it asks."""
        return (self.found.question, *self.found.phrasings)


def clusters_of(rest: Sequence[Taught]) -> list[list[Taught]]:
    """Group tickets that ask the same; the biggest groups and the dearest tickets first."""
    leader = {one.id: one.id for one in rest}

    def root(id_: str) -> str:
        while leader[id_] != id_:
            id_ = leader[id_]
        return id_

    for place, one in enumerate(rest):
        for other in rest[place + 1 :]:
            alike = likeness.of_answers(
                one.ways, one.found.answer_md, other.ways, other.found.answer_md
            )
            if alike >= likeness.SAME:
                low, high = sorted((root(one.id), root(other.id)))
                leader[high] = low
    groups: dict[str, list[Taught]] = defaultdict(list)
    for one in rest:
        groups[root(one.id)].append(one)
    return sorted(
        (_leading(group) for group in groups.values()),
        key=lambda group: (-len(group), -sum(one.minutes for one in group), group[0].id),
    )


def _leading(group: Sequence[Taught]) -> list[Taught]:
    """Put the ticket first whose answer has most in common with the others."""

    def common(one: Taught) -> float:
        own = likeness.pairs(one.found.answer_md)
        others = (likeness.pairs(o.found.answer_md) for o in group if o is not one)
        return sum(likeness.cosine(own, other) for other in others)

    first = min(group, key=lambda one: (-round(common(one), 9), one.id))
    return [first, *(one for one in group if one is not first)]

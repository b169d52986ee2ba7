"""What the finder gives back: matches with their probability, the parts of a text, the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from search.base import ArticleId, Card
from search.features import LEXICAL
from search.model import FOREIGN, Floats

PINNED = 1.0
"""By so much the utility of a pinned article exceeds the best other."""

TAKEN_OVER = 0.75
"""Share of the best probability that goes over to a pinned article."""

OFFERED = 2
WORTH_OFFERING = 0.1
"""Of another reading at most so many are offered, if they are at least so probable."""

_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may answer.

    Attributes:
        article_id: as the base knows it.
        question: its title.
        score: utility, comparable within one result only.
        probability: that this article answers the question, in [0, 1].
        matched: the way to ask that is closest.
        coverage: share of what the question names that one of the candidates has at all.
        parts: the numbers behind the score, for people who ask why.
        category: slugs of the article's category and those above it.
    """

    article_id: ArticleId
    question: str
    score: float
    probability: float
    matched: str
    coverage: float = 1.0
    parts: Mapping[str, float] = field(default_factory=dict)
    category: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a text, what was found for it, and its band.

    `corrected` is the text that was looked for instead, where it was typed as sound or with
    errors; `related` is what another reading of the text would have found.
    """

    text: str
    band: str
    matches: tuple[Match, ...]
    corrected: str | None = None
    related: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """A text with all its questions.

    Attributes:
        band: of the whole text.
        parts: at least one unless the text is blank.
        matches: for the whole text, best first; of the parts when there are several.
    """

    band: str
    parts: tuple[Part, ...]
    matches: tuple[Match, ...]

    @property
    def corrected(self) -> str | None:
        """Return the text that was looked for instead; None when it was taken as it is."""
        if not any(part.corrected for part in self.parts):
            return None
        return " ".join(part.corrected or part.text for part in self.parts)

    @property
    def related(self) -> tuple[Match, ...]:
        """Return what another reading of the text would have found; at most `OFFERED`."""
        found = {match.article_id: match for part in self.parts for match in part.related}
        return tuple(found.values())[:OFFERED]


@dataclass(frozen=True, slots=True)
class Scored:
    """All candidates of one question with their numbers; rows in no particular order.

    `pinned` is the key of the one that people put first for this question.
    """

    cards: Sequence[Card]
    closest: Sequence[str]
    names: tuple[str, ...]
    rows: Floats
    utilities: Floats
    probabilities: Floats
    pinned: str | None = None

    @property
    def order(self) -> list[int]:
        """Return the rows, best first; ties by id, so that runs agree."""
        keyed = [
            (-u, card.key, row)
            for row, (u, card) in enumerate(zip(self.utilities, self.cards, strict=True))
        ]
        return [row for _, _, row in sorted(keyed)]

    @property
    def top(self) -> float:
        """Return the probability of the best one; 0 when there is none."""
        return float(self.probabilities.max()) if len(self.probabilities) else 0.0

    def with_first(self, key: str | None) -> Scored:
        """Return the same with one article first, as people pinned it; unchanged without it.

        Most of what the machine believed of its own first one goes over to the pinned one: people
        say which of them answers, not how probable it is that anything does. What is left keeps
        the machine's own first in sight, and a pin alone is never sure enough to answer a mail.
        """
        row = next((n for n, card in enumerate(self.cards) if card.key == key), None)
        if row is None:
            return self
        utilities, chances = self.utilities.copy(), self.probabilities.copy()
        utilities[row] = max(float(utilities.max()) + PINNED, float(utilities[row]))
        chances[row] = max(float(chances[row]), TAKEN_OVER * self.top)
        others = np.arange(len(chances)) != row
        chances[others] = np.minimum(chances[others], 1.0 - chances[row])
        return replace(self, utilities=utilities, probabilities=chances, pinned=key)

    def best(self, limit: int, *, explain: bool) -> list[Match]:
        """Return the best matches, best first."""
        return [self.match(row, explain=explain) for row in self.order[:limit]]

    def match(self, row: int, *, explain: bool) -> Match:
        """Return one candidate as a match."""
        parts = dict(zip(self.names, map(float, self.rows[row]), strict=True))
        return Match(
            article_id=self.cards[row].id,
            question=self.cards[row].question,
            score=float(self.utilities[row]),
            probability=float(self.probabilities[row]),
            matched=self.closest[row],
            coverage=1.0 - float(self.rows[:, self.names.index(FOREIGN)].min()),
            parts={name: round(value, 4) for name, value in parts.items()} if explain else {},
            category=tuple(self.cards[row].category),
        )


def combined(views: Sequence[Scored]) -> Scored:
    """Return each candidate as the view sees it in which it is most probable.

    Args:
        views: candidates for the whole of a letter, for what it asks, for its subject. Only
            those with the same features as the first are comparable and take part.
    """
    alike = [view for view in views if view.names == views[0].names]
    best: dict[str, tuple[float, Scored, int]] = {}
    for view in alike:
        for row, card in enumerate(view.cards):
            chance = float(view.probabilities[row])
            if card.key not in best or best[card.key][0] < chance:
                best[card.key] = (chance, view, row)
    if len(alike) < 2 or not best:
        return views[0]
    ordered = sorted(best.values(), key=lambda found: -found[0])
    chances = np.array([chance for chance, _, _ in ordered])
    # Two articles cannot both be the one that answers.
    rest = np.maximum(1.0 - np.concatenate([[0.0], np.cumsum(chances)[:-1]]), 0.0)
    return Scored(
        cards=[view.cards[row] for _, view, row in ordered],
        closest=[view.closest[row] for _, view, row in ordered],
        names=alike[0].names,
        rows=np.stack([view.rows[row] for _, view, row in ordered]),
        utilities=np.log((chances + _LEAST) / (1.0 - chances + _LEAST)),
        probabilities=np.minimum.accumulate(np.minimum(chances, rest)),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for the better reading of a text.

    Attributes:
        scored: the candidates.
        meant: the text that was looked for; None when it was taken as typed.
        other: the candidates of the reading that was not taken.
    """

    scored: Scored
    meant: str | None = None
    other: Scored | None = None

    def offered(self) -> tuple[Match, ...]:
        """Return what the reading that was not taken may offer besides."""
        if self.other is None:
            return ()
        first = {match.article_id for match in self.scored.best(1, explain=False)}
        found = self.other.best(OFFERED + 1, explain=False)
        worth = [m for m in found if m.article_id not in first and m.probability >= WORTH_OFFERING]
        return tuple(worth[:OFFERED])


NOTHING = Scored((), (), LEXICAL, np.zeros((0, len(LEXICAL))), np.zeros(0), np.zeros(0))


def merged(parts: Sequence[Part]) -> list[Match]:
    """Return the matches of all parts, each article once, the best of each part first."""
    if len(parts) == 1:
        return list(parts[0].matches)
    best: dict[ArticleId, Match] = {}
    for part in parts:
        for match in part.matches:
            if (
                match.article_id not in best
                or best[match.article_id].probability < match.probability
            ):
                best[match.article_id] = match
    firsts = {part.matches[0].article_id for part in parts if part.matches}
    ranked = sorted(best.values(), key=lambda match: -match.probability)
    return [m for m in ranked if m.article_id in firsts] + [
        m for m in ranked if m.article_id not in firsts
    ]

"""What texts would find with one article edited, from what they find as the base stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.base import Base, Card
from search.candidates import CANDIDATES, PUBLIC, Hidden, Sieve, obeying, own
from search.encoder import Vectors
from search.features import LEXICAL, Candidate
from search.finder import Finder
from search.knowledge import Knowledge
from search.matches import NOTHING, Scored
from search.meaning import SEMANTIC, Meaning
from search.model import FOREIGN, Floats
from search.standing import FOUND_BY, Kept, Standing


class Edited(Finder):
    """The finder as it would be with one article edited, or without it.

    What cannot be known from the base as it stands is looked for in full.
    """

    def __init__(
        self,
        standing: Standing,
        base: Base,
        knowledge: Knowledge,
        *,
        card: Card | None,
        gone: str | None,
        meaning: Meaning | None,
    ) -> None:
        """Put the parts together.

        Args:
            standing: the finder before the edit.
            base: before the edit.
            knowledge: with the vectors as they would be.
            card: the article as it would be; None when `gone` says which one is not there.
            gone: key of the article that would not be there.
            meaning: vectors of the edited article alone; None without vectors.
        """
        super().__init__(
            engine=standing.engine,
            analyzer=standing.analyzer,
            profiler=standing.profiler,
            knowledge=knowledge,
            encoder=standing.encoder,
            policy=standing.policy,
        )
        self._standing, self._before = standing, base
        self._card, self._own_meaning = card, meaning
        self._key = card.key if card is not None else gone or ""

    def score(
        self,
        base: Base,
        question: str,
        sieve: Sieve = PUBLIC,
        *,
        vector: Vectors | None = None,
        hidden: Hidden | None = None,
    ) -> Scored:
        """Compute as `Finder.score` from what the text found before the edit."""
        if not (sieve.narrows or hidden or vector is not None):
            kept = self._standing.kept(self._before, question, sieve.audiences)
            found = NOTHING if kept is None else self._changed(kept, question, sieve.audiences)
            if found is not None:
                return found
        return super().score(base, question, sieve, vector=vector, hidden=hidden)

    def _words(self, question: str, sieve: Sieve) -> list[str]:
        """Look at the edited article in any case: the index does not know it yet."""
        found = super()._words(question, sieve)
        return found if self._card is None else list(dict.fromkeys([*found, self._key]))

    def _changed(self, kept: Kept, question: str, audiences: Sequence[str]) -> Scored | None:
        """Return the candidates with the edited article's numbers; None: look in full."""
        measured = self._measured(kept)
        keys = self._candidates(kept, measured)
        if keys is None or kept.unplaced - {self._key}:
            return None
        stay = [
            row
            for row, other in enumerate(kept.scored.cards)
            if other.key in keys and other.key != self._key
        ]
        cards = [kept.scored.cards[row] for row in stay]
        closest = [kept.scored.closest[row] for row in stay]
        rows, names = kept.scored.rows[stay], kept.scored.names
        card = self._card
        if card is not None and card.audience in audiences and obeying(question, [card]):
            own_row, text, names = self._compared(card, question, measured)
            cards, closest = [*cards, card], [*closest, text]
            rows = np.vstack([rows, own_row]) if stay else own_row
        if not cards:
            return NOTHING
        rows = self._with_foreign(rows, question, cards)
        model = self.knowledge.semantic if kept.near else self.knowledge.lexical
        utilities = model.utilities(rows, [card.boost for card in cards])
        chances = model.probabilities(rows, utilities)
        return Scored(cards, closest, names, rows, utilities, chances).with_first(kept.pinned)

    def _with_foreign(self, rows: Floats, question: str, cards: Sequence[Card]) -> Floats:
        """Return the numbers with what none of these articles names."""
        candidates = [Candidate(self._asked(card, None), card.answer) for card in cards]
        changed = rows.copy()
        changed[:, LEXICAL.index(FOREIGN)] = self._comparer.foreign(question, candidates)
        return changed

    def _measured(self, kept: Kept) -> Vectors | None:
        """Return the measures of the edited article; None where there are no vectors."""
        if not kept.near or kept.vector is None or self._own_meaning is None:
            return None
        return self._own_meaning.measure(kept.vector)

    def _candidates(self, kept: Kept, measured: Vectors | None) -> frozenset[str] | None:
        """Return the keys that would be compared; None when one of them never was."""
        keys = {*kept.words, *filter(None, [kept.pinned])}
        keys |= {self._key} if self._card is not None else set()
        for near, column in zip(kept.near, FOUND_BY, strict=False):
            if measured is None:
                # An article that is gone still takes its place among the nearest vectors.
                keys.update(near.keys[:CANDIDATES])
                continue
            nearest = near.with_value(self._key, float(measured[0, column]), CANDIDATES)
            if nearest is None:
                return None
            keys |= nearest
        return frozenset(keys) if keys <= kept.asked | {self._key} else None

    def _compared(
        self, card: Card, question: str, measured: Vectors | None
    ) -> tuple[Floats, str, tuple[str, ...]]:
        """Return the edited article's numbers, its closest way to ask, and the numbers' names."""
        asked = self._asked(card, None)
        lexical, closest = self._comparer.compare(question, [Candidate(asked, card.answer)])
        rows, names, _ = self._rows([card], lexical, None)
        if measured is not None:
            rows, names = np.hstack([rows, measured.astype(np.float64)]), (*names, *SEMANTIC)
        return rows, own(card, asked[closest[0]]), names

"""From a question to the articles that answer it, with the probability of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kb.errors import Unavailable
from search import bands, meant, questions
from search.analysis import Analyzer
from search.bands import Evidence, Gates, Policy
from search.base import Base, Card
from search.candidates import (
    CANDIDATES,
    PUBLIC,
    Hidden,
    Sieve,
    allowed,
    meanings,
    nearest,
    obeying,
    own,
)
from search.encoder import Encoder, Vectors
from search.engine import Engine
from search.features import LEXICAL, Candidate, Comparer
from search.knowledge import Knowledge, untaught
from search.matches import NOTHING, Answering, Match, Part, Reading, Scored, merged
from search.meaning import SEMANTIC
from search.model import Floats, Model
from search.profiles import Profiler
from search.query import build
from search.text import fold

SOUND_BELOW = 3
"""With fewer candidates than this the sound of the characters is asked too."""

SHORT = 20
"""Characters of a text that may stand somewhere as it is."""


class Finder:
    """Finds answers in one base. Immutable but for caches; safe to share between threads."""

    def __init__(
        self,
        *,
        engine: Engine,
        analyzer: Analyzer,
        profiler: Profiler,
        knowledge: Knowledge,
        encoder: Encoder | None = None,
        policy: Policy | None = None,
    ) -> None:
        """Put the parts together; `profiler` must be of the same analyzer."""
        self.engine = engine
        self.encoder = encoder
        self.analyzer = analyzer
        self.profiler = profiler
        self.knowledge = knowledge
        self.policy = policy or Policy()
        self._comparer = Comparer(profiler, knowledge.lexicon)

    def find(
        self,
        base: Base,
        question: str,
        *,
        limit: int = 10,
        audiences: Sequence[str] = ("public",),
        categories: Sequence[str] = (),
        language: str | None = None,
        explain: bool = False,
        exact: bool = False,
        vector: Vectors | None = None,
    ) -> list[Match]:
        """Return the best matches, best first.

        Args:
            base: decides what may be seen.
            question: as the person wrote it.
            limit: how many at most.
            audiences: what may be found.
            categories: slugs; empty for all.
            language: BCP 47 tag of articles; None for all.
            explain: fill `parts`.
            exact: look for the text as it is written.
            vector: of the question, if the caller has it already.
        """
        sieve = Sieve(audiences, categories, language)
        reading = self._best(base, question, sieve, vector=vector, exact=exact)
        return reading.scored.best(limit, explain=explain)

    def answering(
        self,
        base: Base,
        text: str,
        *,
        limit: int = 10,
        channel: str = bands.MAIL,
        audiences: Sequence[str] = ("public",),
        explain: bool = False,
        exact: bool = False,
        vector: Vectors | None = None,
    ) -> Answering:
        """Find for each question in a text and decide the band of the whole.

        Args:
            base: decides what may be seen.
            text: the new text of a mail, a form or a search box.
            limit: how many matches at most.
            audiences: what may be found.
            explain: fill `parts`.
            channel: `mail`, `form` or `search`.
            exact: look for the text as it is written, without correction.
            vector: of the whole text, if the caller has it already.
        """
        texts, sieve = questions.split(text), Sieve(audiences)
        published = base.published()
        parts = []
        for one in texts:
            known = vector if one == text.strip() or len(texts) == 1 else None
            reading = self._best(base, one, sieve, vector=known, exact=exact)
            matches = tuple(reading.scored.best(max(limit, 2), explain=explain))
            band = self._band(one, matches, published, channel)
            parts.append(Part(one, band, matches, reading.meant, reading.offered()))
        band = bands.HUMAN if bands.wants_person(text) else bands.together([p.band for p in parts])
        return Answering(band, tuple(parts), tuple(merged(parts)[:limit]))

    def _best(
        self,
        base: Base,
        text: str,
        sieve: Sieve,
        *,
        vector: Vectors | None,
        exact: bool,
    ) -> Reading:
        """Look for a text as it is and as it was meant, and take the better."""

        def look(one: str, known: Vectors | None = None) -> Scored:
            return self.score(base, one, sieve, vector=known)

        corrector = None if exact else self.knowledge.corrector
        return meant.better(
            look, text, corrector=corrector, vector=vector, said=self._comparer.said
        )

    def score(
        self,
        base: Base,
        question: str,
        sieve: Sieve = PUBLIC,
        *,
        vector: Vectors | None = None,
        hidden: Hidden | None = None,
    ) -> Scored:
        """Compute features, utilities and probabilities of all candidates.

        Args:
            base: decides what may be seen.
            question: as the person wrote it.
            sieve: what may be found.
            vector: of the question, if the caller has it already.
            hidden: a way to ask that takes no part, because it is the question itself.
        """
        if not any(ch.isalnum() for ch in fold(question[:4000])):
            return NOTHING
        if vector is None:
            vector = self._vector(question)
        pinned = base.pinned(question)
        keys = [*filter(None, [pinned]), *self._words(question, sieve)]
        meaning, measured = self.knowledge.meaning, None
        if meaning is not None and vector is not None:
            row = hidden.row if hidden else None
            measured = meaning.measure(vector, row, also=keys)
            keys.extend(nearest(meaning, measured))
        keys = list(dict.fromkeys(keys))
        cards = allowed(base.cards(keys), sieve)
        cards = obeying(question, cards)
        return self._scored(question, cards, measured, hidden).with_first(pinned)

    def _scored(
        self, question: str, cards: list[Card], measured: Vectors | None, hidden: Hidden | None
    ) -> Scored:
        if not cards:
            return NOTHING
        asked = [self._asked(card, hidden) for card in cards]
        candidates = [Candidate(a, card.answer) for a, card in zip(asked, cards, strict=True)]
        lexical, closest = self._comparer.compare(question, candidates)
        rows, names, model = self._rows(cards, lexical, measured)
        utilities = model.utilities(rows, [card.boost for card in cards])
        return Scored(
            cards=cards,
            closest=[own(card, a[c]) for card, a, c in zip(cards, asked, closest, strict=True)],
            names=names,
            rows=rows,
            utilities=utilities,
            probabilities=model.probabilities(rows, utilities),
        )

    def _asked(self, card: Card, hidden: Hidden | None) -> tuple[str, ...]:
        """Return all ways to ask, confirmed past questions included, without the hidden one."""
        texts = (*card.asked, *self.knowledge.examples.get(card.key, ()))
        if hidden is None or hidden.key != card.key:
            return texts
        return tuple(text for text in texts if text != hidden.text) or ("",)

    def _rows(
        self, cards: list[Card], lexical: Vectors, measured: Vectors | None
    ) -> tuple[Floats, tuple[str, ...], Model]:
        meaning = self.knowledge.meaning
        if measured is None or meaning is None:
            return lexical.astype(np.float64), LEXICAL, self.knowledge.lexical
        places = [meaning.place(card.key) for card in cards]
        standing = self.knowledge.lexical.utilities(lexical.astype(np.float64))
        semantic = meanings(measured, places, standing)
        rows = np.hstack([lexical, semantic]).astype(np.float64)
        return rows, (*LEXICAL, *SEMANTIC), self.knowledge.semantic

    def _words(self, question: str, sieve: Sieve) -> list[str]:
        """Return the candidates by words; by sound as well when there are hardly any.

        What occurs somewhere as it was typed was not meant as sound: 景点 is not 经典.
        """

        def hits(text: str, sound: bool | None) -> list[str]:
            query = build(
                self.analyzer, text, audiences=sieve.audiences, categories=sieve.categories,
                language=sieve.language, use_pinyin=sound,
            )  # fmt: skip
            return [hit.id for hit in self.engine.search(query, CANDIDATES)]

        found = hits(question, None)
        phrase = len(question) <= SHORT and "”" not in question
        if len(found) >= SOUND_BELOW or (found and phrase and hits(f"“{question}”", False)):
            return found
        return hits(question, True)

    def _vector(self, question: str) -> Vectors | None:
        if self.encoder is None or self.knowledge.meaning is None:
            return None
        try:
            vector: Vectors = self.encoder.encode([fold(question)])[0]
        except Unavailable:
            return None
        return vector

    def _band(self, text: str, matches: Sequence[Match], published: int, channel: str) -> str:
        if not matches:
            return bands.HUMAN
        second = matches[1].probability if len(matches) > 1 else 0.0
        best = matches[0]
        evidence = Evidence(
            best.probability, best.probability - second, best.coverage, published, len(matches)
        )
        return bands.decide(text, evidence, self._policy(best.category), channel=channel)

    def gates(self, channel: str) -> Gates | None:
        """Return what an answer on a channel must reach; None where nothing is answered."""
        return self._policy().gates.get(channel)

    def _policy(self, categories: Sequence[str] = ()) -> Policy:
        """Return the policy with the gates that were learned for the base and some categories."""
        semantic = self.knowledge.meaning is not None
        model = self.knowledge.semantic if semantic else self.knowledge.lexical
        gates = {
            name: replace(gate, probability=model.gate(name, categories, gate.probability))
            for name, gate in self.policy.gates.items()
        }
        return replace(self.policy, gates=gates)


__all__ = [
    "Answering",
    "Finder",
    "Gates",
    "Hidden",
    "Knowledge",
    "Match",
    "Part",
    "Scored",
    "untaught",
]

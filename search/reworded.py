"""What texts would find with other words, from what they find as the base stands.

A synonym or a word of one's own changes how some texts are read and some articles are compared.
A text that reads as before has the candidates that it had, and only those of them are compared
anew that read or weigh otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from search.analysis import Analyzer
from search.base import Base, Card
from search.candidates import PUBLIC, Hidden, Sieve, own
from search.encoder import Vectors
from search.features import LEXICAL, Candidate
from search.finder import Finder
from search.knowledge import Knowledge
from search.matches import NOTHING, Scored
from search.model import FOREIGN
from search.profiles import BUCKETS, Floats, Ints, Lexicon, Profiler, Tokens, bucket
from search.query import MAX_TEXT
from search.standing import KEPT, Kept, Standing
from search.text import fold


class Reworded(Finder):
    """The finder as it would be with other dictionaries. Safe to share between threads."""

    def __init__(self, standing: Standing, profiler: Profiler, knowledge: Knowledge) -> None:
        """Put the parts together.

        Args:
            standing: the finder with the dictionaries of now.
            profiler: of an analyzer with the others.
            knowledge: with words counted as that analyzer cuts them.
        """
        super().__init__(
            engine=standing.engine,
            analyzer=profiler.analyzer,
            profiler=profiler,
            knowledge=knowledge,
            encoder=standing.encoder,
            policy=standing.policy,
        )
        self._standing = standing
        self._words_that_differ = differing(standing.analyzer, profiler.analyzer)
        self._renamed = renamed(standing.analyzer, profiler.analyzer)
        before, after = standing.knowledge.lexicon.words, knowledge.lexicon.words
        self._rarity_differs = before != after[self._renamed]
        self._touched: dict[str, bool] = {}
        self._reads_alike = lru_cache(maxsize=KEPT)(self._compare_readings)

    def score(
        self,
        base: Base,
        question: str,
        sieve: Sieve = PUBLIC,
        *,
        vector: Vectors | None = None,
        hidden: Hidden | None = None,
    ) -> Scored:
        """Compute as `Finder.score`; what the words cannot touch is what it was."""
        plain = not (sieve.narrows or hidden or vector is not None)
        if plain and self._reads_alike(question):
            kept = self._standing.kept(base, question, sieve.audiences)
            if kept is None:
                return NOTHING
            touched = [row for row, card in enumerate(kept.scored.cards) if self._touches(card)]
            if not (touched and kept.unplaced):
                return self._changed(kept, question, touched).with_first(kept.pinned)
        return super().score(base, question, sieve, vector=vector, hidden=hidden)

    def _changed(self, kept: Kept, question: str, touched: Sequence[int]) -> Scored:
        """Return what a text finds with some of its candidates compared anew."""
        before = kept.scored
        if not touched:
            return before
        cards = [before.cards[row] for row in touched]
        asked = [self._asked(card, None) for card in cards]
        candidates = [Candidate(a, card.answer) for a, card in zip(asked, cards, strict=True)]
        lexical, closest = self._comparer.compare(question, candidates)
        rows, texts = before.rows.copy(), list(before.closest)
        # What nobody has depends on all candidates, and on how they are written alone.
        own_columns = [column for column, name in enumerate(LEXICAL) if name != FOREIGN]
        rows[np.ix_(touched, own_columns)] = lexical[:, own_columns]
        for row, card, ways, place in zip(touched, cards, asked, closest, strict=True):
            texts[row] = own(card, ways[place])
        model = self.knowledge.semantic if kept.near else self.knowledge.lexical
        utilities = model.utilities(rows, [card.boost for card in before.cards])
        chances = model.probabilities(rows, utilities)
        return Scored(before.cards, texts, before.names, rows, utilities, chances)

    def _compare_readings(self, question: str) -> bool:
        """Tell whether a question is cut, looked for and weighed as before."""
        folded = fold(question, limit=MAX_TEXT)
        now, then = self._standing.analyzer, self.analyzer
        words = now.words(folded)
        return (
            not self._speaks_of_them(folded)
            and self._words_that_differ.isdisjoint(words)
            and words == then.words(folded)
            and now.spans(folded) == then.spans(folded)
            and not self._weighs_otherwise(self._standing.profiler(question).words)
        )

    def _touches(self, card: Card) -> bool:
        """Tell whether an article is read or weighed otherwise than before."""
        if card.key not in self._touched:
            self._touched[card.key] = any(
                map(self._asks_otherwise, self._asked(card, None))
            ) or self._tells_otherwise(card.answer)
        return self._touched[card.key]

    def _asks_otherwise(self, text: str) -> bool:
        before, after = self._standing.profiler(text).words, self.profiler(text).words
        ids = self._renamed[before.ids]
        order = np.argsort(ids)
        return self._weighs_otherwise(before) or not (
            np.array_equal(ids[order], after.ids)
            and np.array_equal(before.counts[order], after.counts)
            and np.array_equal(before.weights[order], after.weights)
        )

    def _tells_otherwise(self, answer: str) -> bool:
        before, after = self._standing.profiler.answer(answer), self.profiler.answer(answer)
        return not np.array_equal(np.unique(self._renamed[before.words]), after.words)

    def _weighs_otherwise(self, words: Tokens) -> bool:
        return bool(self._rarity_differs[words.ids].any())

    def _speaks_of_them(self, folded: str) -> bool:
        return any(word in folded for word in self._words_that_differ)


def differing(one: Analyzer, other: Analyzer) -> frozenset[str]:
    """Return the words that two analyzers keep whole, weigh or take for others differently."""
    words: set[str] = set()
    for analyzer in (one, other):
        own = analyzer.dictionaries
        words |= analyzer.synonym_words | analyzer.english_words | own.stop_words

    def meaning(analyzer: Analyzer, word: str) -> tuple[object, ...]:
        name = analyzer.canonical(word)
        return analyzer.synonyms(word), name, analyzer.weight(name), analyzer.weight(word)

    changed = {word for word in words if meaning(one, word) != meaning(other, word)}
    return frozenset(changed | (one.own_words ^ other.own_words))


def renamed(one: Analyzer, other: Analyzer) -> Ints:
    """Return bucket -> the bucket where its word is counted by another analyzer, (BUCKETS,).

    A new synonym may give a word another name, which by itself changes nothing.
    """
    places = np.arange(BUCKETS, dtype=np.int32)
    for word in differing(one, other):
        places[bucket(one.canonical(word))] = bucket(other.canonical(word))
    return places


def recounted(lexicon: Lexicon, before: Floats, after: Floats, places: Ints) -> Lexicon:
    """Return a lexicon as it is with other words.

    Args:
        lexicon: in use; it may have been counted in more than what is counted here.
        before: rarity of words in some articles, as they are cut now.
        after: the same as they will be cut.
        places: from `renamed`.
    """
    words = np.where(before == after, lexicon.words, after)
    moved = np.flatnonzero((places != np.arange(BUCKETS)) & (before == after[places]))
    words[places[moved]] = lexicon.words[moved]
    return replace(lexicon, words=words)

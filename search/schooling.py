"""Teaches one base to itself: its words, its vectors, and later its ranking and probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from search.analysis import Analyzer
from search.base import Card
from search.encoder import Encoder, Vectors
from search.engine import Engine
from search.finder import Knowledge, untaught
from search.meaning import Meaning, learn_space
from search.profiles import Profiler
from search.text import fold


@dataclass(frozen=True, slots=True)
class Past:
    """A question of the past with what agents confirmed.

    Attributes:
        text: as it was asked.
        chosen: ids of the articles that answer; empty when nothing did.
        also: ids that would have been acceptable.
    """

    text: str
    chosen: tuple[str, ...]
    also: tuple[str, ...] = ()


def school(
    cards: Iterable[Card],
    *,
    engine: Engine,
    analyzer: Analyzer,
    profiler: Profiler,
    encoder: Encoder | None = None,
    past: Sequence[Past] = (),
) -> Knowledge:
    """Learn from a base what can be learned."""
    known = list(cards)
    knowledge = untaught(profiler, known)
    if encoder is not None and known:
        knowledge = replace(knowledge, meaning=meaning_of(known, encoder))
    return knowledge


def meaning_of(cards: Sequence[Card], encoder: Encoder) -> Meaning:
    """Encode all ways to ask and all answers of a base."""
    asked = [card.asked for card in cards]
    owners = np.repeat(np.arange(len(cards)), [len(texts) for texts in asked])
    vectors = encoder.encode([fold(text) for text in chain.from_iterable(asked)])
    answers = _answers(cards, encoder)
    return Meaning([c.key for c in cards], owners, vectors, answers, learn_space(vectors, owners))


def _answers(cards: Sequence[Card], encoder: Encoder) -> Vectors:
    """Return a row for each card; zeros where there is no answer."""
    rows = [row for row, card in enumerate(cards) if card.answer.strip()]
    vectors = np.zeros((len(cards), encoder.dimension), np.float32)
    if rows:
        vectors[rows] = encoder.encode([fold(cards[row].answer) for row in rows], passage=True)
    return vectors

"""Pure: which articles a question is compared with, and how a new one stands among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from search.base import Card
from search.encoder import Vectors
from search.meaning import SEMANTIC, Meaning
from search.model import Floats
from search.query import parse

CANDIDATES = 24
"""By words, by cosine and by discriminant as many are compared."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A way to ask that is left out: its article, its text, its row among the vectors."""

    key: str
    text: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Sieve:
    """What may be found; see `search.finder.Finder.find`."""

    audiences: Sequence[str] = ("public",)
    categories: Sequence[str] = ()
    language: str | None = None

    @property
    def narrows(self) -> bool:
        """Say whether less is wanted than all that the audiences may see."""
        return bool(self.categories or self.language)


PUBLIC = Sieve()
"""Whatever everybody may see."""


def nearest(meaning: Meaning, measured: Vectors) -> list[str]:
    """Return the candidates by cosine and by the discriminant."""
    many = min(CANDIDATES, len(meaning))
    columns = (measured[:, 0], measured[:, len(SEMANTIC) - 1])
    rows = [np.argpartition(-column, many - 1)[:many] for column in columns]
    return [meaning.keys[row] for row in dict.fromkeys(np.concatenate(rows).tolist())]


def allowed(cards: Mapping[str, Card], sieve: Sieve) -> list[Card]:
    """Apply the filters once more: vectors know none, and an index may lag behind."""
    return [
        card
        for card in cards.values()
        if card.audience in sieve.audiences
        and (not sieve.categories or not set(sieve.categories).isdisjoint(card.category))
        and sieve.language in (None, card.language)
    ]


def obeying(question: str, cards: Sequence[Card]) -> list[Card]:
    """Apply the operators of a question once more: vectors know none, nor what was edited."""
    parsed = parse(question)
    if parsed.is_plain:
        return list(cards)
    return [card for card in cards if parsed.allows((*card.asked, card.answer))]


def own(card: Card, text: str) -> str:
    """Return a way to ask that may be shown: what a customer typed is never shown to others."""
    return text if text in card.asked else card.question


def meanings(measured: Vectors, places: Sequence[int | None], standing: Floats) -> Vectors:
    """Return the semantic features of each candidate.

    An article so new that it has no vectors yet is taken to be as near in meaning as the one
    that stands beside it by words, so that an answer that was just published can come first.

    Args:
        measured: of all articles with vectors, (articles, features).
        places: row in `measured` of each candidate; None for a new one.
        standing: utility of each candidate by words alone.
    """
    known = [row for row, place in enumerate(places) if place is not None]
    if not known:
        return np.repeat(np.median(measured, axis=0)[None], len(places), axis=0)
    ordered = sorted(known, key=lambda row: -standing[row])
    rows = []
    for row, place in enumerate(places):
        if place is None:
            before = sum(standing[other] > standing[row] for other in ordered)
            place = places[ordered[min(before, len(ordered) - 1)]]
        rows.append(measured[place])
    return np.stack(rows)

"""Gets to know a base: its words, its confirmed past and its vectors; the models stay shipped.

The whole takes seconds for hundreds of articles and minutes for tens of thousands. What changed
since is taken up article by article in milliseconds; what is counted over the whole base (how
rare words are, directions of meaning) then stays until the next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from search.base import Card, FileBase
from search.corrections import Corrector
from search.encoder import Encoder, Vectors
from search.engine import ARTICLE
from search.finder import Knowledge, untaught
from search.meaning import Meaning, learn_space
from search.profiles import Profiler, build_lexicon
from search.text import fold
from search.wording import Wording


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


def acquainted(
    base: FileBase, profiler: Profiler, encoder: Encoder | None, past: Sequence[Past]
) -> Knowledge:
    """Return the words, examples and vectors of a base, with the shipped models.

    Args:
        base: all published articles.
        profiler: of the analyzer in use.
        encoder: None for words alone.
        past: questions with agents' confirmed choices; they also become ways to ask.
    """
    examples = _examples(
        base.cards([f"{ARTICLE}:{id_}" for one in past for id_ in one.chosen]), past
    )
    asked = {card.key: (*card.asked, *examples.get(card.key, ())) for card in base}
    knowledge = replace(
        untaught(profiler, base), examples=examples, lexicon=build_lexicon(profiler, asked.values())
    )
    if encoder is None or not asked:
        return knowledge
    return replace(knowledge, meaning=meaning_of(list(base), asked, encoder))


def taken_up(
    knowledge: Knowledge,
    cards: Mapping[str, Card],
    changed: Iterable[str],
    *,
    encoder: Encoder | None,
    past: Sequence[Past],
) -> Knowledge:
    """Return what is known with some articles as they are now.

    Args:
        knowledge: of the base as it was.
        cards: the changed articles that are there now, by key.
        changed: keys of all changed articles.
        encoder: None for words alone.
        past: all questions with agents' confirmed choices.
    """
    keys = list(dict.fromkeys(changed))
    fresh = _examples(cards, past)
    examples = {key: own for key, own in knowledge.examples.items() if key not in keys} | fresh
    knowledge = replace(knowledge, examples=examples)
    if encoder is None or not keys:
        return knowledge
    return replace(knowledge, meaning=_retold(knowledge, cards, keys, encoder))


def _retold(
    knowledge: Knowledge, cards: Mapping[str, Card], keys: Sequence[str], encoder: Encoder
) -> Meaning | None:
    """Return the vectors with those of some articles as they are now."""
    here = [cards[key] for key in keys if key in cards]
    asked = {card.key: (*card.asked, *knowledge.examples.get(card.key, ())) for card in here}
    if knowledge.meaning is None or set(knowledge.meaning.keys) <= set(keys):
        return meaning_of(here, asked, encoder) if here else None
    rows = iter(encoder.encode([fold(text) for text in chain.from_iterable(asked.values())]))
    nothing = np.zeros((0, encoder.dimension), np.float32)
    ways = dict.fromkeys(keys, nothing)
    ways |= {key: np.stack([next(rows) for _ in texts]) for key, texts in asked.items()}
    answers = dict(zip(asked, _answers(here, encoder), strict=True))
    return knowledge.meaning.replaced(ways, answers)


def reread(knowledge: Knowledge, profiler: Profiler) -> Knowledge:
    """Return what is known as another analyzer reads it, after the dictionaries changed."""
    if knowledge.corrector is None:
        return knowledge
    wording = Wording(profiler.analyzer, knowledge.corrector.wording.counts)
    return replace(knowledge, corrector=Corrector(profiler.analyzer, wording))


def meaning_of(
    cards: Sequence[Card], asked: Mapping[str, Sequence[str]], encoder: Encoder
) -> Meaning:
    """Encode all ways to ask and all answers of a base.

    Args:
        cards: the articles.
        asked: key -> all ways to ask it.
        encoder: what encodes.
    """
    texts = [asked[card.key] for card in cards]
    owners = np.repeat(np.arange(len(cards)), [len(ways) for ways in texts])
    vectors = encoder.encode([fold(text) for text in chain.from_iterable(texts)])
    answers = _answers(cards, encoder)
    return Meaning([c.key for c in cards], owners, vectors, answers, learn_space(vectors, owners))


def _answers(cards: Sequence[Card], encoder: Encoder) -> Vectors:
    """Return a row for each card; zeros where there is no answer."""
    rows = [row for row, card in enumerate(cards) if card.answer.strip()]
    vectors = np.zeros((len(cards), encoder.dimension), np.float32)
    if rows:
        vectors[rows] = encoder.encode([fold(cards[row].answer) for row in rows], passage=True)
    return vectors


def _examples(cards: Mapping[str, Card], past: Sequence[Past]) -> dict[str, tuple[str, ...]]:
    """Return article key -> confirmed past questions that are not ways to ask already."""
    found: dict[str, dict[str, None]] = {}
    for question in past:
        for key in (f"{ARTICLE}:{chosen}" for chosen in question.chosen):
            if key in cards:
                found.setdefault(key, {})[question.text] = None
    return {
        key: tuple(text for text in texts if text not in cards[key].asked)
        for key, texts in found.items()
    }

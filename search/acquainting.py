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
from search.meaning import Meaning
from search.overlaid import replaced
from search.profiles import Profiler, build_lexicon
from search.space import learn_space
from search.text import fold, sentences
from search.wording import Wording

PASSAGE = 90
"""Characters of a passage: with the title above it, about what an encoder reads at once."""

PASSAGES, MANY = 3, 2_000
"""Of each answer so many passages are encoded; one, where there are more articles than `MANY`."""


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
    cards = list(base)
    asked = ways_to_ask(cards, examples)
    knowledge = replace(
        untaught(profiler, base), examples=examples, lexicon=build_lexicon(profiler, asked.values())
    )
    if encoder is None or not asked:
        return knowledge
    meaning = meaning_of(cards, asked, encoder, passages=passages_for(len(cards)))
    return replace(knowledge, meaning=meaning)


def ways_to_ask(
    cards: Iterable[Card], examples: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return key -> an article's own ways to ask and the confirmed questions of the past."""
    return {card.key: (*card.asked, *examples.get(card.key, ())) for card in cards}


def passages_for(articles: int) -> int:
    """Return how many passages of each answer are encoded in a base of this size."""
    return PASSAGES if articles <= MANY else 1


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
    asked = ways_to_ask(here, knowledge.examples)
    if knowledge.meaning is None or set(knowledge.meaning.keys) <= set(keys):
        passages = passages_for(knowledge.lexicon.articles)
        return meaning_of(here, asked, encoder, passages=passages) if here else None
    rows = iter(encoder.encode([fold(text) for text in chain.from_iterable(asked.values())]))
    nothing = np.zeros((0, encoder.dimension), np.float32)
    ways = dict.fromkeys(keys, nothing)
    ways |= {key: np.stack([next(rows) for _ in texts]) for key, texts in asked.items()}
    passages = knowledge.meaning.passages
    answers = dict(zip(asked, answers_of(here, encoder, passages), strict=True))
    return replaced(knowledge.meaning, ways, answers)


def reread(knowledge: Knowledge, profiler: Profiler) -> Knowledge:
    """Return what is known as another analyzer reads it, after the dictionaries changed."""
    if knowledge.corrector is None:
        return knowledge
    wording = Wording(profiler.analyzer, knowledge.corrector.wording.counts)
    return replace(knowledge, corrector=Corrector(profiler.analyzer, wording))


def meaning_of(
    cards: Sequence[Card],
    asked: Mapping[str, Sequence[str]],
    encoder: Encoder,
    *,
    passages: int,
) -> Meaning:
    """Encode all ways to ask and all answers of a base.

    Args:
        cards: the articles, at least one.
        asked: key -> all ways to ask it.
        encoder: what encodes.
        passages: of each answer, at most.
    """
    texts = [asked[card.key] for card in cards]
    owners = np.repeat(np.arange(len(cards)), [len(ways) for ways in texts])
    vectors = encoder.encode([fold(text) for text in chain.from_iterable(texts)])
    answers = answers_of(cards, encoder, passages)
    space = learn_space(vectors, owners, answers)
    return Meaning.of([card.key for card in cards], owners, vectors, answers, space)


def answers_of(cards: Sequence[Card], encoder: Encoder, passages: int) -> Vectors:
    """Return the vectors of the first passages of each answer, (cards, passages, d).

    Zeros where there is no answer, or a shorter one.
    """
    texts = [told(card, passages) for card in cards]
    vectors = np.zeros((len(cards), passages, encoder.dimension), np.float32)
    places = [(row, at) for row, parts in enumerate(texts) for at in range(len(parts))]
    if places:
        rows, columns = zip(*places, strict=True)
        encoded = encoder.encode(list(chain.from_iterable(texts)), passage=True)
        vectors[list(rows), list(columns)] = encoded
    return vectors


def told(card: Card, passages: int) -> list[str]:
    """Return the first passages of an answer as they are encoded, each below the title.

    A passage alone often does not say what it is about: “按住 5 秒” is the answer to many
    questions.
    """
    return [fold(f"{card.question}\n{part}") for part in cut(card.answer, passages)]


def cut(answer: str, passages: int) -> list[str]:
    """Cut an answer into passages of at most `PASSAGE` characters, at sentence ends if possible.

    Args:
        answer: plain text or Markdown.
        passages: how many at most; what follows is left out.
    """
    found = [""]
    for sentence in sentences(answer[: PASSAGE * passages * 2]):
        for start in range(0, len(sentence), PASSAGE):
            part = sentence[start : start + PASSAGE]
            if found[-1] and len(found[-1]) + len(part) > PASSAGE:
                found.append("")
            found[-1] += part
    return [part for part in found if part][:passages]


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

"""Teaches one base to itself: its words, its vectors, its ranking and its probabilities.

What teaches: each way to ask, taken out and asked against the rest of its base; past questions
with the agents' choice, likewise; and every lesson once more without the article that answers
it, because a base must also learn what “nothing answers this” looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from search.acquainting import Past, acquainted
from search.analysis import Analyzer
from search.base import Card, FileBase
from search.encoder import Encoder, Vectors
from search.engine import ARTICLE, Engine
from search.finder import Finder, Hidden, Knowledge
from search.learning import (
    Lesson,
    fit_calibrator,
    fit_ranker,
    gates_for,
    levelled,
    tops,
)
from search.model import Model, blended, digest_of
from search.model_history import FEWEST
from search.profiles import Profiler
from search.text import fold

MOST = 2_500
"""Lessons of either kind; more would cost time and teach a handful of numbers little."""

RANKER_STRENGTH = 0.03
CALIBRATOR_STRENGTH = 0.001
ORPHANS = (0.6, 0.12)
"""Weight of a question without its answer: to learn the direction, and to set the level."""

HALFWAY = 500
"""Lessons at which what a base taught counts as much as what was shipped."""

REFUSALS = 50
"""With as many past questions that nothing answered, invented ones are not needed."""

TARGETS: Mapping[str, float] = MappingProxyType({"mail": 0.955, "form": 0.905})
"""Precision to reach on the lessons: half a point above what is promised."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A question to learn from: its text, what is right, and what must be hidden meanwhile."""

    text: str
    right: frozenset[str]
    hidden: Hidden | None
    real: bool


def school(
    cards: Iterable[Card],
    *,
    engine: Engine,
    analyzer: Analyzer,
    profiler: Profiler,
    encoder: Encoder | None = None,
    past: Sequence[Past] = (),
    fit: bool = True,
) -> Knowledge:
    """Learn from a base what can be learned.

    Ranking and probabilities follow the base only once people's questions were confirmed: its own
    ways to ask, taken out one by one, mislead where they were written to differ (measured in
    docs/ranking.md).

    Args:
        cards: all published articles.
        engine: an index of them.
        analyzer: the one that made the index.
        profiler: of the same analyzer.
        encoder: None for words alone.
        past: questions with agents' confirmed choices; they also become ways to ask.
        fit: False keeps the shipped models.
    """
    base = FileBase(cards)
    knowledge = acquainted(base, profiler, encoder, past)
    if not fit:
        return knowledge
    finder = Finder(engine=engine, analyzer=analyzer, profiler=profiler, knowledge=knowledge)
    syllabus = syllabus_of(finder, base, past, encoder=encoder)
    return replace(
        knowledge,
        lexical=teach(knowledge.lexical, syllabus.lexical, syllabus.real),
        semantic=teach(knowledge.semantic, syllabus.semantic, syllabus.real),
    )


@dataclass(frozen=True, slots=True)
class Syllabus:
    """All lessons of one base, without and with vectors; empty while too few were confirmed.

    Attributes:
        lexical: with the features of words alone.
        semantic: the same questions with those of meaning too; empty without an encoder.
        real: whether a person asked it, rather than that it is a way to ask of an article.
    """

    lexical: tuple[Lesson, ...] = ()
    semantic: tuple[Lesson, ...] = ()
    real: tuple[bool, ...] = ()


def syllabus_of(
    finder: Finder, base: FileBase, past: Sequence[Past], *, encoder: Encoder | None
) -> Syllabus:
    """Ask everything that teaches and note what was found.

    Args:
        finder: with what is known of the base.
        base: all published articles.
        past: questions with agents' confirmed choices.
        encoder: for past questions that nothing answered; the others' vectors are known.
    """
    topics = _topics(base, finder.knowledge, past)
    if sum(topic.real for topic in topics) < FEWEST:
        return Syllabus()
    vectors = _topic_vectors(topics, finder.knowledge, encoder)
    real = tuple(topic.real for topic in topics)
    lexical = tuple(lesson_of(finder, base, topic, None) for topic in topics)
    if finder.knowledge.meaning is None:
        return Syllabus(lexical, (), real)
    pairs = zip(topics, vectors, strict=True)
    return Syllabus(lexical, tuple(lesson_of(finder, base, *pair) for pair in pairs), real)


def lesson_of(finder: Finder, base: FileBase, topic: Topic, vector: Vectors | None) -> Lesson:
    """Ask a question and note the candidates' features with what is right."""
    hidden = (
        topic.hidden
        if vector is not None or topic.hidden is None
        else replace(topic.hidden, row=None)
    )
    scored = finder.score(base, topic.text, vector=vector, hidden=hidden)
    right = np.array([card.key in topic.right for card in scored.cards], bool)
    return Lesson(scored.rows, right, categories=tuple(card.category for card in scored.cards))


def teach(prior: Model, lessons: Sequence[Lesson], real: Sequence[bool]) -> Model:
    """Fit a model on lessons, staying near the prior as far as they are few.

    Args:
        prior: the shipped model, or the one in use.
        lessons: questions with their candidates.
        real: whether a person asked it, rather than that it is a way to ask of an article.
    """
    usable = [i for i, lesson in enumerate(lessons) if len(lesson.rows)]
    if len(usable) < FEWEST:
        return prior
    # From here on what was shipped counts as a fixed number of lessons, however many there are.
    pull = RANKER_STRENGTH * min(1.0, 3 * HALFWAY / len(usable))
    ranker = fit_ranker([lessons[i] for i in usable], prior.ranker, strength=pull)
    direction, level = (_examples(lessons, real, usable, weight) for weight in ORPHANS)
    names = prior.ranker.names
    own = fit_calibrator(tops(direction, ranker), names, strength=CALIBRATOR_STRENGTH)
    share = len(usable) / (len(usable) + HALFWAY)
    seen = tops(level, ranker)
    calibrator = levelled(blended(own, prior.calibrator, share), seen)
    gates = gates_for(calibrator, seen, TARGETS)
    digest = digest_of(
        prior.digest, [(lesson.rows.sum(), lesson.right.sum()) for lesson in lessons]
    )
    return Model(ranker, calibrator, gates, digest, len(usable))


def _examples(
    lessons: Sequence[Lesson], real: Sequence[bool], usable: Sequence[int], orphans: float
) -> list[Lesson]:
    """Return the lessons to calibrate on, with invented unanswerable ones if need be.

    Questions that people asked say best what will be asked; ways to ask stand in for them.
    """
    asked = [i for i in usable if real[i]]
    refused = [i for i in asked if not lessons[i].right.any()]
    if len(asked) >= 2 * FEWEST and len(refused) >= REFUSALS:
        return [lessons[i] for i in asked]
    answerable = [i for i in usable if lessons[i].right.any()]
    invented = [lessons[i].orphaned(orphans) for i in answerable]
    return [lessons[i] for i in usable] + [lesson for lesson in invented if len(lesson.rows)]


def _topics(base: FileBase, knowledge: Knowledge, past: Sequence[Past]) -> list[Topic]:
    """Return what to learn from: ways to ask of articles that have several, and the past."""
    chosen = {question.text: question for question in past}
    found: list[Topic] = []
    row = 0
    for card in base:
        asked = (*card.asked, *knowledge.examples.get(card.key, ()))
        for text in asked:
            if len(asked) > 1:
                found.append(_topic(card.key, text, row, chosen.get(text)))
            row += 1
    refused = [
        Topic(question.text, frozenset(), None, real=True)
        for question in past
        if not question.chosen
    ]
    real = [topic for topic in found if topic.real] + refused
    return _thinned([topic for topic in found if not topic.real]) + _thinned(real)


def _topic(key: str, text: str, row: int, past: Past | None) -> Topic:
    also = () if past is None else (*past.chosen, *past.also)
    right = frozenset({key, *(f"{ARTICLE}:{id_}" for id_ in also)})
    return Topic(text, right, Hidden(key, text, row), real=past is not None)


def topic_of(past: Past) -> Topic:
    """Return a question of the past to ask whose text is no way to ask of any article."""
    right = frozenset(f"{ARTICLE}:{id_}" for id_ in (*past.chosen, *past.also))
    return Topic(past.text, right, None, real=True)


def _thinned(topics: list[Topic]) -> list[Topic]:
    """Return at most `MOST`, evenly over the base."""
    if len(topics) <= MOST:
        return topics
    places = np.linspace(0, len(topics) - 1, MOST).astype(int)
    return [topics[place] for place in places]


def _topic_vectors(
    topics: Sequence[Topic], knowledge: Knowledge, encoder: Encoder | None
) -> list[Vectors | None]:
    """Return the vector of each topic; those of ways to ask are known already."""
    meaning = knowledge.meaning
    if meaning is None or encoder is None:
        return [None] * len(topics)
    fresh = [topic.text for topic in topics if topic.hidden is None]
    encoded = iter(encoder.encode([fold(text) for text in fresh]))
    return [
        next(encoded) if topic.hidden is None or topic.hidden.row is None
        else meaning.vectors[topic.hidden.row]
        for topic in topics
    ]  # fmt: skip

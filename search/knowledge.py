"""What was learned from one base, and what is known of one that taught nothing yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from search.base import Card
from search.corrections import Corrector
from search.meaning import Meaning
from search.model import Model, shipped
from search.profiles import Lexicon, Profiler, build_lexicon
from search.wording import Wording, count


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was learned from one base; replaced as a whole.

    Attributes:
        lexicon: how rare tokens are.
        lexical: model for questions without a vector.
        semantic: model for questions with one.
        meaning: the vectors; None without an encoder.
        examples: article key -> past questions that agents confirmed for it.
        corrector: reads texts with the base's words; None: nothing is corrected.
    """

    lexicon: Lexicon
    lexical: Model
    semantic: Model
    meaning: Meaning | None = None
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    corrector: Corrector | None = None

    def __post_init__(self) -> None:
        """Fit a model that came with the product to how many ways to ask this base has."""
        if self.meaning is not None and self.semantic.many is not None:
            object.__setattr__(self, "semantic", self.semantic.of_base(self.meaning.ways))


def untaught(profiler: Profiler, cards: Iterable[Card]) -> Knowledge:
    """Return knowledge with the shipped models and the base's own word statistics."""
    known = list(cards)
    asked = [card.asked for card in known]
    counts = count(profiler.analyzer, asked, (card.answer for card in known))
    return Knowledge(
        build_lexicon(profiler, asked),
        shipped(semantic=False),
        shipped(semantic=True),
        corrector=Corrector(profiler.analyzer, Wording(profiler.analyzer, counts)),
    )

"""How a question is read: what people ask when they want to know why something was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search.analysis import Analyzer
from search.query import content_words, parse, synonyms_fired
from search.weights import STOP_WEIGHT


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as the finder reads it.

    Attributes:
        folded: the text with width, case and variant characters made one.
        tokens: its words in reading order, each with how much it says, in (0, 1]; those of the
            text that was looked for instead, if there is one.
        synonyms: word -> the words that are looked for as well.
        quoted: what must occur as it is written.
        excluded: what must not occur.
        corrected: the text that was looked for instead, if it was taken otherwise.
    """

    folded: str
    tokens: tuple[tuple[str, float], ...]
    synonyms: Mapping[str, tuple[str, ...]]
    quoted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    corrected: str | None = None

    @property
    def telling(self) -> tuple[str, ...]:
        """Return the words that say something, each once."""
        return tuple(dict.fromkeys(word for word, weight in self.tokens if weight > STOP_WEIGHT))

    def as_json(self) -> dict[str, Any]:
        """Return the reading as `wenqu ask --explain` prints it."""
        return {
            "folded": self.folded,
            "tokens": [{"text": word, "weight": weight} for word, weight in self.tokens],
            "synonyms": {word: list(others) for word, others in self.synonyms.items()},
            "quoted": list(self.quoted),
            "excluded": list(self.excluded),
            "corrected": self.corrected,
        }


def read(analyzer: Analyzer, text: str, *, corrected: str | None = None) -> Reading:
    """Return how a text is read.

    Args:
        analyzer: the one in use.
        text: as the person wrote it.
        corrected: what it was taken for, as the finder says.
    """
    parsed = parse(text)
    sought = parse(corrected).text if corrected else parsed.text
    weights = content_words(analyzer, sought)
    words = [word for word in analyzer.words(sought) if word in weights]
    return Reading(
        folded=parsed.text,
        tokens=tuple((word, round(weights[word], 2)) for word in words),
        synonyms=synonyms_fired(analyzer, sought),
        quoted=parsed.quoted,
        excluded=parsed.excluded,
        corrected=corrected,
    )

"""A text as it was typed and as it may have been meant: both are looked for, one is taken."""

from __future__ import annotations

from typing import Protocol

from search import questions
from search.corrections import Corrector
from search.encoder import Vectors
from search.matches import Reading, Scored, combined
from search.query import parse

VIEWS = 2
"""Besides the text itself at most so many are looked for: each costs an encoding."""

CLEARLY = 0.03
"""By so much a corrected text must be more probably answered than the text as it was typed."""


class Look(Protocol):
    """Looks for one text, as it is written."""

    def __call__(self, one: str, known: Vectors | None = None) -> Scored:
        """Return what is found; `known` is the text's vector, if the caller has it."""


def better(
    look: Look, text: str, *, corrector: Corrector | None, vector: Vectors | None
) -> Reading:
    """Look for a text as it is and as it was meant, and take the better.

    Of a letter the whole, what it asks, and its first line are looked for.

    Args:
        look: looks for one text.
        text: as the person wrote it.
        corrector: reads texts with the base's words; None to take them as they are.
        vector: of the text, if the caller has it already.
    """
    scored = look(text, vector)
    if scored.pinned is not None:
        return Reading(scored)
    # Who writes operators has weighed every word.
    plain = parse(text).is_plain
    corrector = corrector if plain else None
    spoken = corrector.sound(text) if corrector else None
    chinese = corrector.in_chinese(text) if corrector else None
    wanted = (chinese, questions.core(text), questions.heading(text))
    others = [view for view in wanted if view and plain][:VIEWS]
    if others and spoken is None:
        return Reading(combined([scored, *map(look, others)]))
    corrected = spoken or (corrector.spelling(text) if corrector else None)
    if corrected is None:
        return Reading(scored)
    other = look(corrected)
    surer = other.top > scored.top + (0.0 if spoken else CLEARLY)
    return Reading(other, corrected) if surer else Reading(scored, other=other)

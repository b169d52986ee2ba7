"""A text as it was typed and as it may have been meant: both are looked for, one is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from search import questions
from search.corrections import Corrector
from search.encoder import Vectors
from search.matches import Reading, Scored, combined
from search.query import parse

VIEWS = 2
"""Besides the text itself at most so many are looked for: each costs an encoding."""

TELLING = 0.4
"""What a letter asks is looked for by itself if it has this share of what the letter says in the
words of the base: “请问这种情况怎么处理？” would only find what is asked in such words."""

LEAST = 0.1
"""Nats; what says less has no word of the base."""

CLEARLY = 0.03
"""By so much a corrected text must be more probably answered than the text as it was typed."""


class Look(Protocol):
    """Looks for one text, as it is written."""

    def __call__(self, one: str, known: Vectors | None = None) -> Scored:
        """Return what is found; `known` is the text's vector, if the caller has it."""


def better(
    look: Look,
    text: str,
    *,
    corrector: Corrector | None,
    vector: Vectors | None,
    said: Callable[[str], float],
) -> Reading:
    """Look for a text as it is and as it was meant, and take the better.

    Of a letter the whole, what it asks if that says enough, and its first line are looked for.

    Args:
        look: looks for one text.
        text: as the person wrote it.
        corrector: reads texts with the base's words; None to take them as they are.
        vector: of the text, if the caller has it already.
        said: how much a text says in words that the base has, in nats.
    """
    scored = look(text, vector)
    if scored.pinned is not None:
        return Reading(scored)
    # Who writes operators has weighed every word.
    plain = parse(text).is_plain
    corrector = corrector if plain else None
    spoken = corrector.sound(text) if corrector else None
    chinese = corrector.in_chinese(text) if corrector else None
    wanted = (chinese, _core(text, said), questions.heading(text))
    others = [view for view in wanted if view and plain][:VIEWS]
    if others and spoken is None:
        return Reading(combined([scored, *map(look, others)]))
    # What is nearly certain as it stands cannot be clearly surer otherwise.
    doubtful = scored.top + CLEARLY < 1
    corrected = spoken or (corrector.spelling(text) if corrector and doubtful else None)
    if corrected is None:
        return Reading(scored)
    other = look(corrected)
    if spoken and corrector and other.cards and not corrector.knows(text):
        # Letters that are no word here resemble English only by chance.
        return Reading(other, corrected)
    surer = other.top > scored.top + (0.0 if spoken else CLEARLY)
    return Reading(other, corrected) if surer else Reading(scored, other=other)


def _core(text: str, said: Callable[[str], float]) -> str | None:
    """Return what a letter asks, where that says enough of what the letter says."""
    core = questions.core(text)
    return core if core and said(core) >= max(TELLING * said(text), LEAST) else None

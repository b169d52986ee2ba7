"""What somebody means who is still typing: misspelt, by sound, or in English.

Only what the base has nowhere as it was typed is read in another way, so the beginning of something
that is there is never taken for an error.
"""

from __future__ import annotations

from collections.abc import Mapping

from search import pinyin
from search.analysis import Analyzer
from search.corrections import Corrector
from search.query import pair_weights
from search.text import fold

LONGEST = 60

_SAYS_LITTLE = 0.5
"""Pairs that say less than this share of the most telling one lie between words, or only ask."""

_ENDS_OPEN = 5
"""Letters at the end that may be the beginning of a syllable."""


def typed(text: str) -> str:
    """Fold what was typed; an input method shows syllables between apostrophes meanwhile."""
    folded = fold(text, limit=LONGEST)
    return " ".join(folded.replace("'", "").replace("’", "").split())


def meant(folded: str, corrector: Corrector) -> str | None:
    """Return what was probably meant; None when there is no other way to read it.

    Args:
        folded: from `typed`; it stands nowhere in what can be suggested.
        corrector: reads with the words of the base.
    """
    letters = folded.replace(" ", "")
    if letters.isascii() and letters.isalpha():
        found = corrector.sound(folded) or corrector.in_chinese(folded)
        return found or _without_open_end(letters, corrector)
    return corrector.sound(folded) or corrector.spelling(folded)


def _without_open_end(letters: str, corrector: Corrector) -> str | None:
    """Read as sound what is complete of letters whose last syllable has only begun."""
    for end in range(len(letters) - 1, max(len(letters) - _ENDS_OPEN, 3) - 1, -1):
        if pinyin.is_spoken(letters[:end]):
            return corrector.sound(letters[:end])
    return None


def telling(analyzer: Analyzer, folded: str) -> Mapping[str, float]:
    """Return the pairs of characters by which something like it is known, with their weights."""
    weights = pair_weights(analyzer, folded)
    least = _SAYS_LITTLE * max(weights.values(), default=0.0)
    return {pair: weight for pair, weight in weights.items() if weight >= least}

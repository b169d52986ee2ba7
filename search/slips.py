"""Slips of who types by sound: a word half in characters (发piao), letters swapped (fapaio).

Only what becomes a word of the base is taken for a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search import pinyin
from search.dictation import Dictation
from search.text import fold
from search.wording import Wording

MOST_RUNS = 3
SHORTEST, LONGEST = 4, 24
"""Letters of a run in which two may have been swapped."""

_END, _BEGINNING = (
    re.compile(r"(?P<character>[㐀-鿿])(?P<letters>[a-z]{1,6})(?![a-z0-9])"),
    re.compile(r"(?<![a-z0-9])(?P<letters>[a-z]{1,6})(?P<character>[㐀-鿿])"),
)
_RUNS = re.compile(r"[a-z]+(?: [a-z]+)*")


class Slips:
    """Reads slips with the words of one base. Safe to share between threads."""

    def __init__(self, dictation: Dictation, wording: Wording) -> None:
        """Args: what reads sound, and the wording of the same base."""
        self._dictation, self._wording = dictation, wording

    def finished(self, text: str) -> str | None:
        """Return a text with words of the base that were half typed as sound; None without any."""
        folded = fold(text)
        said = _BEGINNING.sub(self._whole, _END.sub(self._whole, folded))
        return said if said != folded else None

    def unswapped(self, text: str) -> str | None:
        """Return the words of the base that letters sound like once two neighbours are swapped.

        None when nothing has to be swapped, or other words would be among them.
        """
        folded = fold(text).strip()
        runs = folded.split()
        if not _RUNS.fullmatch(folded) or len(runs) > MOST_RUNS:
            return None
        as_typed = [self._own(run) for run in runs]
        said = [one or self._unswapped(run) for one, run in zip(as_typed, runs, strict=True)]
        return "".join(filter(None, said)) if all(said) and not all(as_typed) else None

    def _whole(self, found: re.Match[str]) -> str:
        """Return the word that a character and letters beside it are, as they stand if none."""
        written, letters = found["character"], found["letters"]
        if not pinyin.is_spoken(letters) or self._dictation.is_foreign(letters):
            return found.group()
        at_end = found.group().endswith(letters)
        sound = "".join(pinyin.sounds(written))
        named = self._dictation.named(sound + letters if at_end else letters + sound)
        place = 0 if at_end else -1
        return next((word for word in named if word[place] == written), found.group())

    def _unswapped(self, run: str) -> str | None:
        if not SHORTEST <= len(run) <= LONGEST or self._dictation.is_foreign(run):
            return None
        return next(filter(None, map(self._own, _swaps(run))), None)

    def _own(self, run: str) -> str | None:
        """Return the words of the base, each longer than a character, that a run sounds like."""
        words = self._dictation.words(run)
        known = all(len(word) > 1 and word in self._wording.words for word in words)
        return "".join(words) if words and known else None


def _swaps(run: str) -> Iterator[str]:
    for at in range(len(run) - 1):
        yield run[:at] + run[at + 1] + run[at] + run[at + 2 :]

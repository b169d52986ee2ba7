"""What a person may have meant who typed sound instead of characters, or a wrong character."""

from __future__ import annotations

from search.analysis import Analyzer
from search.dictation import Dictation
from search.spelling import Spelling
from search.weights import FUNCTION_WORDS
from search.wording import Wording


class Corrector:
    """Reads texts with the words of one base. Safe to share between threads."""

    def __init__(self, analyzer: Analyzer, wording: Wording) -> None:
        """Args: analyzer and wording of the same base."""
        english = frozenset(
            word for word in (*FUNCTION_WORDS, *analyzer.synonym_words) if word.isascii()
        )
        self._spelling = Spelling(analyzer, wording)
        self._dictation = Dictation(analyzer, wording, english)

    def sound(self, text: str) -> str | None:
        """Return the Chinese that a text sounds like; None when it was not typed as sound."""
        return self._dictation.read(text)

    def spelling(self, text: str) -> str | None:
        """Return what a text with typing errors may mean; None when it is likely as it stands."""
        return self._spelling.read(text)

    def prepare(self) -> None:
        """Collect the words by their sound now, so that no question waits for it."""
        self._dictation.prepare()

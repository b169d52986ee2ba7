"""What a person may have meant who typed sound instead of characters, or a wrong character."""

from __future__ import annotations

import re

from search.analysis import Analyzer
from search.dictation import Dictation
from search.spelling import Spelling
from search.text import fold, is_han
from search.weights import FUNCTION_WORDS
from search.wording import Wording

LONGEST_MIXED = 200
_ENGLISH = re.compile(r"[a-z]{2,}(?: [a-z]{2,})?(?![a-z0-9])")


class Corrector:
    """Reads texts with the words of one base. Safe to share between threads."""

    def __init__(self, analyzer: Analyzer, wording: Wording) -> None:
        """Args: analyzer and wording of the same base."""
        self._analyzer, self.wording = analyzer, wording
        known = (*FUNCTION_WORDS, *analyzer.synonym_words, *analyzer.english_words)
        english = frozenset(word for word in known if word.isascii())
        self._spelling = Spelling(analyzer, wording)
        self._dictation = Dictation(analyzer, wording, english)

    def sound(self, text: str) -> str | None:
        """Return the Chinese that a text sounds like; None when it was not typed as sound."""
        return self._dictation.read(text)

    def spelling(self, text: str) -> str | None:
        """Return what a text with typing errors may mean; None when it is likely as it stands."""
        return self._spelling.read(text)

    def in_chinese(self, text: str) -> str | None:
        """Return a text with its English words in the Chinese that this base would use.

        Words that the base itself writes in English stay. None when the text is not mixed, or
        nothing in it can be replaced.
        """
        folded = fold(text)
        if len(folded) > LONGEST_MIXED or not any(map(is_han, folded)):
            return None
        said = _ENGLISH.sub(lambda found: self._chinese(found.group()), folded)
        return said if said != folded else None

    def english(self, text: str) -> str | None:
        """Return English words in the Chinese that this base would use; None when it has none."""
        folded = fold(text)
        said = _ENGLISH.sub(lambda found: self._chinese(found.group()), folded)
        return said if len(folded) <= LONGEST_MIXED and any(map(is_han, said)) else None

    def _chinese(self, words: str) -> str:
        """Replace one English word, or a phrase of two."""
        meant = self._analyzer.glosses(words)
        if not meant and " " in words:
            return "".join(map(self._chinese, words.split()))
        if not meant or words in self.wording.words:
            return words
        return max(meant, key=self.wording.alone)

    def prepare(self) -> None:
        """Collect the words by their sound now, so that no question waits for it."""
        self._dictation.prepare()

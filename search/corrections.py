"""What a person may have meant who typed sound instead of characters, or a wrong character."""

from __future__ import annotations

import re
from collections.abc import Callable

from search.analysis import Analyzer
from search.dictation import Dictation
from search.slips import Slips
from search.spelling import Spelling
from search.text import fold, is_han
from search.weights import FUNCTION_WORDS
from search.wording import Wording

LONGEST_MIXED = 200
_BLANK_IN_CHINESE = re.compile(r"(?<=[㐀-鿿]) (?=[㐀-鿿])")
_WORD = re.compile(r"[a-z0-9]+")
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
        self._slips = Slips(self._dictation, wording)

    def sound(self, text: str) -> str | None:
        """Return the Chinese that a text sounds like; None when it was not typed as sound."""
        finished = self._slips.finished(text)
        read = self._dictation.read(finished or text) or finished
        return self._slips.unswapped(text) or read

    def knows(self, text: str) -> bool:
        """Tell whether a word of a text is written in letters, by this base or in English."""
        return any(map(self._dictation.is_foreign, _WORD.findall(fold(text))))

    def spelling(self, text: str) -> str | None:
        """Return what a text with typing errors may mean; None when it is likely as it stands."""
        return self._spelling.read(text)

    def in_chinese(self, text: str) -> str | None:
        """Return a text with its English words in the Chinese that this base would use.

        In a mixed text, words that the base itself writes in English stay. Of a text that is all
        English, words stay that the base does not write more often in Chinese, and words that say
        little go: one English article has them all, and would come first for every question.

        Returns:
            None when nothing can be replaced.
        """
        folded = fold(text)
        if len(folded) > LONGEST_MIXED:
            return None
        if any(map(is_han, folded)):
            said = _ENGLISH.sub(
                lambda found: self._chinese(found.group(), self._unless_own), folded
            )
            return said if said != folded else None
        telling = " ".join(w for w in _WORD.findall(folded) if w not in FUNCTION_WORDS)
        said = _ENGLISH.sub(lambda found: self._chinese(found.group(), self._where_usual), telling)
        return said if any(map(is_han, said)) else None

    def _chinese(self, words: str, wanted: Callable[[str, str], bool]) -> str:
        """Replace one English word, or a phrase of two, by Chinese that is `wanted` for it."""
        meant = self._analyzer.glosses(words)
        if not meant and " " in words:
            said = " ".join(self._chinese(word, wanted) for word in words.split())
            return _BLANK_IN_CHINESE.sub("", said)
        best = max(meant, key=self.wording.alone, default="")
        return best if best and wanted(words, best) else words

    def _unless_own(self, words: str, _meant: str) -> bool:
        return words not in self.wording.words

    def _where_usual(self, words: str, meant: str) -> bool:
        return self.wording.words[meant] > self.wording.words[words]

    def prepare(self) -> None:
        """Collect the words by their sound now, so that no question waits for it."""
        self._dictation.prepare()

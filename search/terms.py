"""Pure: what a question names, and how telling each name is in the language at large.

How rare a word is in one base says nothing of a word that the base does not have: “花呗” and
“付钱” are both new to a company of locks, but one of them changes what is asked. The language
tells them apart: what it hardly uses is a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt

from search import latin
from search.analysis import Analyzer
from search.text import fold, is_han
from search.weights import STOP_WEIGHT

MOST = 600
"""Characters of a question that are read."""

REMEMBERED = 2_000
"""Questions: a letter and its remedies ask the same text several times."""

_LANGUAGE_TOTAL = 6e7
_UNKNOWN = 0.2
_FOREIGN = 12.0
"""Surprise of a word in Latin letters, of which no counts are known."""

_COMMON = 7.0
"""Single characters that surprise less stand beside each other by chance."""

_ALONE = 0.5
"""A single character between words says half of what its rarity suggests."""

MOST_SURPRISE = 20.0


@dataclass(frozen=True, slots=True)
class Term:
    """One name in a question.

    Attributes:
        forms: folded texts of which each counts as the term: itself, its stem, its synonyms.
        surprise: -log P in the language, in nats.
    """

    forms: tuple[str, ...]
    surprise: float


class Terms:
    """Reads the terms of questions. Safe to share between threads."""

    def __init__(self, analyzer: Analyzer) -> None:
        """Args: analyzer: its frequencies are those of the language."""
        self._analyzer = analyzer
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._read)

    def __call__(self, question: str) -> tuple[Term, ...]:
        """Return the terms of the first `MOST` characters; words that say little are none."""
        return self._remembered(question[:MOST])

    def _read(self, question: str) -> tuple[Term, ...]:
        found: list[Term] = []
        for run in _runs(self._analyzer.spans(fold(question))):
            if len(run[0]) > 1 or not is_han(run[0]):
                found.extend(self._word(run[0]))
            elif len(run) == 1:
                found.extend(self._character(run[0]))
            else:
                found.extend(self._pairs(run))
        return tuple(found)

    def _word(self, word: str) -> Iterator[Term]:
        short_number = word.isdigit() and len(word) < 3
        if self._is_light(word) or short_number:
            return
        forms = dict.fromkeys([word, latin.stem(word), *self._analyzer.synonyms(word)])
        yield Term(tuple(forms), self._surprise(word))

    def _character(self, character: str) -> Iterator[Term]:
        if not self._is_light(character):
            yield Term((character,), _ALONE * self._surprise(character))

    def _pairs(self, run: Sequence[str]) -> Iterator[Term]:
        """Return pairs of characters that are no words together: often they are a name."""
        for pair in pairwise(run):
            surprise = max(map(self._surprise, pair))
            if surprise >= _COMMON and not all(map(self._is_light, pair)):
                yield Term(("".join(pair),), surprise)

    def _surprise(self, word: str) -> float:
        if not is_han(word[0]):
            return _FOREIGN
        uses = max(float(self._analyzer.frequency(word)), _UNKNOWN)
        return min(log(_LANGUAGE_TOTAL / uses), MOST_SURPRISE)

    def _is_light(self, word: str) -> bool:
        return self._analyzer.weight(word) <= STOP_WEIGHT


Shares = npt.NDArray[np.float32]


def compared(terms: Sequence[Term], texts: Sequence[str]) -> tuple[Shares, Shares, Shares]:
    """Compare the terms of a question with folded texts.

    Returns:
        For each text the share of the surprise that it has, in [0, 1], 1 when nothing is named;
        the surprise of the most telling term that it lacks, as a share of `MOST_SURPRISE`; and,
        the same for all, the share of the surprise that none of the texts has.
    """
    surprise = np.array([term.surprise for term in terms], np.float32)
    has = np.array([[any(f in text for f in term.forms) for term in terms] for text in texts], bool)
    has = has.reshape(len(texts), len(terms))
    total = float(surprise.sum())
    if not total:
        nothing = np.zeros(len(texts), np.float32)
        return nothing + 1, nothing, nothing
    missed = np.where(has, np.float32(0), surprise).max(axis=1) / MOST_SURPRISE
    shares = np.minimum(has @ surprise / total, 1)
    foreign = np.full(len(texts), min(float(surprise[~has.any(axis=0)].sum()) / total, 1.0))
    return shares.astype(np.float32), missed.astype(np.float32), foreign.astype(np.float32)


def _runs(spans: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    """Return words one by one, and characters that stand beside each other together."""
    run: list[str] = []
    end = -1
    for word, start in spans:
        single = len(word) == 1 and is_han(word)
        if run and not (single and start == end):
            yield run
            run = []
        if single:
            run.append(word)
        else:
            yield [word]
        end = start + len(word)
    if run:
        yield run

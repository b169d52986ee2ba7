"""Reads Chinese with typing errors: 发漂 → 发票, 退宽 → 退款, 码密 → 密码.

Words that the base uses in its questions may stand where something was typed that sounds or
looks like them. Such a reading must be far more likely in this base than the text as it stands,
so words that the base knows are never touched for the sake of a commoner one.

Source: the noisy channel of Kernighan, Church and Gale 1990, with a bigram model of words.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from search import pinyin
from search.analysis import Analyzer
from search.dictionaries import look_alikes
from search.hashed import Hashed
from search.text import fold, is_han
from search.wording import START, Wording

LONGEST = 80
BEAM = 8

SAME_SOUND, NEAR_SOUND = 5.0, 6.0
SAME_LOOK = 5.5
SWAPPED, MISSING, DOUBLED, ONE_WRONG = 5.0, 7.0, 5.0, 8.0
"""What a reading must be more likely by, in natural logarithms; errors that are made more often
cost less."""

_ANY = "□"


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    words: tuple[str, ...]
    last: str
    errors: int


class Spelling:
    """Corrects with the words of one base. Immutable, safe to share between threads."""

    def __init__(self, analyzer: Analyzer, wording: Wording) -> None:
        """Args: analyzer and wording of the same base."""
        self._analyzer = analyzer
        self._wording = wording
        words = [w for w in wording.asked if 2 <= len(w) <= 4 and all(map(is_han, w))]
        self._sounding = _by_sound(words)
        self._looking = _Looks(words, look_alikes())

    def read(self, text: str) -> str | None:
        """Return what was probably meant; None when the text is as likely as it stands.

        Args:
            text: as the person wrote it; only Chinese in it is corrected.
        """
        folded = fold(text).strip()
        if len(folded) > LONGEST or sum(map(is_han, folded)) < 2:
            return None
        best = self._best(folded)
        return "".join(best.words) if best is not None and best.errors else None

    def _best(self, folded: str) -> _Path | None:
        at: list[list[_Path]] = [[] for _ in range(len(folded) + 1)]
        at[0] = [_Path(0.0, (), START, 0)]
        sounds = pinyin.sounds(folded)
        for start in range(len(folded)):
            paths = sorted(at[start], key=lambda path: -path.score)[:BEAM]
            for word, end, cost in self._from(folded, start, sounds) if paths else ():
                at[end].append(max((self._on(p, word, cost) for p in paths), key=_score))
        return max(at[-1], key=_score, default=None)

    def _on(self, path: _Path, word: str, cost: float) -> _Path:
        score = path.score + self._wording.chance(path.last, word) - cost
        return _Path(score, (*path.words, word), word, path.errors + (cost > 0))

    def _from(
        self, folded: str, start: int, sounds: Sequence[str]
    ) -> Iterator[tuple[str, int, float]]:
        """Yield the words that may be meant from here: (word, end, what the error costs)."""
        yield folded[start], start + 1, 0.0
        for end in range(start + 2, min(start + 5, len(folded)) + 1):
            typed = folded[start:end]
            known = self._is_known(typed)
            if known:
                yield typed, end, 0.0
            if typed in self._wording.words or not all(map(is_han, typed)):
                continue
            yield from ((w, end, cost) for w, cost in self._meant(typed, sounds[start:end]))

    def _meant(self, typed: str, sounds: Sequence[str]) -> Iterator[tuple[str, float]]:
        for word in self._sounding.get(pinyin.near(sounds), ()):
            same = pinyin.sounds(word) == list(sounds)
            yield word, SAME_SOUND if same else NEAR_SOUND
        yield from self._looking.get(typed)
        if len(typed) > 2 and not self._has_word(typed):
            for place in range(len(typed)):
                wild = typed[:place] + _ANY + typed[place + 1 :]
                yield from self._looking.get(wild)

    def _has_word(self, typed: str) -> bool:
        """Tell whether two neighbouring characters are a word, so that little can be wrong."""
        return any(self._is_known(typed[i : i + 2]) for i in range(len(typed) - 1))

    def _is_known(self, word: str) -> bool:
        return word in self._wording.words or self._analyzer.frequency(word) > 0


def _score(path: _Path) -> float:
    return path.score


def _by_sound(words: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(pinyin.near(pinyin.sounds(word)), []).append(word)
    return found


class _Looks:
    """Wrong spelling → the words it may stand for. Immutable."""

    def __init__(self, words: Sequence[str], alike: Mapping[str, str]) -> None:
        """Args: the words; character -> those that look like it."""
        self._words = words
        self._costs, self._of = array("f"), array("i")
        self._spellings = Hashed(self._entries(alike))

    def get(self, wrong: str) -> Iterator[tuple[str, float]]:
        """Yield the words that may be meant, with the cost of the error."""
        for number in self._spellings.of(wrong):
            yield self._words[self._of[number]], self._costs[number]

    def _entries(self, alike: Mapping[str, str]) -> Iterator[str]:
        for number, word in enumerate(self._words):
            costs: dict[str, float] = {}
            for wrong, cost in (*_misspelt(word), *_misread(word, alike)):
                costs[wrong] = min(cost, costs.get(wrong, cost))
            costs.pop(word, None)
            for wrong, cost in costs.items():
                self._of.append(number)
                self._costs.append(cost)
                yield wrong


def _misspelt(word: str) -> Iterator[tuple[str, float]]:
    for place in range(len(word) - 1):
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        yield swapped, SWAPPED
    for place in range(len(word)):
        yield word[: place + 1] + word[place:], DOUBLED
        if len(word) > 2:
            yield word[:place] + word[place + 1 :], MISSING
            yield word[:place] + _ANY + word[place + 1 :], ONE_WRONG


def _misread(word: str, alike: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Yield the word with one character taken for another that looks like it."""
    for place, ch in enumerate(word):
        for other in alike.get(ch, ""):
            yield word[:place] + other + word[place + 1 :], SAME_LOOK

"""Reads Chinese that somebody typed as sound: `mima wangji le zenme ban` → 密码忘记了怎么办.

A text is a row of letters in which words of the base and of the language are looked for by their
sound; the row of words that is most likely in this base is taken. Letters alone (`tk`) stand for
words of the base only. English is left as it is.
"""

from __future__ import annotations

import re
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain

from search import latin, pinyin
from search.analysis import Analyzer
from search.hashed import Hashed
from search.text import fold, is_han
from search.weights import FUNCTION_WORDS
from search.wording import START, Wording

LONGEST = 240
"""Characters of a text that are read; a text beyond that was not typed as sound."""

BEAM = 10
ALIKE = 10
"""Words of one sound that are tried."""

REMEMBERED = 2_000
"""Stretches of letters whose words are kept: 3 kB for one with many."""

FEWEST_USES = 300
"""Words that the language uses less are read only where the base has them."""

INITIALS_COST = 3.0
RARE_READING_COST = 4.0
SPLIT_COST = 0.4
"""Every further word costs a little, so that long words are preferred to their pieces."""

_TOKEN = re.compile(r"[a-z]+|[^a-z\s'’]+|[\s'’]+")
_NUMBERED = re.compile(r"[a-z]+(?=-?[0-9])|(?<=[0-9])[a-z]+")
_LONGEST_WORD = 24


@dataclass(frozen=True, slots=True)
class Sound:
    """A word, the places in letters where its syllables end, and how usual this sound is.

    `chance` is the word's own log-probability, `cost` what an unusual reading takes off it.
    """

    word: str
    ends: frozenset[int]
    chance: float
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    words: tuple[str, ...]
    last: str


class Dictation:
    """Reads sound with the words of one base. Safe to share between threads."""

    def __init__(self, analyzer: Analyzer, wording: Wording, english: frozenset[str]) -> None:
        """Keep what is needed; the words by sound are collected when first asked for.

        Args:
            analyzer: the one that cut the base.
            wording: of the base.
            english: folded English words that are never read as sound.
        """
        self._analyzer = analyzer
        self._wording = wording
        self._english = english
        self._latin = frozenset(word for word in wording.words if word.isascii())
        self._lock = threading.Lock()
        self._sounds: _Sounds | None = None
        self._initials: _Initials | None = None

    def read(self, text: str) -> str | None:
        """Return the Chinese that a text sounds like; None when it is not typed as sound.

        Args:
            text: as the person wrote it; Chinese and signs in it stay as they are.
        """
        folded = fold(text).strip()
        if not folded or len(folded) > LONGEST or not any(map(str.isalpha, folded)):
            return None
        runs = [run for run in _TOKEN.findall(folded) if run[0].isascii() and run.isalpha()]
        sounding = self._sounding(folded, runs)
        if not sounding:
            return None
        self.prepare()
        read = "".join(self._pieces(folded, sounding))
        return read if any(map(is_han, read)) and read != folded else None

    def words(self, run: str) -> tuple[str, ...]:
        """Return the likeliest words for one run of letters; () when it cannot be sound."""
        self.prepare()
        return self._decoded(run, set(), START) if pinyin.is_spoken(run) else ()

    def named(self, run: str) -> list[str]:
        """Return the words of the base that sound so as a whole, the likeliest first."""
        self.prepare()
        sounds = self._sounds.get(run) if self._sounds else ()
        return [sound.word for sound in sounds if sound.word in self._wording.words]

    # What is sound.

    def _sounding(self, folded: str, runs: Sequence[str]) -> frozenset[str]:
        """Return the runs of letters that are sound; none when the text was not typed so.

        `you` and `can` are syllables as well as English words: they are what the others are.
        """
        spoken = {run for run in runs if pinyin.is_spoken(run)}
        foreign = {run for run in runs if self.is_foreign(run)}
        if any(run in FUNCTION_WORDS for run in foreign - spoken):
            return frozenset()
        # The letters of a model number are no initials: TH01 is not 退货01.
        numbered = set(_NUMBERED.findall(folded))
        short = {run for run in runs if _is_short(run)} - foreign - spoken - numbered
        mute = set(runs) - spoken - foreign - short
        if any(map(is_han, folded)):
            # Beside Chinese only what cannot well be a name is read as sound.
            return frozenset(run for run in spoken - foreign if pinyin.count(run) > 1)
        if not spoken:
            return frozenset(short) if short and not mute and len(runs) <= 2 else frozenset()
        letters = sum(map(len, runs))
        sure = sum(len(run) for run in runs if run in spoken - foreign)
        doubtful = sum(len(run) for run in runs if run in spoken & foreign)
        strange = sum(len(run) for run in runs if run in mute)
        likely = sure > doubtful and strange * 4 <= letters
        return frozenset(spoken | short) if likely else frozenset()

    def is_foreign(self, run: str) -> bool:
        """Tell whether letters are a word that is written in letters."""
        stemmed = latin.stem(run)
        known = self._latin, self._english
        return any(word in words for word in (run, stemmed) for words in known)

    # How it reads.

    def _pieces(self, folded: str, sounding: frozenset[str]) -> Iterator[str]:
        """Yield the text with each stretch of sound replaced; blanks inside it vanish."""
        letters, breaks, before = "", set[int](), START
        for token in _TOKEN.findall(folded):
            if token in sounding and pinyin.is_spoken(token):
                breaks.add(len(letters))
                letters += token
                continue
            blank = not token.strip(" '’\t\n")
            if blank and letters:
                continue
            if letters:
                words = self._decoded(letters, breaks, before)
                yield "".join(words)
                before, letters, breaks = words[-1], "", set()
            if token in sounding:
                yield (known := self._spelt_out(token, before))
                before = known
            else:
                yield token
                before = (self._wording.cut(token) or [before])[-1]
        if letters:
            yield "".join(self._decoded(letters, breaks, before))

    def _decoded(self, letters: str, breaks: set[int], before: str) -> tuple[str, ...]:
        """Return the most likely words for letters; `breaks` are where blanks stood."""
        at: list[list[_Path]] = [[] for _ in range(len(letters) + 1)]
        at[0] = [_Path(0.0, (), before)]
        for start in range(len(letters)):
            paths = sorted(at[start], key=lambda path: -path.score)[:BEAM]
            if not paths:
                continue
            for sound, end in self._from(letters, start, breaks):
                at[end].append(max((self._on(p, sound) for p in paths), key=lambda p: p.score))
        best = max(at[-1], key=lambda path: path.score, default=None)
        return best.words if best else (letters,)

    def _on(self, path: _Path, sound: Sound) -> _Path:
        score = path.score + self._wording.chance(path.last, sound.word) - SPLIT_COST - sound.cost
        return _Path(score, (*path.words, sound.word), sound.word)

    def _from(self, letters: str, start: int, breaks: set[int]) -> Iterator[tuple[Sound, int]]:
        """Yield the words that may begin here, with where they end."""
        if self._sounds is None:
            return
        for end in range(start + 1, min(start + _LONGEST_WORD, len(letters)) + 1):
            inside = {place - start for place in breaks if start < place < end}
            for sound in self._sounds.get(letters[start:end]):
                if inside <= sound.ends:
                    yield sound, end

    def _spelt_out(self, letters: str, before: str) -> str:
        """Return the base's words that letters are the initials of; the letters if none."""
        found = self._initials.get(letters) if self._initials else ()
        ranked = [("".join(words), self._row(before, words)) for words in found]
        return max(ranked, key=lambda pair: pair[1])[0] if ranked else letters

    def _row(self, before: str, words: tuple[str, ...]) -> float:
        score = -INITIALS_COST * (len(words) - 1)
        for word in words:
            score += self._wording.chance(before, word)
            before = word
        return score

    def prepare(self) -> None:
        """Collect the words by their sound, once; otherwise the first reading does it."""
        with self._lock:
            if self._sounds is None:
                self._initials = _Initials(self._wording)
                self._sounds = _Sounds(self._wording, self._spoken(), self._latin)

    def _spoken(self) -> list[str]:
        """Return the Chinese words of the base and the usual ones of the language."""
        own = (word for word in self._wording.words if all(map(is_han, word)))
        return list(dict.fromkeys([*own, *self._analyzer.common(FEWEST_USES)]))


class _Sounds:
    """Letters → the words that sound so. What is asked is made of it; most never is."""

    def __init__(self, wording: Wording, words: Sequence[str], letters: Iterable[str]) -> None:
        """Args: wording of the base; Chinese words; words that are written in letters."""
        self._wording = wording
        # A word that this base writes in letters may stand among the sounds.
        own = (word for word in letters if word.isalpha() and pinyin.is_spoken(word))
        self._words = [*words, *own]
        self._of, self._ways = array("i"), array("b")
        self._letters = Hashed(self._entries())
        self.get = lru_cache(maxsize=REMEMBERED)(self._read)

    def _entries(self) -> Iterator[str]:
        for number, word in enumerate(self._words):
            for way, spoken in enumerate(_ways(word)):
                self._of.append(number)
                self._ways.append(way)
                yield "".join(spoken)

    def _read(self, letters: str) -> Sequence[Sound]:
        """Return the likeliest words of these letters."""
        found = [self._sound(self._of[n], self._ways[n]) for n in self._letters.of(letters)]
        return sorted(found, key=lambda sound: (-sound.chance, sound.word))[:ALIKE]

    def _sound(self, number: int, way: int) -> Sound:
        word = self._words[number]
        chance, cost = self._wording.alone(word), RARE_READING_COST if way else 0.0
        ends = accumulate(map(len, _ways(word)[way])) if is_han(word[0]) else ()
        return Sound(word, frozenset(ends), chance - cost, cost)


def _ways(word: str) -> Sequence[tuple[str, ...]]:
    """Return how a word is typed; one that is written in letters as it is."""
    return pinyin.spellings(word) if is_han(word[0]) else [(word,)]


class _Initials:
    """Initials → the words of the base, and pairs of them, that begin so."""

    def __init__(self, wording: Wording) -> None:
        """Args: wording of the base."""
        asked = wording.asked
        rows = chain(((w,) for w in asked), (p for p in wording.pairs() if p[1] in asked))
        self._rows: list[tuple[str, ...]] = []
        self._letters = Hashed(self._entries(rows))

    def get(self, letters: str) -> Sequence[tuple[str, ...]]:
        """Return rows of words."""
        return [self._rows[number] for number in self._letters.of(letters)]

    def _entries(self, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
        for row in rows:
            letters = pinyin.first_letters(row)
            if _is_short(letters):
                self._rows.append(row)
                yield letters


def _is_short(run: str) -> bool:
    """Tell whether letters can be initials."""
    return 2 <= len(run) <= 5 and not set(run) & set("aeiouv")

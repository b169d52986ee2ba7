"""Texts as arrays of weighted tokens, so that comparing a question with many is a few additions.

Two views of every text: `grams` (characters, pairs and triples of them, Latin words and their
triples; forgiving about spelling) and `words` (the analysis' words; they know what says little).
Tokens are hashed into a fixed number of buckets, so that what a base learns has a fixed size.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from search.analysis import Analyzer
from search.text import fold

BUCKETS = 1 << 18
MAX_QUESTION = 600
MAX_ANSWER = 1_500

REMEMBERED = 10_000
"""Short texts whose profiles are kept: 2.5 kB each."""

ANSWERS_REMEMBERED = 2_000
"""Answers of which is kept what is asked of them: up to 5 kB each."""

_MANY = 300
"""To look for more tokens than this one by one takes longer than to list all of the text."""

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_LATIN = re.compile(r"[a-z0-9]+")
_SHORT_WORD = 3


@dataclass(frozen=True, slots=True)
class Tokens:
    """The distinct tokens of one text.

    Attributes:
        ids: buckets, ascending, int32 (n,).
        counts: how often, float32 (n,).
        weights: how much each says by itself, in (0, 1], float32 (n,).
    """

    ids: Ints
    counts: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class TextProfile:
    """Both views of one text, and the text as it was read."""

    grams: Tokens
    words: Tokens
    folded: str


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, of which is asked only whether it has a question's tokens.

    A profile of it would take five times as long and ten times the memory.

    Attributes:
        folded: its beginning.
        words: buckets of its words, ascending, int32 (n,).
    """

    folded: str
    words: Ints


class Profiler:
    """Turns texts into profiles and remembers the latest ones. Safe to share between threads."""

    def __init__(self, analyzer: Analyzer, *, remembered: int = REMEMBERED) -> None:
        """Args: analyzer for the words; remembered: how many texts are kept."""
        self.analyzer = analyzer
        self._remembered = lru_cache(maxsize=remembered)(self._profile)
        self._told = lru_cache(maxsize=ANSWERS_REMEMBERED)(self._answer)

    def __call__(self, text: str, *, limit: int = MAX_QUESTION) -> TextProfile:
        """Return the profile of the first `limit` characters of a text."""
        return self._remembered(text[:limit])

    def answer(self, text: str) -> Told:
        """Return what is asked of the first `MAX_ANSWER` characters of an answer."""
        return self._told(text[:MAX_ANSWER])

    def _profile(self, text: str) -> TextProfile:
        folded = fold(text)
        return TextProfile(
            _tokens(grams(folded), lambda _: 1.0),
            _tokens(self._words(folded), self.analyzer.weight),
            folded,
        )

    def _words(self, folded: str) -> Iterator[str]:
        """Return the words of a text; those that mean the same are one."""
        return map(self.analyzer.canonical, self.analyzer.words(folded))

    def _answer(self, text: str) -> Told:
        folded = fold(text)
        buckets = {bucket(word) for word in self._words(folded)}
        return Told(folded, np.array(sorted(buckets), np.int32))


def asked_grams(text: str) -> tuple[str, ...]:
    """Return the distinct grams of a question, as its profile has them."""
    return tuple(dict.fromkeys(grams(fold(text[:MAX_QUESTION]))))


def held(wanted: Sequence[str], folded: str) -> list[bool]:
    """Tell which of some grams occur in folded text, as `grams` cuts it."""
    if len(wanted) > _MANY:
        there = set(grams(folded))
        return [gram in there for gram in wanted]
    latin = set(_LATIN.findall(folded)) if any(map(str.isascii, wanted)) else frozenset[str]()
    return [
        _inside(gram[1:], folded) if gram[0] == "#" else gram in latin or _is_written(gram, folded)
        for gram in wanted
    ]


def _is_written(gram: str, folded: str) -> bool:
    return gram in folded and not gram.isascii()


def _inside(letters: str, folded: str) -> bool:
    """Tell whether letters are a part of a longer Latin word."""
    at = folded.find(letters)
    while at >= 0:
        around = folded[max(at - 1, 0) : at] + folded[at + len(letters) : at + len(letters) + 1]
        if _LATIN.search(around):
            return True
        at = folded.find(letters, at + 1)
    return False


def bucket(token: str) -> int:
    """Return where a token is counted."""
    return zlib.crc32(token.encode("utf-8", "surrogatepass")) % BUCKETS


def grams(folded: str) -> list[str]:
    """Return characters, pairs and triples of folded text; of Latin words the word and triples."""
    found: list[str] = []
    for match in _RUN.finditer(folded):
        run = match.group()
        if not run.isascii():
            found.extend(run[i : i + n] for n in (1, 2, 3) for i in range(len(run) - n + 1))
            continue
        found.append(run)
        if len(run) > _SHORT_WORD:
            found.extend(f"#{run[i : i + 3]}" for i in range(len(run) - 2))
    return found


def _tokens(tokens: Iterable[str], weight: Callable[[str], float]) -> Tokens:
    counted: dict[int, list[float]] = {}
    for token, count in Counter(tokens).items():
        entry = counted.setdefault(bucket(token), [0.0, 0.0])
        entry[0] += count
        entry[1] = max(entry[1], weight(token))
    order = sorted(counted)
    values = np.array([counted[place] for place in order], np.float32).reshape(-1, 2)
    return Tokens(np.array(order, np.int32), values[:, 0], values[:, 1])


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How rare each token is in one base.

    Attributes:
        articles: how many articles were counted.
        grams: inverse document frequency of each bucket, float32 (BUCKETS,).
        words: the same for words.
        length: mean number of grams and of words in all ways to ask of an article.
    """

    articles: int
    grams: Floats
    words: Floats
    length: tuple[float, float]


def build_lexicon(profiler: Profiler, articles: Iterable[Sequence[str]]) -> Lexicon:
    """Count in how many articles' questions and phrasings each token occurs.

    Args:
        profiler: of the analysis in use.
        articles: for each article all ways to ask.
    """
    seen = {"grams": np.zeros(BUCKETS, np.float32), "words": np.zeros(BUCKETS, np.float32)}
    lengths = [0.0, 0.0]
    total = 0
    for asked in articles:
        total += 1
        profiles = [profiler(text) for text in asked]
        for place, (view, counts) in enumerate(seen.items()):
            parts: list[Tokens] = [getattr(profile, view) for profile in profiles]
            counts[np.unique(np.concatenate([part.ids for part in parts]))] += 1
            lengths[place] += float(sum(part.counts.sum() for part in parts))
    mean = (lengths[0] / max(total, 1), lengths[1] / max(total, 1))
    return Lexicon(total, _rarity(seen["grams"], total), _rarity(seen["words"], total), mean)


def _rarity(counts: Floats, total: int) -> Floats:
    """Return ln(1 + (N - n + ½) / (n + ½)) (Robertson and Zaragoza 2009, as Lucene has it)."""
    return np.log1p((total - counts + 0.5) / (counts + 0.5)).astype(np.float32)

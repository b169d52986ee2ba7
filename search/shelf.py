"""All texts that can be suggested, in memory, with ways to find those that fit what was typed.

Knows no database; `search.suggest` fills it and asks it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, chain
from string import ascii_lowercase

import numpy as np
import numpy.typing as npt

from search import pinyin
from search.text import is_han, runs

_LOOKED_AT = 1_500
"""Entries compared for one keystroke; the rest of a very common character is left out."""

_MANY_FRESH = 2_000
"""Tokens that came since the last settling; to go through more for each key would be felt."""

BEGINS, CONTAINS, SOUNDS, SHARES = 0.0, 1.0, 2.0, 3.0
"""How well an entry fits what was typed; lower is better."""

Numbers = npt.NDArray[np.uint32]
"""Numbers of entries; those of one token ascend."""

_NOBODY: Numbers = np.zeros(0, np.uint32)

_LAST = chr(0x10FFFF)
"""Follows everything that a token may hold."""


@dataclass(frozen=True, slots=True)
class Line:
    """One text that leads to a target."""

    folded: str
    target: tuple[str, int]
    is_title: bool
    sounds: tuple[str, ...]
    letters: tuple[str, ...]


class _Settled:
    """Tokens in order with their entries, in three arrays and a text. Immutable."""

    def __init__(self, numbers: Mapping[str, Sequence[int]]) -> None:
        """Args: token -> entries."""
        tokens = sorted(numbers)
        many = [len(numbers[token]) for token in tokens]
        self._text = "".join(tokens)
        self._ends = _offsets(len(token) for token in tokens)
        self._last = _offsets(many)
        every = chain.from_iterable(numbers[token] for token in tokens)
        self._numbers = np.fromiter(every, np.uint32, sum(many))

    def __len__(self) -> int:
        """Return how many tokens there are."""
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        """Return a token by its place in the order."""
        return self._text[self._ends[place] : self._ends[place + 1]]

    def numbers(self, place: int) -> Numbers:
        """Return the entries of the token at a place."""
        return self._numbers[self._last[place] : self._last[place + 1]]

    def exact(self, token: str) -> Numbers:
        """Return the entries with this token."""
        place = bisect_left(self, token)
        if place < len(self) and self[place] == token:
            return self.numbers(place)
        return self._numbers[:0]

    def beginning(self, start: str) -> Numbers:
        """Return the entries with tokens that begin so, token after token."""
        first, end = bisect_left(self, start), bisect_left(self, start + _LAST)
        return self._numbers[self._last[first] : self._last[end]]

    def all(self) -> dict[str, list[int]]:
        """Return token -> entries."""
        return {token: self.numbers(place).tolist() for place, token in enumerate(self)}

    def __iter__(self) -> Iterator[str]:
        """Yield the tokens in order."""
        return map(self.__getitem__, range(len(self)))


def _offsets(lengths: Iterable[int]) -> array[int]:
    """Return where each begins, and where the last one ends."""
    return array("I", accumulate(lengths, initial=0))


class Vocabulary:
    """Tokens → entries, with search by the beginning of a token. Not safe for threads.

    What was there when it was settled is in arrays; what came since, until it is much, beside it.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._settled = _Settled({})
        self._fresh: dict[str, list[int]] = {}

    def add(self, token: str, number: int) -> None:
        """Note that an entry has a token; entries come in ascending order."""
        self._fresh.setdefault(token, []).append(number)

    def settle(self) -> None:
        """Put what is fresh into the arrays."""
        every = self._settled.all()
        for token, numbers in self._fresh.items():
            every.setdefault(token, []).extend(numbers)
        self._settled, self._fresh = _Settled(every), {}

    def exact(self, token: str) -> Numbers:
        """Return the entries with this token."""
        return _joined(self._settled.exact(token), self._fresh.get(token, ()))

    def beginning(self, start: str) -> Numbers:
        """Return the entries with tokens that begin so; one with several of them more than once."""
        if len(self._fresh) > _MANY_FRESH:
            self.settle()
        fresh = [n for token, ns in self._fresh.items() if token.startswith(start) for n in ns]
        return _joined(self._settled.beginning(start), fresh)


def _joined(settled: Numbers, fresh: Sequence[int]) -> Numbers:
    return np.concatenate([settled, np.array(fresh, np.uint32)]) if len(fresh) else settled


@dataclass(slots=True)
class Shelf:
    """All entries. Entries are only ever added and struck out, so numbers stay valid."""

    entries: list[Line | None] = field(default_factory=list)
    by_target: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    written: Vocabulary = field(default_factory=Vocabulary)
    heard: Vocabulary = field(default_factory=Vocabulary)
    lettered: Vocabulary = field(default_factory=Vocabulary)

    def put(self, target: tuple[str, int], entries: Iterable[Line]) -> None:
        """Replace everything that leads to a target."""
        for number in self.by_target.pop(target, ()):
            self.entries[number] = None
        for entry in entries:
            number = len(self.entries)
            # How it sounds leads to it, and nothing else asks for that.
            self.entries.append(replace(entry, sounds=(), letters=()))
            self.by_target.setdefault(target, []).append(number)
            for token in _tokens(entry.folded):
                self.written.add(token, number)
            for token in entry.sounds:
                self.heard.add(token, number)
            for token in entry.letters:
                self.lettered.add(token, number)

    @property
    def struck_out(self) -> int:
        """Return how many entries are dead weight."""
        return sum(entry is None for entry in self.entries)


def _tokens(folded: str) -> set[str]:
    """Return what leads to a text: characters, pairs of them, Latin words."""
    found: set[str] = set()
    for run in runs(folded):
        if run.isascii():
            found.add(run)
        else:
            found.update(run)
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def has(shelf: Shelf, typed: str, kinds: Container[str]) -> bool:
    """Tell whether something of these kinds contains what was typed, or sounds so."""
    found = (
        shelf.entries[number] for way in (_containing, _sounding) for number, _ in way(shelf, typed)
    )
    return any(entry is not None and entry.target[0] in kinds for entry in found)


def fitting(
    shelf: Shelf, typed: str, telling: Mapping[str, float], *, enough: int
) -> Iterable[tuple[int, float]]:
    """Yield (number, fit) of entries, from the best fit to the worst, some more than once.

    Args:
        shelf: all entries.
        typed: folded text.
        telling: the parts by which something like it is known, with their weights.
        enough: worse ways to fit are tried only while there are fewer targets.
    """
    found: set[tuple[str, int]] = set()
    for way in (_containing, _sounding, partial(_sharing, telling)):
        for number, fit in way(shelf, typed):
            entry = shelf.entries[number]
            if entry is not None:
                found.add(entry.target)
                yield number, fit
        if len(found) >= enough:
            return


def _containing(shelf: Shelf, typed: str) -> Iterable[tuple[int, float]]:
    """Yield entries that contain what was typed."""
    for number in _rarest(shelf, typed)[:_LOOKED_AT].tolist():
        entry = shelf.entries[number]
        at = entry.folded.find(typed) if entry else -1
        if at >= 0:
            yield number, BEGINS if at == 0 else CONTAINS


def _rarest(shelf: Shelf, typed: str) -> Numbers:
    """Return the entries that have the rarest part of what was typed."""
    *parts, last = _parts(typed) or [""]
    lists = [shelf.written.exact(token) for token in parts]
    # A Latin word at the end may go on.
    goes_on = last.isascii() and last and typed.endswith(last)
    lists.append(shelf.written.beginning(last) if goes_on else shelf.written.exact(last))
    return min(lists, key=len)


def _parts(typed: str) -> list[str]:
    """Return the parts that an entry must have: pairs, or characters that stand alone."""
    parts: list[str] = []
    for run in runs(typed):
        if run.isascii() or len(run) == 1:
            parts.append(run)
        else:
            parts.extend(run[i : i + 2] for i in range(len(run) - 1))
    return parts


def _sharing(telling: Mapping[str, float], shelf: Shelf, typed: str) -> Iterable[tuple[int, float]]:
    """Yield entries that have half of what tells, wherever it stands."""
    having = [(shelf.written.exact(part), weight) for part, weight in telling.items()]
    rarest = sorted((one for one in having if len(one[0])), key=lambda one: len(one[0]))[:6]
    shares: dict[int, float] = {}
    for numbers, weight in rarest:
        for number in numbers[:_LOOKED_AT].tolist():
            shares[number] = shares.get(number, 0.0) + weight
    total = sum(weight for _, weight in rarest)
    for number, share in shares.items():
        if 2 * share >= total:
            yield number, SHARES + 1 - share / total


def _sounding(shelf: Shelf, typed: str) -> Iterable[tuple[int, float]]:
    """Yield entries that sound as typed, or whose initials were typed."""
    letters = typed.replace(" ", "")
    if not (letters.isascii() and letters.isalpha()):
        yield from _going_on(shelf, typed)
        return
    for number in _sounding_so(shelf, *pinyin.typed_so_far(letters)):
        yield number, SOUNDS
    if len(letters) >= 2:
        for number in shelf.lettered.beginning(letters)[:_LOOKED_AT].tolist():
            yield number, SOUNDS + 0.5


def _going_on(shelf: Shelf, typed: str) -> Iterable[tuple[int, float]]:
    """Yield entries in which characters go on as the letters after them sound (申请fap)."""
    written = typed.rstrip(ascii_lowercase)
    letters = typed[len(written) :]
    if not letters or not written or not is_han(written[-1]):
        return
    before = pinyin.near(pinyin.sounds(written[-1]))
    for number in _sounding_so(shelf, *pinyin.typed_so_far(before + letters)):
        entry = shelf.entries[number]
        if entry is not None and written in entry.folded:
            yield number, SOUNDS


def _sounding_so(shelf: Shelf, whole: Sequence[str], rest: str) -> list[int]:
    """Return entries with all of some syllables, and with one that begins as the rest does."""
    lists = sorted((shelf.heard.exact(token) for token in whole), key=len)
    if rest:
        lists.append(shelf.heard.beginning(rest))
    found, *others = lists or [_NOBODY]
    for numbers in others:
        found = found[np.isin(found, numbers, kind="table")] if len(numbers) else _NOBODY
    sounding: list[int] = found[:_LOOKED_AT].tolist()
    return sounding

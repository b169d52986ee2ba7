"""One state of a whoosh index, read as arrays.

Knows whoosh only by the readers that `search.engine_whoosh` hands over.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search import bm25
from search.bm25 import Floats, Indexes
from search.engine import Hit, Query, Term

Mask = npt.NDArray[np.bool_]

_CACHED_POSTINGS = 4_000_000
"""Postings kept per segment, 12 bytes each; the least recently asked go first."""

_ALWAYS = 12
"""The rarest tokens of a question, which always count."""

_READ_POSTINGS = 30_000
"""Postings that the other tokens of a question may have together."""


class Segment:
    """The immutable part of one segment: postings, lengths, ids."""

    def __init__(self, leaf: Any) -> None:  # Any: whoosh publishes no types
        """Wrap one leaf reader; reads nothing yet."""
        self.leaf = leaf
        self.size = int(leaf.doc_count_all())
        self._postings: OrderedDict[tuple[str, str], tuple[Indexes, Floats]] = OrderedDict()
        self._cached = 0
        self._lengths: dict[str, Floats] = {}
        # Whoosh's files have one read position each.
        self._reading = threading.RLock()

    def frequency(self, name: str, text: str) -> int:
        """Return in how many documents a token occurs."""
        with self._reading:
            return int(self.leaf.doc_frequency(name, text))

    def postings(self, name: str, text: str) -> tuple[Indexes, Floats]:
        """Return the documents that have a token, and how often."""
        key = (name, text)
        with self._reading:
            known = self._postings.get(key)
            if known is None:
                known = self._postings[key] = self._read(name, text)
                self._cached += len(known[0])
                self._forget()
            else:
                self._postings.move_to_end(key)
            return known

    def lengths(self, name: str) -> Floats:
        """Return the number of tokens of one field in every document."""
        with self._reading:
            if name not in self._lengths:
                length = self.leaf.doc_field_length
                found = (length(number, name) or 0 for number in range(self.size))
                self._lengths[name] = np.fromiter(found, np.float32, self.size)
            return self._lengths[name]

    def id(self, number: int) -> str:
        """Return the id of one document."""
        with self._reading:
            return str(self.leaf.stored_fields(number)["id"])

    def run(self, find: Callable[[Any], Iterable[int]]) -> list[int]:
        """Let whoosh search this segment."""
        with self._reading:
            return list(find(self.leaf))

    def _read(self, name: str, text: str) -> tuple[Indexes, Floats]:
        numbers: list[int] = []
        counts: list[float] = []
        if (name, text) not in self.leaf:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        matcher = self.leaf.postings(name, text)
        while matcher.is_active():
            numbers.append(matcher.id())
            counts.append(matcher.weight())
            matcher.next()
        return np.array(numbers, np.int64), np.array(counts, np.float32)

    def _forget(self) -> None:
        while self._cached > _CACHED_POSTINGS and len(self._postings) > 1:
            _, (numbers, _) = self._postings.popitem(last=False)
            self._cached -= len(numbers)


class Reader:
    """A snapshot of the whole index. Safe to use from many threads."""

    def __init__(self, generation: Path, reader: Any, *, before: Reader | None) -> None:
        """Wrap a whoosh reader.

        Args:
            generation: the folder it belongs to.
            reader: of whoosh.
            before: an older snapshot of the same generation, whose unchanged segments are
                taken over with all that was read of them.
        """
        self.generation = generation
        self._whole = reader
        known = {} if before is None else before.segments
        self.segments: dict[str, Segment] = {}
        self._live: dict[str, Mask] = {}
        for leaf, _ in reader.leaf_readers():
            name = str(leaf.segment().segment_id()) if leaf.segment() else ""
            self.segments[name] = known.get(name) or Segment(leaf)
            self._live[name] = _alive(leaf)
        self._masks: dict[tuple[object, ...], Mask] = {}

    def count(self) -> int:
        """Return the number of documents."""
        return int(sum(mask.sum() for mask in self._live.values()))

    def matching(self, find: Callable[[Any], Iterable[int]]) -> dict[str, Mask]:
        """Return which documents a search of each segment finds.

        Args:
            find: leaf reader -> numbers of documents.
        """
        found = {}
        for name, segment in self.segments.items():
            mask = np.zeros(segment.size, np.bool_)
            mask[segment.run(find)] = True
            found[name] = mask
        return found

    def best(
        self,
        query: Query,
        limit: int,
        *,
        required: Sequence[dict[str, Mask]],
        excluded: Sequence[dict[str, Mask]],
    ) -> list[Hit]:
        """Return the best hits; ties by id."""
        terms = self._worth_reading(query.terms)
        hits: list[Hit] = []
        for name, segment in self.segments.items():
            scores = self._scores(segment, terms)
            allowed = self._live[name] & self._allowed(segment, name, query)
            for mask in required:
                allowed &= mask[name]
            for mask in excluded:
                allowed &= ~mask[name]
            scores[~allowed] = 0.0
            hits.extend(_top(segment, scores, limit))
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return hits[:limit]

    def _worth_reading(self, terms: Sequence[Term]) -> list[tuple[Term, int]]:
        """Choose terms, rarest first, until reading them would take too long."""
        having = [(self._frequency(term), term) for term in terms]
        having = sorted((pair for pair in having if pair[0]), key=lambda pair: pair[0])
        chosen: list[tuple[Term, int]] = []
        budget = _READ_POSTINGS
        for frequency, term in having:
            if len(chosen) >= _ALWAYS:
                budget -= frequency
                if budget < 0:
                    break
            chosen.append((term, frequency))
        return chosen

    def _frequency(self, term: Term) -> int:
        return sum(segment.frequency(term.field, term.text) for segment in self.segments.values())

    def _scores(self, segment: Segment, terms: Sequence[tuple[Term, int]]) -> Floats:
        scores = np.zeros(segment.size, np.float32)
        total = sum(one.size for one in self.segments.values())
        for term, frequency in terms:
            numbers, counts = segment.postings(term.field, term.text)
            if len(numbers):
                scores[numbers] += term.weight * bm25.parts(
                    counts,
                    segment.lengths(term.field)[numbers],
                    mean_length=self._mean_length(term.field, total),
                    rarity=bm25.rarity(total, frequency),
                )
        return scores

    def _mean_length(self, name: str, total: int) -> float:
        return float(self._whole.field_length(name)) / max(total, 1)

    def _allowed(self, segment: Segment, name: str, query: Query) -> Mask:
        language = (query.language,) if query.language else ()
        key = (name, query.audiences, query.categories, language, query.kinds)
        known = self._masks.get(key)
        if known is None:
            known = np.ones(segment.size, np.bool_)
            wanted = (query.audiences, query.categories, language, query.kinds)
            for field, values in zip(_FILTERS, wanted, strict=True):
                if values:
                    known &= _any_of(segment, field, values)
            self._masks[key] = known
        return known


_FILTERS = ("audience", "category", "language", "kind")


def _any_of(segment: Segment, field: str, values: Sequence[str]) -> Mask:
    mask = np.zeros(segment.size, np.bool_)
    for value in values:
        mask[segment.postings(field, value)[0]] = True
    return mask


def _alive(leaf: Any) -> Mask:  # Any: whoosh publishes no types
    mask = np.ones(leaf.doc_count_all(), np.bool_)
    if leaf.has_deletions():
        dead = [number for number in range(len(mask)) if leaf.is_deleted(number)]
        mask[dead] = False
    return mask


def _top(segment: Segment, scores: Floats, limit: int) -> list[Hit]:
    """Return at most `limit` documents and all that tie with the last of them."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) > limit:
        last = np.partition(scores[positive], -limit)[-limit]
        positive = positive[scores[positive] >= last]
    return [Hit(segment.id(int(number)), round(float(scores[number]), 4)) for number in positive]

"""An index in memory: for tests, throw-away bases and as the yardstick of the other engines.

BM25 over postings whose contributions are computed once per term, so that asking thousands of
questions to one base costs a few additions of arrays each.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from search import bm25
from search.bm25 import Floats, Indexes
from search.engine import Capabilities, Document, Hit, Phrase, Position, Query

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One state of the index; replaced as a whole, so readers need no lock.

    Attributes:
        documents: in order of id; an index into it is a document's number.
        postings: field -> token -> {document number: count}.
        lengths: field -> tokens in each document.
        parts: contributions of (field, token) that were asked before.
    """

    documents: tuple[Document, ...] = ()
    postings: Mapping[str, Mapping[str, Mapping[int, int]]] = field(default_factory=dict)
    lengths: Mapping[str, Floats] = field(default_factory=dict)
    parts: dict[tuple[str, str], tuple[Indexes, Floats]] = field(default_factory=dict)
    masks: dict[tuple[object, ...], _Mask] = field(default_factory=dict)

    def contribution(self, name: str, token: str) -> tuple[Indexes, Floats]:
        """Return document numbers and BM25 parts of one token in one field."""
        known = self.parts.get((name, token))
        if known is None:
            known = self.parts[name, token] = self._weigh(name, token)
        return known

    def _weigh(self, name: str, token: str) -> tuple[Indexes, Floats]:
        posting = self.postings.get(name, {}).get(token, {})
        numbers = np.fromiter(posting.keys(), np.int64, len(posting))
        counts = np.fromiter(posting.values(), np.float32, len(posting))
        total = len(self.documents)
        lengths = self.lengths[name] if name in self.lengths else np.ones(total, np.float32)
        scored = bm25.parts(
            counts,
            lengths[numbers],
            mean_length=float(lengths.mean()),
            rarity=bm25.rarity(total, len(posting)),
        )
        return numbers, scored


class MemoryEngine:
    """`search.engine.Engine` without files. Safe to search from many threads."""

    capabilities = Capabilities(name="memory", durable=False, shared=False)

    def __init__(self) -> None:
        """Start empty."""
        self._documents: dict[str, Document] = {}
        self._snapshot = _Snapshot()
        self._position = Position()
        self._writing = threading.Lock()

    def search(self, query: Query, limit: int) -> list[Hit]:
        """Return the best hits; see `Engine`."""
        now = self._snapshot
        if not now.documents or not query.terms or limit <= 0:
            return []
        scores = np.zeros(len(now.documents), np.float32)
        for term in query.terms:
            numbers, parts = now.contribution(term.field, term.text)
            scores[numbers] += term.weight * parts
        scores[~_allowed(now, query)] = 0.0
        return _best(now, scores, query, limit)

    def apply(
        self, upserts: Sequence[Document], deletes: Sequence[str], position: Position
    ) -> None:
        """Write documents; see `Engine`."""
        with self._writing:
            for gone in deletes:
                self._documents.pop(gone, None)
            self._documents.update((document.id, document) for document in upserts)
            self._snapshot = _index(self._documents.values())
            self._position = position

    def build(self, documents: Iterable[Document], position: Position) -> None:
        """Replace everything."""
        fresh = {document.id: document for document in documents}
        with self._writing:
            self._documents = fresh
            self._snapshot = _index(fresh.values())
            self._position = position

    def position(self) -> Position:
        """Return how far this index has come."""
        return self._position

    def count(self) -> int:
        """Return the number of documents."""
        return len(self._snapshot.documents)

    def condemn(self) -> None:
        """Forget the position; the next sync builds anew."""
        self._position = Position()

    def refresh(self) -> None:
        """Do nothing: there is one process, and it sees its own writes."""

    def close(self) -> None:
        """Forget everything."""
        self._documents = {}
        self._snapshot = _Snapshot()


def _index(documents: Iterable[Document]) -> _Snapshot:
    ordered = tuple(sorted(documents, key=lambda document: document.id))
    postings: dict[str, dict[str, dict[int, int]]] = {}
    lengths: dict[str, Floats] = {}
    for number, document in enumerate(ordered):
        for name, text in document.fields.items():
            counted = Counter(text.split())
            lengths.setdefault(name, np.zeros(len(ordered), np.float32))[number] = counted.total()
            tokens = postings.setdefault(name, {})
            for token, count in counted.items():
                tokens.setdefault(token, {})[number] = count
    return _Snapshot(ordered, postings, lengths)


def _allowed(now: _Snapshot, query: Query) -> _Mask:
    """Return which documents the filters let through; the same filters come again and again."""
    key = (query.audiences, query.categories, query.language, query.kinds)
    known = now.masks.get(key)
    if known is None:
        verdicts = (_passes(document, query) for document in now.documents)
        known = now.masks[key] = np.fromiter(verdicts, np.bool_, len(now.documents))
    return known


def _passes(document: Document, query: Query) -> bool:
    return (
        document.kind in query.kinds
        and document.audience in query.audiences
        and (not query.categories or not set(document.category).isdisjoint(query.categories))
        and query.language in (None, document.language)
    )


def _best(now: _Snapshot, scores: Floats, query: Query, limit: int) -> list[Hit]:
    """Pick the highest scores; documents are in order of id, so a stable sort breaks ties."""
    hits: list[Hit] = []
    for number in np.argsort(-scores, kind="stable"):
        if scores[number] <= 0 or len(hits) == limit:
            break
        document = now.documents[number]
        if _fits(document, query):
            hits.append(Hit(document.id, float(scores[number])))
    return hits


def _fits(document: Document, query: Query) -> bool:
    return all(_occurs(document, phrase) for phrase in query.phrases) and not any(
        _occurs(document, phrase) for phrase in query.excluded
    )


def _occurs(document: Document, phrase: Phrase) -> bool:
    wanted = f" {' '.join(phrase.tokens)} "
    return any(wanted in f" {document.fields.get(name, '')} " for name in phrase.fields)

"""Only door to tantivy: the fast engine.

Scores are tantivy's own BM25 (k1 1.2, b 0.75), one clause per term, boosted by its weight.
Readers of every process notice a commit by the index's `meta.json` before each search, which
costs two calls of stat.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import Occur

from kb.errors import Unavailable
from search.analysis import FIELDS
from search.engine import Capabilities, Document, Hit, Phrase, Position, Query
from search.generations import Generations, stamp, write_position

_log = logging.getLogger(__name__)

_FILTERS = ("kind", "audience", "category", "language")
_PLAIN = "whitespace"
_HEAP = 50_000_000
_TIES = 16
"""Hits fetched beyond the limit, so that equal scores are cut by id and not by luck."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """An open generation and the state of the files that it has read."""

    generation: Path
    index: tantivy.Index
    searcher: tantivy.Searcher
    seen: tuple[tuple[int, int, int], ...]


class TantivyEngine:
    """`search.engine.Engine` on tantivy. Safe to search from many threads and processes."""

    capabilities = Capabilities(name="tantivy")

    def __init__(self, folder: Path) -> None:
        """Use a folder, which need not exist; nothing is opened before the first call."""
        self._generations = Generations(folder)
        self._schema = _schema()
        self._reader: _Reader | None = None
        self._opening = threading.Lock()

    def search(self, query: Query, limit: int) -> list[Hit]:
        """Return the best hits; see `Engine`."""
        if not query.terms or limit <= 0:
            return []
        self.refresh()
        reader = self._reader
        if reader is None:
            raise Unavailable("index_missing")
        try:
            return self._search(reader.searcher, query, limit)
        except BaseException as error:
            # tantivy's panics are no Exceptions; anything else that is none passes through.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            self._give_up(error, reader.generation)
            raise Unavailable("index_damaged") from error

    def apply(
        self, upserts: Sequence[Document], deletes: Sequence[str], position: Position
    ) -> None:
        """Write documents; see `Engine`.

        Raises:
            Unavailable: another process is writing, or there is no usable index: build one.
        """
        generation = self._generations.current()
        if generation is None:
            raise Unavailable("index_missing")
        index = self._open(generation)
        writer = _writer(index)
        for gone in (*deletes, *(document.id for document in upserts)):
            writer.delete_documents_by_term("id", gone)
        for document in upserts:
            writer.add_document(_document(document))
        _commit(writer)
        write_position(generation, position)
        self.refresh()

    def build(self, documents: Iterable[Document], position: Position) -> None:
        """Build a new generation and switch to it; see `Engine`."""
        with self._generations.building() as generation:
            writer = _writer(tantivy.Index(self._schema, path=str(generation)))
            for document in documents:
                writer.add_document(_document(document))
            _commit(writer)
            write_position(generation, position)
        self.refresh()

    def position(self) -> Position:
        """Return how far this index has come."""
        return self._generations.position()

    def count(self) -> int:
        """Return the number of documents."""
        self.refresh()
        return self._reader.searcher.num_docs if self._reader else 0

    def condemn(self) -> None:
        """Ask the writer for a new index; this one serves until then."""
        self._generations.condemn()

    def refresh(self) -> None:
        """Make what other processes wrote visible."""
        generation = self._generations.current()
        if generation is None:
            self._reader = None
            return
        seen = stamp(self._generations.folder / "CURRENT", generation / "meta.json")
        reader = self._reader
        if seen is not None and (reader is None or reader.seen != seen):
            with self._opening:
                self._reopen(generation, seen)

    def close(self) -> None:
        """Let go of the files."""
        self._reader = None

    def _reopen(self, generation: Path, seen: tuple[tuple[int, int, int], ...]) -> None:
        reader = self._reader
        if reader is None or reader.generation != generation:
            index = self._open(generation)
        else:
            index = reader.index
        index.reload()
        self._reader = _Reader(generation, index, index.searcher(), seen)

    def _open(self, generation: Path) -> tantivy.Index:
        try:
            return tantivy.Index.open(str(generation))
        # tantivy raises whatever a damaged file makes it stumble over.
        except Exception as error:
            self._give_up(error, generation)
            raise Unavailable("index_damaged", folder=str(generation)) from error

    def _give_up(self, error: BaseException, generation: Path) -> None:
        """Ask the writer for a new generation; search goes on without hits until then."""
        _log.error("search index damaged, asking for a rebuild: %s", error)
        self._reader = None
        self._generations.condemn(generation)

    def _search(self, searcher: tantivy.Searcher, query: Query, limit: int) -> list[Hit]:
        found = searcher.search(self._translate(query), limit + _TIES, count=False)
        hits = [
            Hit(searcher.doc(address)["id"][0], round(score, 4)) for score, address in found.hits
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return hits[:limit]

    def _translate(self, query: Query) -> tantivy.Query:
        wanted = [
            (Occur.Should, _boosted(self._term(term.field, term.text), term.weight))
            for term in query.terms
            if term.field in FIELDS
        ]
        clauses = [(Occur.Must, tantivy.Query.boolean_query(wanted))]
        clauses += [(Occur.Must, _unscored(one)) for one in self._filters(query)]
        clauses += [(Occur.Must, _unscored(self._phrase(one))) for one in query.phrases]
        clauses += [(Occur.MustNot, self._phrase(one)) for one in query.excluded]
        return tantivy.Query.boolean_query(clauses)

    def _filters(self, query: Query) -> list[tantivy.Query]:
        language = (query.language,) if query.language else ()
        wanted = (query.kinds, query.audiences, query.categories, language)
        return [
            tantivy.Query.term_set_query(self._schema, name, list(values))
            for name, values in zip(_FILTERS, wanted, strict=True)
            if values
        ]

    def _term(self, name: str, text: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, name, text, "freq")

    def _phrase(self, phrase: Phrase) -> tantivy.Query:
        in_fields = [(Occur.Should, self._in_field(name, phrase.tokens)) for name in phrase.fields]
        return tantivy.Query.boolean_query(in_fields)

    def _in_field(self, name: str, tokens: tuple[str, ...]) -> tantivy.Query:
        if len(tokens) == 1:
            return self._term(name, tokens[0])
        return tantivy.Query.phrase_query(self._schema, name, list(tokens))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in _FILTERS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name=_PLAIN, index_option="position")
    return builder.build()


def _document(document: Document) -> tantivy.Document:
    texts = {name: text for name, text in document.fields.items() if text and name in FIELDS}
    return tantivy.Document(
        id=document.id,
        kind=document.kind,
        audience=document.audience,
        category=list(document.category),
        language=document.language,
        **texts,
    )


def _writer(index: tantivy.Index) -> tantivy.IndexWriter:
    try:
        return index.writer(heap_size=_HEAP, num_threads=1)
    except ValueError as error:
        raise Unavailable("index_busy") from error


def _commit(writer: tantivy.IndexWriter) -> None:
    """Commit and wait for merges, so that many small commits do not leave many segments."""
    writer.commit()
    writer.wait_merging_threads()


def _boosted(query: tantivy.Query, weight: float) -> tantivy.Query:
    return tantivy.Query.boost_query(query, weight)


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)

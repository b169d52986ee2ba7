"""Only door to tantivy: the fast engine.

Scores are tantivy's own BM25 (k1 1.2, b 0.75), one clause per term, boosted by its weight.
Readers of every process notice a commit by the index's `meta.json` before each search, which
costs two calls of stat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import Occur

from kb.errors import Unavailable
from search.analysis import FIELDS
from search.engine import Capabilities, Document, Hit, Phrase, Query
from search.engine_files import FileEngine

_FILTERS = ("kind", "audience", "category", "language")
_PLAIN = "whitespace"
_HEAP = 50_000_000
_TIES = 16
"""Hits fetched beyond the limit, so that equal scores are cut by id and not by luck."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """An open generation."""

    generation: Path
    index: tantivy.Index
    searcher: tantivy.Searcher

    def count(self) -> int:
        """Return the number of documents."""
        return int(self.searcher.num_docs)


class TantivyEngine(FileEngine[_Reader]):
    """`search.engine.Engine` on tantivy. Safe to search from many threads and processes."""

    capabilities = Capabilities(name="tantivy")

    def __init__(self, folder: Path) -> None:
        """Use a folder, which need not exist; nothing is opened before the first call."""
        super().__init__(folder)
        self._schema = _schema()

    def _committed(self, generation: Path) -> Path:
        return generation / "meta.json"

    def _opened(self, generation: Path, before: _Reader | None) -> _Reader:
        index = before.index if before else tantivy.Index.open(str(generation))
        index.reload()
        return _Reader(generation, index, index.searcher())

    def _changed(self, generation: Path, upserts: Sequence[Document], gone: Sequence[str]) -> None:
        with self._trusting(generation):
            writer = _writer(tantivy.Index.open(str(generation)))
        for one in (*gone, *(document.id for document in upserts)):
            writer.delete_documents_by_term("id", one)
        for document in upserts:
            writer.add_document(_document(document))
        _commit(writer)

    def _filled(self, generation: Path, documents: Iterable[Document]) -> None:
        writer = _writer(tantivy.Index(self._schema, path=str(generation)))
        for document in documents:
            writer.add_document(_document(document))
        _commit(writer)

    def _found(self, reader: _Reader, query: Query, limit: int) -> list[Hit]:
        searcher = reader.searcher
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

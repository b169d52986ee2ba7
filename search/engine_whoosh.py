"""Only door to whoosh: the engine that is always there, in pure Python.

Whoosh keeps the files; the scores are `search.bm25` over its postings, read once per token and
kept as arrays, because whoosh's own collector walks matchers document by document and was
measured ten times slower on long questions. What limits a question is reading postings that
nobody asked for before; frequent tokens of long questions are therefore left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from whoosh import fields, index
from whoosh.analysis import Token, Tokenizer
from whoosh.index import LockError
from whoosh.query import Or
from whoosh.query import Phrase as WhooshPhrase
from whoosh.query import Term as WhooshTerm
from whoosh.searching import Searcher

from kb.errors import Unavailable
from search.analysis import FIELDS
from search.engine import Capabilities, Document, Hit, Phrase, Query
from search.engine_files import FileEngine
from search.whoosh_reader import Reader

_EXACT_FIELDS = ("bigram", "answer_bigram")
"""Fields with positions, in which phrases are asked; positions cost a third of the build."""

_TRIES = 5
_MEGABYTES = 128


class _Blanks(Tokenizer):  # type: ignore[misc]  # whoosh publishes no types
    """Cuts at blanks: the text was analysed before."""

    def __call__(self, value: str, **wanted: Any) -> Iterator[Token]:  # Any: whoosh's flags
        """Yield one token object again and again, as whoosh expects."""
        token = Token(positions=True, removestops=True)
        for position, text in enumerate(value.split()):
            token.text = text
            token.pos = position
            token.boost = 1.0
            token.stopped = False
            yield token


class WhooshEngine(FileEngine[Reader]):
    """`search.engine.Engine` on whoosh. Safe to search from many threads and processes."""

    capabilities = Capabilities(name="whoosh")

    def _committed(self, generation: Path) -> Path:
        return generation

    def _opened(self, generation: Path, before: Reader | None) -> Reader:
        """Open the newest commit. A merge may remove files in between: then look again."""
        for left in reversed(range(_TRIES)):
            try:
                return Reader(generation, index.open_dir(str(generation)).reader(), before=before)
            except Exception:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def _changed(self, generation: Path, upserts: Sequence[Document], gone: Sequence[str]) -> None:
        with self._trusting(generation):
            try:
                writer = index.open_dir(str(generation)).writer(limitmb=_MEGABYTES)
            except LockError as error:
                raise Unavailable("index_busy") from error
        for one in (*gone, *(document.id for document in upserts)):
            writer.delete_by_term("id", one)
        _write(writer, upserts)

    def _filled(self, generation: Path, documents: Iterable[Document]) -> None:
        _write(index.create_in(str(generation), _schema()).writer(limitmb=_MEGABYTES), documents)

    def _found(self, reader: Reader, query: Query, limit: int) -> list[Hit]:
        required = [reader.matching(_containing(one)) for one in query.phrases]
        excluded = [reader.matching(_containing(one)) for one in query.excluded]
        return reader.best(query, limit, required=required, excluded=excluded)


def _schema() -> fields.Schema:
    cut = _Blanks()
    texts = {name: fields.TEXT(analyzer=cut, phrase=name in _EXACT_FIELDS) for name in FIELDS}
    return fields.Schema(
        id=fields.ID(stored=True),
        kind=fields.ID(),
        audience=fields.ID(),
        category=fields.TEXT(analyzer=cut, phrase=False),
        language=fields.ID(),
        **texts,
    )


def _document(document: Document) -> dict[str, str]:
    texts = {name: text for name, text in document.fields.items() if text and name in FIELDS}
    return {
        "id": document.id,
        "kind": document.kind,
        "audience": document.audience,
        "category": " ".join(document.category),
        "language": document.language,
        **texts,
    }


def _write(writer: Any, documents: Iterable[Document]) -> None:  # Any: whoosh has no types
    try:
        for document in documents:
            writer.add_document(**_document(document))
        writer.commit()
    except BaseException:
        writer.cancel()
        raise


def _containing(phrase: Phrase) -> Callable[[Any], Iterable[int]]:  # Any: whoosh has no types
    """Return a search for the documents that contain a phrase."""
    if len(phrase.tokens) == 1:
        query = Or([WhooshTerm(name, phrase.tokens[0]) for name in phrase.fields])
    else:
        query = Or([WhooshPhrase(name, list(phrase.tokens)) for name in phrase.fields])
    return lambda leaf: Searcher(leaf).docs_for_query(query)

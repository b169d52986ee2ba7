"""Only door to whoosh: the engine that is always there, in pure Python.

Whoosh keeps the files; the scores are `search.bm25` over its postings, read once per token and
kept as arrays, because whoosh's own collector walks matchers document by document and was
measured ten times slower on long questions. What limits a question is reading postings that
nobody asked for before; frequent tokens of long questions are therefore left out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from whoosh import fields, index
from whoosh.analysis import Token, Tokenizer
from whoosh.query import Or
from whoosh.query import Phrase as WhooshPhrase
from whoosh.query import Term as WhooshTerm
from whoosh.searching import Searcher
from whoosh.writing import LockError

from kb.errors import Unavailable
from search.analysis import FIELDS
from search.engine import Capabilities, Document, Hit, Phrase, Position, Query
from search.generations import Generations, stamp, write_position
from search.whoosh_reader import Reader

_log = logging.getLogger(__name__)

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


class WhooshEngine:
    """`search.engine.Engine` on whoosh. Safe to search from many threads and processes."""

    capabilities = Capabilities(name="whoosh")

    def __init__(self, folder: Path) -> None:
        """Use a folder, which need not exist; nothing is opened before the first call."""
        self._generations = Generations(folder)
        self._reader: Reader | None = None
        self._seen: object = None
        self._opening = threading.RLock()

    def search(self, query: Query, limit: int) -> list[Hit]:
        """Return the best hits; see `Engine`."""
        if not query.terms or limit <= 0:
            return []
        self.refresh()
        reader = self._reader
        if reader is None:
            raise Unavailable("index_missing")
        try:
            required = [reader.matching(_containing(one)) for one in query.phrases]
            excluded = [reader.matching(_containing(one)) for one in query.excluded]
            return reader.best(query, limit, required=required, excluded=excluded)
        # whoosh raises whatever a damaged file makes it stumble over.
        except Exception as error:
            self._give_up(error, reader.folder)
            raise Unavailable("index_damaged") from error

    def apply(
        self, upserts: Sequence[Document], deletes: Sequence[str], position: Position
    ) -> None:
        """Write documents; see `Engine`."""
        generation = self._generations.current()
        if generation is None:
            raise Unavailable("index_missing")
        writer = self._writer(generation)
        for gone in deletes:
            writer.delete_by_term("id", gone)
        for document in upserts:
            writer.delete_by_term("id", document.id)
        _write(writer, upserts)
        write_position(generation, position)
        self.refresh()

    def build(self, documents: Iterable[Document], position: Position) -> None:
        """Build a new generation and switch to it; see `Engine`."""
        with self._generations.building() as generation:
            writer = index.create_in(str(generation), _schema()).writer(limitmb=_MEGABYTES)
            _write(writer, documents)
            write_position(generation, position)
        self.refresh()

    def position(self) -> Position:
        """Return how far this index has come."""
        return self._generations.position()

    def count(self) -> int:
        """Return the number of documents."""
        self.refresh()
        return self._reader.count() if self._reader else 0

    def condemn(self) -> None:
        """Ask the writer for a new index; this one serves until then."""
        self._generations.condemn()

    def refresh(self) -> None:
        """Make what other processes wrote visible."""
        generation = self._generations.current()
        if generation is None:
            self._reader, self._seen = None, None
            return
        seen = stamp(self._generations.folder / "CURRENT", generation)
        if seen == self._seen and self._reader is not None:
            return
        with self._opening:
            if seen != self._seen or self._reader is None:
                self._reader, self._seen = self._open(generation), seen

    def close(self) -> None:
        """Let go of the files."""
        self._reader = None

    def _open(self, generation: Path) -> Reader:
        """Open the newest commit. A merge may remove files in between: then look again."""
        before = self._reader if self._reader and self._reader.folder == generation else None
        for left in reversed(range(_TRIES)):
            try:
                return Reader(generation, index.open_dir(str(generation)).reader(), before=before)
            # whoosh raises whatever a damaged file makes it stumble over.
            except Exception as error:
                if not left:
                    self._give_up(error, generation)
                    raise Unavailable("index_damaged", folder=str(generation)) from error
        raise AssertionError("unreachable")

    def _writer(self, generation: Path) -> Any:  # Any: whoosh publishes no types
        try:
            return index.open_dir(str(generation)).writer(limitmb=_MEGABYTES)
        except LockError as error:
            raise Unavailable("index_busy") from error
        # whoosh raises whatever a damaged file makes it stumble over.
        except Exception as error:
            self._give_up(error, generation)
            raise Unavailable("index_damaged", folder=str(generation)) from error

    def _give_up(self, error: BaseException, generation: Path) -> None:
        """Ask the writer for a new generation; search goes on without hits until then."""
        _log.error("search index damaged, asking for a rebuild: %s", error)
        self._reader = None
        self._generations.condemn(generation)


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

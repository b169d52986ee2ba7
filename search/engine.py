"""The engine protocol: what an index must do, as value objects.

An engine finds ids. Text, permission and time windows are decided by the database when a
request is answered, so an engine that lags may miss an answer but never shows a hidden one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

ARTICLE = "article"
TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to index.

    Attributes:
        id: `"article:12"` or `"ticket:7"`; text, because tantivy's delete by term does nothing,
            silently, on an unsigned field. In a base made from a file, `"article:<its own id>"`.
        kind: `ARTICLE` or `TICKET`.
        fields: field name -> text that the analysis has already turned into tokens joined by
            one blank (see `search.analysis.FIELDS`).
        audience: `public`, `segment:<slug>` or `internal`.
        category: slug of the category and of all above it, nearest first; may be empty.
        language: BCP 47 tag, for example `zh` or `en`.
    """

    id: str
    kind: str
    fields: Mapping[str, str]
    audience: str = "public"
    category: tuple[str, ...] = ()
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: a token in a field, with the weight of a match."""

    field: str
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must stand next to each other, in this order, in any one of the fields."""

    fields: tuple[str, ...]
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question in the engine's words.

    Attributes:
        terms: at least one must match; scores add up. A (field, text) occurs once.
        phrases: each must match.
        excluded: documents in which any of these matches are left out.
        audiences: a document's audience must be one of these; never empty.
        categories: empty for all; else one of the document's categories must be among them.
        language: None for all.
        kinds: which kinds of document.
    """

    terms: tuple[Term, ...]
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    audiences: tuple[str, ...] = ("public",)
    categories: tuple[str, ...] = ()
    language: str | None = None
    kinds: tuple[str, ...] = (ARTICLE,)


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; `score` is comparable within one result list only."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Position:
    """How far an index has come.

    Attributes:
        database: id of the database whose change log was applied; another one means rebuild.
        change: number of the last change applied; 0 for none.
        transaction: the database transaction that wrote that change (see `kb.changes.Mark`).
        analyzer: version of the analysis that made the tokens; another one means rebuild.
    """

    database: str = ""
    change: int = 0
    analyzer: str = ""
    transaction: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do; the contract suite deselects by it.

    Attributes:
        name: as in `--engine`.
        phrases: phrase queries are exact.
        durable: survives the process.
        shared: several processes may read while one writes.
    """

    name: str
    phrases: bool = True
    durable: bool = True
    shared: bool = True
    extra: Mapping[str, bool] = field(default_factory=dict)


class Engine(Protocol):
    """One index. Writers call `apply` from one process at a time; readers may be many."""

    capabilities: Capabilities

    def search(self, query: Query, limit: int) -> list[Hit]:
        """Return at most `limit` hits, best first; ties by id, so that runs agree.

        Raises:
            Unavailable: a durable index is missing or damaged; whoever writes will build it.
        """

    def apply(
        self, upserts: Sequence[Document], deletes: Sequence[str], position: Position
    ) -> None:
        """Write documents and remember the position, together; applying twice is harmless.

        Args:
            upserts: new documents and new versions of known ones.
            deletes: ids; unknown ones are ignored.
            position: how far the index has come with them.

        Raises:
            Unavailable: another process is writing, or a durable index is missing or damaged
                (never a small index that claims to be complete): `build` one.
        """

    def position(self) -> Position:
        """Return how far this index has come."""

    def build(self, documents: Iterable[Document], position: Position) -> None:
        """Build a new index beside the old one, then switch to it."""

    def condemn(self) -> None:
        """Ask whoever writes for a new index; this one serves until then."""

    def refresh(self) -> None:
        """Make what other processes wrote visible; cheap when there is nothing new.

        `search` does this by itself; call it where even a second would be too late.
        """

    def count(self) -> int:
        """Return the number of documents."""

    def close(self) -> None:
        """Release files and threads; the engine is not used afterwards."""

"""From rows to index documents: articles as customers see them, tickets as the desk does.

Everything with a live version is indexed, also what is scheduled or expired: whether it may be
shown now is the database's word at the moment of the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from kb.db import Database
from kb.models.knowledge import INTERNAL, Article, Category
from kb.models.service import Ticket
from search.analysis import Analyzer
from search.base import Card, document
from search.engine import ARTICLE, TICKET, Document

BATCH = 200
MAX_TICKET = 20_000
"""Characters of one ticket's conversation that can be found."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What an index has to do for some objects.

    Attributes:
        upserts: documents that are there.
        deletes: ids of those that are not, or no more.
    """

    upserts: tuple[Document, ...] = ()
    deletes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Branch:
    """A category as documents need it."""

    parent: int | None
    slug: str
    name: str
    name_en: str


_BRANCHES = select(Category.id, Category.parent_id, Category.slug, Category.name, Category.name_en)


class Reader:
    """Reads documents in one unit of work; knows the category tree, so make a new one for each."""

    def __init__(self, session: Session, analyzer: Analyzer) -> None:
        """Prepare; the category tree is read when first needed."""
        self._session = session
        self._analyzer = analyzer

    def batch(self, kind: str, ids: Iterable[int]) -> Batch:
        """Return what an index has to do for these objects, whatever happened to them.

        Args:
            kind: as in the change log; of an unknown kind nothing is indexed.
            ids: numbers of the objects; at most a few hundred.
        """
        wanted = list(dict.fromkeys(ids))
        made = {ARTICLE: self._articles, TICKET: self._tickets}.get(kind)
        upserts = made(wanted) if made else []
        there = {found.id for found in upserts}
        deletes = (f"{kind}:{number}" for number in wanted)
        return Batch(tuple(upserts), tuple(gone for gone in deletes if gone not in there))

    def card(self, article: Any, phrasings: Sequence[str]) -> Card:
        """Return an article as the finder sees it.

        Args:
            article: the row, or the columns of it that are named here.
            phrasings: its other ways to ask, in order.
        """
        return Card(
            id=article.id,
            question=article.question,
            phrasings=tuple(phrasings),
            answer=article.body_text,
            category=tuple(branch.slug for branch in self._path(article.category_id)),
            audience=article.audience,
            language=article.language,
            updated_at=article.updated_at,
            boost=article.boost,
        )

    def _path(self, category_id: int | None) -> tuple[_Branch, ...]:
        """Return a category and all above it, nearest first; circles end."""
        found: dict[int, _Branch] = {}
        while category_id is not None and category_id not in found:
            branch = self._branches.get(category_id)
            if branch is None:
                break
            found[category_id] = branch
            category_id = branch.parent
        return tuple(found.values())

    @cached_property
    def _branches(self) -> Mapping[int, _Branch]:
        return {row[0]: _Branch(*row[1:]) for row in self._session.execute(_BRANCHES)}

    def _articles(self, ids: Sequence[int]) -> list[Document]:
        query = (
            select(Article)
            .where(Article.id.in_(ids), Article.live_version.is_not(None))
            .options(selectinload(Article.phrasings))
            .order_by(Article.id)
        )
        return [self._article(row) for row in self._session.scalars(query)]

    def _article(self, article: Article) -> Document:
        path = self._path(article.category_id)
        names = [name for category in path for name in (category.name, category.name_en) if name]
        if article.applies_to:
            names.append(article.applies_to)
        phrasings = [phrasing.text for phrasing in article.phrasings]
        return document(self._analyzer, self.card(article, phrasings), names)

    def _tickets(self, ids: Sequence[int]) -> list[Document]:
        query = (
            select(Ticket)
            .where(Ticket.id.in_(ids), Ticket.spam.is_(False))
            .options(selectinload(Ticket.messages))
            .order_by(Ticket.id)
        )
        return [self._ticket(row) for row in self._session.scalars(query)]

    def _ticket(self, ticket: Ticket) -> Document:
        said = "\n".join(message.text for message in ticket.messages)[:MAX_TICKET]
        path = self._path(ticket.category_id)
        fields = self._analyzer.document_fields(
            ticket.subject, [ticket.number], said, [category.name for category in path]
        )
        slugs = tuple(category.slug for category in path)
        return Document(f"{TICKET}:{ticket.id}", TICKET, fields, INTERNAL, slugs)


def everything(database: Database, analyzer: Analyzer) -> Iterator[Document]:
    """Yield all documents in order of id.

    Each batch is a unit of work of its own, so that a long rebuild holds no snapshot of the
    database; what changes meanwhile is in the change log.
    """
    for kind, column in ((ARTICLE, Article.id), (TICKET, Ticket.id)):
        last = 0
        while True:
            with database.reading() as session:
                following = select(column).where(column > last).order_by(column).limit(BATCH)
                ids = session.scalars(following).all()
                made = Reader(session, analyzer).batch(kind, ids).upserts
            if not ids:
                break
            yield from made
            last = ids[-1]

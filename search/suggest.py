"""Suggestions while somebody types: questions first, then categories.

Everything that can be suggested is kept in memory, because a keystroke must not wait: letters and
pairs of characters lead to the few entries that are then compared as plain text. What may be
seen is asked of the database for the handful that would be shown. The follower says what changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kb import articles, askings, categories
from kb.changes import Entry
from kb.db import Database
from kb.models.knowledge import Article, Category
from search import highlight, keystrokes, pinyin
from search.analysis import Analyzer
from search.corrections import Corrector
from search.engine import ARTICLE
from search.query import marks
from search.shelf import Shelf, fitting, has
from search.suggestable import ASKING, CATEGORY, adopted_askings, articles_and_categories

QUESTIONS = (ARTICLE, ASKING)

MAX_CATEGORIES = 2
MAX_ASKINGS = 3
_SPARE = 4
"""Candidates per place: some may be hidden from this person at this moment."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that somebody may want.

    Attributes:
        kind: `article`, `category`, or `asking` for what others asked.
        id: its number.
        text: the title, as it is now.
        detail: name of an article's category; empty for none.
        parts: `text` in segments, True for what matched.
    """

    kind: str
    id: int
    text: str
    detail: str = ""
    parts: tuple[tuple[str, bool], ...] = ()


class Suggester:
    """One per process; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        analyzer: Callable[[], Analyzer],
        corrector: Callable[[], Corrector | None],
    ) -> None:
        """Prepare; the base is read at the first question or at `load`.

        Args:
            database: the knowledge base.
            analyzer: returns the one in use, which changes with the dictionaries.
            corrector: returns the one in use; None while the base is not known yet.
        """
        self._database = database
        self._analyzer, self._corrector = analyzer, corrector
        self._shelf: Shelf | None = None
        self._lock = threading.RLock()
        self._loading = threading.Lock()

    def prepare(self) -> None:
        """Read everything once, so that the first keystroke need not wait for it."""
        with self._database.reading() as session:
            self._load_once(session)

    def load(self, session: Session) -> None:
        """Read everything anew."""
        shelf = Shelf()
        for target, entries in articles_and_categories(session, self._analyzer(), None):
            shelf.put(target, entries)
        for target, entries in adopted_askings(session, self._analyzer(), None):
            shelf.put(target, entries)
        # Reading pinyin makes its table of syllables at the first use.
        pinyin.typed_so_far("a")
        for vocabulary in (shelf.written, shelf.heard, shelf.lettered):
            vocabulary.settle()
        with self._lock:
            self._shelf = shelf

    def heard(self, changed: Sequence[Entry]) -> None:
        """Take over what changed; a listener of `search.follower`."""
        numbers = sorted({one.object_id for one in changed if one.kind == ARTICLE})
        asked = sorted({one.object_id for one in changed if one.kind == ASKING})
        if not (numbers or asked) or self._shelf is None:
            return
        with self._database.reading() as session, self._lock:
            if self._shelf.struck_out > len(self._shelf.entries) // 2:
                self.load(session)
            else:
                self._replace(session, self._shelf, numbers)
                now_adopted = dict(adopted_askings(session, self._analyzer(), asked))
                for number in asked:
                    target = (ASKING, number)
                    self._shelf.put(target, now_adopted.get(target, ()))

    def suggest(
        self,
        session: Session,
        text: str,
        *,
        audiences: Sequence[str],
        now: datetime,
        limit: int = 8,
    ) -> list[Suggestion]:
        """Return what may be meant, best first: questions, then at most two categories.

        Args:
            session: the unit of work that decides what may be seen.
            text: as typed so far; an input method may still be composing.
            audiences: whose articles may be seen.
            now: the moment for publish and expiry.
            limit: how many at most.
        """
        typed = keystrokes.typed(text)
        if not typed or limit <= 0:
            return []
        if self._shelf is None and not self._load_once(session):
            return []
        with self._lock:
            meant = self._meant(typed)
            ranked = self._ranked(meant, limit * _SPARE)
        terms = marks(self._analyzer(), meant)
        return _shown(session, ranked, terms, audiences=audiences, now=now, limit=limit)

    def _load_once(self, session: Session) -> bool:
        """Load, unless another thread is at it: a keystroke waits for nobody."""
        if not self._loading.acquire(blocking=False):
            return False
        try:
            if self._shelf is None:
                self.load(session)
        finally:
            self._loading.release()
        return True

    def _replace(self, session: Session, shelf: Shelf, numbers: Sequence[int]) -> None:
        found = dict(articles_and_categories(session, self._analyzer(), numbers))
        for number in numbers:
            shelf.put((ARTICLE, number), found.get((ARTICLE, number), ()))
        for target, entries in found.items():
            if target[0] == CATEGORY:
                shelf.put(target, entries)

    def _meant(self, typed: str) -> str:
        """Return what is looked for: another reading only of what stands nowhere as typed."""
        corrector = self._corrector()
        if corrector is None or has(self._shelf or Shelf(), typed, QUESTIONS):
            return typed
        return keystrokes.meant(typed, corrector) or typed

    def _ranked(self, meant: str, limit: int) -> list[tuple[str, int]]:
        """Return targets, best first, each once."""
        shelf = self._shelf or Shelf()
        telling = keystrokes.telling(self._analyzer(), meant)
        best: dict[tuple[str, int], tuple[float, int, int, int]] = {}
        for number, fit in fitting(shelf, meant, telling, enough=limit):
            entry = shelf.entries[number]
            if entry is None:
                continue
            rank = (fit, 0 if entry.is_title else 1, len(entry.folded), number)
            if entry.target not in best or rank < best[entry.target]:
                best[entry.target] = rank
        return nsmallest(limit, best, key=lambda target: best[target])


def _shown(
    session: Session,
    ranked: Sequence[tuple[str, int]],
    terms: Sequence[str],
    *,
    audiences: Sequence[str],
    now: datetime,
    limit: int,
) -> list[Suggestion]:
    """Ask the database what may be seen now, and how it reads now."""
    wanted = [number for kind, number in ranked if kind == ARTICLE]
    asked = _asked(session, ranked, terms)
    query = (
        select(Article.id, Article.question, Category.name)
        .outerjoin(Category, Category.id == Article.category_id)
        .where(Article.id.in_(wanted), articles.visible(now, audiences))
    )
    rows = {row[0]: row for row in session.execute(query)}
    found = [
        Suggestion(ARTICLE, number, rows[number][1], rows[number][2] or "",
                   tuple(highlight.mark(rows[number][1], terms)))
        for number in wanted
        if number in rows
    ]  # fmt: skip
    named = _categories(session, ranked, terms, audiences=audiences, now=now)
    room = max(limit - len(named), 0)
    mixed = _in_order(ranked, [*found, *asked])
    return [*mixed[:room], *named][:limit]


def _asked(
    session: Session, ranked: Sequence[tuple[str, int]], terms: Sequence[str]
) -> list[Suggestion]:
    """Return what others asked and may be shown at this moment."""
    wanted = [number for kind, number in ranked if kind == ASKING]
    rows = askings.adopted(session, wanted) if wanted else {}
    return [
        Suggestion(ASKING, number, rows[number], "", tuple(highlight.mark(rows[number], terms)))
        for number in wanted
        if number in rows
    ][:MAX_ASKINGS]


def _in_order(ranked: Sequence[tuple[str, int]], found: Sequence[Suggestion]) -> list[Suggestion]:
    """Return questions of both kinds as they were ranked."""
    by_target = {(one.kind, one.id): one for one in found}
    return [by_target[target] for target in ranked if target in by_target]


def _categories(
    session: Session,
    ranked: Sequence[tuple[str, int]],
    terms: Sequence[str],
    *,
    audiences: Sequence[str],
    now: datetime,
) -> list[Suggestion]:
    """Return categories in which this person can see something."""
    wanted = [number for kind, number in ranked if kind == CATEGORY]
    if not wanted:
        return []
    seen = articles.visible(now, audiences)
    rows = [
        session.get(Category, number) for number in wanted[:_SPARE] if _holds(session, number, seen)
    ]
    return [
        Suggestion(CATEGORY, row.id, row.name, "", tuple(highlight.mark(row.name, terms)))
        for row in rows[:MAX_CATEGORIES]
        if row is not None
    ]


def _holds(session: Session, category_id: int, seen: ColumnElement[bool]) -> bool:
    """Tell whether there is anything to see in a category or below it."""
    inside = categories.subtree_ids(session, category_id)
    query = select(Article.id).where(Article.category_id.in_(inside), seen).limit(1)
    return session.scalar(query) is not None

"""Suggestions while somebody types: questions first, then categories.

Everything that can be suggested is kept in memory, because a keystroke must not wait: letters and
pairs of characters lead to the few entries that are then compared as plain text. What may be
seen is asked of the database for the handful that would be shown. The follower says what changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kb import articles, askings, categories
from kb.changes import Entry
from kb.db import Database
from kb.models.knowledge import Article, Category, Phrasing
from search import highlight, pinyin
from search.analysis import Analyzer
from search.engine import ARTICLE
from search.query import marks
from search.shelf import Line, Shelf, fitting
from search.text import fold, is_cjk

CATEGORY = "category"
ASKING = askings.KIND

MAX_TYPED = 60
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

    def __init__(self, database: Database, analyzer: Callable[[], Analyzer]) -> None:
        """Prepare; the base is read at the first question or at `load`.

        Args:
            database: the knowledge base.
            analyzer: returns the one in use, which changes with the dictionaries.
        """
        self._database = database
        self._analyzer = analyzer
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
        for target, entries in _read(session, self._analyzer(), None):
            shelf.put(target, entries)
        for target, entries in _read_askings(session, self._analyzer(), None):
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
                now_adopted = dict(_read_askings(session, self._analyzer(), asked))
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
        typed = _typed(text)
        if not typed or limit <= 0:
            return []
        if self._shelf is None and not self._load_once(session):
            return []
        with self._lock:
            ranked = self._ranked(typed, limit * _SPARE)
        terms = marks(self._analyzer(), typed)
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
        found = dict(_read(session, self._analyzer(), numbers))
        for number in numbers:
            shelf.put((ARTICLE, number), found.get((ARTICLE, number), ()))
        for target, entries in found.items():
            if target[0] == CATEGORY:
                shelf.put(target, entries)

    def _ranked(self, typed: str, limit: int) -> list[tuple[str, int]]:
        """Return targets, best first, each once."""
        shelf = self._shelf or Shelf()
        best: dict[tuple[str, int], tuple[float, int, int, int]] = {}
        for number, fit in fitting(shelf, typed, limit):
            entry = shelf.entries[number]
            if entry is None:
                continue
            rank = (fit, 0 if entry.is_title else 1, len(entry.folded), number)
            if entry.target not in best or rank < best[entry.target]:
                best[entry.target] = rank
        return nsmallest(limit, best, key=lambda target: best[target])


def _typed(text: str) -> str:
    """Fold what was typed; an input method shows syllables between apostrophes meanwhile."""
    folded = fold(text, limit=MAX_TYPED)
    return " ".join(folded.replace("'", "").replace("’", "").split())


def _read(
    session: Session, analyzer: Analyzer, numbers: Sequence[int] | None
) -> Iterable[tuple[tuple[str, int], list[Line]]]:
    """Read targets with their texts: all, or some articles and every category."""
    live = select(Article.id, Article.question).where(Article.live_version.is_not(None))
    others = select(Phrasing.article_id, Phrasing.text).order_by(Phrasing.position)
    if numbers is not None:
        live = live.where(Article.id.in_(numbers))
        others = others.where(Phrasing.article_id.in_(numbers))
    phrasings: dict[int, list[str]] = {}
    for article_id, text in session.execute(others):
        phrasings.setdefault(article_id, []).append(text)
    for article_id, question in session.execute(live):
        target = (ARTICLE, article_id)
        texts = [question, *phrasings.get(article_id, ())]
        yield target, [_entry(analyzer, text, target, place) for place, text in enumerate(texts)]
    for category in categories.tree(session):
        target = (CATEGORY, category.id)
        names = [name for name in (category.name, category.name_en) if name]
        yield target, [_entry(analyzer, text, target, place) for place, text in enumerate(names)]


def _read_askings(
    session: Session, analyzer: Analyzer, numbers: Sequence[int] | None
) -> Iterable[tuple[tuple[str, int], list[Line]]]:
    """Read what others asked and the desk adopted: all, or some."""
    for number, text in askings.adopted(session, numbers).items():
        yield (ASKING, number), [_entry(analyzer, text, (ASKING, number), 0)]


def _entry(analyzer: Analyzer, text: str, target: tuple[str, int], place: int) -> Line:
    """Prepare one text; only titles are found by their sound, which is the costly part."""
    folded = fold(text)
    if place or not any(map(is_cjk, folded)):
        return Line(folded, target, place == 0, (), ())
    words = [word for word, _ in analyzer.spans(folded)]
    sounds = tuple(dict.fromkeys(pinyin.tokens(folded)))
    return Line(folded, target, True, sounds, tuple(pinyin.initials(words)))


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

"""Suggestions while somebody types: questions first, then categories.

Everything that can be suggested is kept in memory, because a keystroke must not wait: letters and
pairs of characters lead to the few entries that are then compared as plain text. What may be
seen is asked of the database for the handful that would be shown. The follower says what changed.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kb import articles, categories
from kb.changes import Entry
from kb.db import Database
from kb.models.knowledge import Article, Category, Phrasing
from search import highlight, pinyin
from search.analysis import Analyzer
from search.engine import ARTICLE
from search.query import marks
from search.text import fold, is_cjk, runs

CATEGORY = "category"

MAX_TYPED = 60
MAX_CATEGORIES = 2
_LOOKED_AT = 1_500
"""Entries compared for one keystroke; the rest of a very common character is left out."""

_SPARE = 4
"""Candidates per place: some may be hidden from this person at this moment."""

BEGINS, CONTAINS, SOUNDS, SHARES = 0.0, 1.0, 2.0, 3.0
"""How well an entry fits what was typed; lower is better."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that somebody may want.

    Attributes:
        kind: `article` or `category`.
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


@dataclass(frozen=True, slots=True)
class _Entry:
    """One text that leads to a target."""

    folded: str
    target: tuple[str, int]
    is_title: bool
    sounds: tuple[str, ...]
    letters: tuple[str, ...]


class Vocabulary:
    """Tokens → entries, with search by the beginning of a token. Not safe for threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._numbers: dict[str, list[int]] = {}
        self._sorted: list[str] = []
        self._fresh: list[str] = []

    def add(self, token: str, number: int) -> None:
        """Note that an entry has a token."""
        known = self._numbers.get(token)
        if known is None:
            known = self._numbers[token] = []
            self._fresh.append(token)
        known.append(number)

    def settle(self) -> None:
        """Put new tokens in order; nearly free when most of them are in order already."""
        if self._fresh:
            self._sorted.extend(sorted(self._fresh))
            self._sorted.sort()
            self._fresh = []

    def exact(self, token: str) -> Sequence[int]:
        """Return the entries with this token."""
        return self._numbers.get(token, ())

    def beginning(self, start: str, limit: int) -> list[int]:
        """Return entries with a token that begins so, at most about `limit`."""
        self.settle()
        found: list[int] = []
        for place in range(bisect_left(self._sorted, start), len(self._sorted)):
            token = self._sorted[place]
            if not token.startswith(start) or len(found) >= limit:
                break
            found.extend(self._numbers[token])
        return found


@dataclass(slots=True)
class Shelf:
    """All entries. Entries are only ever added and struck out, so numbers stay valid."""

    entries: list[_Entry | None] = field(default_factory=list)
    by_target: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    written: Vocabulary = field(default_factory=Vocabulary)
    heard: Vocabulary = field(default_factory=Vocabulary)
    lettered: Vocabulary = field(default_factory=Vocabulary)

    def put(self, target: tuple[str, int], entries: Iterable[_Entry]) -> None:
        """Replace everything that leads to a target."""
        for number in self.by_target.pop(target, ()):
            self.entries[number] = None
        for entry in entries:
            number = len(self.entries)
            self.entries.append(entry)
            self.by_target.setdefault(target, []).append(number)
            for token in _tokens(entry.folded):
                self.written.add(token, number)
            for token in entry.sounds:
                self.heard.add(token, number)
            for token in entry.letters:
                self.lettered.add(token, number)

    @property
    def struck_out(self) -> int:
        """Return how many entries are dead weight."""
        return sum(entry is None for entry in self.entries)


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
        # Reading pinyin makes its table of syllables at the first use.
        pinyin.typed_so_far("a")
        for vocabulary in (shelf.written, shelf.heard, shelf.lettered):
            vocabulary.settle()
        with self._lock:
            self._shelf = shelf

    def heard(self, changed: Sequence[Entry]) -> None:
        """Take over what changed; a listener of `search.follower`."""
        numbers = sorted({one.object_id for one in changed if one.kind == ARTICLE})
        if not numbers or self._shelf is None:
            return
        with self._database.reading() as session, self._lock:
            if self._shelf.struck_out > len(self._shelf.entries) // 2:
                self.load(session)
            else:
                self._replace(session, self._shelf, numbers)

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
        for number, fit in _fitting(shelf, typed, limit):
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


def _tokens(folded: str) -> set[str]:
    """Return what leads to a text: characters, pairs of them, Latin words."""
    found: set[str] = set()
    for run in runs(folded):
        if run.isascii():
            found.add(run)
        else:
            found.update(run)
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def _fitting(shelf: Shelf, typed: str, enough: int) -> Iterable[tuple[int, float]]:
    """Yield (number, fit) of entries, from the best fit to the worst, some more than once.

    Worse ways to fit are tried only while there are fewer than `enough` targets.
    """
    found: set[tuple[str, int]] = set()
    for way in (_containing, _sounding, _sharing):
        for number, fit in way(shelf, typed):
            entry = shelf.entries[number]
            if entry is not None:
                found.add(entry.target)
                yield number, fit
        if len(found) >= enough:
            return


def _containing(shelf: Shelf, typed: str) -> Iterable[tuple[int, float]]:
    """Yield entries that contain what was typed."""
    for number in _rarest(shelf, typed)[:_LOOKED_AT]:
        entry = shelf.entries[number]
        at = entry.folded.find(typed) if entry else -1
        if at >= 0:
            yield number, BEGINS if at == 0 else CONTAINS


def _rarest(shelf: Shelf, typed: str) -> Sequence[int]:
    """Return the entries that have the rarest part of what was typed."""
    stretches = runs(typed)
    if len(stretches) == 1 and stretches[0].isascii():
        return shelf.written.beginning(stretches[0], _LOOKED_AT)
    lists = [shelf.written.exact(token) for token in _parts(typed)]
    return min(lists, key=len, default=())


def _parts(typed: str) -> list[str]:
    """Return the parts that an entry must have: pairs, or characters that stand alone."""
    parts: list[str] = []
    for run in runs(typed):
        if run.isascii() or len(run) == 1:
            parts.append(run)
        else:
            parts.extend(run[i : i + 2] for i in range(len(run) - 1))
    return parts


def _sharing(shelf: Shelf, typed: str) -> Iterable[tuple[int, float]]:
    """Yield entries that have many of the parts, wherever they stand."""
    parts = [part for part in dict.fromkeys(_parts(typed)) if shelf.written.exact(part)]
    telling = sorted(parts, key=lambda part: len(shelf.written.exact(part)))[:6]
    counted: dict[int, int] = {}
    for part in telling:
        for number in shelf.written.exact(part)[:_LOOKED_AT]:
            counted[number] = counted.get(number, 0) + 1
    least = max(1, (len(telling) + 1) // 2)
    for number, count in counted.items():
        if count >= least:
            yield number, SHARES + 1 - count / len(telling)


def _sounding(shelf: Shelf, typed: str) -> Iterable[tuple[int, float]]:
    """Yield entries that sound as typed, or whose initials were typed."""
    letters = typed.replace(" ", "")
    if not (letters.isascii() and letters.isalpha()):
        return
    whole, rest = pinyin.typed_so_far(letters)
    if whole or rest:
        lists = [set(shelf.heard.exact(token)) for token in whole]
        if rest:
            lists.append(set(shelf.heard.beginning(rest, _LOOKED_AT)))
        for number in set.intersection(*lists):
            yield number, SOUNDS
    if len(letters) >= 2:
        for number in shelf.lettered.beginning(letters, _LOOKED_AT):
            yield number, SOUNDS + 0.5


def _read(
    session: Session, analyzer: Analyzer, numbers: Sequence[int] | None
) -> Iterable[tuple[tuple[str, int], list[_Entry]]]:
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


def _entry(analyzer: Analyzer, text: str, target: tuple[str, int], place: int) -> _Entry:
    """Prepare one text; only titles are found by their sound, which is the costly part."""
    folded = fold(text)
    if place or not any(map(is_cjk, folded)):
        return _Entry(folded, target, place == 0, (), ())
    words = [word for word, _ in analyzer.spans(folded)]
    sounds = tuple(dict.fromkeys(pinyin.tokens(folded)))
    return _Entry(folded, target, True, sounds, tuple(pinyin.initials(words)))


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
    return [*found[:room], *named][:limit]


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

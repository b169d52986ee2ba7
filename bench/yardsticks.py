"""What any search must beat: SQLite FTS5 over the same words, and plain TF-IDF (scikit-learn)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.corpus import Text
from search.analysis import Analyzer
from search.engine import Document

LIMIT = 24
_BEST = "SELECT rowid FROM page WHERE page MATCH ? ORDER BY bm25(page, 3.0, 1.0) LIMIT ?"


def fts5(path: Path | str, made: Sequence[Document]) -> sqlite3.Connection:
    """Build an index over question and answer, segmented beforehand."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE page USING fts5(question, answer)")
    rows = ((one.fields["question"], one.fields["answer"]) for one in made)
    connection.executemany("INSERT INTO page VALUES (?, ?)", rows)
    connection.commit()
    return connection


def opened_fts5(path: Path) -> sqlite3.Connection:
    """Open what `fts5` built."""
    return sqlite3.connect(path)


def ask_fts5(connection: sqlite3.Connection, analyzer: Analyzer) -> Callable[[str], object]:
    """Return what asks it: any of the words, title × 3."""

    def ask(text: str) -> object:
        words = dict.fromkeys(word.replace('"', "") for word in analyzer.words(text))
        match = " OR ".join(f'"{word}"' for word in words if word)
        return connection.execute(_BEST, (match, LIMIT)).fetchall() if match else []

    return ask


class Tfidf:
    """Cosine over characters and pairs of them."""

    def __init__(self, found: Sequence[Text]) -> None:
        """Fit to the texts."""
        # Here, because it takes memory that the other yardstick does not need.
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
        self._matrix = self._vectors.fit_transform(f"{one.question} {one.answer}" for one in found)

    def __call__(self, text: str) -> object:
        """Return the places of the nearest texts."""
        scores = (self._matrix @ self._vectors.transform([text]).T).toarray()[:, 0]
        return np.argsort(-scores)[:LIMIT]

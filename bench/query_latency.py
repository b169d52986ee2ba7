"""How long a question takes in each engine, without the encoder.

Each question goes to every engine in turn, and to the yardsticks in the same run: SQLite FTS5
over the same words (bm25, title × 3) and plain TF-IDF over character pairs (scikit-learn).
Limit: with tantivy reading postings, one clause per token; with whoosh reading postings in
Python, which is why it leaves out the most frequent tokens of long questions.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.corpus import Text, parser, questions, texts
from bench.index_build import documents, fts5
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.engine import Document, Position
from search.engines import open_engine
from search.query import build

LIMIT = 24


def main() -> None:
    """Print median, 95th percentile and ratios."""
    options = parser(__doc__ or "")
    options.add_argument("--queries", type=int, default=300)
    chosen = options.parse_args()
    analyzer = Analyzer(shipped())
    made = documents(analyzer, chosen.corpus, chosen.articles)
    found = texts(chosen.corpus, chosen.articles)
    asked = questions(found, chosen.queries)
    with tempfile.TemporaryDirectory() as folder:
        ways = {
            "fts5": _fts5(fts5(Path(folder) / "fts.db", made), analyzer),
            "tf-idf": _tfidf(found),
            "building a query": lambda text: build(analyzer, text, audiences=("public",)),
            **{
                name: _engine(name, Path(folder), made, analyzer)
                for name in ("tantivy", "whoosh", "memory")
            },
        }
        _report(ways, asked)


def _report(ways: dict[str, Callable[[str], object]], asked: list[str]) -> None:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for text in asked:
        for name, way in ways.items():
            begin = time.perf_counter()
            way(text)
            spent[name].append((time.perf_counter() - begin) * 1e3)
    base = float(np.median(spent["fts5"]))
    for name, times in spent.items():
        middle, high = np.percentile(times, [50, 95])
        print(f"{name:18} p50 {middle:8.2f} ms  p95 {high:8.2f} ms  {middle / base:6.2f} × fts5")


def _engine(
    name: str, folder: Path, made: list[Document], analyzer: Analyzer
) -> Callable[[str], object]:
    engine = open_engine(name, folder)
    engine.build(made, Position())
    return lambda text: engine.search(build(analyzer, text, audiences=("public",)), LIMIT)


def _fts5(connection: sqlite3.Connection, analyzer: Analyzer) -> Callable[[str], object]:
    statement = "SELECT rowid FROM page WHERE page MATCH ? ORDER BY bm25(page, 3.0, 1.0) LIMIT 24"

    def ask(text: str) -> object:
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(analyzer.words(text)))
        return connection.execute(statement, (words,)).fetchall() if words else []

    return ask


def _tfidf(found: list[Text]) -> Callable[[str], object]:
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    matrix = vectors.fit_transform(f"{text.question} {text.answer}" for text in found)
    return lambda text: np.argsort(-(matrix @ vectors.transform([text]).T).toarray()[:, 0])[:LIMIT]


if __name__ == "__main__":
    main()

"""How fast an index is built, how large it is, how long one publish takes.

Limit: with tantivy the analysis in Python (bench/analysis.py), with whoosh its own posting pool.
The yardstick is SQLite FTS5 over the same tokens in the same run.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path

from bench.corpus import parser, texts
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.engine import ARTICLE, Document, Position
from search.engines import open_engine


def documents(analyzer: Analyzer, corpus: Path | None, articles: int) -> list[Document]:
    """Analyse the corpus."""
    return [
        Document(
            f"article:{number}",
            ARTICLE,
            analyzer.document_fields(text.question, [], text.answer, []),
        )
        for number, text in enumerate(texts(corpus, articles))
    ]


def fts5(path: Path, made: list[Document]) -> sqlite3.Connection:
    """Build the yardstick: question and answer, segmented."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE page USING fts5(question, answer)")
    rows = ((one.fields["question"], one.fields["answer"]) for one in made)
    connection.executemany("INSERT INTO page VALUES (?, ?)", rows)
    connection.commit()
    return connection


def size(folder: Path) -> float:
    """Return megabytes under a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def main() -> None:
    """Print seconds, documents per second, megabytes and milliseconds of one publish."""
    options = parser(__doc__ or "").parse_args()
    analyzer = Analyzer(shipped())
    begin = time.perf_counter()
    made = documents(analyzer, options.corpus, options.articles)
    analysing = time.perf_counter() - begin
    print(f"analysis  {analysing:7.1f} s  {len(made) / analysing:8.0f} documents/s")
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        fts5(Path(folder) / "fts.db", made)
        yardstick = time.perf_counter() - begin
        print(f"fts5      {yardstick:7.1f} s  {len(made) / yardstick:8.0f} documents/s")
    for name in ("tantivy", "whoosh", "memory"):
        _measure(name, made, yardstick)


def _measure(name: str, made: list[Document], yardstick: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(name, Path(folder))
        begin = time.perf_counter()
        engine.build(made, Position())
        seconds = time.perf_counter() - begin
        megabytes = size(Path(folder))
        begin = time.perf_counter()
        for one in made[:10]:
            engine.apply([one], [], Position())
        publish = (time.perf_counter() - begin) / 10 * 1e3
        print(
            f"{name:8}  {seconds:7.1f} s  {len(made) / seconds:8.0f} documents/s"
            f"  {seconds / yardstick:5.2f} × fts5  {megabytes:7.1f} MB  publish {publish:7.1f} ms"
        )
        engine.close()


if __name__ == "__main__":
    main()

"""How fast text is read: folding, segmenting, all fields of a document, a question.

The yardsticks over the same text: jieba's own segmentation in search mode, what SQLite FTS5 does
with its trigrams (writing them in memory included), and the characters and pairs of plain TF-IDF.
Limit: Python's work for each token; with rjieba segmenting itself is a tenth of it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence

import jieba
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.corpus import chosen_texts, parser
from bench.report import Each, Report, Spent, ratios, timed
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.query import build
from search.text import fold

SEGMENTERS = ("jieba", "rjieba")
QUESTIONS = 500


def main() -> None:
    """Print characters a second of each step."""
    given = parser(__doc__ or "").parse_args()
    found = chosen_texts(given)
    characters = sum(len(text.question) + len(text.answer) for text in found)
    report = Report("analysis", articles=len(found), characters=characters)
    jieba.setLogLevel(logging.WARNING)
    plain = jieba.Tokenizer()
    with timed() as loaded:
        plain.initialize()
    report.add("jieba alone: load", s=loaded.wall)
    folded = [fold(text.answer) for text in found]
    alone = _timed(lambda: (list(plain.cut_for_search(text)) for text in folded))

    bases = {"jieba": alone.cpu, "fts5": _fts5(folded).cpu, "tf_idf": _tfidf(folded).cpu}

    def add(name: str, spent: Spent) -> None:
        speed = {"M characters/s": characters / spent.cpu / 1e6}
        report.add(name, **speed, **ratios(spent.cpu, **bases))

    add("jieba alone", alone)
    for name in ("fts5", "tf_idf"):
        add(name.replace("_", "-"), Spent(cpu=bases[name]))
    add("folding", _timed(lambda: (fold(text.answer) for text in found)))
    for name in SEGMENTERS:
        with timed() as loaded:
            analyzer = Analyzer(shipped(), segmenter=name)
        # The tables of sounds are read at the first use.
        analyzer.document_fields("热身", [], "热身", [])
        report.add(f"{name}: load", s=loaded.wall)
        add(f"{name}: words", _timed(lambda a=analyzer: map(a.words, folded)))  # type: ignore[misc]
        add(f"{name}: pairs", _timed(lambda a=analyzer: map(a.bigrams, folded)))  # type: ignore[misc]
        fields = _timed(
            lambda a=analyzer: (a.document_fields(t.question, [], t.answer, []) for t in found)  # type: ignore[misc]
        )
        add(f"{name}: all fields", fields)
        each = Each()
        for text in found[:QUESTIONS]:
            each.run(lambda a=analyzer, t=text: build(a, t.question, audiences=("public",)))  # type: ignore[misc]
        report.add(f"{name}: query, ms", **each.figures())
    report.write(given.json)


def _fts5(folded: Sequence[str]) -> Spent:
    """Let FTS5 cut the same text its own way, triples of characters, and keep it in memory."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE page USING fts5(answer, tokenize='trigram')")
    with timed() as spent:
        connection.executemany("INSERT INTO page VALUES (?)", ((text,) for text in folded))
    connection.close()
    return spent


def _tfidf(folded: Sequence[str]) -> Spent:
    """Let scikit-learn cut the same text into characters and pairs of them, as TF-IDF does."""
    cut = TfidfVectorizer(analyzer="char", ngram_range=(1, 2)).build_analyzer()
    return _timed(lambda: map(cut, folded))


def _timed(work: Callable[[], Iterable[object]]) -> Spent:
    with timed() as spent:
        for _ in work():
            pass
    return spent


if __name__ == "__main__":
    main()

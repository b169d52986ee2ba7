"""How fast text is read: folding, segmenting, all fields of a document, a question.

The yardstick is jieba's own segmentation in search mode over the same text. Limit: Python's work
for each token; with rjieba segmenting itself is a tenth of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

import jieba

from bench.corpus import chosen_texts, parser
from bench.report import Each, Report, Spent, timed
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

    def add(name: str, spent: Spent) -> None:
        figures = {"M characters/s": characters / spent.cpu / 1e6, "jieba": spent.cpu / alone.cpu}
        report.add(name, **figures)

    add("jieba alone", alone)
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


def _timed(work: Callable[[], Iterable[object]]) -> Spent:
    with timed() as spent:
        for _ in work():
            pass
    return spent


if __name__ == "__main__":
    main()

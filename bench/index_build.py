"""How fast an index is built, how large it is, how long one publish takes.

Yardsticks of the same run: jieba's own time over the same text, SQLite FTS5 over the same tokens,
and fitting plain TF-IDF. Limits: with tantivy the analysis (bench/analysis.py) and one writing
thread, with whoosh its pool of postings in Python. A publish is one commit: with tantivy it waits
for the disk and for merges, with whoosh it writes a small segment.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import jieba

from bench.corpus import Text, chosen_texts, parser
from bench.report import Each, Report, Spent, ratios, timed
from bench.yardsticks import Tfidf, fts5
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.engine import ARTICLE, Document, Position
from search.engines import open_engine
from search.text import fold

ENGINES = ("tantivy", "whoosh", "memory")
PUBLISHED = 20
CUT = 5_000
"""Articles that jieba cuts, or up to twice as many."""


def documents(analyzer: Analyzer, found: Sequence[Text]) -> list[Document]:
    """Analyse the corpus."""
    return [
        Document(
            f"article:{number}",
            ARTICLE,
            analyzer.document_fields(text.question, [], text.answer, []),
        )
        for number, text in enumerate(found)
    ]


def main() -> None:
    """Print seconds, documents a second, megabytes and milliseconds of one publish."""
    options = parser(__doc__ or "")
    options.add_argument("--engine", action="append", choices=ENGINES)
    given = options.parse_args()
    found = chosen_texts(given)
    report = Report("index_build", articles=len(found))
    jieba_alone = _segmented(found)
    analyzer = Analyzer(shipped())
    analyzer.document_fields("热身", [], "热身", [])
    with timed() as analysed:
        made = documents(analyzer, found)
    with tempfile.TemporaryDirectory() as folder, timed() as beaten:
        fts5(Path(folder) / "fts.db", made)
    # What is imported at the first use is nobody's time.
    Tfidf(found[:1])
    with timed() as fitted:
        Tfidf(found)
    named = {"jieba alone": jieba_alone, "analysis": analysed, "fts5": beaten, "tf-idf": fitted}
    for name, spent in named.items():
        report.add(name, **_figures(spent, len(found)))
    for name in given.engine or ENGINES:
        bases = {"fts5": beaten.cpu, "tf_idf": fitted.cpu}
        _engine(report, name, made, analysed, jieba_alone, bases)
    report.write(given.json)


def _segmented(found: Sequence[Text]) -> Spent:
    """Let jieba cut everything, as anybody would who builds an index with it.

    Of many articles some are cut, and the time of all follows from how many characters they have.
    """
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    some = found[:: max(1, len(found) // CUT)]
    with timed() as spent:
        for text in some:
            for part in (text.question, text.answer):
                for _ in tokenizer.cut_for_search(fold(part)):
                    pass
    share = _characters(found) / max(_characters(some), 1)
    return Spent(spent.wall * share, spent.cpu * share)


def _characters(found: Sequence[Text]) -> int:
    return sum(len(text.question) + len(text.answer) for text in found)


def _figures(spent: Spent, articles: int) -> dict[str, float]:
    return {"s": spent.wall, "cpu_s": spent.cpu, "articles/s": articles / max(spent.wall, 1e-9)}


def _engine(
    report: Report,
    name: str,
    made: Sequence[Document],
    analysed: Spent,
    jieba_alone: Spent,
    bases: Mapping[str, float],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(name, Path(folder))
        with timed() as spent:
            engine.build(made, Position())
        megabytes = _size(Path(folder))
        each = Each()
        for one in made[:PUBLISHED]:
            each.run(lambda one=one: engine.apply([one], [], Position()))  # type: ignore[misc]
        engine.close()
    whole = Spent(analysed.wall + spent.wall, analysed.cpu + spent.cpu)
    told = ratios(spent.cpu, **bases)
    report.add(name, **_figures(spent, len(made)), MB=megabytes, **told)
    report.add(
        f"{name} with analysis",
        **_figures(whole, len(made)),
        **ratios(whole.cpu, jieba=jieba_alone.cpu, **bases),
    )
    report.add(f"{name} publish, ms", **each.figures())


def _size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


if __name__ == "__main__":
    main()

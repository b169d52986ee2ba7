"""How long a question takes, without the encoder: in each engine alone, and on the whole way.

Each question goes to every engine in turn and to the yardsticks in the same run: SQLite FTS5 over
the same words (bm25, title × 3) and plain TF-IDF over character pairs (scikit-learn). The whole
way is `Finding.find`: analysis, index, database, features, model; and `Finding.answering`, which
also reads a text as it may have been meant and decides its band.
Limits: with tantivy the postings of the question's commonest tokens, one clause each; with whoosh
reading postings in Python, which is why the most frequent tokens of long questions are left out;
on the whole way reading 24 candidates from the database and comparing them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.base import NOW, open_database, open_finding
from bench.corpus import Text, chosen_texts, parser, questions
from bench.index_build import documents
from bench.report import Each, Report, ratios
from bench.yardsticks import LIMIT, Tfidf, ask_fts5, fts5
from kb.db import Database
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.engine import Document, Position
from search.engines import open_engine
from search.finding import Finding
from search.query import build

ENGINES = ("tantivy", "whoosh", "memory")
WARM = 20

Way = Callable[[str], object]


def main() -> None:
    """Print median, 95th percentile and ratios."""
    options = parser(__doc__ or "")
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--engine", action="append", choices=ENGINES)
    options.add_argument("--alone", action="store_true", help="engines and yardsticks alone")
    given = options.parse_args()
    found = chosen_texts(given)
    asked = questions(found, WARM + (40 if given.quick else given.queries))
    engines = tuple(given.engine or ENGINES)
    report = Report("query_latency", articles=len(found), queries=len(asked) - WARM)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        bases = _measure(report, _alone(Path(folder), found, engines), asked)
        if given.alone:
            report.write(given.json)
            return
        whole: dict[str, Way] = {}
        database = opened.enter_context(open_database(Path(folder), found))
        for name in engines:
            if name != "memory":
                whole |= _whole(opened, database, Path(folder), name)
        _measure(report, whole, asked, **bases)
    report.write(given.json)


def _measure(
    report: Report, ways: Mapping[str, Way], asked: Sequence[str], **bases: float
) -> dict[str, float]:
    """Ask every question of every way, so that all meet the same disturbances.

    Args:
        report: told what each took.
        ways: what is asked.
        asked: the questions.
        bases: processor time of the yardsticks; those among the ways, where none are given.
    """
    spent = {name: Each() for name in ways}
    for number, text in enumerate(asked):
        for name, way in ways.items():
            each = spent[name] if number >= WARM else Each()
            each.run(lambda way=way, text=text: way(text))  # type: ignore[misc]
    medians = {name: each.figures()["cpu_p50"] for name, each in spent.items()}
    bases = bases or {"fts5": medians["fts5"], "tf_idf": medians["tf-idf"]}
    for name, each in spent.items():
        figures = each.figures()
        report.add(name, **figures, **ratios(figures["cpu_p50"], **bases))
    return bases


def _alone(folder: Path, found: Sequence[Text], engines: Sequence[str]) -> dict[str, Way]:
    analyzer = Analyzer(shipped())
    made = documents(analyzer, found)
    return {
        "fts5": ask_fts5(fts5(folder / "fts.db", made), analyzer),
        "tf-idf": Tfidf(found),
        "building a query": lambda text: build(analyzer, text, audiences=("public",)),
        **{name: _engine(name, folder / "alone", made, analyzer) for name in engines},
    }


def _engine(name: str, folder: Path, made: Sequence[Document], analyzer: Analyzer) -> Way:
    engine = open_engine(name, folder)
    engine.build(made, Position())
    return lambda text: engine.search(build(analyzer, text, audiences=("public",)), LIMIT)


def _whole(opened: ExitStack, database: Database, folder: Path, name: str) -> dict[str, Way]:
    finding = opened.enter_context(open_finding(database, folder / name, engine=name))
    finding.tutor.study(fit=False)
    return {
        f"find, {name}": lambda text: _find(finding, text),
        f"answering, {name}": lambda text: _answer(finding, text),
    }


def _find(finding: Finding, text: str) -> object:
    with finding.database.reading() as session:
        return finding.find(session, text, limit=10, now=NOW)


def _answer(finding: Finding, text: str) -> object:
    with finding.database.reading() as session:
        return finding.answering(session, text, channel="search", limit=10, now=NOW)


if __name__ == "__main__":
    main()

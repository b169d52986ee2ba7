"""How soon what changed is found, what knowing the base costs, and how soon a process is ready.

An installation as it runs: a study is the product's own process (`wenqu index learn`), with drawn
vectors that are kept already; the web process is another one, which learns of a publication from
the change log alone, as of one by somebody else. `--keep FOLDER` makes the installation once.
The yardstick is SQLite FTS5 with the same articles: a row written and found again.
Limits: the pause between two looks at the change log (.2 s), the commit of the index; for the
meaning the encoder, and after another change a pause (.3 s); a study reads every article.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.base import install, kept_folder, study
from bench.corpus import chosen_texts, parser, questions
from bench.index_build import documents
from bench.memory import children_rows
from bench.report import Each, Report, timed
from bench.yardsticks import ask_fts5, fts5
from kb import articles
from kb.articles import Content
from kb.db import Database
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.finding import Finding
from wenqu.config import Config
from wenqu.teaching import ChildTeacher
from wenqu.wiring import finding_of, open_ready_database

PATIENCE = 600.0
PUBLISHED = 10

Row = tuple[str, dict[str, float]]


def main() -> None:
    """Print seconds and milliseconds."""
    options = parser(__doc__ or "")
    options.add_argument("--encoder", default="auto")
    options.add_argument("--engine", default="auto")
    options.add_argument("--child", choices=("web",), help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        for name, figures in _web(given):
            print(name, *(f"{unit}={value:.4f}" for unit, value in figures.items()), sep="\t")
        return
    found = chosen_texts(given)
    report = Report("freshness", articles=len(found))
    with kept_folder(given) as folder:
        with timed() as spent:
            config = install(folder, given)
        report.add("installation", s=spent.wall, cpu_s=spent.cpu)
        report.add("study", **study(config))
        report.add("fts5 publish, ms", **_fts5(folder, given))
        for name, figures in children_rows("bench.freshness", "web", str(folder)):
            report.add(name, **figures)
    report.write(given.json)


def _fts5(folder: Path, given: argparse.Namespace) -> dict[str, float]:
    """Write rows into FTS5 and ask for them."""
    analyzer, path = Analyzer(shipped()), folder / "fts.db"
    if not path.exists():
        fts5(path, documents(analyzer, chosen_texts(given))).close()
    connection, each = sqlite3.connect(path), Each()
    ask = ask_fts5(connection, analyzer)
    for number in range(PUBLISHED):
        each.run(partial(_written, connection, analyzer, number, ask))
    connection.close()
    return each.figures()


def _written(
    connection: sqlite3.Connection, analyzer: Analyzer, number: int, ask: Callable[[str], object]
) -> None:
    title = _title(number)
    words = (" ".join(analyzer.words(title)), " ".join(analyzer.words(ANSWER)))
    connection.execute("INSERT INTO page VALUES (?, ?)", words)
    connection.commit()
    if not ask(title):
        sys.exit("FTS5 does not find what was written")


def _web(given: argparse.Namespace) -> Iterator[Row]:
    """Yield what a web process takes from its start, with what others publish meanwhile."""
    started, spent = time.perf_counter(), time.process_time()
    config = replace(Config(), data_dir=given.folder, engine=given.engine, encoder=given.encoder)
    database = open_ready_database(config)
    finding = finding_of(config, database, teacher=ChildTeacher(config))
    finding.start()
    if not finding.settle(seconds=PATIENCE):
        sys.exit("what is known of the base was not taken up in time")
    yield "start", _since(started, spent)
    asked = questions(chosen_texts(given), 60)
    started, spent = time.perf_counter(), time.process_time()
    _ask(finding, asked[0])
    yield "first answer", _since(started, spent)
    each = Each()
    for text in asked:
        each.run(partial(_ask, finding, text))
    yield "find with meaning, ms", each.figures()
    each = Each()
    for text in asked:
        each.run(partial(_ask, finding, text, vectors=False))
    yield "find by words, ms", each.figures()
    yield from _published(finding, Database(config.url))
    finding.stop()


def _published(finding: Finding, elsewhere: Database) -> Iterator[Row]:
    """Publish through another connection to the database; nothing wakes this process."""
    words, meaning = Each(), Each()
    for number in range(PUBLISHED):
        title = _title(number)
        key = f"article:{_publish(elsewhere, title)}"
        started = time.perf_counter()
        _until(partial(_is_listed, finding, key, title))
        words.walls.append((time.perf_counter() - started) * 1e3)
        _until(partial(_is_placed, finding, key))
        meaning.walls.append((time.perf_counter() - started) * 1e3)
    for name, each in (("words", words), ("meaning", meaning)):
        each.cpus = [0.0]
        figures = each.figures()
        yield f"publish, by {name}, ms", {unit: figures[unit] for unit in ("p50", "p95")}
    elsewhere.close()


def _publish(database: Database, title: str) -> int:
    now = datetime.now(UTC)
    with database.transaction() as session:
        content = Content(question=title, body_md=ANSWER)
        article = articles.create(session, content, author_id=None, now=now)
        articles.go_live(session, article, now=now)
        return article.id


ANSWER = "按住底部的按钮五秒，听到提示音后松开。"


def _title(number: int) -> str:
    return f"榫卯灯第 {time.time_ns() % 10**9} 号{'甲乙丙丁戊己庚辛壬癸'[number % 10]}款怎么复位"


def _until(come: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not come():
        if time.monotonic() > end:
            sys.exit("what was published was not found in time")
        time.sleep(0.005)


def _ask(finding: Finding, text: str, *, vectors: bool = True) -> object:
    with finding.database.reading() as session:
        return finding.find(session, text, limit=10, now=datetime.now(UTC), vectors=vectors)


def _is_listed(finding: Finding, key: str, title: str) -> bool:
    with finding.database.reading() as session:
        found = finding.find(session, title, limit=10, now=datetime.now(UTC), vectors=False)
    return key in {f"article:{match.article_id}" for match in found}


def _is_placed(finding: Finding, key: str) -> bool:
    with finding.database.reading() as session:
        base = finding._base(session, datetime.now(UTC), ("public",))
        meaning = finding.tutor.finder(base).knowledge.meaning
    return meaning is None or meaning.place(key) is not None


def _since(started: float, spent: float) -> dict[str, float]:
    return {"s": time.perf_counter() - started, "cpu_s": time.process_time() - spent}


if __name__ == "__main__":
    main()

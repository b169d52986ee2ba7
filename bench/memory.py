"""How much memory a web process takes once everything is loaded and many questions were asked.

The web process is the product's own: pages, index, suggestions, encoder, vectors, what is known
of the base. The vectors are random (what they say takes no memory), questions are encoded for
real. Yardsticks, each in a process of its own with the same articles and questions: SQLite FTS5
over segmented text, and plain TF-IDF over character pairs (scikit-learn).
`anon` is a process's own memory; `file` is mapped from disk and shared by all processes; `pss` is
`anon` and its part of what is shared with the processes that run at this moment.
Limit: the encoder's model, then the vectors and the texts that are kept for comparing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

from bench.base import install, kept_folder, study
from bench.corpus import Text, chosen_texts, parser, questions
from bench.report import Report, ratios
from kb import articles
from kb.articles import Content
from kb.db import Database
from search.analysis import Analyzer
from search.dictionaries import shipped
from wenqu.config import Config
from wenqu.serving import THRIFTY
from wenqu.wiring import finding_of, open_ready_database

PATIENCE = 600.0
ASKED = "asked.json"
YARDSTICKS = ("fts5", "tf-idf")
"""Processes that are looked at first; what follows is told as so many times of theirs."""

Row = tuple[str, dict[str, float]]


def main() -> None:
    """Print megabytes."""
    options = parser(__doc__ or "")
    options.add_argument("--encoder", default="auto")
    options.add_argument("--engine", default="auto")
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        for name, figures in CHILDREN[given.child](given):
            print(name, *(f"{unit}={value:.2f}" for unit, value in figures.items()), sep="\t")
        return
    found = chosen_texts(given)
    report = Report("memory", articles=len(found), queries=given.queries)
    with kept_folder(given) as folder:
        config = install(folder, given)
        report.add("study", **study(config))
        _yardstick(folder, found)
        asked = questions(found, 20 if given.quick else given.queries)
        (folder / ASKED).write_text(json.dumps(asked), encoding="utf-8")
        bases: dict[str, float] = {}
        for child in CHILDREN:
            for name, figures in children_rows("bench.memory", child, str(folder)):
                if child in YARDSTICKS:
                    bases[child.replace("-", "_")] = figures["resident"]
                report.add(name, **figures, **ratios(figures["resident"], **bases))
    report.write(given.json)


def _yardstick(folder: Path, found: Sequence[Text]) -> None:
    """Make the file of the yardstick, unless a kept folder has it."""
    from bench.index_build import documents
    from bench.yardsticks import fts5

    if not (folder / "fts.db").exists():
        fts5(folder / "fts.db", documents(Analyzer(shipped()), found)).close()


def children_rows(module: str, child: str, folder: str) -> Iterator[Row]:
    """Run a bench, with the options of this one, as the process that is looked at."""
    options = [*sys.argv[1:], "--child", child, "--folder", folder]
    command = [sys.executable, "-m", module, *options]
    around = os.environ | THRIFTY if child == "web" else None
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=around)
    for line in done.stdout.splitlines():
        name, *pairs = line.split("\t")
        yield name, {unit: float(value) for unit, value in (one.split("=") for one in pairs)}


def _fts5(given: argparse.Namespace) -> Iterator[Row]:
    from bench.yardsticks import ask_fts5, opened_fts5

    ask = ask_fts5(opened_fts5(given.folder / "fts.db"), Analyzer(shipped()))
    for text in _asked(given):
        ask(text)
    yield "fts5", _memory()


def _tfidf(given: argparse.Namespace) -> Iterator[Row]:
    from bench.yardsticks import Tfidf

    ask = Tfidf(chosen_texts(given))
    for text in _asked(given):
        ask(text)
    yield "tf-idf", _memory()


def _web(given: argparse.Namespace) -> Iterator[Row]:
    """Yield what the product takes, step by step; nothing else may be imported here."""
    from web.app import create_app
    from wenqu.pages import parts_of
    from wenqu.teaching import ChildTeacher

    asked = _asked(given)
    config = _config(given, given.folder)
    database = open_ready_database(config)
    yield "web: imported", _memory()
    finding = finding_of(config, database, teacher=ChildTeacher(config))
    finding.start()
    site = create_app(parts_of(config, database, finding)).wsgi_app
    if not finding.settle(seconds=PATIENCE):
        sys.exit("what is known of the base was not taken up in time")
    yield "web: loaded", _memory()
    for number, text in enumerate(asked):
        _get(site, "/search", text, visitor=number)
        _get(site, "/suggest", text[:6], visitor=number)
    yield "web: after questions", _memory()
    _publish(database)
    if not finding.settle(seconds=PATIENCE):
        sys.exit("what was published was not taken up in time")
    for number, text in enumerate(asked[:20]):
        _get(site, "/search", text, visitor=number)
    yield "web: after a publication", _memory()
    finding.stop()


def _publish(database: Database) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        content = Content(question="新到的灯怎么复位", body_md="按住底部的按钮五秒。")
        article = articles.create(session, content, author_id=None, now=now)
        articles.go_live(session, article, now=now)


def _get(site: Callable[..., object], path: str, text: str, *, visitor: int) -> None:
    environ: dict[str, object] = {}
    setup_testing_defaults(environ)
    # From many addresses, because one alone may ask only so often.
    environ["REMOTE_ADDR"] = f"10.0.{visitor // 250}.{visitor % 250}"
    environ |= {"PATH_INFO": path, "QUERY_STRING": f"q={quote(text)}"}
    heard: list[str] = []
    body = site(environ, lambda status, headers, info=None: heard.append(status))
    b"".join(body)  # type: ignore[call-overload]  # WSGI leaves its types open
    if not heard[0].startswith("200"):
        sys.exit(f"{path}?q={text}: {heard[0]}")


def _asked(given: argparse.Namespace) -> list[str]:
    """Return the questions; to read the articles for them would leave holes in memory."""
    asked: list[str] = json.loads((given.folder / ASKED).read_text(encoding="utf-8"))
    return asked


def _config(given: argparse.Namespace, folder: Path) -> Config:
    return replace(Config(), data_dir=folder, engine=given.engine, encoder=given.encoder)


def _memory() -> dict[str, float]:
    """Return megabytes of this process (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    told = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    named = {"resident": "VmRSS", "anon": "RssAnon", "file": "RssFile"}
    figures = {unit: int(told[name].removesuffix(" kB")) / 1024 for unit, name in named.items()}
    rolled = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    pss = next(line.split()[1] for line in rolled if line.startswith("Pss:"))
    return figures | {"pss": int(pss) / 1024}


CHILDREN: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "fts5": _fts5,
    "tf-idf": _tfidf,
    "web": _web,
}


if __name__ == "__main__":
    main()

"""What it costs to leave out the most frequent tokens of a question, as whoosh must.

Each question is a stretch of one article, so one article is known to be right. Asked with several
budgets of postings (`search.whoosh_reader`), the last of which leaves nothing out: how often the
right article is first, how often it is among the 24 candidates that are ranked afterwards, and
what it takes. The yardstick is tantivy, which leaves nothing out.
Limit: postings that are read in Python for the first time; those that were read stay in memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.corpus import Text, chosen_texts, parser
from bench.index_build import documents
from bench.report import Each, Report
from search import whoosh_reader
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.engine import Engine, Position
from search.engines import open_engine
from search.query import build

BUDGETS = (0, 10_000, 30_000, 100_000, 10**9)
CANDIDATES = 24
STRETCH = 16


def main() -> None:
    """Print the share of right articles and milliseconds for each budget."""
    options = parser(__doc__ or "")
    options.add_argument("--queries", type=int, default=300)
    given = options.parse_args()
    found = chosen_texts(given)
    asked = _asked(found, 40 if given.quick else given.queries)
    report = Report("pruning", articles=len(found), queries=len(asked))
    analyzer = Analyzer(shipped())
    made = documents(analyzer, found)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("tantivy", "whoosh"):
            open_engine(name, Path(folder)).build(made, Position())
        report.add("tantivy", **_judged(open_engine("tantivy", Path(folder)), analyzer, asked))
        for budget in BUDGETS:
            # Read by the reader at each question; this process does nothing else.
            whoosh_reader._READ_POSTINGS = budget
            engine = open_engine("whoosh", Path(folder))
            report.add(f"whoosh, budget {budget:,}", **_judged(engine, analyzer, asked))
            engine.close()
    report.write(given.json)


def _asked(found: Sequence[Text], count: int) -> list[tuple[str, str]]:
    """Return (question, id of the article it was taken from), spread over the corpus."""
    long = [(n, text.answer) for n, text in enumerate(found) if len(text.answer) > 3 * STRETCH]
    picked = long[:: max(1, len(long) // count)][:count]
    return [
        (answer[len(answer) // 2 :][:STRETCH], f"article:{number}") for number, answer in picked
    ]


def _judged(
    engine: Engine, analyzer: Analyzer, asked: Sequence[tuple[str, str]]
) -> dict[str, float]:
    each, first, among = Each(), 0, 0
    for text, right in asked:
        ids: list[str] = []

        def ask(text: str = text, ids: list[str] = ids) -> None:
            query = build(analyzer, text, audiences=("public",))
            ids.extend(hit.id for hit in engine.search(query, CANDIDATES))

        each.run(ask)
        first += ids[:1] == [right]
        among += right in ids
    return {"first": first / len(asked), "among 24": among / len(asked), **each.figures()}


if __name__ == "__main__":
    main()

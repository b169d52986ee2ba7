"""Do the engines find the same? The share of the ten best that two engines have in common.

Each judged question goes to the product's finder over each engine, with the models as shipped;
the yardstick is the engine `memory`, whose scores are computed without any file.
Limit: candidates. Ranking compares the same articles alike; only those of the 24 places that one
engine alone fills can differ, where scores are equal or nearly so.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.report import Report
from search import evaluation
from search.base import FileBase, read_faq
from search.encoder import Encoder, open_encoder

DEPTH = 10
ENGINES = ("tantivy", "whoosh")
QUICK = 40


def main() -> None:
    """Print the overlap of each set."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--set", nargs=3, action="append", metavar=("NAME", "FAQ", "QUERIES"))
    options.add_argument("--encoder", default="none")
    options.add_argument("--limit", type=int, help="a sample of so many questions of each set")
    options.add_argument("--json", type=Path, help="write the figures to this file as well")
    options.add_argument("--quick", action="store_true", help=f"{QUICK} questions of each set")
    given = options.parse_args()
    encoder = open_encoder(given.encoder)
    report = Report("agreement", encoder=given.encoder)
    for name, faq, queries in given.set or ():
        lines = evaluation.read_queries(Path(queries))
        asked = [line.query for line in lines if not line.train]
        limit = QUICK if given.quick else given.limit
        if limit:
            asked = asked[:: max(1, len(asked) // limit)]
        report.add(name, **overlaps(read_faq(Path(faq)), asked, encoder), questions=len(asked))
    report.write(given.json)


def overlaps(base: FileBase, asked: Sequence[str], encoder: Encoder | None) -> dict[str, float]:
    """Return pair of engines → mean share of the ten best that both have."""
    found = {name: _found(base, asked, name, encoder) for name in (*ENGINES, "memory")}
    pairs = (("tantivy", "whoosh"), ("tantivy", "memory"), ("whoosh", "memory"))
    return {f"{a}~{b}": _shared(found[a], found[b]) for a, b in pairs}


def _found(
    base: FileBase, asked: Sequence[str], engine: str, encoder: Encoder | None
) -> list[list[int | str]]:
    with evaluation.throw_away(base, engine=engine, encoder=encoder, teach=False) as finder:
        return [
            [match.article_id for match in finder.find(base, text, limit=DEPTH)] for text in asked
        ]


def _shared(ones: Sequence[Sequence[int | str]], others: Sequence[Sequence[int | str]]) -> float:
    shares = [
        len(set(one) & set(other)) / max(len(one), len(other))
        for one, other in zip(ones, others, strict=True)
        if one or other
    ]
    return sum(shares) / max(len(shares), 1)


if __name__ == "__main__":
    main()

"""How well does the product rank, and how honest are its probabilities?

    python bench/ranking.py --set NAME faq.jsonl queries.jsonl [--set …] [--encoder none]
    python bench/ranking.py --set … --fit search/models

Without `--fit`: the figures of `wenqu eval` for each set, cold and taught, beside plain TF-IDF
and SQLite FTS5 over the same words. With `--fit`: fits the coefficients that are shipped for
bases that taught nothing yet, and says how they do on each set when it was left out.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from search import evaluation, learning
from search.analysis import Analyzer
from search.base import FileBase, read_faq
from search.encoder import Encoder, open_encoder
from search.features import LEXICAL, Candidate, Comparer
from search.finder import Finder
from search.judging import Judged, figures
from search.learning import Lesson
from search.meaning import SEMANTIC
from search.model import FILES, Linear, Model, digest_of, to_json
from search.profiles import Profiler, build_lexicon
from search.schooling import TARGETS, Topic, lesson_of
from search.text import fold

ORPHANS = 0.1
RANKER_STRENGTH = 0.003
CALIBRATOR_STRENGTH = 0.02
"""Strong, because few sets differ in more than their questions: some have no answers at all."""
QUICK = 60

Sets = dict[str, tuple[Path, Path]]


def main() -> None:
    """Measure, or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--set", nargs=3, action="append", metavar=("NAME", "FAQ", "QUERIES"))
    parser.add_argument("--encoder", default="auto")
    parser.add_argument("--engine", default="memory")
    parser.add_argument("--fit", type=Path, metavar="FOLDER")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} questions of each set")
    given = parser.parse_args()
    sets = {name: (Path(faq), Path(queries)) for name, faq, queries in given.set or _shipped()}
    if given.fit:
        fit(sets, open_encoder(given.encoder), given.fit)
    else:
        measure(sets, given)


def _shipped() -> list[tuple[str, str, str]]:
    folder = Path(__file__).parent.parent / "data" / "judged"
    found = [(path.parent.name, str(path), str(path.with_name("queries.jsonl")))
             for path in sorted(folder.glob("**/faq.jsonl"))]  # fmt: skip
    if not found:
        sys.exit("give at least one --set NAME FAQ QUERIES")
    return found


def measure(sets: Sets, given: argparse.Namespace) -> None:
    """Print one line for each set, way of teaching and baseline."""
    for name, (faq, queries) in sets.items():
        limit = QUICK if given.quick else None
        print(name, "tf-idf", _short(baseline(faq, queries, limit, _cosine)))
        print(name, "fts5", _short(baseline(faq, queries, limit, _fts5)))
        for cold in (True, False):
            result = evaluation.evaluate(
                faq, queries, engine=given.engine, encoder=given.encoder, cold=cold, limit=limit
            )
            print(name, "cold" if cold else "taught", _short(result))


def _short(result: dict[str, object]) -> str:
    names = ("p_at_1", "p_at_1_lenient", "mrr_at_10", "recall_at_10", "coverage_at_95",
             "ood_auroc", "auto", "ms_per_query")  # fmt: skip
    return json.dumps({name: result[name] for name in names})


def baseline(faq: Path, queries: Path, limit: int | None, method: object) -> dict[str, object]:
    """Judge a simple method on the same questions."""
    base = read_faq(faq)
    asked = [line for line in evaluation.read_queries(queries) if not line.train]
    rank = method(base)  # type: ignore[operator] # one of the two below
    judged = []
    for line in evaluation.sample(asked, limit):
        ranked = rank(line.query)
        judged.append(
            Judged(
                line.relevant,
                line.also,
                line.kind,
                tuple(id_ for id_, _ in ranked),
                ranked[0][1] if ranked else 0.0,
                False,
                0.0,
            )
        )
    return figures(judged)


def _cosine(base: FileBase):
    """Plain TF-IDF cosine of character n-grams with the closest way to ask."""
    cards = list(base)
    profiler = Profiler(Analyzer())
    comparer = Comparer(profiler, build_lexicon(profiler, [card.asked for card in cards]))
    candidates = [Candidate(card.asked, card.answer) for card in cards]

    def rank(question: str) -> list[tuple[int | str, float]]:
        scores = comparer.compare(question, candidates)[0][:, 0]
        return [(cards[i].id, float(scores[i])) for i in np.argsort(-scores)[:10]]

    return rank


def _fts5(base: FileBase):
    """SQLite FTS5's BM25 over the analysis' words."""
    analyzer, cards = Analyzer(), list(base)
    table = sqlite3.connect(":memory:")
    table.execute("create virtual table page using fts5(asked, answer)")
    rows = [(i, " ".join(analyzer.words(" ".join(card.asked))),
             " ".join(analyzer.words(card.answer))) for i, card in enumerate(cards)]  # fmt: skip
    table.executemany("insert into page(rowid, asked, answer) values (?, ?, ?)", rows)

    def rank(question: str) -> list[tuple[int | str, float]]:
        words = [word.replace('"', "") for word in analyzer.words(question)]
        match = " or ".join(f'"{word}"' for word in dict.fromkeys(words) if word)
        if not match:
            return []
        rows = table.execute(
            "select rowid, -bm25(page, 3.0, 1.0) from page where page match ?"
            " order by 2 desc limit 10",
            (match,),
        )
        return [(cards[row].id, score) for row, score in rows]

    return rank


def fit(sets: Sets, encoder: Encoder | None, folder: Path) -> None:
    """Fit the shipped coefficients on all sets and write them."""
    for semantic in (False, True):
        if semantic and encoder is None:
            continue
        lessons = {name: judged_lessons(*paths, encoder if semantic else None)
                   for name, paths in sets.items()}  # fmt: skip
        names = (*LEXICAL, *SEMANTIC) if semantic else LEXICAL
        for left_out in lessons:
            rest = [part for name, part in lessons.items() if name != left_out]
            if rest:
                print(
                    FILES[semantic],
                    "without",
                    left_out,
                    _held(train(rest, names), lessons[left_out]),
                )
        model = train(list(lessons.values()), names)
        text = json.dumps(to_json(model), indent=1, ensure_ascii=False)
        (folder / FILES[semantic]).write_text(text + "\n", encoding="utf-8")
        print(text)


def judged_lessons(faq: Path, queries: Path, encoder: Encoder | None) -> list[Lesson]:
    """Ask the judged questions of a set and note what is right.

    Where a set says which half is for tests, that half is not used.
    """
    base, lines = read_faq(faq), evaluation.read_queries(queries)
    if any(line.train for line in lines):
        lines = [line for line in lines if line.train]
    with evaluation.throw_away(base, engine="memory", encoder=encoder, teach=False) as finder:
        vectors = encoder.encode([fold(line.query) for line in lines]) if encoder else None
        return [_lesson(finder, base, line, None if vectors is None else vectors[row])
                for row, line in enumerate(lines)]  # fmt: skip


def _lesson(
    finder: Finder, base: FileBase, line: evaluation.Asked, vector: np.ndarray | None
) -> Lesson:
    right = frozenset(f"article:{id_}" for id_ in (*line.relevant, *line.also) if line.relevant)
    return lesson_of(finder, base, Topic(line.query, right, None, real=True), vector)


def train(parts: Sequence[Sequence[Lesson]], names: Sequence[str]) -> Model:
    """Fit on several sets; a set weighs as the root of its size."""
    weighed = [
        (lesson, 1 / len(part) ** 0.5) for part in parts for lesson in part if len(lesson.rows)
    ]
    lessons = [Lesson(lesson.rows, lesson.right, weight) for lesson, weight in weighed]
    prior = Linear(tuple(names), (0.0,) * len(names))
    ranker = learning.fit_ranker(lessons, prior, strength=RANKER_STRENGTH)
    orphans = [lesson.orphaned(lesson.weight * ORPHANS) for lesson in lessons if lesson.right.any()]
    seen = learning.tops([*lessons, *(one for one in orphans if len(one.rows))], ranker)
    calibrator = learning.fit_calibrator(seen, names, strength=CALIBRATOR_STRENGTH)
    gates = {
        channel: learning.gate_for(calibrator, seen, goal) for channel, goal in TARGETS.items()
    }
    return Model(ranker, calibrator, gates, digest_of(len(lessons), ranker.weights), len(lessons))


def _held(model: Model, lessons: Sequence[Lesson]) -> dict[str, float]:
    seen = learning.tops(lessons, model.ranker)
    chances = 1 / (1 + np.exp(-model.calibrator(np.stack([top.told for top in seen]))))
    right = np.array([top.right for top in seen])
    sent = chances >= model.gates["mail"]
    return {
        "p_at_1": round(
            float(right[[lesson.right.any() for lesson in lessons if len(lesson.rows)]].mean()), 3
        ),
        "sent": int(sent.sum()),
        "precision": round(float(right[sent].mean()), 3) if sent.any() else 0.0,
        "brier": round(float(((chances - right) ** 2).mean()), 4),
    }


if __name__ == "__main__":
    main()

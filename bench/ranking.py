"""How well does the product rank, and how honest are its probabilities?

    python -m bench.ranking --set NAME faq.jsonl queries.jsonl [--set …] [--encoder none]
    python -m bench.ranking --set … --fit search/models

Without `--set` the demo company's articles are asked with every other phrasing, which is taken out.
Without `--fit`: the figures of `wenqu eval` for each set, cold and taught, beside plain TF-IDF
and SQLite FTS5 over the same words. With `--fit`: fits the coefficients that are shipped for
bases that taught nothing yet, and says how they do on each set when it was left out.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from bench.corpus import DEMO
from bench.report import ratios
from search import evaluation, learning
from search.analysis import Analyzer
from search.base import FileBase, read_faq
from search.encoder import Encoder, open_encoder
from search.features import LEXICAL, Candidate, Comparer
from search.finder import Hidden
from search.judging import Judged, figures
from search.learning import Lesson
from search.meaning import SEMANTIC
from search.model import FILES, UNREAD, Linear, Model, digest_of, phrased, to_json
from search.profiles import Profiler, build_lexicon
from search.schooling import TARGETS, Topic, lesson_of
from search.text import fold

ORPHANS = 0.2
RANKER_STRENGTH = {False: 0.003, True: 0.01}
"""Without and with vectors; the second of two rankers is the difference to the first."""
CALIBRATOR_STRENGTH = 0.01
"""Rather strong, because few sets differ in more than their questions: some have no answers."""
QUICK = 60

MOST = 1_500
"""Lessons of one half of a set."""

LESSONS = Path(__file__).parent.parent / "data" / "lessons"
"""Bases with answers and few ways to ask, and their questions, which were written to teach."""
WRITTEN = 0.15
"""How much these say of how probable an answer is, beside a set of the same size that people asked:
their questions share few words with the answers on purpose. The ranker with vectors learns from all
alike; the one without lost as much where people asked as it gained."""

Sets = dict[str, tuple[Path, Path]]


@dataclass(frozen=True, slots=True)
class Half:
    """Lessons of a set with its articles as they are, or with their titles alone.

    `real`: people asked these questions, so they say how much is answered; ways to ask that were
    taken out do not, because many were written to differ. `weight`: how much the half
    counts for the probabilities.
    `ways`: how many ways to ask an article has.
    """

    lessons: list[Lesson]
    real: bool
    weight: float = 1.0
    ways: float = 1.0


Questions = Sequence[tuple[str, Collection[int | str], Collection[int | str]]]


def main() -> None:
    """Measure, or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--set", nargs=3, action="append", metavar=("NAME", "FAQ", "QUERIES"))
    parser.add_argument("--encoder", default="auto")
    parser.add_argument("--engine", default="memory")
    parser.add_argument("--fit", type=Path, metavar="FOLDER")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} questions of each set")
    given = parser.parse_args()
    sets = {name: (Path(faq), Path(queries)) for name, faq, queries in given.set or ()}
    with tempfile.TemporaryDirectory() as folder:
        sets = sets or _demo(Path(folder))
        if given.fit:
            fit(sets, open_encoder(given.encoder), given.fit)
        else:
            measure(sets, given)


def _demo(folder: Path) -> Sets:
    """Write a set of the demo company's articles, of which every other phrasing asks."""
    faq, queries = folder / "faq.jsonl", folder / "queries.jsonl"
    articles, asked = [], []
    for number, path in enumerate(sorted(DEMO.rglob("*.md")), 1):
        head, body = path.read_text(encoding="utf-8").removeprefix("---\n").split("\n---\n", 1)
        told = yaml.safe_load(head)
        if told.get("audience", "public") != "public" or told.get("state") != "published":
            continue
        ways = [str(way) for way in told.get("phrasings") or ()]
        articles.append({"id": number, "question": told["question"], "answer": body,
                         "alternatives": ways[::2]})  # fmt: skip
        asked.extend({"query": way, "relevant": [number]} for way in ways[1::2])
    for file, rows in ((faq, articles), (queries, asked)):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        file.write_text("".join(lines), encoding="utf-8")
    return {"demo": (faq, queries)}


def measure(sets: Sets, given: argparse.Namespace) -> None:
    """Print one line for each set, way of teaching and baseline."""
    for name, (faq, queries) in sets.items():
        limit = QUICK if given.quick else None
        bases = {
            "tf_idf": baseline(faq, queries, limit, _cosine),
            "fts5": baseline(faq, queries, limit, _fts5),
        }
        for base, result in bases.items():
            print(name, base.replace("_", "-"), _short(result))
        for cold in (True, False):
            result = evaluation.evaluate(
                faq, queries, engine=given.engine, encoder=given.encoder, cold=cold, limit=limit
            )
            print(name, "cold" if cold else "taught", _short(result), _against(result, bases))


def _against(result: dict[str, object], bases: dict[str, dict[str, object]]) -> str:
    """Return how many times as often the first answer is right as with each yardstick."""
    first = {base: float(str(told["p_at_1"])) for base, told in bases.items()}
    told = ratios(float(str(result["p_at_1"])), **first)
    return "p_at_1 " + "  ".join(f"{name} {times:.2f}" for name, times in told.items())


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
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(words) if word)
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
    """Fit the shipped coefficients on all sets and write them; what is asked takes no part."""
    for semantic in (False, True):
        if semantic and encoder is None:
            continue
        used = encoder if semantic else None
        lessons = {name: taught_by(*paths, used) for name, paths in sets.items()}
        lessons |= {
            name: [replace(half, weight=WRITTEN) for half in taught_by(*paths, used)]
            for name, paths in _written().items()
        }
        names = (*LEXICAL, *SEMANTIC) if semantic else LEXICAL
        for left_out in lessons:
            rest = [part for name, parts in lessons.items() if name != left_out for part in parts]
            for part in lessons[left_out] if rest else ():
                held = _held(train(rest, names), part)
                print(FILES[semantic], "without", left_out, held)
        model = train([part for parts in lessons.values() for part in parts], names)
        text = json.dumps(to_json(model), indent=1, ensure_ascii=False)
        (folder / FILES[semantic]).write_text(text + "\n", encoding="utf-8")
        print(text)


def _written() -> Sets:
    """Return the sets that were written to teach, by name."""
    articles = sorted(LESSONS.glob("*-articles.jsonl"))
    names = [path.name.removesuffix("-articles.jsonl") for path in articles]
    return {name: (path, LESSONS / f"{name}-questions.jsonl")
            for name, path in zip(names, articles, strict=True)}  # fmt: skip


def taught_by(faq: Path, queries: Path, encoder: Encoder | None) -> list[Half]:
    """Return what a set teaches: with its articles as they are, and with their titles alone.

    Questions are those marked `train`; without any, the ways to ask, each taken out. Many bases
    have hardly another way to ask than their titles: what counts there is learned from the
    second half, in which the first half's questions meet bare articles.
    """
    base = read_faq(faq)
    lines = [line for line in evaluation.read_queries(queries) if line.train]
    asked = [(line.query, line.relevant, line.relevant | line.also) for line in lines]
    others = [(text, {card.id}, {card.id}) for card in base for text in card.phrasings]
    bare = FileBase(replace(card, phrasings=()) for card in base)
    full = _asked(base, asked, encoder) if asked else _taken_out(base, encoder)
    halves = ((full, _ways(base)), (_asked(bare, asked or others, encoder), 1.0))
    return [Half(lessons, bool(asked), ways=ways) for lessons, ways in halves if lessons]


def _ways(base: FileBase) -> float:
    """Return how many ways to ask an article has (the geometric mean)."""
    return float(np.exp(np.mean([np.log(len(card.asked)) for card in base])))


def _asked(base: FileBase, questions: Questions, encoder: Encoder | None) -> list[Lesson]:
    chosen = questions[:: max(1, len(questions) // MOST)]
    topics = [
        Topic(text, frozenset(f"article:{i}" for i in right if there), None, real=True)
        for text, there, right in chosen
    ]
    with evaluation.throw_away(base, engine="memory", encoder=encoder, teach=False) as finder:
        vectors = encoder.encode([fold(topic.text) for topic in topics]) if encoder else None
        return [lesson_of(finder, base, topic, None if vectors is None else vectors[row])
                for row, topic in enumerate(topics)]  # fmt: skip


def _taken_out(base: FileBase, encoder: Encoder | None) -> list[Lesson]:
    with evaluation.throw_away(base, engine="memory", encoder=encoder, teach=False) as finder:
        found, row = [], 0
        for card in base:
            for text in card.asked:
                topic = Topic(text, frozenset({card.key}), Hidden(card.key, text, row), real=False)
                meaning = finder.knowledge.meaning
                vector = None if meaning is None else meaning.vectors[row]
                if len(card.asked) > 1:
                    found.append(lesson_of(finder, base, topic, vector))
                row += 1
        return found[:: max(1, len(found) // MOST)]


def train(halves: Sequence[Half], names: Sequence[str]) -> Model:
    """Fit on several sets; each half weighs as the root of its size.

    The ranker of a base is a blend of one for bare titles and one for many ways to ask: where
    there are many, the vectors of one article say in which directions they differ.
    """
    weighed = [(half, _weighed(half)) for half in halves]
    bare, many = _rankers(weighed, names)
    model = Model(bare, bare, {}, "", sum(len(lessons) for _, lessons in weighed), many)
    seen = [top for half, lessons in weighed if half.real
            for top in _tops(lessons, half.weight, model.of_base(half.ways).ranker)]  # fmt: skip
    calibrator = learning.fit_calibrator(seen, names, strength=CALIBRATOR_STRENGTH)
    gates = {
        channel: learning.gate_for(calibrator, seen, goal) for channel, goal in TARGETS.items()
    }
    digest = digest_of(model.examples, bare.weights, many and many.weights)
    return replace(model, calibrator=calibrator, gates=gates, digest=digest)


def _weighed(half: Half) -> list[Lesson]:
    weight = len(half.lessons) ** -0.5
    return [Lesson(one.rows, one.right, weight) for one in half.lessons if len(one.rows)]


def _rankers(
    weighed: Sequence[tuple[Half, Sequence[Lesson]]], names: Sequence[str]
) -> tuple[Linear, Linear | None]:
    """Return the ranker for bare titles and the one for many ways to ask.

    Without vectors there is one for both: how many there are is not known then.
    """
    if UNREAD[0] not in names:
        prior = Linear(tuple(names), (0.0,) * len(names))
        lessons = [replace(one, weight=one.weight * half.weight)
                   for half, some in weighed for one in some]  # fmt: skip
        return learning.fit_ranker(lessons, prior, strength=RANKER_STRENGTH[False]), None
    lessons = [
        replace(one, rows=np.hstack([one.rows, phrased(half.ways) * one.rows]))
        for half, some in weighed
        for one in some
    ]
    both = (*names, *(f"{name}@many" for name in names))
    fitted = learning.fit_ranker(
        lessons, Linear(both, (0.0,) * len(both)), strength=RANKER_STRENGTH[True]
    )
    bare, more = np.split(np.array(fitted.weights), 2)
    return Linear(tuple(names), tuple(bare.tolist())), Linear(
        tuple(names), tuple((bare + more).tolist())
    )


def _tops(lessons: Sequence[Lesson], weight: float, ranker: Linear) -> list[learning.Top]:
    """Return what the calibrator sees of people's questions, with and without their article."""
    asked = [replace(one, weight=one.weight * weight) for one in lessons]
    orphans = [one.orphaned(one.weight * ORPHANS) for one in asked if one.right.any()]
    return learning.tops([*asked, *(one for one in orphans if len(one.rows))], ranker)


def _held(model: Model, half: Half) -> dict[str, float]:
    lessons = half.lessons
    seen = learning.tops(lessons, model.of_base(half.ways).ranker)
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

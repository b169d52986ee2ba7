"""`wenqu ask --faq` and `wenqu eval`: a throw-away base asked with the product's own finder."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import Invalid
from search import bands, judging
from search.acquainting import Past
from search.analysis import Analyzer
from search.base import FileBase, document, read_faq, read_lines
from search.dictionaries import shipped as shipped_dictionaries
from search.encoder import Encoder, HttpSettings, Vectors, open_encoder
from search.engine import Position
from search.engines import open_engine
from search.finder import Answering, Finder, Match
from search.judging import Id, Judged
from search.profiles import Profiler
from search.schooling import school
from search.text import fold

BATCH = 256
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of a file of judged questions."""

    query: str
    relevant: frozenset[Id]
    also: frozenset[Id]
    kind: str
    train: bool


def ask(
    question: str,
    *,
    faq: Path,
    limit: int = 10,
    channel: str = bands.MAIL,
    explain: bool = False,
    engine: str = "auto",
    encoder: str = "auto",
    http: HttpSettings | None = None,
) -> dict[str, Any]:
    """Answer one question from a file; the JSON of `wenqu ask`.

    Raises:
        Invalid: wrong file, engine, encoder or channel.
        Unavailable: the encoder that was asked for does not run.
    """
    base = read_faq(faq)
    started = time.perf_counter()
    with throw_away(base, engine=engine, encoder=open_encoder(encoder, http=http)) as finder:
        found = finder.answering(base, question, limit=limit, channel=channel, explain=explain)
        return told(question, found, finder, time.perf_counter() - started)


def told(question: str, found: Answering, finder: Finder, seconds: float) -> dict[str, Any]:
    """Write what was found as the JSON of `wenqu ask`."""
    return {
        "question": question,
        "band": found.band,
        "corrected": found.corrected,
        "questions": [{"text": part.text, "band": part.band} for part in found.parts],
        "matches": [_match(match) for match in found.matches],
        "engine": finder.engine.capabilities.name,
        "encoder": finder.encoder.name if finder.encoder else "none",
        "seconds": round(seconds, 4),
    }


def evaluate(
    faq: Path,
    queries: Path,
    *,
    engine: str = "auto",
    encoder: str = "auto",
    cold: bool = False,
    limit: int | None = None,
    http: HttpSettings | None = None,
) -> dict[str, Any]:
    """Ask judged questions and return the JSON of `wenqu eval`.

    Args:
        faq: the base, one article a line.
        queries: the judged questions, one a line.
        engine: as in `--engine`.
        encoder: as in `--encoder`.
        http: for the encoder `http`.
        cold: leave out the lines with `"split": "train"`; they are never asked in any case.
        limit: ask a sample of this size, seed 0, stratified by answerable and kind.

    Raises:
        Invalid: see `ask`; or a line of `queries` that cannot be read.
        Unavailable: see `ask`.
    """
    started = time.perf_counter()
    base, lines = read_faq(faq), read_queries(queries)
    past = [] if cold else [_past(line) for line in lines if line.train]
    asked = sample([line for line in lines if not line.train], limit)
    with throw_away(
        base, engine=engine, encoder=open_encoder(encoder, http=http), past=past
    ) as finder:
        result = judging.figures(_judge(finder, base, asked))
        name = finder.engine.capabilities.name
        encoder_name = finder.encoder.name if finder.encoder else "none"
    return {
        "articles": base.published(),
        "learned": len(past),
        **result,
        "engine": name,
        "encoder": encoder_name,
        "seconds": round(time.perf_counter() - started, 2),
    }


@contextmanager
def throw_away(
    base: FileBase,
    *,
    engine: str = "auto",
    encoder: Encoder | None = None,
    past: Sequence[Past] = (),
    teach: bool = True,
) -> Iterator[Finder]:
    """Open a finder over a file; its index is gone afterwards.

    Args:
        base: the file.
        engine: as in `--engine`.
        encoder: None for words alone.
        past: questions of the past with what agents confirmed.
        teach: fit the models to this base; else the shipped ones are used.
    """
    analyzer = Analyzer(shipped_dictionaries())
    with tempfile.TemporaryDirectory(prefix="wenqu-") as folder:
        index = open_engine(engine, Path(folder))
        try:
            index.build((document(analyzer, card) for card in base), Position())
            profiler = Profiler(analyzer)
            knowledge = school(
                base, engine=index, analyzer=analyzer, profiler=profiler,
                encoder=encoder, past=past, fit=teach,
            )  # fmt: skip
            yield Finder(
                engine=index, analyzer=analyzer, profiler=profiler,
                knowledge=knowledge, encoder=encoder,
            )  # fmt: skip
        finally:
            index.close()


def read_queries(path: Path) -> list[Asked]:
    """Read `{"query", "relevant", "also_relevant"?, "kind"?, "split"?}` lines.

    Raises:
        Invalid: unreadable file; a line without query or relevant, or of other types.
    """
    return [_asked(path, number, row) for number, row in read_lines(path)]


def sample(lines: Sequence[Asked], limit: int | None) -> list[Asked]:
    """Return at most `limit` lines, each group of answerable and kind in its proportion."""
    if limit is None or limit >= len(lines):
        return list(lines)
    groups: dict[tuple[bool, str], list[int]] = {}
    for index, line in enumerate(lines):
        groups.setdefault((bool(line.relevant), line.kind), []).append(index)
    # A sample that repeats itself is wanted, not one that cannot be guessed.
    chooser = random.Random(0)  # noqa: S311
    taken: list[tuple[float, int]] = []
    for key in sorted(groups):
        members = chooser.sample(groups[key], len(groups[key]))
        taken.extend(((place + 0.5) / len(members), index) for place, index in enumerate(members))
    return [lines[index] for index in sorted(index for _, index in sorted(taken)[:limit])]


def _judge(finder: Finder, base: FileBase, asked: Sequence[Asked]) -> list[Judged]:
    judged: list[Judged] = []
    for start in range(0, len(asked), BATCH):
        part = asked[start : start + BATCH]
        began = time.perf_counter()
        vectors = _vectors(finder, [line.query for line in part])
        share = (time.perf_counter() - began) / len(part)
        judged.extend(
            _judge_one(finder, base, line, vector, share)
            for line, vector in zip(part, vectors, strict=True)
        )
    return judged


def _judge_one(
    finder: Finder, base: FileBase, line: Asked, vector: Vectors | None, encoding: float
) -> Judged:
    """Ask one question as a mail; `encoding` is its share of the seconds of its batch."""
    began = time.perf_counter()
    found = finder.answering(base, line.query, limit=DEPTH, channel=bands.MAIL, vector=vector)
    return Judged(
        relevant=line.relevant,
        also=line.also,
        kind=line.kind,
        ranked=tuple(match.article_id for match in found.matches),
        probability=found.matches[0].probability if found.matches else 0.0,
        answered=found.band == bands.ANSWER,
        seconds=time.perf_counter() - began + encoding,
    )


def _vectors(finder: Finder, texts: Sequence[str]) -> Sequence[Vectors | None]:
    if finder.encoder is None or finder.knowledge.meaning is None:
        return [None] * len(texts)
    return list(finder.encoder.encode([fold(text) for text in texts]))


def _past(line: Asked) -> Past:
    return Past(line.query, tuple(sorted(map(str, line.relevant))), tuple(map(str, line.also)))


def _asked(path: Path, number: int, row: Mapping[str, Any]) -> Asked:
    query, relevant = row.get("query"), row.get("relevant")
    also = row.get("also_relevant") or []
    ids = [*relevant, *also] if isinstance(relevant, list) and isinstance(also, list) else [None]
    if not isinstance(query, str) or not all(isinstance(id_, str | int) for id_ in ids):
        raise Invalid("line_wrong", field="path", value=str(path), line=number)
    return Asked(
        query=query,
        relevant=frozenset(relevant or ()),
        also=frozenset(also),
        kind=str(row.get("kind") or ""),
        train=row.get("split") == "train",
    )


def _match(match: Match) -> dict[str, Any]:
    return {
        "id": match.article_id,
        "question": match.question,
        "score": round(match.score, 4),
        "probability": round(match.probability, 4),
        "matched": match.matched,
        "parts": dict(match.parts),
    }

"""Texts for the benches: a file of articles, or as many as wanted made from the demo base."""

from __future__ import annotations

import argparse
import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path

DEMO = Path(__file__).parent.parent / "data" / "demo" / "articles"


@dataclass(frozen=True, slots=True)
class Text:
    """One article: a question and its answer, plain."""

    question: str
    answer: str


def parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options that all benches share."""
    found = argparse.ArgumentParser(description=description)
    found.add_argument("--corpus", type=Path, help="JSONL, also .gz, with question and answer")
    found.add_argument("--articles", type=int, default=2_000, help="how many are used")
    return found


def texts(corpus: Path | None, articles: int) -> list[Text]:
    """Return texts of the file, or sentences of the demo base in new combinations (seed 0)."""
    if corpus is None:
        return _made(articles)
    opened = gzip.open if corpus.suffix == ".gz" else open
    with opened(corpus, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [Text(row["question"], row.get("answer") or "") for row in rows[:articles]]


def questions(found: list[Text], count: int) -> list[str]:
    """Return questions: titles, and stretches of answers as a customer would quote them."""
    chance = random.Random(1)
    picked = chance.choices(found, k=count)
    return [
        text.question[-24:] if number % 2 else _stretch(text.answer, chance) or text.question
        for number, text in enumerate(picked)
    ]


def _stretch(answer: str, chance: random.Random) -> str:
    start = chance.randrange(max(1, len(answer) - 12))
    return answer[start : start + 12]


def _made(articles: int) -> list[Text]:
    chance = random.Random(0)
    lines = [
        line.strip()
        for path in sorted(DEMO.rglob("*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line.strip()) > 8
    ]
    return [
        Text(chance.choice(lines)[:40], "\n".join(chance.choices(lines, k=16)))
        for _ in range(articles)
    ]

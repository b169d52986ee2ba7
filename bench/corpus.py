"""Texts for the benches: a file of articles, or as many as wanted made from the demo base."""

from __future__ import annotations

import argparse
import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path

DEMO = Path(__file__).parent.parent / "data" / "demo" / "articles"
QUICK = 200


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
    found.add_argument("--json", type=Path, help="write the figures to this file as well")
    found.add_argument("--quick", action="store_true", help=f"{QUICK} articles, few questions")
    found.add_argument("--keep", type=Path, help="folder of an installation to make or use again")
    return found


def chosen_texts(given: argparse.Namespace) -> list[Text]:
    """Return the texts that the command line asks for."""
    return texts(given.corpus, QUICK if given.quick else given.articles)


def texts(corpus: Path | None, articles: int) -> list[Text]:
    """Return texts of the file, or sentences of the demo base in new combinations (seed 0).

    When more are wanted than the file holds, the rest is made of its lines: each with the title
    of one article and the lines of two, so that words stay as often used as they were.
    """
    if corpus is None:
        return _made(articles)
    opened = gzip.open if corpus.suffix == ".gz" else open
    with opened(corpus, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    found = [Text(row["question"], row.get("answer") or "") for row in rows[:articles]]
    return found + _varied(found, articles - len(found))


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


def _varied(found: list[Text], more: int) -> list[Text]:
    chance = random.Random(2)
    made = []
    for number in range(more):
        one, other = chance.choice(found), chance.choice(found)
        lines = one.answer.splitlines()[::2] + other.answer.splitlines()[1::2]
        chance.shuffle(lines)
        made.append(Text(f"{one.question[:100]} {number}", "\n".join(lines)))
    return made


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

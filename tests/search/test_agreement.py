"""Whichever engine is installed, customers find the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.agreement import overlaps
from kb import transfer_markdown
from search.base import Card, FileBase

DATA = Path(__file__).parents[2] / "data"
QUESTIONS = 30

pytestmark = pytest.mark.integration


def test_ten_best_are_the_same() -> None:
    folder = DATA / "demo"
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".md", ".yaml")
    }
    rows = transfer_markdown.read(files).articles
    base = FileBase(Card(row.key, row.question, tuple(row.phrasings), row.body_md) for row in rows)
    asked = [
        json.loads(line)["query"]
        for path in sorted((DATA / "judged").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    shared = overlaps(base, asked[:: max(1, len(asked) // QUESTIONS)], None)
    assert min(shared.values()) >= 0.9, shared

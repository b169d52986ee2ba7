"""What `wenqu ask --explain` adds: how the question was read, and what customers cannot see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy.orm import Session

from authoring import why
from search import explaining
from search.analysis import Analyzer
from wenqu.wiring import clock

Document = dict[str, Any]
"""JSON of `wenqu ask`."""


def reading(analyzer: Analyzer, question: str, document: Mapping[str, Any]) -> Document:
    """Return how the question was read."""
    corrected = document["corrected"]
    return {"reading": explaining.read(analyzer, question, corrected=corrected).as_json()}


def hidden(session: Session, question: str) -> list[Document]:
    """Return articles that ask much the same but that customers cannot see, and why."""
    return [
        {"id": row.id, "question": row.question, "reason": reason}
        for row, reason in why.hidden_alike(session, question, now=clock())
    ]


def show(document: Document) -> None:
    """Print it for people."""
    read = document.get("reading")
    if read:
        click.echo(f"断词：{' / '.join(token['text'] for token in read['tokens'])}")
        for word, others in read["synonyms"].items():
            click.echo(f"同义词：{word} = {'、'.join(others)}")
        if read["corrected"]:
            click.echo(f"当作：{read['corrected']}")
    for row in document.get("hidden", ()):
        click.echo(f"客户看不到：{row['id']}  {row['question']}（{row['reason']}）")

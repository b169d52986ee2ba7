"""Bring the demo's past questions in, as a site that has been in use for two months has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import tokens
from kb.errors import Invalid
from kb.models.knowledge import Article
from kb.models.service import CONFIRMED, OUTCOMES, PERSON, Question, Shown

Record = Mapping[str, Any]  # JSON: see `load`
MOST_ASKERS = 30
SURE, LIKELY = 0.9, 0.6


def load(session: Session, path: Path, *, now: datetime) -> int:
    """Add the questions of a file.

    Args:
        session: the unit of work; the articles must be there.
        path: JSON Lines with `{"text", "channel", "days_ago", "hour", "chosen": [key],
            "also"?: [key], "outcome", "askers"}`; `chosen` empty when nothing answers it.
        now: from which `days_ago` counts.

    Returns:
        how many lines were added.

    Raises:
        Invalid: `line_wrong`.
    """
    ids = {row.key: row.id for row in session.execute(select(Article.key, Article.id))}
    count = 0
    for number, record in _read(path):
        chosen = [ids[key] for key in record["chosen"] if key in ids]
        if record["outcome"] not in OUTCOMES or len(chosen) != len(record["chosen"]):
            raise Invalid("line_wrong", field="path", value=path.name, line=number)
        _add(session, number, record, chosen, now)
        count += 1
    session.flush()
    return count


def _read(path: Path) -> Iterator[tuple[int, Record]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not {"text", "channel", "days_ago", "hour", "chosen", "outcome"} <= set(record):
                raise ValueError
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid("line_wrong", field="path", value=path.name, line=number) from error
        yield number, record


def _moment(record: Record, now: datetime) -> datetime:
    """Return when it was asked; never later than now."""
    day = now - timedelta(days=int(record["days_ago"]))
    at = day.replace(hour=int(record["hour"]), minute=int(record.get("minute", 17)))
    return min(at, now - timedelta(minutes=1))


def _add(session: Session, number: int, record: Record, chosen: list[int], now: datetime) -> None:
    asked = _moment(record, now)
    for place in range(min(int(record.get("askers", 1)), MOST_ASKERS)):
        # Whoever asks the same does so on other days too.
        at = asked - timedelta(hours=7 * place)
        question = Question(
            channel=record["channel"],
            text=record["text"],
            visitor=tokens.digest(f"demo:{number}:{place}"),
            band="answer" if chosen and record["outcome"] == CONFIRMED else "suggest",
            results=len(chosen),
            outcome=record["outcome"],
            outcome_at=at + timedelta(minutes=3),
            answered_at=at if chosen and record["outcome"] != PERSON else None,
            created_at=at,
        )
        question.shown.extend(_shown(chosen, record["outcome"], at, first=place == 0))
        if not chosen:
            question.nothing_by = "agent" if place == 0 else None
        session.add(question)


def _shown(chosen: list[int], outcome: str, at: datetime, *, first: bool) -> list[Shown]:
    return [
        Shown(
            article_id=article_id,
            position=place,
            probability=SURE if outcome == CONFIRMED else LIKELY,
            clicked_at=at + timedelta(seconds=20),
            confirmed_by="agent" if first else None,
        )
        for place, article_id in enumerate(chosen)
    ]

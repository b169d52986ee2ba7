from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from authoring import demo_questions
from kb import questions
from kb.errors import Invalid
from kb.models.service import Question
from tests.factories import make_article

LINE = {
    "text": "锁没电咋整",
    "channel": "search",
    "days_ago": 3,
    "hour": 20,
    "chosen": ["lock-power-001"],
    "outcome": "confirmed",
    "askers": 4,
}


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    return path


def test_each_asker_counts_and_one_of_them_teaches(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    article = make_article(session, key="lock-power-001")
    gap = {**LINE, "text": "能接米家吗", "chosen": [], "outcome": "failed", "askers": 2}
    path = write(tmp_path / "q.jsonl", LINE, gap)
    assert demo_questions.load(session, path, now=now) == 2
    assert session.scalar(select(func.count()).select_from(Question)) == 6
    # What is held out judges instead of teaching.
    known = [*questions.teaching(session), *questions.judging(session)]
    taught = {one.text: one.article_ids for one in known}
    assert taught == {"锁没电咋整": (article.id,), "能接米家吗": ()}
    assert all(row.created_at < now for row in session.scalars(select(Question)))


@pytest.mark.parametrize(
    "line", [{**LINE, "chosen": ["nothing"]}, {**LINE, "outcome": "well"}, {"text": "x"}, [1]]
)
def test_a_bad_line_is_named(session: Session, now: datetime, tmp_path: Path, line: object) -> None:
    make_article(session, key="lock-power-001")
    path = write(tmp_path / "q.jsonl", LINE, line)
    with pytest.raises(Invalid) as caught:
        demo_questions.load(session, path, now=now)
    assert caught.value.params["line"] == 2

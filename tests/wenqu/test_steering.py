"""The worker asks what an article took, tells the agent, and gathers what others asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import impact_job
from kb import articles, askings, heeds, jobs, questions
from kb.articles import Content
from kb.models.people import EDITOR
from kb.models.system import Job
from search.finding import Finding
from tests import databases
from tests.factories import MOMENT, make_actor, make_article, make_contact
from wenqu import steering
from wenqu.worker import Worker


def ask(session: Session, text: str, who: str, article: int | None = None) -> None:
    contact = make_contact(session, f"{who}@c.example")
    offers = [questions.Offer(article, 0.9)] if article else []
    asked = questions.Asked("form", text, contact_id=contact.id)
    now = MOMENT - timedelta(days=1)
    row = questions.record(session, asked, offers, now=now)
    if article:
        questions.clicked(session, row.id, article, now=now)


def test_the_jobs_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = databases.in_file(tmp_path / "base.db")
    with db.transaction() as session:
        editor = make_actor(session, role=EDITOR)
        old = make_article(session, question="门锁电池怎么换？", body="拧开后盖。").id
        ask(session, "电池怎么换啊", "a", old)
        ask(session, "怎么拧开", "b", old)
        for who in "abc":
            ask(session, "换了手机怎么连门锁", who)
        content = Content("电池怎么换啊？", "看这里。")
        article = articles.create(session, content, author_id=None, now=MOMENT)
        articles.go_live(session, article, now=MOMENT)
        subject = impact_job.article_live(article, was=None)
        impact_job.later(session, subject, user_id=editor.user_id or 0, now=MOMENT)
        jobs.enqueue(session, steering.ASKINGS, {}, now=MOMENT)
    finding = Finding(db, tmp_path / "i", engine="memory", encoder="none", clock=lambda: MOMENT)
    finding.catch_up()
    # Of the two questions one is asked a step, and each step is a turn.
    monkeypatch.setattr(impact_job, "STEP", -1.0)
    monkeypatch.setattr(impact_job, "SLICE", -1.0)
    kinds = {impact_job.KIND: steering.asking(finding), **steering.handlers()}
    worker = Worker(db, kinds, (), lambda: MOMENT)
    assert [worker.step() for _ in range(3)] == [True] * 3
    assert not worker.step()
    with db.reading() as session:
        assert set(session.scalars(select(Job.state))) == {jobs.DONE}
        (word,) = heeds.waiting(session, editor.user_id or 0, now=MOMENT)
        assert word.detail["taken"] == [{"article": old, "count": 1}]
        assert [row.text for row in askings.listed(session, askings.WAITING)] == [
            "换了手机怎么连门锁"
        ]
    finding.stop()
    db.close()

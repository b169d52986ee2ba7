"""The same way on PostgreSQL, where several workers write at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from autoreply import backtest_job, corrections, holdout, inbound, pauses, recall, rollout_measure
from autoreply.policy_tables import Backtest
from autoreply.sender import Sender
from autoreply.tables import Spool
from kb import jobs
from kb.db import Database
from tests.autoreply.world import LOCKED_OUT, SECRET, ZONE, Answers, World, fill, text_of

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(postgres: Database) -> World:
    sender = Sender(secret=SECRET, base_url="https://help.anlu.example", timezone=ZONE)
    return World(postgres, sender, Answers(ids=fill(postgres)))


def test_a_mail_is_answered_and_its_reply_goes_to_a_person(world: World) -> None:
    world.know(LOCKED_OUT)
    assert world.receive().outcome == "answered"
    world.later(minutes=1)
    assert world.receive("还是不行", parent=world.sent[0]).outcome == "ticket"
    assert "工单号" in text_of(world.sent[1])
    assert world.tickets[0].state == "open"


def test_workers_side_by_side_share_the_quota(world: World) -> None:
    world.policy(per_sender_day=2)
    for place in range(6):
        world.mail(f"第{place}件谁也没问过的事？", subject=f"主题{place}")
    threads = [threading.Thread(target=_work, args=(world,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [row.outcome for row in world.all(Spool)] == ["ticket"] * 6
    assert len(world.outbox) == 2
    assert len(world.sent) == 2


def _work(world: World) -> None:
    while True:
        with world.db.transaction() as session:
            job = jobs.claim(session, owner="test", now=world.now)
        if job is None:
            return
        world.run(job)


def test_the_policy_of_answering_on_the_other_database(world: World) -> None:
    article = world.know(LOCKED_OUT)
    world.policy(per_sender_day=1, holdout=20)
    for place in range(8):
        world.receive(sender=f"p{place}@d{place}.example")
    world.receive("还有一件谁也没问过的事", sender="p0@d0.example", subject="另一件")
    with world.db.transaction() as session:
        [pause] = pauses.holding(session, now=world.now)
        pauses.lift(session, pause.id, by=None, now=world.now)
        assert rollout_measure.refresh(session, now=world.now) == 8
        day = timedelta(days=1)
        seen = holdout.traces(session, since=world.now - day, until=world.now + day)
        assert len(seen) == 8
        sent = sum(one.answered for one in seen)
        assert recall.versions(session, article) == [(1, sent)]
        words = recall.Words("那封信写错了。")
        recall.correct(session, article, recall.Filter(version=1), words, expected=sent,
                       by=None, now=world.now)  # fmt: skip
    world.later(minutes=1)
    world.work()
    with world.db.transaction() as session:
        assert corrections.outcomes(session, article)[0].states == {"sent": sent}
        backtest_job.start(session, by=None, now=world.now)
        job = jobs.claim(session, owner="t", now=world.now, kinds=(backtest_job.KIND,))
    assert job is not None
    bench = backtest_job.Bench(world.sender, world.answers, str.split, inbound.read)
    backtest_job.work(world.db, job, world.clock, bench)
    [test] = world.all(Backtest)
    assert (test.state, test.result["mails"]) == ("done", 9)

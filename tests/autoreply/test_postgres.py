"""The same way on PostgreSQL, where several workers write at once."""

from __future__ import annotations

import threading

import pytest

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

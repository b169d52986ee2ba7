"""Quotas that are used up: written down, over by themselves, lifted by people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from autoreply import pauses
from autoreply.policy_tables import Pause
from autoreply.tables import OutgoingMail
from kb.errors import Conflict, NotFound
from tests.autoreply.world import CUSTOMER, World


def ask(world: World, number: int, *, sender: str = CUSTOMER) -> None:
    world.receive(f"第{number}个谁也没问过的问题？", subject=f"主题{number}", sender=sender)


def holding(world: World) -> list[Pause]:
    with world.db.reading() as session:
        return list(pauses.holding(session, now=world.now))


def test_a_senders_quota_is_written_down_until_there_is_room(world: World) -> None:
    world.policy(per_sender_day=2)
    began = world.now
    for number in range(4):
        ask(world, number)
        world.later(hours=1)
    [row] = holding(world)
    assert (row.kind, row.key, row.limit, row.stopped) == ("sender", CUSTOMER, 2, 2)
    assert row.until == began + timedelta(days=1)
    world.now = row.until + timedelta(minutes=1)
    assert holding(world) == []
    ask(world, 9)
    assert len(world.sent) == 3


def test_a_domains_quota_names_the_domain(world: World) -> None:
    world.policy(per_domain_hour=1)
    ask(world, 0, sender="a@firm.example")
    ask(world, 1, sender="b@firm.example")
    ask(world, 2, sender="c@else.example")
    [row] = holding(world)
    assert (row.kind, row.key) == ("domain", "firm.example")
    assert len(world.sent) == 2


def test_the_breaker_stays_open_for_its_minutes(world: World) -> None:
    world.policy(per_minute=2, pause_minutes=10)
    for number in range(4):
        ask(world, number, sender=f"p{number}@d{number}.example")
    [row] = holding(world)
    assert (row.kind, row.key, row.stopped) == ("breaker", "", 2)
    assert row.until == world.now + timedelta(minutes=10)
    world.later(minutes=5)
    ask(world, 5, sender="p5@d5.example")
    assert len(world.sent) == 2
    world.later(minutes=6)
    ask(world, 6, sender="p6@d6.example")
    assert len(world.sent) == 3
    assert len(world.tickets) == 6


def test_bounces_open_the_breaker(world: World) -> None:
    world.policy(bounce_share=20, per_minute=100)
    for number in range(20):
        ask(world, number, sender=f"p{number}@d{number}.example")
    with world.db.transaction() as session:
        for row in world.outbox[:5]:
            session.get_one(OutgoingMail, row.id).bounced_at = world.now
    ask(world, 30, sender="q@d99.example")
    [pause] = holding(world)
    assert (pause.kind, pause.limit) == ("bounces", 20)
    assert len(world.sent) == 20


@pytest.mark.parametrize("kind", ["sender", "breaker"])
def test_lifting_counts_anew_at_once(world: World, kind: str) -> None:
    world.policy(**({"per_sender_day": 2} if kind == "sender" else {"per_minute": 2}))
    for number in range(3):
        ask(world, number)
    [row] = holding(world)
    assert row.kind == kind
    with world.db.transaction() as session:
        pauses.lift(session, row.id, by=7, now=world.now)
    assert holding(world) == []
    world.later(seconds=1)
    for number in range(3, 6):
        ask(world, number)
    assert len(world.sent) == 4
    [again] = holding(world)
    assert again.id != row.id
    with world.db.reading() as session:
        [past] = pauses.past(session, now=world.now)
    assert (past.id, past.lifted_by) == (row.id, 7)


def test_what_is_over_cannot_be_lifted(world: World) -> None:
    world.policy(per_minute=1)
    for number in range(2):
        ask(world, number)
    [row] = holding(world)
    world.later(hours=1)
    with world.db.transaction() as session:
        with pytest.raises(Conflict):
            pauses.lift(session, row.id, by=None, now=world.now)
        with pytest.raises(NotFound):
            pauses.lift(session, 999, by=None, now=world.now)


def test_a_mail_that_gets_nothing_anyway_opens_no_pause(world: World) -> None:
    world.policy(per_sender_day=1)
    ask(world, 0)
    world.mail("", subject="自动回复：外出", Auto_Submitted="auto-replied")
    world.work()
    assert holding(world) == []

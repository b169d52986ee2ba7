"""What counts towards the quotas: mail of the machine, and what of it came back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from autoreply import quota, suppression
from autoreply.tables import ALARM, AUTOMATIC, CANCELLED, COUNTED_KINDS, REPLY, SENT, OutgoingMail
from tests.autoreply.world import World

WHO = "wang@qq.example"


def put(world: World, kind: str = AUTOMATIC, state: str = SENT, **values: object) -> None:
    with world.db.transaction() as session:
        row = {"kind": kind, "state": state, "to_address": WHO, "to_key": WHO,
               "to_domain": "qq.example", "articles": [], "references": [],
               "created_at": world.now, **values}  # fmt: skip
        session.add(OutgoingMail(**row))


def counted(world: World) -> quota.Counts:
    with world.db.reading() as session:
        return suppression.counts(session, WHO, now=world.now)


@pytest.mark.parametrize("kind", sorted(COUNTED_KINDS))
def test_mail_of_the_machine_counts_everywhere(world: World, kind: str) -> None:
    put(world, kind)
    found = counted(world)
    assert (found.sender_day, found.domain_hour, found.all_minute, found.all_hour) == (1, 1, 1, 1)


@pytest.mark.parametrize(("kind", "state"), [(AUTOMATIC, CANCELLED), (REPLY, SENT), (ALARM, SENT)])
def test_what_was_cancelled_or_came_from_people_or_goes_to_them_counts_nowhere(
    world: World, kind: str, state: str
) -> None:
    put(world, kind, state)
    assert counted(world) == quota.Counts()


def test_only_what_came_back_counts_as_a_bounce(world: World) -> None:
    for bounced_at in (None, None, world.now):
        put(world, bounced_at=bounced_at)
    found = counted(world)
    assert (found.all_hour, found.bounced_hour) == (3, 1)


@pytest.mark.parametrize(
    ("ago", "left"),
    [(timedelta(seconds=61), (1, 1, 0, 1)), (timedelta(minutes=61), (1, 0, 0, 0)),
     (timedelta(hours=25), (0, 0, 0, 0))],
)  # fmt: skip
def test_each_window_ends(world: World, ago: timedelta, left: tuple[int, ...]) -> None:
    then: datetime = world.now - ago
    put(world, created_at=then)
    found = counted(world)
    assert (found.sender_day, found.domain_hour, found.all_minute, found.all_hour) == left


def test_another_address_of_the_domain_counts_for_the_domain_alone(world: World) -> None:
    put(world, to_key="li@qq.example", to_address="li@qq.example")
    found = counted(world)
    assert (found.sender_day, found.domain_hour) == (0, 1)

"""What answering saves, against mails that were held out."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from autoreply import holdout
from autoreply.holdout import Trace, effect, means, shares, wilson
from kb import questions, tickets
from kb.models.service import AGENT, CUSTOMER, Ticket
from tests.autoreply.world import LOCKED_OUT, World


def side(count: int, *, answered: bool, handling: float, again: int = 0) -> list[Trace]:
    return [
        Trace(answered, 30.0 if answered else 3600.0, handling + n % 3, n < again, not answered)
        for n in range(count)
    ]


def test_too_few_say_nothing() -> None:
    found = effect(side(100, answered=True, handling=60) + side(5, answered=False, handling=300))
    assert found.handling is None
    assert (found.answered.mails, found.held_out.mails) == (100, 5)


def test_a_clear_difference_is_stated_with_its_interval() -> None:
    found = effect(side(200, answered=True, handling=60, again=10)
                   + side(40, answered=False, handling=300, again=3))  # fmt: skip
    assert found.handling is not None
    assert found.handling.low < -240 < found.handling.high
    assert found.handling.sure
    assert found.again is not None
    assert not found.again.sure
    assert found.person is not None
    assert found.person.value == -1.0
    assert found.answered.first == 30.0


@given(st.integers(1, 300), st.data())
def test_a_share_lies_in_its_interval(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    low, high = wilson(part, whole)
    assert 0 <= low <= part / whole + 1e-9
    assert part / whole - 1e-9 <= high <= 1


@given(st.tuples(st.integers(0, 50), st.just(50)), st.tuples(st.integers(0, 50), st.just(50)))
def test_a_difference_turned_round_changes_its_sign(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    there, back = shares(one, other), shares(other, one)
    assert abs(there.value + back.value) < 1e-9
    assert abs(there.low + back.high) < 1e-9


def test_the_difference_of_equal_means_is_nothing_sure() -> None:
    assert not means([1.0, 2.0, 3.0], [2.0, 1.0, 3.0]).sure


def test_traces_of_both_sides(world: World) -> None:
    world.policy(holdout=20)
    world.know(LOCKED_OUT)
    for number in range(12):
        world.receive(sender=f"p{number}@d{number}.example")
    held = next(row for row in world.decisions if row.held == "holdout")
    world.later(minutes=30)
    with world.db.transaction() as session:
        ticket = session.get_one(Ticket, held.ticket_id)
        tickets.say(session, ticket, tickets.Saying(AGENT, "贴电池。", "mail"), now=world.now)
        ticket.handling_seconds = 240
        later = world.now + timedelta(hours=1)
        tickets.say(session, ticket, tickets.Saying(CUSTOMER, "还不行", "mail"), now=later)
    with world.db.reading() as session:
        found = holdout.traces(
            session, since=world.now - timedelta(days=1), until=world.now + timedelta(days=1)
        )
    mine = [one for one in found if not one.answered]
    assert len(found) == 12
    assert Trace(answered=False, first=1800.0, handling=240.0, again=True, person=True) in mine
    answered = [one for one in found if one.answered]
    assert {one.first for one in answered} == {0.0}
    assert not any(one.person for one in answered)


def test_a_choice_for_a_held_out_mail_teaches_as_such(world: World) -> None:
    world.policy(holdout=20)
    article = world.know(LOCKED_OUT)
    for number in range(12):
        world.receive(sender=f"p{number}@d{number}.example")
    with world.db.transaction() as session:
        for row in world.decisions:
            by = holdout.who_taught(session, row.question_id or 0)
            assert by == ("holdout" if row.held == "holdout" else "agent")
            if row.held == "holdout":
                question = questions.get(session, row.question_id or 0)
                questions.confirm(session, question, article, by, now=world.now)
        assert [one.article_ids for one in questions.teaching(session)] == [(article,)]

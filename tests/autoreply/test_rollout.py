"""How far answering is switched on, by category, and how sure it must be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from autoreply import rollout, rollout_measure
from autoreply.policy_tables import Topic
from autoreply.rollout import CLOSED, Stance
from autoreply.rollout_measure import Seen, measure
from autoreply.tables import Decision
from kb import categories, questions, settings
from kb.models.knowledge import Article, Category
from search.bands import Gates
from search.finder import Match, Part
from search.finding import Found
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, NOW, SECRET, World

AUTOMATION = settings.Automation(mode="on")


def tree(session: Session) -> tuple[Category, Category]:
    lock = categories.put(session, categories.Branch("lock", "门锁"), now=NOW)
    below = categories.Branch("lock-open", "开门", parent_id=lock.id)
    return lock, categories.put(session, below, now=NOW)


def put(session: Session, category: Category, **values: object) -> None:
    row = rollout.topic(session, category.id)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def place(world: World, article_id: int, **values: object) -> int:
    """Put an article into a category below another, and choose for the upper one."""
    with world.db.transaction() as session:
        lock, below = tree(session)
        session.get_one(Article, article_id).category_id = below.id
        put(session, lock, **values)
        return below.id


# Inheritance.


def test_a_category_inherits_what_it_does_not_say(world: World) -> None:
    with world.db.transaction() as session:
        lock, below = tree(session)
        put(session, lock, mode="draft", precision=0.99)
        put(session, below, margin=0.4)
        found = rollout.stance(session, below.id, AUTOMATION)
        assert (found.mode, found.target, found.margin) == ("draft", 0.99, 0.4)
        assert (found.share, found.topic) == (AUTOMATION.share, "lock-open")
        put(session, below, mode="on")
        assert rollout.stance(session, below.id, AUTOMATION).mode == "on"
        assert rollout.stance(session, lock.id, AUTOMATION).mode == "draft"
        assert rollout.stance(session, None, AUTOMATION).mode == "on"


def test_never_is_inherited_and_cannot_be_taken_back_below(world: World) -> None:
    with world.db.transaction() as session:
        lock, below = tree(session)
        put(session, lock, never=True)
        put(session, below, mode="on")
        assert rollout.stance(session, below.id, AUTOMATION).never
        by_slug = settings.Automation(mode="on", never_topics=("lock",))
        put(session, lock, never=False)
        assert rollout.stance(session, below.id, by_slug).never


def test_several_questions_follow_the_most_careful(world: World) -> None:
    def one(mode: str, share: int = 20, *, never: bool = False) -> Stance:
        return Stance(mode, share, 0.95, 0.2, 0.0, never=never)

    assert rollout.strictest([one("on"), one("draft"), one("share")]).mode == "draft"
    assert rollout.strictest([one("share", 50), one("share", 10)]).share == 10
    assert rollout.strictest([one("shadow"), one("on", never=True)]).never


# Who is inside.


@given(st.integers(1, 100), st.integers(1, 100))
def test_who_is_inside_stays_inside_when_the_share_grows(one: int, other: int) -> None:
    low, high = sorted((one, other))
    for number in range(20):
        address = f"p{number}@example.com"
        if rollout.inside(SECRET, address, low):
            assert rollout.inside(SECRET, address, high)


def test_shares_are_about_what_they_say() -> None:
    many = [f"p{number}@example.com" for number in range(4000)]
    inside = sum(rollout.inside(SECRET, address, 20) for address in many)
    held = sum(rollout.held_out(SECRET, address, 5, now=NOW) for address in many)
    both = sum(
        rollout.inside(SECRET, a, 20) and rollout.held_out(SECRET, a, 5, now=NOW) for a in many
    )
    assert 700 < inside < 900
    assert 150 < held < 250
    # Independent of each other: the held out are no special part of the share.
    assert 20 < both < 65
    assert not any(rollout.held_out(SECRET, address, 0, now=NOW) for address in many)


def test_one_address_is_one_customer_however_it_is_written() -> None:
    for number in range(50):
        plain, tagged = f"p{number}@example.com", f"P{number}+x@Example.com"
        assert rollout.inside(SECRET, plain, 30) == rollout.inside(SECRET, tagged, 30)


def test_the_hold_out_is_the_same_for_a_week_and_not_for_ever() -> None:
    weeks = [NOW + timedelta(weeks=number) for number in range(60)]
    drawn = [rollout.held_out(SECRET, CUSTOMER, 20, now=week) for week in weeks]
    assert 0 < sum(drawn) < 60
    monday = NOW - timedelta(days=NOW.weekday())
    same = {
        rollout.held_out(SECRET, CUSTOMER, 20, now=monday + timedelta(days=day)) for day in range(6)
    }
    assert len(same) == 1


# How sure.


def test_a_high_target_asks_for_as_much_probability() -> None:
    stance = Stance("on", 20, 0.98, 0.3, 0.1)
    assert rollout.gates(Gates(0.85), stance) == Gates(0.98, 0.3, 0.1)
    usual = Stance("on", 20, 0.95, 0.2, 0.0)
    assert rollout.gates(Gates(0.85), usual) == Gates(0.85, 0.2, 0.0)


def test_what_was_measured_counts_before_what_was_shipped() -> None:
    stance = Stance("on", 20, 0.95, 0.2, 0.0, gate=0.91, gate_from="topic")
    assert rollout.gates(Gates(0.85), stance).probability == 0.91


seen = st.lists(
    st.builds(
        Seen,
        probability=st.floats(0.1, 1).map(lambda p: round(p, 2)),
        sure=st.booleans(),
        right=st.none() | st.booleans(),
        said=st.booleans(),
    ),
    max_size=60,
)


@given(seen, st.sampled_from([0.5, 0.8, 0.95, 1.0]), st.integers(1, 20))
def test_above_the_gate_the_target_was_reached(rows: list[Seen], target: float, least: int) -> None:
    found = measure(rows, target, least)
    said = [row for row in rows if row.sure and row.right is not None and row.said]
    assert (found.gate is None) == (len(said) < least)
    if found.gate is None or found.gate == CLOSED:
        return
    above = [
        row
        for row in rows
        if row.probability >= found.gate and (row.right is not None or not row.sure)
    ]
    assert sum(bool(row.right) for row in above) >= target * len(above)


def test_silence_about_what_was_unsure_is_no_praise() -> None:
    sure = [Seen(0.95, sure=True, right=True, said=True)] * 30
    unsure = [Seen(0.6, sure=False, right=None)] * 20 + [
        Seen(0.6, sure=False, right=True, said=True)
    ] * 20
    assert measure(sure + unsure, 0.95, 30).gate == 0.95
    praised = [Seen(0.6, sure=False, right=True, said=True)] * 20
    assert measure(sure + praised, 0.95, 30).gate == 0.6


def test_a_missed_target_closes_the_gate() -> None:
    bad = [Seen(0.97, sure=True, right=number % 2 == 0, said=True) for number in range(40)]
    found = measure(bad, 0.95, 30)
    assert (found.gate, found.known, found.right) == (CLOSED, 40, 20)


# On a real base.


def decide(world: World, article: int, category: int, number: int, *, right: bool) -> None:
    with world.db.transaction() as session:
        asked = questions.Asked("mail", f"问{number}", band="answer")
        question = questions.record(session, asked, (), now=world.now)
        session.add(
            Decision(
                created_at=world.now, mode="shadow", action="ticket", wanted="answer",
                band="answer", probability=0.9, article_id=article, category_id=category,
                inputs={}, explanation={}, question_id=question.id,
            )
        )  # fmt: skip
        if right:
            questions.confirm(session, question, article, "agent", now=world.now)
        else:
            questions.refute(session, question, "agent")


def test_a_category_that_misses_its_target_answers_no_more(world: World) -> None:
    article = world.know(LOCKED_OUT)
    category = place(world, article)
    for number in range(12):
        decide(world, article, category, number, right=number % 2 == 0)
    world.policy(fewest_known=10)
    with world.db.transaction() as session:
        assert rollout_measure.refresh(session, now=world.now) == 12
        row = session.get_one(Topic, category)
        assert (row.gate, row.known, row.right) == (CLOSED, 12, 6)
    world.answers = Sure(world, article)  # type: ignore[assignment]
    world.receive()
    last = world.decisions[-1]
    assert (last.action, last.band) == ("suggest", "suggest")
    assert last.inputs["tried"][0]["gate"] == CLOSED
    assert last.inputs["gate_from"] == "topic"


class Sure:
    """A finder that says how sure it is and leaves the band to the policy."""

    def __init__(self, world: World, article: int, probability: float = 0.97) -> None:
        self.article, self.probability = article, probability

    def answering(
        self, session: Session, text: str, *, channel: str, limit: int, now: object
    ) -> Found:
        match = Match(self.article, LOCKED_OUT, 1.0, self.probability, LOCKED_OUT, coverage=0.9)
        other = Match(self.article + 1, "别的", 0.5, 0.5, "别的", coverage=0.1)
        part = Part(text, "answer", (match, other))
        return Found("answer", (match, other), (part,), gates=Gates(0.85))


@pytest.mark.parametrize(
    ("values", "action"),
    [
        ({}, "answer"),
        ({"precision": 0.96}, "answer"),
        ({"precision": 0.99}, "suggest"),
        ({"margin": 0.4}, "answer"),
        ({"margin": 0.6}, "suggest"),
        ({"coverage": 0.8}, "answer"),
        ({"coverage": 0.95}, "suggest"),
        ({"never": True}, "receipt"),
        ({"mode": "off"}, "receipt"),
        ({"mode": "shadow"}, "receipt"),
        ({"mode": "draft"}, "receipt"),
        ({"mode": "share", "share": 100}, "answer"),
    ],
)
def test_a_topic_narrows_what_is_answered(
    world: World, values: dict[str, object], action: str
) -> None:
    article = world.know(LOCKED_OUT)
    place(world, article, **values)
    world.answers = Sure(world, article)  # type: ignore[assignment]
    world.receive()
    assert world.decisions[-1].action == action
    assert world.decisions[-1].inputs["topic"] == "lock-open"


def test_a_topic_can_be_on_while_the_rest_is_not(world: World) -> None:
    article = world.know(LOCKED_OUT)
    place(world, article, mode="on")
    world.policy(mode="shadow")
    world.receive()
    assert world.decisions[-1].sent
    world.receive("你们招人吗", sender="other@qq.example")
    last = world.decisions[-1]
    assert (last.action, last.wanted, last.held) == ("ticket", "receipt", "shadow")
    assert len(world.sent) == 1


def test_a_draft_waits_for_the_agent_and_the_customer_has_a_receipt(world: World) -> None:
    world.policy(mode="draft")
    article = world.know(LOCKED_OUT)
    world.receive()
    [row] = world.decisions
    assert (row.action, row.wanted, row.held, row.sent) == ("receipt", "answer", "draft", False)
    assert row.article_id == article
    [receipt] = world.outbox
    # What the agent is about to send stands in no receipt.
    assert (receipt.kind, receipt.state, receipt.articles) == ("receipt", "sent", [])
    [ticket] = world.tickets
    assert ticket.state == "new"
    world.receive("你们招人吗", sender="other@qq.example")
    last = world.decisions[-1]
    assert (last.action, last.wanted, last.held) == ("receipt", "receipt", "")


def test_a_topic_of_drafts_sends_no_receipt_where_nothing_leaves(world: World) -> None:
    place(world, world.know(LOCKED_OUT), mode="draft")
    world.policy(mode="shadow")
    world.receive()
    assert (world.decisions[-1].action, world.decisions[-1].held) == ("ticket", "draft")
    assert world.sent == []


def test_outside_the_share_a_person_answers(world: World) -> None:
    world.policy(mode="share", share=30)
    world.know(LOCKED_OUT)
    for number in range(12):
        world.receive(sender=f"p{number}@d{number}.example")
    kinds = [(row.action, row.held) for row in world.decisions]
    assert set(kinds) == {("answer", ""), ("receipt", "outside")}
    for row in world.decisions:
        assert row.sent == rollout.inside(SECRET, row.from_address, 30)


def test_held_out_mails_go_to_a_person_with_an_ordinary_receipt(world: World) -> None:
    world.policy(holdout=20)
    world.know(LOCKED_OUT)
    for number in range(12):
        world.receive(sender=f"p{number}@d{number}.example")
    held = [row for row in world.decisions if row.held == "holdout"]
    assert held
    for row in world.decisions:
        expected = rollout.held_out(SECRET, row.from_address, 20, now=world.now)
        assert (row.held == "holdout") == expected
    [receipt] = [m for m in world.outbox if m.ticket_id == held[0].ticket_id]
    assert (receipt.kind, receipt.articles) == ("receipt", [])

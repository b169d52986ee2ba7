"""Who was told what, and a correction to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from autoreply import corrections, recall, suppression
from autoreply.policy_tables import Correction, Said
from autoreply.recall import Filter, Words
from autoreply.tables import BOUNCED, OPTED_OUT
from kb.errors import Conflict, Invalid
from kb.models.service import Ticket
from tests.autoreply.world import LOCKED_OUT, World, text_of

EVERYONE = Filter()
WRONG = Words("那封信里的电池型号写错了，应该是9V方电池。", "The battery is a 9V block.")


def ask(world: World, *names: str) -> int:
    """Let people ask what is known; returns the article."""
    article = world.know(LOCKED_OUT)
    for name in names:
        world.receive(LOCKED_OUT, sender=f"{name}@qq.example")
    return article


def correct(
    world: World, article: int, *, expected: int, which: Filter = EVERYONE, words: Words = WRONG
) -> Correction:
    with world.db.transaction() as session:
        row = recall.correct(
            session, article, which, words, expected=expected, by=None, now=world.now
        )
        session.expunge(row)
    return row


def told(world: World, article: int, which: Filter = EVERYONE) -> list[recall.Told]:
    with world.db.reading() as session:
        return recall.told(session, article, which)


def test_every_sent_answer_is_remembered_with_its_revision(world: World) -> None:
    article = ask(world, "one", "two")
    rows = told(world, article)
    assert [(row.address, row.version, row.probability) for row in rows] == [
        ("two@qq.example", 1, 0.97),
        ("one@qq.example", 1, 0.97),
    ]
    with world.db.reading() as session:
        assert recall.versions(session, article) == [(1, 2)]
        assert recall.count(session, article, Filter(version=2)) == 0


def test_a_suggestion_is_no_answer(world: World) -> None:
    article = world.know(LOCKED_OUT, "suggest", 0.5)
    world.receive()
    assert told(world, article) == []


def test_a_filter_by_time(world: World) -> None:
    article = ask(world, "one")
    world.later(days=2)
    ask(world, "two")
    since = Filter(since=world.now - timedelta(days=1))
    until = Filter(until=world.now - timedelta(days=1))
    assert [row.address for row in told(world, article, since)] == ["two@qq.example"]
    assert [row.address for row in told(world, article, until)] == ["one@qq.example"]


def test_a_correction_reaches_each_once_in_their_conversation(world: World) -> None:
    article = ask(world, "one", "two")
    answers = {str(mail["To"]): mail for mail in world.sent}
    row = correct(world, article, expected=2)
    assert (row.queued, row.left_out) == (2, 0)
    world.later(minutes=1)
    world.work()
    sent = world.sent[2:]
    assert len(sent) == 2
    for mail in sent:
        before = answers[str(mail["To"])]
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Precedence"] == "bulk"
        assert mail["In-Reply-To"] == before["Message-ID"]
        assert str(before["Message-ID"]) in str(mail["References"])
        assert WRONG.text in text_of(mail)
    with pytest.raises(Conflict) as caught:
        correct(world, article, expected=2)
    assert caught.value.code == "nobody_to_tell"
    with world.db.reading() as session:
        [outcome] = corrections.outcomes(session, article)
    assert outcome.states == {"sent": 2}


def test_a_correction_moves_no_ticket_and_is_seen_in_it(world: World) -> None:
    article = ask(world, "one")
    correct(world, article, expected=1)
    [ticket] = world.tickets
    assert ticket.state == "waiting"
    last = world.messages[-1]
    assert (last.author, last.text, last.delivery) == ("automatic", WRONG.text, "queued")
    world.later(minutes=1)
    world.work()
    assert world.messages[-1].delivery == "sent"


def test_who_was_told_twice_gets_one_correction(world: World) -> None:
    article = ask(world, "one")
    world.later(days=2)
    ask(world, "one")
    assert len(told(world, article)) == 2
    correct(world, article, expected=1)
    assert all(row.corrected for row in told(world, article))


@pytest.mark.parametrize("reason", [BOUNCED, OPTED_OUT])
def test_dead_and_unwilling_addresses_are_left_out(world: World, reason: str) -> None:
    article = ask(world, "one", "two")
    with world.db.transaction() as session:
        suppression.suppress(session, "one@qq.example", reason, "", now=world.now)
    row = correct(world, article, expected=1)
    assert (row.queued, row.left_out) == (1, 1)
    world.later(minutes=1)
    world.work()
    assert [str(mail["To"]) for mail in world.sent[2:]] == ["王芳 <two@qq.example>"]


def test_an_address_that_dies_meanwhile_gets_nothing(world: World) -> None:
    article = ask(world, "one")
    correct(world, article, expected=1)
    with world.db.transaction() as session:
        suppression.suppress(session, "one@qq.example", BOUNCED, "", now=world.now)
    world.later(minutes=1)
    world.work()
    assert len(world.sent) == 1
    with world.db.reading() as session:
        assert corrections.outcomes(session, article)[0].states == {"failed": 1}


def test_the_number_that_was_confirmed_must_still_hold(world: World) -> None:
    article = ask(world, "one", "two")
    with pytest.raises(Conflict) as caught:
        correct(world, article, expected=1)
    assert caught.value.code == "stale_count"
    assert not world.all(Correction)


@pytest.mark.parametrize("text", ["", "  ", "字" * 10_001])
def test_what_says_nothing_or_too_much_is_refused(world: World, text: str) -> None:
    article = ask(world, "one")
    with pytest.raises(Invalid):
        correct(world, article, expected=1, words=Words(text))


def test_another_language_gets_its_own_text(world: World) -> None:
    article = world.know(LOCKED_OUT)
    world.answers.known["locked out"] = ("answer", 0.97)
    world.answers.ids["locked out"] = article
    world.receive("I am locked out, what now? Please help me to open it.", subject="help")
    correct(world, article, expected=1)
    world.later(minutes=1)
    world.work()
    assert WRONG.text_en in text_of(world.sent[-1])


def test_corrections_use_up_no_quota(world: World) -> None:
    world.policy(per_minute=3)
    article = ask(world, "one", "two")
    correct(world, article, expected=2)
    world.receive("你们招人吗", sender="three@qq.example")
    assert [str(m["To"]) for m in world.sent if "three@" in str(m["To"])]


def test_an_answer_to_a_correction_reaches_a_person(world: World) -> None:
    article = ask(world, "one")
    correct(world, article, expected=1)
    world.later(minutes=1)
    world.work()
    world.receive("那9V电池在哪里买？", sender="one@qq.example", parent=world.sent[-1])
    [ticket] = world.tickets
    assert ticket.state == "open"


def test_erasing_the_mail_forgets_who_was_told(world: World) -> None:
    ask(world, "one")
    with world.db.transaction() as session:
        for row in world.outbox:
            session.delete(session.merge(row))
    assert world.all(Said) == []
    assert world.all(Ticket)

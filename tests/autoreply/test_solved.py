"""The signed links of an answer."""

from __future__ import annotations

import pytest

from autoreply import solved
from autoreply.tables import OutgoingMail
from kb.errors import Conflict, Invalid, NotFound
from kb.models.service import Ticket
from tests.autoreply.world import LOCKED_OUT, SECRET, World


@pytest.fixture
def token(world: World) -> str:
    world.know(LOCKED_OUT)
    world.receive()
    return solved.token_of(world.outbox[0].id, SECRET)


def test_looking_changes_nothing(world: World, token: str) -> None:
    with world.db.reading() as session:
        for _ in range(3):
            seen = solved.look(session, token, SECRET, now=world.now)
            assert (seen.stage, seen.recorded) == ("ask", None)
    assert world.tickets[0].state == "waiting"


def test_yes_confirms_the_article_and_resolves(world: World, token: str) -> None:
    with world.db.transaction() as session:
        ticket = solved.commit(session, token, "yes", SECRET, now=world.now)
        assert ticket is not None
        assert ticket.state == "resolved"
    [question] = world.questions
    assert question.outcome == "confirmed"
    with world.db.reading() as session:
        assert session.merge(question, load=True).shown[0].confirmed_by == "link"


def test_no_gives_the_ticket_to_a_person(world: World, token: str) -> None:
    with world.db.transaction() as session:
        ticket = solved.commit(session, token, "no", SECRET, now=world.now)
        assert ticket is not None
        assert (ticket.state, ticket.person_asked) == ("open", True)
    assert world.questions[0].outcome == "failed"
    world.later(minutes=1)
    world.receive("再说一句", parent=world.sent[0])
    assert len(world.sent) == 1


def test_a_link_works_once(world: World, token: str) -> None:
    with world.db.transaction() as session:
        solved.commit(session, token, "yes", SECRET, now=world.now)
    with pytest.raises(Conflict, match="link_used"), world.db.transaction() as session:
        solved.commit(session, token, "no", SECRET, now=world.now)
    with world.db.reading() as session:
        seen = solved.look(session, token, SECRET, now=world.now)
    assert (seen.stage, seen.recorded) == ("used", "yes")


def test_a_link_ends_after_ninety_days(world: World, token: str) -> None:
    world.later(days=91)
    with world.db.reading() as session:
        assert solved.look(session, token, SECRET, now=world.now).stage == "expired"
    with pytest.raises(Conflict, match="link_expired"), world.db.transaction() as session:
        solved.commit(session, token, "yes", SECRET, now=world.now)


@pytest.mark.parametrize(
    "bad", ["", "1", "1.", "x.y", "1.AAAAAAAAAAAAAAAAAAAAAA", "９.x", "2" * 40]
)
def test_what_we_did_not_sign_is_unknown(world: World, token: str, bad: str) -> None:
    with pytest.raises(NotFound), world.db.reading() as session:
        solved.look(session, bad, SECRET, now=world.now)


def test_another_key_makes_other_links(world: World, token: str) -> None:
    with pytest.raises(NotFound), world.db.reading() as session:
        solved.look(session, token, b"t" * 32, now=world.now)


def test_only_answers_have_links(world: World) -> None:
    world.receive("你们招实习生吗？")
    receipt = world.outbox[0]
    with pytest.raises(NotFound), world.db.reading() as session:
        solved.look(session, solved.token_of(receipt.id, SECRET), SECRET, now=world.now)


def test_another_choice_is_refused(world: World, token: str) -> None:
    with pytest.raises(Invalid), world.db.transaction() as session:
        solved.commit(session, token, "maybe", SECRET, now=world.now)


def test_yes_after_a_person_took_over_leaves_the_ticket(world: World, token: str) -> None:
    with world.db.transaction() as session:
        session.get_one(Ticket, world.tickets[0].id).state = "open"
        ticket = solved.commit(session, token, "yes", SECRET, now=world.now)
        assert ticket is not None
        assert ticket.state == "open"
    assert world.questions[0].outcome == "confirmed"


def test_an_answer_without_its_ticket_still_counts(world: World, token: str) -> None:
    with world.db.transaction() as session:
        session.get_one(OutgoingMail, world.outbox[0].id).ticket_id = None
        assert solved.commit(session, token, "yes", SECRET, now=world.now) is None
    assert world.questions[0].outcome == "confirmed"

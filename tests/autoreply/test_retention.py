"""Forgetting one contact, and mail that is too old."""

from __future__ import annotations

from sqlalchemy import select

from autoreply import pauses, retention
from autoreply.policy_tables import Backtest, Pause, Said
from autoreply.tables import Decision, OutgoingMail, Spool
from kb import settings
from kb.models.people import Contact
from kb.models.service import Message, Question, Ticket
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, World


def test_erasing_a_contact_leaves_no_mail_of_theirs(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    world.receive("自动", Auto_Submitted="auto-replied")
    world.receive("你们招实习生吗？", sender="other@mail.example")
    [mine, _] = world.all(Contact)
    with world.db.transaction() as session:
        gone = retention.erase_contact(session, mine.id, now=world.now)
    assert len(gone) == 1
    for table in (Spool, Decision, OutgoingMail, Message, Question, Contact):
        for row in world.all(table):
            assert CUSTOMER not in repr(vars(row))
            assert LOCKED_OUT not in repr(vars(row))
    assert [row.from_address for row in world.all(Spool)] == ["other@mail.example"]
    assert len(world.outbox) == 1


def test_raw_mail_is_dropped_after_its_days(world: World) -> None:
    world.receive("你们招实习生吗？")
    with world.db.transaction() as session:
        settings.write(session, settings.Retention(raw_mail_days=10, questions_days=20))
        assert set(retention.forget(session, now=world.now).values()) == {0}
    world.later(days=11)
    with world.db.transaction() as session:
        found = retention.forget(session, now=world.now)
        assert found == {"mail_in": 1, "mail_out": 1, "decisions": 0}
    world.later(days=10)
    with world.db.transaction() as session:
        found = retention.forget(session, now=world.now)
        assert found == {"mail_in": 0, "mail_out": 0, "decisions": 1}
    assert world.all(Spool)[0].raw is None
    assert world.outbox[0].mail_id is not None


def test_zero_days_keep_mail_for_good(world: World) -> None:
    world.receive("你们招实习生吗？")
    world.later(days=4000)
    with world.db.transaction() as session:
        settings.write(session, settings.Retention(raw_mail_days=0, questions_days=0))
        assert set(retention.forget(session, now=world.now).values()) == {0}


def test_what_was_tried_keeps_no_words_of_old_questions(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    with world.db.transaction() as session:
        [row] = session.scalars(select(Decision)).all()
        row.inputs = {**row.inputs, "tried": [{"text": LOCKED_OUT, "gate": 0.9}]}
        note = pauses.note(session, "sender", CUSTOMER, settings.Automation(), 5, now=world.now)
        assert note is not None
        test = Backtest(state="done", source="database", created_at=world.now)
        test.result = {"lines": [{"sender": CUSTOMER}]}
        session.add(test)
    world.later(days=200)
    with world.db.transaction() as session:
        retention.forget(session, now=world.now)
    [row] = world.decisions
    assert (row.question, row.inputs["tried"]) == ("", [{"text": "", "gate": 0.9}])
    assert world.all(Pause) == []
    assert world.all(Backtest) == []


def test_erasing_somebody_takes_their_lines_out_of_back_tests(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    lines = [{"sender": CUSTOMER.upper()}, {"sender": "other@x.example"}]
    with world.db.transaction() as session:
        pauses.note(session, "sender", CUSTOMER, settings.Automation(), 5, now=world.now)
        test = Backtest(state="done", source="upload", created_at=world.now, upload=b"From x")
        test.result = {"asked": 2, "lines": lines}
        session.add(test)
    with world.db.transaction() as session:
        contact = session.scalars(select(Ticket.contact_id)).one()
        retention.erase_contact(session, contact or 0, now=world.now)
    [test] = world.all(Backtest)
    assert (test.upload, test.result) == (None, {"asked": 2, "lines": [lines[1]]})
    assert world.all(Pause) == []
    assert world.all(Said) == []

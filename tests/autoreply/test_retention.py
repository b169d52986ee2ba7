"""Forgetting one contact, and mail that is too old."""

from __future__ import annotations

from autoreply import retention
from autoreply.tables import Decision, OutgoingMail, Spool
from kb import settings
from kb.models.people import Contact
from kb.models.service import Message, Question
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

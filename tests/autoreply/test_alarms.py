"""What is wrong is seen, and administrators are told: once, by a mail that cannot loop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import alarm_mails, alarms, pauses
from autoreply.sender import Sender
from autoreply.tables import MailAccount, Mailbox, OutgoingMail
from autoreply.transport import Undelivered
from autoreply.wording_tables import MailWording
from kb import people, settings
from kb.models.system import AuditEntry
from tests.autoreply.world import (
    CUSTOMER,
    LOCKED_OUT,
    MAILBOX,
    NOW,
    SECRET,
    ZONE,
    World,
    read,
    text_of,
)

ADMIN = "cheng@boss.example"
PASSWORD = "长到够用的一个密码，没人猜得到"


def admin(world: World, email: str = ADMIN, *, name: str = "cheng", language: str = "zh") -> None:
    with world.db.transaction() as session:
        user = people.add_user(
            session,
            name,
            display_name="程述",
            role="admin",
            password=PASSWORD,
            now=NOW,
            email=email,
        )
        user.language = language


def causes(world: World) -> list[str]:
    with world.db.reading() as session:
        return [one.cause for one in alarms.troubles(session, now=world.now)]


def look(world: World) -> list[OutgoingMail]:
    with world.db.transaction() as session:
        return alarm_mails.look(session, world.sender, now=world.now)


def pause(world: World, kind: str = "breaker") -> None:
    with world.db.transaction() as session:
        pauses.note(session, kind, CUSTOMER, settings.Automation(), 60, now=world.now)


def folder(world: World, **values: object) -> None:
    with world.db.transaction() as session:
        row = {"name": f"{MAILBOX}/INBOX", "since": world.now, "read_at": world.now, "uid_next": 1,
               "leased_until": world.now + timedelta(seconds=90), **values}  # fmt: skip
        session.merge(Mailbox(**row))  # type: ignore[arg-type]


# What is wrong.


def test_nothing_is_wrong_where_all_is_well(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    folder(world)
    assert causes(world) == []


def test_a_reader_that_fails_is_a_trouble_after_some_minutes(world: World) -> None:
    folder(world, error="Unavailable: mailbox_sign_in(reply='NO')")
    assert causes(world) == []
    world.later(minutes=6)
    assert causes(world) == ["mailbox"]
    folder(world, error="")
    assert causes(world) == []


def test_a_folder_that_nobody_reads_is_a_trouble_while_it_is_used(world: World) -> None:
    folder(world)
    world.later(minutes=31)
    assert causes(world) == ["mailbox"]
    world.later(hours=2)
    # Of the configuration, and its reader is gone: somebody took it out.
    assert causes(world) == []


@pytest.mark.parametrize(("mode", "expected"), [("off", []), ("shadow", ["mailbox"])])
def test_a_mailbox_of_the_desk_counts_while_it_is_on(
    world: World, mode: str, expected: list[str]
) -> None:
    folder(world, leased_until=None)
    with world.db.transaction() as session:
        session.add(MailAccount(
            address=MAILBOX, provider="own", imap_host="h", imap_port=1, imap_tls="tls",
            smtp_port=1, smtp_tls="tls", login="x", auth="password", envelope="null", mode=mode,
            looks=[], created_at=NOW,
        ))  # fmt: skip
    world.later(hours=5)
    assert causes(world) == expected


@pytest.mark.parametrize("code", ["sign_in", "connection", "token", "sender_refused"])
def test_a_relay_that_refuses_everything_is_a_trouble(world: World, code: str) -> None:
    world.know(LOCKED_OUT)
    world.transport.faults = [Undelivered(code, permanent=False, reply="535 no")]
    world.receive()
    world.now += timedelta(minutes=11)
    [trouble] = alarms_of(world)
    assert (trouble.cause, trouble.key, trouble.count) == ("relay", MAILBOX, 1)
    assert "535 no" in trouble.reply
    world.work()
    assert causes(world) == []


def alarms_of(world: World) -> list[alarms.Trouble]:
    with world.db.reading() as session:
        return alarms.troubles(session, now=world.now)


def test_one_recipient_that_is_refused_is_none(world: World) -> None:
    world.know(LOCKED_OUT)
    world.transport.faults = [Undelivered("recipient_refused", permanent=False, reply="451 later")]
    world.receive()
    world.now += timedelta(minutes=11)
    assert causes(world) == []


def test_mail_that_nobody_takes_out_is_a_trouble(world: World) -> None:
    world.know(LOCKED_OUT)
    number = world.mail()
    assert number is not None
    with world.db.transaction() as session:
        session.add(OutgoingMail(
            kind="receipt", to_address=CUSTOMER, to_key=CUSTOMER, to_domain="qq.example",
            articles=[], references=[], created_at=world.now,
        ))  # fmt: skip
    world.later(minutes=11)
    assert causes(world) == ["relay"]


def test_broken_words_are_a_trouble(world: World) -> None:
    broken(world)
    assert causes(world) == ["wording"]


def broken(world: World) -> None:
    with world.db.transaction() as session:
        session.add(MailWording(
            kind="answer", language="zh", number=1, texts={"body": "{答案"}, created_at=NOW,
            fault="Invalid: x", fault_at=NOW,
        ))  # fmt: skip


# Telling.


def test_administrators_are_told_with_what_to_do(world: World) -> None:
    admin(world)
    admin(world, "li@boss.example", name="li", language="en")
    pause(world)
    assert len(look(world)) == 2
    world.work()
    chinese, english = world.sent
    assert chinese["To"].addresses[0].addr_spec == ADMIN
    assert chinese["Subject"] == "问渠提醒：自动回复停了，一分钟里发得太多"
    said = text_of(chinese)
    assert "都转成工单，没有丢" in said.replace(" \n", "").replace(" \r\n", "")
    assert "https://help.anlu.example/desk/quotas" in said
    assert "2026-11-24 10:00" in said
    assert english["Subject"].startswith("Wenqu notice: Automatic replies are paused")


def test_it_carries_every_mark_of_a_machine(world: World) -> None:
    admin(world)
    pause(world)
    look(world)
    world.work()
    [mail] = world.sent
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Loop"] == world.sender.instance
    [parcel] = world.transport.sent
    assert parcel.sender == ""
    # Forwarded back to us by some rule, it is recognised.
    world.arrive(parcel.raw, envelope_from=ADMIN)
    world.work()
    assert world.spool(1).kind == "own_loop"
    assert len(world.sent) == 1


def test_one_cause_is_told_once_a_day_and_a_new_one_at_once(world: World) -> None:
    admin(world)
    for hour in range(23):
        pause(world)
        look(world)
        world.work()
        world.later(hours=1)
        assert len(world.outbox) == 1, hour
    broken(world)
    look(world)
    assert len(world.outbox) == 2
    world.later(hours=2)
    pause(world)
    look(world)
    assert len(world.outbox) == 3


def test_who_wants_none_gets_none(world: World) -> None:
    admin(world)
    world.policy(alarms=False)
    pause(world)
    assert look(world) == []


@pytest.mark.parametrize("email", ["", "nonsense", MAILBOX, f"help+x@{MAILBOX.partition('@')[2]}"])
def test_no_mail_goes_where_nobody_would_see_it(world: World, email: str) -> None:
    admin(world, email)
    pause(world)
    assert look(world) == []


def test_another_mailbox_tells_of_one_whose_server_refuses(world: World) -> None:
    admin(world)
    with world.db.transaction() as session:
        session.add(MailAccount(
            address="sales@anlu.example", provider="own", imap_host="h", imap_port=1,
            imap_tls="tls", smtp_host="h", smtp_port=1, smtp_tls="tls", login="x", auth="password",
            envelope="null", mode="on", looks=[], created_at=NOW,
        ))  # fmt: skip
    world.know(LOCKED_OUT)
    world.transport.faults = [Undelivered("sign_in", permanent=False, reply="535 no")]
    world.receive()
    world.now += timedelta(minutes=11)
    [mail] = look(world)
    assert mail.mailbox == "sales@anlu.example"


def test_a_pause_does_not_hold_its_own_alarm_back_nor_does_that_count(world: World) -> None:
    admin(world)
    world.policy(per_minute=1, per_sender_day=1)
    world.know(LOCKED_OUT)
    world.receive()
    world.receive("第3个问题怎么办", sender="b@x.example")
    assert causes(world) == ["breaker"]
    look(world)
    world.work()
    assert [m["To"].addresses[0].addr_spec for m in world.sent][-1] == ADMIN
    world.later(minutes=16)
    world.receive(sender="c@x.example")
    assert world.decisions[-1].sent


def test_yesterdays_news_does_not_leave(world: World) -> None:
    admin(world)
    pause(world)
    look(world)
    world.later(hours=25)
    world.work()
    assert world.sent == []
    assert world.outbox[0].state == "cancelled"


@pytest.mark.parametrize("text", ["我已休假，有事请打电话。", "好的，我去看看", LOCKED_OUT])
def test_an_answer_to_an_alarm_gets_no_mail(world: World, text: str) -> None:
    """Neither an administrator's unmarked vacation note nor a thank-you starts anything."""
    admin(world)
    world.know(LOCKED_OUT)
    pause(world, "sender")
    look(world)
    world.work()
    world.later(hours=1)
    world.receive(text, sender=ADMIN, parent=world.sent[0])
    assert len(world.sent) == 1
    assert len(world.tickets) == 1


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(alarms.CAUSES), min_size=1, max_size=6), st.text(max_size=40))
def test_every_trouble_has_its_words_whatever_the_other_side_says(
    kinds: list[str], said: str
) -> None:
    shown = [alarms.Trouble(kind, said, NOW, NOW, said, 3) for kind in kinds]
    for words in alarm_mails._words().values():
        text = alarm_mails.text(shown, words, said, _sender())
        assert text.count("https://") >= len(kinds)


def _sender() -> Sender:
    return Sender(SECRET, "https://h.example", ZONE)


def test_an_alarm_is_one_mail_for_each_administrator_only(world: World) -> None:
    admin(world)
    pause(world)
    broken(world)
    [mail] = look(world)
    said = text_of(read(mail.raw or b""))
    assert "自动回复停了" in said
    assert "邮件用语用不了" in said
    with world.db.reading() as session:
        assert len(_audited(session)) == 2


def _audited(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.verb).where(AuditEntry.verb == "alarm.mail")))

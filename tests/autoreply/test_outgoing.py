"""What is queued, what is taken back, and what is refused."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from autoreply import outgoing, suppression
from autoreply.tables import OPTED_OUT, OutgoingMail
from kb import attachments, contacts, people, tickets
from kb.errors import Conflict
from kb.models.knowledge import Article
from kb.models.people import User
from kb.models.service import Message, Ticket
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, World, text_of


def open_ticket(session: Session, world: World, *, mail: str = CUSTOMER) -> Ticket:
    contact = contacts.find_or_create(session, "mail", mail, name="王芳", now=world.now)
    opening = tickets.Opening("", "门铃不响", "form", contact_id=contact.id)
    ticket = tickets.open_ticket(session, opening, now=world.now)
    tickets.say(session, ticket, tickets.Saying("customer", "门铃不响", "form"), now=world.now)
    return ticket


def agent(session: Session, world: World) -> User:
    user = people.add_user(
        session,
        "xu",
        display_name="许知微",
        role="agent",
        password="anlu-demo-agent",
        now=world.now,
    )
    user.signature = "许知微\n安庐客服"
    return user


def reply(session: Session, world: World, ticket: Ticket, text: str) -> Message:
    saying = tickets.Saying(
        "agent", text, "mail", user_id=agent(session, world).id, delivery="queued"
    )
    return tickets.say(session, ticket, saying, now=world.now)


def test_a_reply_waits_ten_seconds_and_leaves_in_the_agents_name(world: World) -> None:
    world.receive("你们招实习生吗？")
    with world.db.transaction() as session:
        ticket = session.get_one(Ticket, world.tickets[0].id)
        outgoing.queue_reply(
            session,
            reply(session, world, ticket, "招的。\n\n请看 https://anlu.example/jobs"),
            now=world.now,
        )
    world.work()
    assert len(world.sent) == 1
    world.later(seconds=10)
    world.work()
    mail = world.sent[1]
    assert mail["From"].addresses[0].display_name == "许知微（安庐）"
    assert mail["In-Reply-To"] == "<1@qq.example>"
    assert mail["References"] == "<1@qq.example>"
    assert mail["Auto-Submitted"] is None
    assert "安庐客服" in text_of(mail)
    assert 'href="https://anlu.example/jobs"' in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert world.messages[-1].delivery == "sent"


def test_a_reply_can_be_taken_back_before_it_leaves(world: World) -> None:
    world.receive("你们招实习生吗？")
    with world.db.transaction() as session:
        ticket = session.get_one(Ticket, world.tickets[0].id)
        message = reply(session, world, ticket, "写错了")
        outgoing.queue_reply(session, message, now=world.now)
        number = message.id
    world.later(seconds=5)
    with world.db.transaction() as session:
        outgoing.undo_reply(session, session.get_one(Message, number), now=world.now)
    world.later(seconds=60)
    world.work()
    assert len(world.sent) == 1
    assert world.messages[-1].delivery == "undone"
    assert world.tickets[0].state == "open"


def test_what_has_left_cannot_be_taken_back(world: World) -> None:
    world.receive("你们招实习生吗？")
    with world.db.transaction() as session:
        ticket = session.get_one(Ticket, world.tickets[0].id)
        message = reply(session, world, ticket, "招的。")
        outgoing.queue_reply(session, message, now=world.now)
        number = message.id
    world.later(seconds=11)
    world.work()
    with pytest.raises(Conflict, match="already_sent"), world.db.transaction() as session:
        outgoing.undo_reply(session, session.get_one(Message, number), now=world.now)


def test_a_customer_without_an_address_gets_no_mail(world: World) -> None:
    with world.db.transaction() as session:
        opening = tickets.Opening("电话", "打来电话", "phone")
        ticket = tickets.open_ticket(session, opening, now=world.now)
        message = reply(session, world, ticket, "已回电")
        assert outgoing.queue_reply(session, message, now=world.now) is None
        assert message.delivery is None
        assert outgoing.queue_receipt(session, ticket, now=world.now) is None


def test_a_receipt_of_a_form_leaves_once(world: World) -> None:
    world.policy(mode="shadow")
    with world.db.transaction() as session:
        ticket = open_ticket(session, world)
        assert outgoing.queue_receipt(session, ticket, now=world.now) is not None
        assert outgoing.queue_receipt(session, ticket, now=world.now) is None
    world.work()
    [mail] = world.sent
    assert mail["Subject"].startswith("Re: 门铃不响")
    assert mail["In-Reply-To"] is None
    assert "王芳，您好" in text_of(mail)


def test_receipts_count_against_the_quota_of_an_address(world: World) -> None:
    with world.db.transaction() as session:
        queued = [
            outgoing.queue_receipt(session, open_ticket(session, world), now=world.now)
            for _ in range(7)
        ]
    assert sum(one is not None for one in queued) == 5


def test_who_opted_out_still_gets_a_persons_reply(world: World) -> None:
    with world.db.transaction() as session:
        suppression.suppress(session, CUSTOMER, OPTED_OUT, "", now=world.now)
        ticket = open_ticket(session, world)
        assert outgoing.queue_receipt(session, ticket, now=world.now) is None
        outgoing.queue_reply(session, reply(session, world, ticket, "好的"), now=world.now)
    world.later(seconds=11)
    world.work()
    assert [m["Auto-Submitted"] for m in world.sent] == [None]


def test_who_asked_in_vain_is_told_once(world: World) -> None:
    world.receive("你们招实习生吗？")
    world.later(days=2)
    with world.db.transaction() as session:
        ticket = session.get_one(Ticket, world.tickets[0].id)
        article = session.get_one(Article, world.answers.ids[LOCKED_OUT])
        assert outgoing.queue_told(session, ticket, article, now=world.now) is not None
        assert outgoing.queue_told(session, ticket, article, now=world.now) is None
    world.work()
    mail = world.sent[-1]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "11月24日" in text_of(mail)
    assert re.search(r"\[#\d+-[a-z2-7]{10}\]", mail["Subject"])


def test_the_same_question_has_one_digest() -> None:
    one = outgoing.question_digest("门锁  没电了？！")
    assert one == outgoing.question_digest("門鎖没电了")
    assert one != outgoing.question_digest("门锁没电")


def test_bounced_outweighs_opted_out(world: World) -> None:
    with world.db.transaction() as session:
        suppression.suppress(session, "A+tag@Mail.example", OPTED_OUT, "", now=world.now)
        assert suppression.suppressed(session, "a@mail.example", automatic=False) is None
        suppression.suppress(session, "a@mail.example", "bounced", "5.1.1", now=world.now)
        assert suppression.suppressed(session, "a@mail.example", automatic=False) == "bounced"
    assert world.all_suppressed() == ["a@mail.example"]


def test_mail_is_written_when_it_leaves(world: World) -> None:
    with world.db.transaction() as session:
        mail = outgoing.queue_receipt(session, open_ticket(session, world), now=world.now)
        assert mail is not None
        assert (mail.raw, mail.mail_id) == (None, None)
    world.work()
    [row] = world.outbox
    assert row.raw is not None
    assert row.mail_id is not None
    assert isinstance(row, OutgoingMail)


def test_files_of_a_reply_leave_with_it_and_not_with_a_note(world: World) -> None:
    with world.db.transaction() as session:
        ticket = open_ticket(session, world)
        message = reply(session, world, ticket, "请看附件。")
        attachments.add_file(
            session, b"%PDF-1.7", filename="安装说明.pdf", message_id=message.id, now=world.now
        )
        outgoing.queue_reply(session, message, now=world.now)
    world.later(seconds=11)
    world.work()
    [mail] = world.sent
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("安装说明.pdf", b"%PDF-1.7")
    assert file.get_content_type() == "application/pdf"
    assert "请看附件。" in text_of(mail)

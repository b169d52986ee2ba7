"""From a mail in the spool to what came of it, on a real database."""

from __future__ import annotations

import re

import pytest

from autoreply import outgoing, solved, spool, suppression, threading
from autoreply.isolation import IsolatedReader, Unreadable
from autoreply.tables import (
    ANSWERED,
    DONE,
    IGNORED,
    QUARANTINED,
    RECEIVED,
    TICKET,
    Spool,
)
from kb import jobs, questions, tickets
from kb.errors import Unavailable
from kb.models.knowledge import Article, Attachment
from kb.models.service import AUTOMATIC, Ticket
from tests.autoreply import world as worlds
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, MAILBOX, World, text_of


def test_a_known_question_is_answered_at_once(world: World) -> None:
    article = world.know(LOCKED_OUT)
    row = world.receive("门锁没电了，人在门外怎么开门？")
    assert (row.state, row.outcome, row.kind) == (DONE, ANSWERED, "human")
    [mail] = world.sent
    assert mail["To"].addresses[0].addr_spec == CUSTOMER
    assert mail["In-Reply-To"] == "<1@qq.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert "9V电池" in text_of(mail)
    assert f"https://help.anlu.example/a/{article}" in text_of(mail).split()
    [ticket] = world.tickets
    assert (ticket.state, ticket.channel) == ("waiting", "mail")
    [asked] = world.questions
    assert (asked.band, asked.outcome, asked.answered_at) == ("answer", None, world.now)
    assert [(m.author, m.delivery) for m in world.messages] == [
        ("customer", None),
        ("automatic", "sent"),
    ]


def test_the_answer_names_article_version_and_probability(world: World) -> None:
    article = world.know(LOCKED_OUT, probability=0.97)
    world.receive()
    [mail] = world.outbox
    assert mail.articles == [{"id": article, "version": 1, "probability": 0.97}]
    [decision] = world.decisions
    assert (decision.action, decision.sent, decision.article_id) == ("answer", True, article)
    assert decision.inputs["matches"][0]["article"] == article
    assert all(check["passed"] for check in decision.explanation["checks"])


def test_an_unsure_answer_is_a_ticket_with_suggestions(world: World) -> None:
    world.know(LOCKED_OUT, "suggest", 0.5)
    row = world.receive()
    assert row.outcome == TICKET
    [mail] = world.sent
    [ticket] = world.tickets
    assert ticket.state == "new"
    assert ticket.number in text_of(mail)
    assert LOCKED_OUT in text_of(mail)
    assert re.search(r"https://help.anlu.example/t/\S+", text_of(mail))
    [asked] = world.questions
    assert (asked.outcome, asked.ticket_id) == ("person", ticket.id)
    assert [m.author for m in world.messages] == ["customer"]


def test_what_hardly_fits_is_not_suggested(world: World) -> None:
    world.know(LOCKED_OUT, band="suggest", probability=0.1)
    world.receive()
    [mail] = world.sent
    assert "工单号" in text_of(mail)
    assert "也许有用" not in text_of(mail)
    assert world.outbox[0].articles == []


def test_the_receipt_quotes_what_was_asked_not_the_letter(world: World) -> None:
    world.receive("您好，\n我上周买了门铃。请问门铃的电池多久换一次？\n谢谢！", subject="门铃求助")
    assert "您写的是“门铃的电池多久换一次”" in text_of(world.sent[0])


def test_an_unknown_question_is_a_ticket_with_a_receipt(world: World) -> None:
    world.receive("你们招实习生吗？")
    [mail] = world.sent
    assert "今天14:00前" in text_of(mail)
    assert mail["Auto-Submitted"] == "auto-replied"
    [ticket] = world.tickets
    assert ticket.due_at is not None
    assert ticket.context["query"] == "你们招实习生吗？"


def test_the_link_of_the_receipt_opens_the_ticket(world: World) -> None:
    world.receive("你们招实习生吗？")
    token = re.search(r"/t/(\S+)", text_of(world.sent[0]))[1]  # type: ignore[index]
    with world.db.reading() as session:
        assert tickets.by_link(session, token, now=world.now).id == world.tickets[0].id


def test_asking_for_a_person_is_never_answered(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive(f"{LOCKED_OUT}？别让机器人回，转人工客服")
    [ticket] = world.tickets
    assert ticket.person_asked
    assert ticket.state == "new"


@pytest.mark.parametrize("mode", ["off", "shadow"])
def test_outside_mode_on_nothing_is_sent(world: World, mode: str) -> None:
    world.policy(mode=mode)
    world.know(LOCKED_OUT)
    row = world.receive()
    assert row.outcome == TICKET
    assert world.sent == []
    assert world.outbox == []
    [decision] = world.decisions
    assert (decision.action, decision.wanted, decision.sent) == ("ticket", "answer", False)


def test_too_few_articles_answer_nothing(world: World) -> None:
    world.know(LOCKED_OUT)
    world.policy(least_articles=31)
    world.receive()
    assert world.decisions[0].explanation["why"] == "articles"
    assert "工单号" in text_of(world.sent[0])


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_QQ_AUTO_REPLY": "true"},
        {"Precedence": "bulk"},
        {"List_Id": "<x.example>"},
    ],
)
def test_machines_are_ignored_and_never_looked_up(world: World, fields: dict[str, str]) -> None:
    world.know(LOCKED_OUT)
    row = world.receive(**fields)
    assert row.outcome == IGNORED
    assert row.reason == "machine"
    assert world.sent == []
    assert world.answers.asked == []
    assert world.tickets == []


def test_a_form_that_mails_as_noreply_reaches_a_person_silently(world: World) -> None:
    row = world.receive(sender="noreply@shop.example", Reply_To="lin@mail.example")
    assert row.outcome == TICKET
    assert world.sent == []
    assert world.tickets[0].contact_id is not None


def test_a_mail_arrives_once_however_often_it_is_delivered(world: World) -> None:
    world.know(LOCKED_OUT)
    raw = world.write(LOCKED_OUT)
    assert world.arrive(raw) is not None
    assert world.arrive(b"Received: from mx2\r\n" + raw) is None
    world.work()
    assert len(world.sent) == 1


def test_the_same_mail_through_another_mailbox_is_ignored(world: World) -> None:
    world.know(LOCKED_OUT)
    raw = world.write(LOCKED_OUT)
    world.arrive(raw)
    with world.db.transaction() as session:
        arrival = spool.Arrival(raw, "sales@anlu.example", "smtp", world.now, CUSTOMER)
        second = spool.store(session, arrival, now=world.now)
    world.work()
    assert second is not None
    assert world.spool(second).outcome == IGNORED
    assert len(world.sent) == 1


def test_the_same_id_with_another_content_is_another_mail(world: World) -> None:
    first = world.write("第一封")
    second = first.replace(b"MQ==", b"MQ==").replace(b"To: help", b"X-Other: 1\nTo: help")
    world.arrive(first)
    assert world.arrive(second) is None
    assert world.arrive(first.replace(b"Subject: ", b"Subject: x")) is not None


def test_replaying_the_spool_sends_nothing(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    world.receive("你们招实习生吗？", sender="b@mail.example")
    before = len(world.sent)
    with world.db.transaction() as session:
        for row in world.all(Spool):
            jobs.enqueue(session, spool.MAIL_IN, {"spool": row.id}, now=world.now)
    world.work()
    assert len(world.sent) == before
    assert len(world.tickets) == 2


def test_the_same_question_twice_a_day_goes_to_a_person(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    world.later(hours=2)
    row = world.receive()
    assert (row.outcome, row.reason) == (TICKET, "repeated")
    assert "工单号" in text_of(world.sent[1])
    first = world.questions[0]
    assert len(world.tickets) == 2
    assert first.outcome in (None, "failed")


def test_a_question_asked_anew_in_other_words_is_answered(world: World) -> None:
    world.know(LOCKED_OUT)
    world.know("第3个问题怎么办")
    world.receive()
    world.later(minutes=5)
    row = world.receive("第3个问题怎么办？")
    assert row.outcome == ANSWERED


def test_a_reply_to_an_answer_goes_to_a_person_with_everything(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    world.later(minutes=5)
    row = world.receive("还是打不开，电池贴上没有反应", parent=world.sent[0])
    assert (row.outcome, row.reason) == (TICKET, "once_per_thread")
    [ticket] = world.tickets
    assert ticket.state == "open"
    assert [m.author for m in world.messages] == ["customer", "automatic", "customer"]
    assert world.questions[0].outcome == "failed"
    assert "工单号" in text_of(world.sent[1])
    world.later(minutes=5)
    world.receive("有人吗", parent=world.sent[1])
    assert len(world.sent) == 2


def test_a_thank_you_resolves_and_confirms(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    world.later(minutes=5)
    world.receive("解决了，谢谢", parent=world.sent[0])
    assert world.tickets[0].state == "resolved"
    assert world.questions[0].outcome == "confirmed"
    assert len(world.questions) == 1
    assert len(world.sent) == 1


def test_somebody_elses_token_opens_a_ticket_of_their_own(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    world.receive("我也遇到了", sender="stranger@mail.example", parent=world.sent[0])
    first, second = world.tickets
    assert second.context["linked"] == first.id
    assert first.state == "waiting"


def test_the_tag_in_the_subject_continues_a_ticket(world: World) -> None:
    world.receive("你们招实习生吗？")
    tag = threading.subject_tag(worlds.SECRET, world.tickets[0].id)
    assert tag in world.sent[0]["Subject"]
    world.receive("补充一点", subject=f"新邮件 {tag}")
    assert len(world.tickets) == 1
    assert len(world.messages) == 2


def test_a_closed_ticket_starts_another(world: World) -> None:
    world.receive("你们招实习生吗？")
    with world.db.transaction() as session:
        ticket = session.get_one(Ticket, world.tickets[0].id)
        tickets.move(session, ticket, "discarded", now=world.now)
    world.receive("再问一次", parent=world.sent[0])
    assert world.tickets[1].context["linked"] == world.tickets[0].id


def test_after_a_person_answered_the_machine_is_silent(world: World) -> None:
    world.receive("你们招实习生吗？")
    with world.db.transaction() as session:
        ticket = session.get_one(Ticket, world.tickets[0].id)
        saying = tickets.Saying("agent", "招的，请发简历。", "mail", delivery="queued")
        message = tickets.say(session, ticket, saying, now=world.now)
        outgoing.queue_reply(session, message, now=world.now)
    world.later(seconds=11)
    world.work()
    world.know(LOCKED_OUT)
    row = world.receive(parent=world.sent[1])
    assert (row.outcome, row.reason) == (TICKET, "N35")
    assert len(world.sent) == 2


def test_a_bounce_is_linked_and_its_address_left_alone(world: World) -> None:
    world.receive("你们招实习生吗？")
    lost = world.sent[0]["Message-ID"]
    raw = (
        "From: postmaster@qq.example\r\nTo: help@anlu.example\r\nSubject: 系统退信\r\n"
        "X-Failed-Recipients: wf@qq.example\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\nStatus: 5.1.1\r\nMessage-ID: {lost}\r\n"
    ).encode()
    number = world.arrive(raw, envelope_from="")
    world.work()
    assert number is not None
    assert world.spool(number).outcome == IGNORED
    [mail] = world.outbox
    assert (mail.state, mail.bounced_at) == ("failed", world.now)
    with world.db.reading() as session:
        assert suppression.suppressed(session, CUSTOMER, automatic=False) == "bounced"


def test_a_mailbox_that_stays_full_is_left_alone_after_three_returns(world: World) -> None:
    for number in range(3):
        world.later(days=2)
        world.receive(f"你们招实习生吗{number}？")
        lost = world.sent[-1]["Message-ID"]
        with world.db.reading() as session:
            assert suppression.suppressed(session, CUSTOMER, automatic=False) is None
        raw = (
            "From: postmaster@qq.example\r\nTo: help@anlu.example\r\nSubject: 系统退信\r\n"
            f"X-Failed-Recipients: wf@qq.example\r\nDate: {number}\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
            f"Status: 4.2.2\r\nMessage-ID: {lost}\r\n"
        ).encode()
        world.arrive(raw, envelope_from="")
        world.work()
    with world.db.reading() as session:
        assert suppression.suppressed(session, CUSTOMER, automatic=False) == "bounced"


def test_an_article_withdrawn_before_sending_goes_to_a_person(world: World) -> None:
    article = world.know(LOCKED_OUT)
    world.mail()
    with world.db.transaction() as session:
        job = jobs.claim(session, owner="t", now=world.now)
    assert job is not None
    world.run(job)
    with world.db.transaction() as session:
        session.get_one(Article, article).live_version = None
    world.work()
    assert [m.kind for m in world.outbox] == ["automatic", "receipt"]
    assert world.outbox[0].state == "cancelled"
    assert [m.delivery for m in world.messages] == [None, "undone"]
    assert world.tickets[0].state == "open"
    assert "工单号" in text_of(world.sent[0])


def test_a_mail_that_the_reader_cannot_stand_is_set_aside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object, **__: object) -> None:
        raise Unreadable(reason="EOFError")

    number = world.mail()
    assert number is not None
    monkeypatch.setattr("autoreply.pipeline.parse", hang)
    for _ in range(3):
        world.work()
        world.later(minutes=10)
    assert world.spool(number).state == QUARANTINED


def test_a_child_process_reads_alike(world: World) -> None:
    world.know(LOCKED_OUT)
    with IsolatedReader() as reader:
        world.reading = reader.read
        assert world.receive().outcome == ANSWERED


class Poison(Exception):
    """What no mail should raise."""


def test_poison_is_set_aside_after_three_attempts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Poison

    number = world.mail()
    other = world.mail("你们招实习生吗？", sender="b@mail.example")
    assert number is not None
    assert other is not None
    real = worlds.pipeline.choose
    monkeypatch.setattr(
        "autoreply.pipeline.choose",
        lambda s, arrived, *a, **k: fail() if arrived.id == number else real(s, arrived, *a, **k),
    )
    for _ in range(4):
        world.work()
        world.later(minutes=10)
    row = world.spool(number)
    assert (row.state, row.outcome, row.reason) == (QUARANTINED, QUARANTINED, "poison")
    assert row.raw is not None
    assert "Poison" in row.error
    ticket = next(t for t in world.tickets if t.id == row.ticket_id)
    assert ticket.subject == "无法解析的来信"
    assert world.spool(other).outcome == TICKET


def test_a_mail_that_kills_its_worker_is_set_aside(world: World) -> None:
    number = world.mail()
    assert number is not None
    with world.db.transaction() as session:
        spool.attempt(session, number, 3)
    world.work()
    assert world.spool(number).state == QUARANTINED


def test_a_quarantined_mail_can_have_another_round(world: World) -> None:
    number = world.mail()
    assert number is not None
    with world.db.transaction() as session:
        spool.attempt(session, number, 3)
    world.work()
    with world.db.transaction() as session:
        spool.retry(session, number, now=world.now)
    world.work()
    assert world.spool(number).outcome == TICKET


def test_a_locked_database_costs_no_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise Unavailable("database", reason="locked")

    number = world.mail()
    assert number is not None
    with monkeypatch.context() as patch:
        patch.setattr("autoreply.pipeline.choose", locked)
        world.work()
    assert (world.spool(number).state, world.spool(number).attempts) == (RECEIVED, 0)
    world.later(minutes=1)
    world.work()
    assert world.spool(number).outcome == TICKET


def test_attachments_are_kept_unopened(world: World) -> None:
    raw = (
        "From: wf@qq.example\r\nTo: help@anlu.example\r\nSubject: 照片\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n看附件，锁坏了怎么办\r\n"
        "--b\r\nContent-Type: application/x-msdownload; name=a.exe\r\n"
        "Content-Disposition: attachment; filename=a.exe\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA\r\n--b--\r\n"
    ).encode()
    world.arrive(raw)
    world.work()
    [file] = world.all(Attachment)
    assert (file.filename, file.dangerous) == ("a.exe", True)
    assert file.message_id == world.messages[0].id


def test_a_mail_without_text_is_a_ticket_with_a_fixed_receipt(world: World) -> None:
    row = world.receive("", subject="Re: 图")
    assert row.outcome == TICKET
    assert world.messages[0].text == "Re: 图"


def test_an_unaligned_return_path_gets_no_machine_mail(world: World) -> None:
    world.know(LOCKED_OUT)
    number = world.arrive(world.write(LOCKED_OUT), envelope_from="x@elsewhere.example")
    world.work()
    assert number is not None
    assert (world.spool(number).outcome, world.spool(number).reason) == (TICKET, "recipient")
    assert world.sent == []


def test_old_mail_is_a_ticket_without_a_word(world: World) -> None:
    world.know(LOCKED_OUT)
    raw = world.write(LOCKED_OUT)
    world.later(days=4)
    number = world.arrive(raw)
    world.work()
    assert number is not None
    assert world.spool(number).reason == "N32"
    assert world.sent == []


def test_quotas_are_written_down(world: World) -> None:
    world.policy(per_sender_day=2)
    for place in range(4):
        world.receive(f"第{place}个谁也没问过的问题？", subject=f"主题{place}")
        world.later(minutes=2)
    assert len(world.sent) == 2
    last = world.decisions[-1]
    assert last.explanation["why"] == "N34"
    assert {"id": "quota", "passed": False} in last.explanation["checks"]
    assert len(world.tickets) == 4


def test_the_circuit_breaker_stops_answers_not_tickets(world: World) -> None:
    world.policy(per_minute=3)
    for place in range(6):
        world.receive("你们招实习生吗？", sender=f"p{place}@d{place}.example")
    assert len(world.sent) == 3
    assert len(world.tickets) == 6


def test_opting_out_is_kept(world: World) -> None:
    world.receive("退订")
    assert world.sent == []
    world.later(hours=1)
    world.know(LOCKED_OUT)
    row = world.receive()
    assert row.reason == "N35"
    assert world.sent == []


def test_the_solved_link_of_an_answer_resolves_its_ticket(world: World) -> None:
    article = world.know(LOCKED_OUT)
    world.receive()
    token = re.search(r"/s/([^?\s]+)\?choice=yes", text_of(world.sent[0]))[1]  # type: ignore[index]
    with world.db.transaction() as session:
        seen = solved.look(session, token, worlds.SECRET, now=world.now)
        assert (seen.stage, seen.article_id) == ("ask", article)
        solved.commit(session, token, "yes", worlds.SECRET, now=world.now)
    assert world.tickets[0].state == "resolved"
    assert world.questions[0].outcome == "confirmed"


def test_silence_after_an_answer_is_presumed_success(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    world.later(hours=73)
    with world.db.transaction() as session:
        assert questions.settle_silent(session, now=world.now) == 1


def test_another_language_gets_its_own_words(world: World) -> None:
    world.receive("Do you have any open positions for students this summer?", subject="Hello")
    assert "A person will answer" in text_of(world.sent[0])


def test_the_mail_leaves_from_the_box_that_was_written_to(world: World) -> None:
    world.receive("你们招实习生吗？")
    assert world.sent[0]["From"].addresses[0].addr_spec == MAILBOX
    assert world.sent[0]["From"].addresses[0].display_name == "安庐"


def test_history_between_reading_and_writing_counts(world: World) -> None:
    """Two mails of one sender at the same moment share the quota."""
    world.policy(per_sender_day=1)
    world.mail("你们招实习生吗？")
    world.mail("你们在哪里？", subject="地址")
    world.work()
    assert len(world.sent) == 1


def test_automatic_messages_carry_what_they_said(world: World) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    message = next(m for m in world.messages if m.author == AUTOMATIC)
    assert LOCKED_OUT in message.text
    assert message.detail["articles"][0]["version"] == 1
    assert world.outbox[0].mail_id == world.sent[0]["Message-ID"]

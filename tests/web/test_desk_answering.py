"""The desk's pages about answering: roll-out, limits, back-tests, savings, drafts, corrections."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import alarm_mails, outgoing, pauses, rollout
from autoreply.policy_tables import Backtest, Correction, Pause, Topic
from autoreply.tables import SENT, Decision, Mailbox, OutgoingMail
from autoreply.wording_tables import MailWording
from kb import categories, contacts, questions, settings, tickets
from kb.models.knowledge import Article
from kb.models.service import AUTOMATIC, CUSTOMER, Message, Shown, Ticket
from kb.models.system import AuditEntry, Job
from tests.web.conftest import Desk

ALL = {
    "mode": "share", "share": "25", "holdout": "10", "precision": "97.5", "margin": "30",
    "coverage": "10", "fewest_known": "40", "least_articles": "30",
}  # fmt: skip


def automation(desk: Desk) -> settings.Automation:
    found: settings.Automation = desk.read(lambda s: settings.read(s, settings.Automation))
    return found


def category(desk: Desk, name: str = "门锁", slug: str = "lock", parent: int | None = None) -> int:
    def put(session: Session) -> int:
        branch = categories.Branch(slug, name, parent_id=parent)
        return categories.put(session, branch, now=desk.clock()).id

    number: int = desk.write(put)
    return number


def test_administrators_see_broken_words_and_dead_mailboxes_on_every_page(desk: Desk) -> None:
    def wrong(session: Session) -> None:
        session.add(Mailbox(name="help@a.cn/INBOX", since=desk.clock(), read_at=desk.clock(),
                            leased_until=desk.clock(), uid_next=1, error="x"))  # fmt: skip
        now = desk.clock()
        session.add(MailWording(kind="answer", language="zh", number=1, texts={"body": "{"},
                                created_at=now, fault="x", fault_at=now))  # fmt: skip

    desk.write(wrong)
    desk.clock.advance(minutes=20)
    page = desk.get("admin", "/desk/articles").text
    assert "help@a.cn收不到信了" in page
    assert "有一份邮件用语用不了" in page
    assert "/desk/mail-words" in page
    other = desk.get("agent", "/desk/articles").text
    assert "收不到信了" not in other
    assert "用语用不了" not in other


@pytest.mark.parametrize("page", [*alarm_mails.PAGES.values(), alarm_mails.QUOTAS])
def test_the_pages_that_an_alarm_names_are_there(desk: Desk, page: str) -> None:
    assert desk.get("admin", page).status_code == 200


def test_alarms_by_mail_can_be_switched_off(desk: Desk) -> None:
    form = {"do": "automation", "mode": "on", "mail_precision": "95", "form_precision": "90",
            "per_sender_day": "5"}  # fmt: skip
    page = desk.get("admin", "/desk/settings").text
    assert 'name="alarms" value="yes" checked' in page
    desk.post("admin", "/desk/settings", {**form, "alarms": "no"})
    assert not automation(desk).alarms
    desk.post("admin", "/desk/settings", form)
    assert not automation(desk).alarms
    desk.post("admin", "/desk/settings", {**form, "alarms": "yes"})
    assert automation(desk).alarms


def log(desk: Desk, verb: str) -> list[AuditEntry]:
    return list(desk.read(lambda s: s.scalars(
        select(AuditEntry).where(AuditEntry.verb == verb)).all()))  # fmt: skip


# Roll-out.


def test_an_editor_switches_on_step_by_step(desk: Desk) -> None:
    assert desk.post("editor", "/desk/rollout", ALL).status_code == 303
    found = automation(desk)
    assert (found.mode, found.share, found.holdout) == ("share", 25, 10)
    assert (found.mail_precision, found.margin, found.coverage) == (0.975, 0.3, 0.1)
    [entry] = log(desk, "setting.automation")
    assert entry.detail["changed"]["mode"] == ["shadow", "share"]
    page = desk.get("agent", "/desk/rollout").text
    assert "编辑和管理员可以改" in page
    assert "按客户固定" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"share": "0"}, "这里填1到100之间的整数"),
        ({"holdout": "21"}, "这里填0到20之间的整数"),
        ({"precision": "40"}, "这里填50到100之间的数"),
        ({"precision": "很高"}, "这里应该是一个数字"),
        ({"mode": "perhaps"}, "请从列出的原因里选一个"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_lost(
    desk: Desk, change: dict[str, str], sentence: str
) -> None:
    answer = desk.post("admin", "/desk/rollout", {**ALL, "margin": "33", **change})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'value="33"' in answer.text
    assert automation(desk).mode == "shadow"


def test_a_category_says_otherwise_and_those_below_follow(desk: Desk) -> None:
    lock = category(desk)
    below = category(desk, "开门方式", "lock-open", lock)
    form = {"mode": "draft", "precision": "99", "share": "", "never": ""}
    assert desk.post("editor", f"/desk/rollout/{lock}", form).status_code == 303
    stance = desk.read(lambda s: rollout.stance(s, below, settings.Automation()))
    assert (stance.mode, stance.target) == ("draft", 0.99)
    [entry] = log(desk, "automation.topic")
    assert (entry.object_id, entry.detail["changed"]["mode"]) == (lock, ["", "draft"])
    page = desk.get("editor", "/desk/rollout").text
    assert page.count("替客服写好") >= 3
    assert "随上级" in page
    one = desk.get("editor", f"/desk/rollout/{below}").text
    assert "空着随上级：99" in one
    desk.post("editor", f"/desk/rollout/{lock}", {"mode": "", "never": "1"})
    assert desk.read(lambda s: rollout.stance(s, below, settings.Automation()).never)
    assert "从不自动答" in desk.get("editor", "/desk/rollout").text
    assert desk.get("editor", "/desk/rollout/999").status_code == 404
    bad = desk.post("editor", f"/desk/rollout/{lock}", {"mode": "", "precision": "400"})
    assert bad.status_code == 400
    assert desk.read(lambda s: s.get_one(Topic, lock).precision) is None


# Limits.


def pause(desk: Desk, kind: str = "breaker") -> int:
    def put(session: Session) -> int:
        found = settings.Automation(pause_minutes=20)
        row = pauses.note(session, kind, "a@b.example", found, 60, now=desk.clock())
        assert row is not None
        return row.id

    number: int = desk.write(put)
    return number


def test_a_pause_stands_on_every_page_until_it_is_over(desk: Desk) -> None:
    assert "自动回复停了" not in desk.get("agent", "/desk/articles").text
    number = pause(desk)
    page = desk.get("agent", "/desk/articles").text
    assert "自动回复停了：一分钟里发得太多" in page
    assert "今天10:20" in page
    assert desk.post("editor", "/desk/quotas", {"do": "lift", "id": str(number)}).status_code == 303
    assert "自动回复停了" not in desk.get("agent", "/desk/articles").text
    row = desk.read(lambda s: s.get_one(Pause, number))
    assert row.lifted_at == desk.clock()
    assert len(log(desk, "automation.lift")) == 1
    again = desk.post("editor", "/desk/quotas", {"do": "lift", "id": str(number)})
    assert again.status_code == 409
    assert "editor甲恢复的" in desk.get("agent", "/desk/quotas").text


def test_a_senders_pause_stands_on_the_page_of_limits_only(desk: Desk) -> None:
    pause(desk, "sender")
    assert "自动回复停了" not in desk.get("agent", "/desk/articles").text
    assert "a@b.example" in desk.get("agent", "/desk/quotas").text


def test_limits_are_changed_within_bounds(desk: Desk) -> None:
    form = {"do": "save", "per_sender_day": "7", "per_thread": "2", "per_domain_hour": "90",
            "per_minute": "40", "bounce_share": "15", "pause_minutes": "30",
            "oldest_days": "5"}  # fmt: skip
    assert desk.post("editor", "/desk/quotas", form).status_code == 303
    found = automation(desk)
    assert (found.per_sender_day, found.bounce_share, found.pause_minutes) == (7, 15, 30)
    bad = desk.post("editor", "/desk/quotas", {**form, "per_thread": "9", "per_minute": "41"})
    assert bad.status_code == 400
    assert 'value="41"' in bad.text
    assert automation(desk).per_minute == 40


# Back-tests.


def test_a_back_test_is_started_watched_and_read(desk: Desk) -> None:
    answer = desk.post("editor", "/desk/backtests", {"source": "database", "last": "500"})
    assert answer.status_code == 303
    row = desk.read(lambda s: s.scalars(select(Backtest)).one())
    assert (row.source, row.last) == ("database", 500)
    assert desk.read(lambda s: s.scalars(select(Job.kind).where(Job.kind == "backtest")).one())
    page = desk.get("agent", f"/desk/backtests/{row.id}").text
    assert 'http-equiv="refresh"' in page
    assert desk.post("editor", "/desk/backtests", {"source": "database"}).status_code == 409
    desk.write(lambda s: finish(s, row.id))
    page = desk.get("agent", f"/desk/backtests/{row.id}").text
    assert "41%" in page
    assert "93%" in page
    assert "门锁没电了怎么开门" in page
    assert "另有1封的原话教过知识库" in page
    taught = desk.get("agent", f"/desk/backtests/{row.id}?show=taught").text
    assert "门锁没电了怎么开门" in taught
    assert "门锁没电了怎么开门" not in desk.get("agent", f"/desk/backtests/{row.id}?about=x").text
    differ = desk.get("agent", f"/desk/backtests/{row.id}?show=differ").text
    assert "发票怎么开" in differ
    assert "门锁没电了怎么开门" not in differ


def finish(session: Session, number: int) -> None:
    row = session.get_one(Backtest, number)
    row.state, row.done, row.total = "done", 10, 10
    line = {"name": "1", "at": "", "sender": "a@b.example", "subject": "", "band": "answer",
            "article": "1", "title": "门锁没电了", "category": "门锁", "probability": 0.97,
            "reply": "贴电池", "likeness": 0.8, "taught": True}  # fmt: skip
    row.result = {
        "mails": 10, "asked": 9, "answered": 4, "compared": 4, "same": 3, "taught": 1,
        "answered_share": 0.41, "same_share": 0.93, "skipped": {"machine": 1, "N18": 2},
        "categories": [{"category": "门锁", "asked": 9, "answered": 4, "compared": 4, "same": 3,
                        "taught": 1, "answered_share": 0.41, "same_share": 0.93}],
        "lines": [{**line, "question": "门锁没电了怎么开门", "same": True},
                  {**line, "question": "发票怎么开", "same": False, "taught": False}],
    }  # fmt: skip


def test_an_upload_is_taken_or_refused_with_a_sentence(desk: Desk) -> None:
    empty = desk.post("editor", "/desk/backtests", {"source": "upload"})
    assert empty.status_code == 400
    assert "请先选一个mbox文件" in empty.text
    mbox = (io.BytesIO(b"From a\nFrom: a@b.example\n\nx\n"), "old.mbox")
    answer = desk.post("editor", "/desk/backtests", {"source": "upload", "mbox": mbox})
    assert answer.status_code == 303
    row = desk.read(lambda s: s.scalars(select(Backtest)).one())
    assert (row.source, row.name) == ("upload", "old.mbox")
    assert row.upload.startswith(b"From a")
    assert desk.post("editor", f"/desk/backtests/{row.id}").status_code == 303
    assert desk.read(lambda s: s.get_one(Backtest, row.id).state) == "stopped"


# Savings.


def test_savings_say_when_too_little_is_known(desk: Desk) -> None:
    page = desk.get("agent", "/desk/saving").text
    assert "两边都满20封" in page
    assert desk.get("agent", "/desk/saving?days=30").status_code == 200


# A mail with a decision.


def mail(desk: Desk, article: int, **values: object) -> int:
    """Put a decided mail into a ticket; returns the ticket."""

    def put(session: Session) -> int:
        contact = contacts.find_or_create(session, "mail", "lin@example.com", now=desk.clock())
        opening = tickets.Opening("门锁", "门锁没电了", "mail", contact_id=contact.id)
        row = tickets.open_ticket(session, opening, now=desk.clock())
        asked = questions.Asked(
            "mail", "门锁没电了", contact_id=contact.id, ticket_id=row.id, to_person=True
        )
        question = questions.record(session, asked, (), now=desk.clock())
        fields = {"mode": "draft", "action": "ticket", "wanted": "answer", "band": "answer",
                  "held": "draft", **values}  # fmt: skip
        fields = {"inputs": {}, "explanation": {"why": "band_answer", "checks": []}, **fields}
        decision = Decision(
            created_at=desk.clock(), probability=0.96, article_id=article, ticket_id=row.id,
            question_id=question.id, question="门锁没电了", **fields,
        )  # fmt: skip
        session.add(decision)
        session.flush()
        saying = tickets.Saying(
            CUSTOMER, "门锁没电了", "mail", mail_id="<1@x>", detail={"decision": decision.id}
        )
        tickets.say(session, row, saying, now=desk.clock())
        return row.id

    number: int = desk.write(put)
    return number


def test_a_prepared_reply_stands_in_the_ticket_and_one_click_sends_it(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    number = mail(desk, article)
    page = desk.get("agent", f"/desk/tickets/{number}").text
    assert "写好了，把握96%" in page
    assert "照这样发" in page
    assert "把9V电池贴在触点上。" in page
    form = {"text": "把9V电池贴在触点上。\nhttp://x/a/1", "used": str(article), "then": "reply"}
    assert desk.post("agent", f"/desk/tickets/{number}/reply", form).status_code == 303
    assert "照这样发" not in desk.get("agent", f"/desk/tickets/{number}").text
    shown = desk.read(lambda s: s.scalars(select(Shown)).one())
    assert (shown.article_id, shown.confirmed_by) == (article, "agent")


def test_drafts_wait_in_a_queue_with_their_age_until_somebody_answers(desk: Desk) -> None:
    assert "写好了等发" not in desk.get("agent", "/desk/").text
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    number = mail(desk, article)
    mail(desk, article, mode="on", held="holdout", action="receipt")
    desk.clock.advance(minutes=35)
    page = desk.get("agent", "/desk/?tab=drafts").text
    assert "写好了等发" in page
    assert "最久的等了35分钟" in page
    assert page.count('<span class="who">') == 1
    assert f"/desk/tickets/{number}" in page
    ticket = desk.get("agent", f"/desk/tickets/{number}").text
    assert "写好了回复，由客服看过再发" in ticket
    assert "这次提问：转人工" not in ticket
    form = {"text": "把9V电池贴在触点上。", "used": str(article), "then": "reply"}
    desk.post("agent", f"/desk/tickets/{number}/reply", form)
    assert "写好了等发" not in desk.get("agent", "/desk/").text


def test_what_was_shown_in_a_receipt_stands_in_the_ticket(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    number = mail(desk, article, mode="on", held="", action="suggest", wanted="suggest")

    def receipt(session: Session) -> None:
        row = session.get_one(Ticket, number)
        offered = outgoing.Offered(article, 1, 0.5)
        queued = outgoing.queue_receipt(session, row, now=desk.clock(), suggestions=[offered])
        assert queued is not None
        queued.state, queued.sent_at = SENT, desk.clock()

    assert "给客户发了回执" not in desk.get("agent", f"/desk/tickets/{number}").text
    desk.write(receipt)
    flow = desk.get("agent", f"/desk/tickets/{number}").text.split('class="flow"')[1]
    assert "给客户发了回执" in flow
    assert "门锁没电了，怎么开门？" in flow.split("给客户发了回执")[1].split("</li>")[0]


def test_a_draft_that_was_written_anew_confirms_nothing(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    number = mail(desk, article)
    form = {"text": "已经请师傅明天上门，请留意电话。", "used": str(article), "then": "reply"}
    desk.post("agent", f"/desk/tickets/{number}/reply", form)
    assert desk.read(lambda s: s.scalars(select(Shown)).all()) == []


def test_a_withdrawn_answer_is_no_draft(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    number = mail(desk, article)
    desk.write(lambda s: setattr(s.get_one(Article, article), "live_version", None))
    assert "照这样发" not in desk.get("agent", f"/desk/tickets/{number}").text


def test_who_answers_a_held_out_mail_does_not_know(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    number = mail(desk, article, mode="on", held="holdout", action="receipt")
    page = desk.get("agent", f"/desk/tickets/{number}").text
    assert "照这样发" not in page
    assert "/desk/decisions/" not in page.split('class="talk"')[1]
    assert "留作对照" not in desk.get("agent", "/desk/decisions").text
    form = {"text": "贴9V电池。", "used": str(article), "then": "reply"}
    desk.post("agent", f"/desk/tickets/{number}/reply", form)
    assert "留作对照" in desk.get("agent", "/desk/decisions").text
    shown = desk.read(lambda s: s.scalars(select(Shown)).one())
    assert shown.confirmed_by == "holdout"


def test_a_decision_shows_what_was_asked_for(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    mail(desk, article)
    tried = {"text": "门锁没电了", "article": article, "probability": 0.96, "margin": 0.5,
             "coverage": 0.9, "gate": 0.91, "gate_from": "topic", "needs_margin": 0.2,
             "needs_coverage": 0.0, "band": "answer"}  # fmt: skip
    number = desk.read(lambda s: s.scalars(select(Decision.id)).one())
    desk.write(lambda s: setattr(s.get_one(Decision, number), "inputs", {"tried": [tried]}))
    page = desk.get("agent", f"/desk/decisions/{number}").text
    assert "96%，要91%" in page
    assert "这个分类的结果" in page
    assert "写好了回复，由客服看过再发" in page


# Corrections.


def told(desk: Desk, article: int, *addresses: str) -> None:
    def put(session: Session) -> None:
        for address in addresses:
            contact = contacts.find_or_create(session, "mail", address, now=desk.clock())
            opening = tickets.Opening("门锁", "门锁没电了", "mail", contact_id=contact.id)
            row = tickets.open_ticket(session, opening, now=desk.clock())
            saying = tickets.Saying(AUTOMATIC, "贴电池", "mail", delivery="queued")
            message = tickets.say(session, row, saying, now=desk.clock())
            offered = [outgoing.Offered(article, 1, 0.96)]
            sent = outgoing.queue_answer(
                session, message, offered, question="门锁没电了", spool_id=contact.id,
                now=desk.clock(),
            )  # fmt: skip
            sent.state, sent.mail_id = SENT, f"<{address}>"

    desk.write(put)


def test_a_correction_is_prepared_seen_and_sent(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    told(desk, article, "a@b.example", "c@d.example")
    path = f"/desk/articles/{article}/told"
    page = desk.get("agent", path).text
    assert "a@b.example" in page
    assert "更正的内容" not in page
    page = desk.get("editor", path).text
    assert "会发给筛选出来的2个人" in page
    assert "把9V电池贴在触点上。" in page
    form = {"do": "preview", "text": "型号写错了。", "count": "2"}
    page = desk.post("editor", path, form).text
    assert "确认发给2个人" in page
    assert "请在此线以上回复" in page
    assert desk.read(lambda s: s.scalars(select(Correction)).all()) == []
    assert desk.post("editor", path, {**form, "do": "send"}).status_code == 303
    mails = desk.read(lambda s: s.scalars(
        select(OutgoingMail).where(OutgoingMail.kind == "correction")).all())  # fmt: skip
    assert {m.to_address for m in mails} == {"a@b.example", "c@d.example"}
    page = desk.get("editor", path).text
    assert "更正过" in page
    assert "还有2封在路上" in page
    [entry] = log(desk, "mail.correct")
    assert entry.detail["mails"] == 2
    said = desk.read(lambda s: s.scalars(
        select(Message.text).where(Message.text == "型号写错了。")).all())  # fmt: skip
    assert len(said) == 2
    assert desk.read(lambda s: s.scalars(select(Ticket.state)).all()) == ["waiting", "waiting"]


def test_the_list_is_narrowed_by_version_and_day(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？")
    told(desk, article, "a@b.example")
    desk.clock.advance(days=2)
    told(desk, article, "c@d.example")
    path = f"/desk/articles/{article}/told"
    today = desk.clock().date().isoformat()
    since = desk.get("editor", f"{path}?since={today}").text
    assert "c@d.example" in since
    assert "a@b.example" not in since
    yesterday = (desk.clock() - timedelta(days=1)).date().isoformat()
    until = desk.get("editor", f"{path}?until={yesterday}").text
    assert "a@b.example" in until
    assert "c@d.example" not in until
    assert "还没有自动发给过谁" in desk.get("editor", f"{path}?version=9").text
    assert desk.get("editor", f"{path}?since=gestern").status_code == 400


def test_a_correction_that_changed_meanwhile_is_looked_at_again(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？")
    told(desk, article, "a@b.example", "c@d.example")
    path = f"/desk/articles/{article}/told"
    answer = desk.post("editor", path, {"do": "send", "text": "改成这样。", "count": "1"})
    assert answer.status_code == 409
    assert "现在是2个人" in answer.text
    assert "改成这样。" in answer.text
    empty = desk.post("editor", path, {"do": "preview", "text": " ", "count": "2"})
    assert empty.status_code == 400

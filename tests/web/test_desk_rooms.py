"""The quiet rooms: settings, accounts, structure, notices, dictionary, contacts, mail, figures."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply.tables import Decision, OutgoingMail, Spool
from kb import categories, jobs, questions, settings
from kb.models.knowledge import Category, Notice
from kb.models.people import ApiToken, Contact, User
from kb.models.service import Message, Question, Ticket
from search import glossary, model_history
from search.model import shipped
from search.model_history import Models
from tests.web.conftest import PASSWORD, Desk
from tests.web.test_desk_tickets import make_ticket
from tests.web.world import build

COMPANY = {
    "do": "company", "company_name": "安庐科技", "company_name_en": "Anlu",
    "mailbox": "hi@anlu.example", "phone": "400", "hours_from": "8", "hours_to": "20",
    "weekdays": ["0", "6"], "reply_minutes": "30", "ticket_prefix": "al",
}  # fmt: skip


def company(desk: Desk) -> settings.Company:
    value: settings.Company = desk.read(lambda s: settings.read(s, settings.Company))
    return value


def user_id(desk: Desk, name: str) -> int:
    number: int = desk.read(lambda s: s.scalar(select(User.id).where(User.name == name)))
    return number


def test_company_settings(desk: Desk) -> None:
    assert desk.post("admin", "/desk/settings", COMPANY).status_code == 303
    kept = company(desk)
    assert (kept.name, kept.weekdays, kept.ticket_prefix) == ("安庐科技", (0, 6), "AL")
    assert (kept.hours_from, kept.hours_to, kept.reply_minutes) == (8, 20, 30)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("company_name", "", "名字还空着"),
        ("mailbox", "hi", "邮箱好像没写完"),
        ("hours_to", "7", "下班要晚于上班"),
        ("reply_minutes", "1", "5到2880之间"),
        ("reply_minutes", "many", "应该是一个数字"),
        ("ticket_prefix", "安庐", "1到6个字母或数字"),
    ],
)
def test_a_wrong_company_is_named_and_kept(
    desk: Desk, field: str, value: str, sentence: str
) -> None:
    answer = desk.post("admin", "/desk/settings", {**COMPANY, field: value})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert company(desk).name == "安庐"
    if field != "company_name":
        assert 'value="安庐科技"' in answer.text


def test_automation_and_retention(desk: Desk) -> None:
    form = {"do": "automation", "mode": "on", "mail_precision": "97", "form_precision": "90",
            "per_sender_day": "3"}  # fmt: skip
    desk.post("admin", "/desk/settings", form)
    kept = desk.read(lambda s: settings.read(s, settings.Automation))
    assert (kept.mode, kept.mail_precision, kept.per_sender_day) == ("on", 0.97, 3)
    assert desk.post("admin", "/desk/settings", {**form, "mode": "always"}).status_code == 400
    assert desk.post("agent", "/desk/settings", form).status_code == 403


def test_ones_own_profile_and_password(desk: Desk) -> None:
    form = {
        "do": "profile",
        "display_name": "许知微",
        "signature": "许知微\n客服",
        "language": "zh",
    }
    assert desk.post("agent", "/desk/settings", form).status_code == 303
    wrong = {**form, "old_password": "nope", "new_password": "another-long-secret"}
    answer = desk.post("agent", "/desk/settings", wrong)
    assert "现在的密码不对" in answer.text
    assert "another-long-secret" not in answer.text
    right = {**wrong, "old_password": PASSWORD}
    assert desk.post("agent", "/desk/settings", right).status_code == 303
    assert desk.get("agent", "/desk/").status_code == 303


def test_users_are_added_changed_and_stopped(desk: Desk) -> None:
    form = {"do": "save", "name": "hechuan", "display_name": "何川", "role": "agent",
            "password": "a-long-new-password"}  # fmt: skip
    assert desk.post("admin", "/desk/users", form).status_code == 303
    number = user_id(desk, "hechuan")
    taken = desk.post("admin", "/desk/users", form)
    assert taken.status_code == 409
    assert "已经有人用了" in taken.text
    changed = {**form, "id": str(number), "role": "editor", "password": "", "display_name": "何川2"}
    desk.post("admin", "/desk/users", changed)
    assert desk.read(lambda s: s.get_one(User, number).role) == "editor"
    desk.post("admin", "/desk/users", {"do": "stop", "id": str(number)})
    assert not desk.read(lambda s: s.get_one(User, number).active)


def test_the_last_administrator_stays(desk: Desk) -> None:
    number = str(user_id(desk, "admin"))
    answer = desk.post("admin", "/desk/users", {"do": "stop", "id": number})
    assert "最后一位管理员" in answer.text
    form = {"do": "save", "id": number, "name": "admin", "display_name": "A", "role": "agent"}
    assert desk.post("admin", "/desk/users", form).status_code == 409


def test_a_token_is_shown_once(desk: Desk) -> None:
    answer = desk.post(
        "admin", "/desk/tokens", {"do": "make", "name": "小程序", "scopes": ["read"]}
    )
    assert "wq_1_" in answer.text
    assert "wq_1_" not in desk.get("admin", "/desk/tokens").text
    assert desk.post("admin", "/desk/tokens", {"do": "make", "name": "x"}).status_code == 400
    desk.post("admin", "/desk/tokens", {"do": "revoke", "id": "1"})
    assert desk.read(lambda s: s.get_one(ApiToken, 1).revoked_at) is not None


def test_categories(desk: Desk) -> None:
    form = {"do": "save", "name": "门锁", "slug": "lock", "icon": "lock", "parent_id": ""}
    assert desk.post("editor", "/desk/categories", form).status_code == 303
    desk.post("editor", "/desk/categories", {**form, "name": "摄像头", "slug": "camera"})
    wrong = desk.post("editor", "/desk/categories", {**form, "name": "又一个"})
    assert wrong.status_code == 409
    assert 'value="又一个"' in wrong.text
    desk.post("editor", "/desk/categories", {"do": "up", "id": "2"})
    names = desk.read(lambda s: [row.name for row in categories.tree(s)])
    assert names == ["摄像头", "门锁"]
    circle = {**form, "id": "1", "parent_id": "1"}
    assert desk.post("editor", "/desk/categories", circle).status_code == 409
    desk.post("editor", "/desk/categories", {"do": "remove", "id": "2"})
    assert desk.read(lambda s: s.get(Category, 2)) is None


def test_the_home_menu_and_its_limits(desk: Desk) -> None:
    build(desk)
    form = {"g0_title": "门锁", "g0_icon": "lock", "g0e0_title": "怎么开", "g0e0_target": "c:1",
            "g0e1_title": "", "g0e1_target": "a:1"}  # fmt: skip
    assert desk.post("editor", "/desk/menu", form).status_code == 303
    home = desk.get("nobody", "/").text
    assert "怎么开" in home
    assert "/a/1-" in home
    lost = desk.post("editor", "/desk/menu", {**form, "g0e2_title": "死路"})
    assert lost.status_code == 400
    assert "“死路”还没有指向" in lost.text
    assert 'value="怎么开"' in lost.text


def test_notices_always_end(desk: Desk) -> None:
    form = {
        "do": "save",
        "title": "台风",
        "body": "安装顺延",
        "ends_at": "",
        "keywords": "安装，师傅",
    }
    answer = desk.post("editor", "/desk/notices", form)
    assert "请填结束时间" in answer.text
    assert "安装顺延" in answer.text
    desk.post("editor", "/desk/notices", {**form, "ends_at": "2026-11-26T18:00"})
    assert "台风" in desk.get("nobody", "/").text
    assert desk.read(lambda s: s.scalar(select(Notice.keywords))) == ["安装", "师傅"]
    desk.post("editor", "/desk/notices", {"do": "end", "id": "1"})
    assert "台风" not in desk.get("nobody", "/").text


def test_the_dictionary_is_saved_and_tried(desk: Desk) -> None:
    form = {"do": "save", "synonyms": "嘀嘀叫 滴滴响", "words": "虚位密码", "stop": ""}
    assert desk.post("editor", "/desk/dictionary", form).status_code == 303
    assert desk.read(lambda s: glossary.texts(s).user_words) == "虚位密码"
    page = desk.post("editor", "/desk/dictionary", {"do": "try", "text": "虚位密码怎么设"}).text
    assert "虚位密码 / " in page
    long = desk.post("editor", "/desk/dictionary", {**form, "words": "长" * 200_001})
    assert long.status_code == 400
    assert "最多200000个字" in long.text


def test_a_contact_is_exported_and_erased(desk: Desk) -> None:
    world = build(desk)
    number = world.values["contact_id"]
    path = f"/desk/contacts/{number}"
    assert "lin@example.com" in desk.get("agent", "/desk/contacts?q=lin@").text
    assert desk.post("agent", path, {"do": "export"}).status_code == 403
    document = json.loads(desk.post("admin", path, {"do": "export"}).text)
    assert document["identities"] == [{"kind": "mail", "value": "lin@example.com"}]
    assert desk.post("agent", path, {"do": "erase"}).status_code == 403
    assert desk.post("admin", path, {"do": "erase"}).status_code == 303
    left = desk.read(lambda s: [
        s.scalars(select(table)).all() for table in (Contact, OutgoingMail, Spool, Decision)
    ])  # fmt: skip
    assert left == [[], [], [], []]
    assert desk.get("admin", path).status_code == 404
    texts = desk.read(
        lambda s: [*s.scalars(select(Message.text)), *s.scalars(select(Question.text))]
    )
    assert not any("打不开" in text for text in texts)


def test_a_decision_says_why_and_can_be_judged(desk: Desk) -> None:
    world = build(desk)
    path = f"/desk/decisions/{world.values['decision_id']}"
    page = desk.get("agent", path).text
    assert "这里是影子模式，只判断不发" in page
    assert "怎么开门？" in page
    desk.post("agent", path, {"right": "no"})
    assert desk.read(lambda s: s.scalar(select(Decision.right))) is False
    assert "看过，不对" in desk.get("agent", "/desk/decisions").text


def test_the_outbox_shows_what_waits(desk: Desk) -> None:
    world = build(desk)
    page = desk.get("agent", "/desk/outbox").text
    assert "回执" in page
    assert "lin@example.com" in page
    assert "还没有发过信" in desk.get("agent", "/desk/outbox?tab=sent").text
    mail = desk.get("agent", f"/desk/spool/{world.values['mail_id']}").text
    assert "1张外部图片没有加载" in mail
    frame = desk.get("agent", f"/desk/spool/{world.values['mail_id']}/frame")
    assert "x.example" not in frame.text
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert "下载原信" in mail
    whole = desk.get("agent", f"/desk/spool/{world.values['mail_id']}.eml")
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert "lin@example.com" in whole.text


def test_a_dead_job_gets_another_round(desk: Desk) -> None:
    def kill(session: Session) -> int:
        job = jobs.enqueue(session, "deliver", {"mail": 1}, now=desk.clock())
        assert job is not None
        jobs.bury(session, job, "connection refused")
        return job

    number = desk.write(kill)
    assert "connection refused" in desk.get("admin", "/desk/jobs").text
    assert desk.post("admin", "/desk/jobs", {"do": "retry", "id": str(number)}).status_code == 303
    assert desk.post("admin", "/desk/jobs", {"do": "retry", "id": str(number)}).status_code == 409
    assert "重试了任务" in desk.get("admin", "/desk/audit?q=任务").text


def _ask(desk: Desk, text: str, *, results: int, clicked: bool = False, outcome: str = "") -> None:
    def change(session: Session) -> None:
        row = questions.record(session, questions.Asked("search", text), (), now=desk.clock())
        row.results = results
        row.outcome = outcome or None
        if clicked:
            questions.confirm(session, row, 1, "agent", now=desk.clock())
            row.shown[0].clicked_at = desk.clock()

    desk.write(change)


def test_the_figures(desk: Desk) -> None:
    assert "还没有人问过" in desk.get("agent", "/desk/insight").text
    desk.publish("怎么开门？")
    for day in range(3):
        _ask(desk, "怎么开门", results=3, clicked=True)
        _ask(desk, "防冻怎么办", results=0)
        _ask(desk, f"别的{day}", results=2, outcome="person")
        desk.clock.advance(days=1)
    desk.clients.clear()
    number = make_ticket(desk)
    desk.clock.advance(minutes=12)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": "好"})
    page = desk.get("agent", "/desk/insight?days=7").text
    assert "防冻怎么办" in page
    assert "12<small>分钟" in page
    assert "33.3%" in page
    assert "<svg" in page
    assert "style=" not in page
    for days in ("14", "90", "1", "999"):
        assert desk.get("agent", f"/desk/insight?days={days}").status_code == 200


def test_why_found_and_why_not(desk: Desk) -> None:
    number = desk.publish("怎么开门？", "按指纹。", phrasings=("门打不开",))
    found = desk.get("agent", f"/desk/articles/{number}/why?q=门打不开了").text
    assert "字面相似" in found
    assert "没有像的问法" in desk.get("agent", f"/desk/articles/{number}/why?q=发票抬头").text


def test_the_desk_search_finds_tickets_and_drafts(desk: Desk) -> None:
    number = make_ticket(desk, "人脸一直转圈认不出来")
    desk.finding.catch_up()
    row = desk.read(lambda s: s.get_one(Ticket, number))
    assert row.number in desk.get("agent", "/desk/search?q=人脸转圈").text
    assert row.number in desk.get("agent", f"/desk/search?q={row.number}").text


def test_odd_numbers_in_addresses_do_not_break_pages(desk: Desk) -> None:
    for path in ("/desk/?category=x", "/desk/articles?page=x", "/desk/outbox?page=-1"):
        assert desk.get("agent", path).status_code == 400
    assert desk.get("agent", "/desk/tickets/99999999999999999999").status_code == 404
    assert desk.get("agent", "/desk/articles/999").status_code == 404


def test_an_unknown_visitor_comes_back_after_signing_in(desk: Desk) -> None:
    answer = desk.get("nobody", "/desk/articles?tab=draft")
    assert answer.location == "/login?next=/desk/articles?tab%3Ddraft"


def test_what_ranking_learned_can_be_taken_back(desk: Desk) -> None:
    assert "还没有学过" in desk.get("admin", "/desk/learning").text
    models = Models(shipped(semantic=False), shipped(semantic=True))
    marks = {"right": 0.8, "loss": 0.5, "brier": 0.16}
    trial = {"questions": 80, "before": marks, "after": {**marks, "right": 0.85}}
    live = model_history.LIVE
    desk.write(
        lambda session: (
            model_history.keep(
                session, models, state=live, taught=200, trial=trial, now=desk.clock()
            ).id
        )
    )
    page = desk.get("admin", "/desk/learning").text
    assert "80.0% → 85.0%" in page
    assert desk.post("admin", "/desk/learning", {}).status_code == 303
    assert "已退回" in desk.get("admin", "/desk/learning").text
    assert desk.post("admin", "/desk/learning", {}).status_code == 409

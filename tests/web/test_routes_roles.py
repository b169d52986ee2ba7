"""Every route, called by nobody, an agent, an editor and an administrator.

`ROUTES` is the table; a new route without a row fails. Each role gets a world of its own, so that
what one may do cannot hide what another may not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from kb.models.people import User
from tests.web.conftest import Desk
from tests.web.world import World, build

ALL = ("nobody", "agent", "editor", "admin")
STAFF, EDITORS, ADMINS = ALL[1:], ALL[2:], ALL[3:]


@dataclass(frozen=True)
class Row:
    """Who may, what they are answered, and what they send.

    `form` values that begin with `=` name a number of the world; `staff` is what those who are
    signed in are answered, where it differs.
    """

    roles: tuple[str, ...]
    status: int = 200
    form: dict[str, str] = field(default_factory=dict)
    query: str = ""
    staff: int | None = None


ARTICLE = {
    "question": "怎么开门？", "body_md": "按指纹。", "audience": "public", "language": "zh",
    "when": "review", "version": "1",
}  # fmt: skip
WORDING = {
    "do": "save", "greeting": "{客户}，您好：", "closing": "",
    "body": "{答案}\n\n{已解决链接}\n\n{转人工链接}",
}  # fmt: skip
ROUTES: dict[str, Row] = {
    # Customers' pages: the same for everybody.
    "api.ask": Row(ALL, query="?q=开门"),
    "api.get_article": Row(ALL),
    "api.list_articles": Row(ALL),
    "api.openapi": Row(ALL),
    "api.post_ticket": Row(ALL, 401),
    "api.search": Row(ALL, query="?q=开门"),
    "api.unknown": Row(ALL, 404),
    "auth.first_run": Row(ALL, 404),
    "auth.first_run_post": Row(ALL, 404),
    "auth.login": Row(ALL, staff=303),
    "auth.login_post": Row(ALL, 400, {"name": "nobody-here", "password": "x"}),
    "operations.healthz": Row(ALL),
    "operations.metrics": Row(ALL),
    "operations.readyz": Row(ALL),
    "site.article": Row(ALL, 301),
    "site.ask": Row(ALL),
    "site.categories": Row(ALL),
    "site.category": Row(ALL),
    "site.feed": Row(ALL),
    "site.home": Row(ALL),
    "site.human": Row(ALL, 303),
    "site.media": Row(ALL, 404),
    "site.notice": Row(ALL),
    "site.opensearch": Row(ALL),
    "site.privacy": Row(ALL),
    "site.robots": Row(ALL),
    "site.search": Row(ALL, query="?q=开门"),
    "site.send": Row(ALL, 200, {"text": "屏幕碎了能换吗", "mail": "a@example.com", "sure": "1"}),
    "site.sitemap": Row(ALL),
    "site.solved": Row(ALL, 404),
    "site.solved_commit": Row(ALL, 404),
    "site.suggest": Row(ALL, query="?q=开门"),
    "site.ticket": Row(ALL, 404),
    "site.ticket_file": Row(ALL, 404),
    "site.ticket_reply": Row(ALL, 404),
    "site.vote": Row(ALL, 303, {"vote": "yes"}),
    "static": Row(ALL, 404),
    # The desk: reading.
    "desk.inbox": Row(STAFF),
    "desk.ticket": Row(STAFF),
    "desk.mail_frame": Row(STAFF),
    "desk.attachment": Row(STAFF),
    "desk.articles": Row(STAFF),
    "desk.new_article": Row(STAFF),
    "desk.edit": Row(STAFF),
    "desk.preview": Row(STAFF),
    "desk.preview_page": Row(STAFF),
    "desk.public": Row(STAFF, 303),
    "desk.revisions": Row(STAFF),
    "desk.diff": Row(STAFF),
    "desk.why": Row(STAFF, query="?q=开门"),
    "desk.why_any": Row(STAFF, query="?q=开门"),
    "desk.remedy": Row(STAFF, query="?q=开门&article=1&kind=phrasing&text=开开门"),
    # A look belongs to who asked for it; to others it is not there.
    "desk.remedy_progress": Row(STAFF, 404),
    "desk.pins": Row(STAFF),
    "desk.askings": Row(STAFF),
    "desk.search": Row(STAFF, query="?q=开门"),
    "desk.harvest": Row(STAFF, 303),
    "desk.candidate": Row(STAFF),
    "desk.insight": Row(STAFF),
    "desk.outbox": Row(STAFF),
    "desk.outbox_suppressed": Row(STAFF),
    "desk.outbox_mail": Row(STAFF),
    "desk.spool": Row(STAFF),
    "desk.spool_mail": Row(STAFF),
    "desk.spool_raw": Row(STAFF),
    "desk.spool_frame": Row(STAFF),
    "desk.decisions": Row(STAFF),
    "desk.decision": Row(STAFF),
    "desk.rollout": Row(STAFF),
    "desk.rollout_topic": Row(EDITORS),
    "desk.quotas": Row(STAFF),
    "desk.backtests": Row(STAFF),
    "desk.backtest": Row(STAFF),
    "desk.saving": Row(STAFF),
    "desk.told": Row(STAFF),
    "desk.contacts": Row(STAFF),
    "desk.contact": Row(STAFF),
    "desk.notices": Row(STAFF),
    "desk.settings": Row(STAFF),
    "desk.me": Row(STAFF, 303),
    "desk.menu": Row(EDITORS),
    "desk.wordings": Row(EDITORS),
    "desk.wording": Row(EDITORS),
    "desk.wording_frame": Row(EDITORS, 200, WORDING),
    "desk.categories": Row(EDITORS),
    "desk.dictionary": Row(EDITORS),
    "desk.mailboxes": Row(ADMINS),
    "desk.new_mailbox": Row(ADMINS),
    "desk.mailbox": Row(ADMINS),
    "desk.mailbox_agreed": Row(ADMINS, 400),
    "desk.users": Row(ADMINS),
    "desk.tokens": Row(ADMINS),
    "desk.jobs": Row(ADMINS),
    "desk.learning": Row(ADMINS),
    "desk.audit": Row(ADMINS),
    # The desk: writing. The order is that of the table.
    "desk.convert": Row(STAFF, 200, {"markdown": "**a**"}),
    "desk.upload": Row(STAFF, 400),
    "desk.new_article_post": Row(STAFF, 303, ARTICLE),
    "desk.save": Row(STAFF, 303, {**ARTICLE, "version": "=version"}),
    "desk.submit": Row(STAFF, 303, {**ARTICLE, "version": "=version", "body_md": "输密码。"}),
    "desk.review": Row(EDITORS, 303, {**ARTICLE, "decision": "return", "note": "好"}),
    "desk.publish": Row(EDITORS, 409, {**ARTICLE, "version": "0"}),
    "desk.fold_in": Row(EDITORS, 409, {"into": "9999"}),
    "desk.remedy_post": Row(
        EDITORS, 303, {"article": "=article_id", "kind": "pin", "text": "开开门", "q": "开门"}
    ),
    "desk.pins_post": Row(EDITORS, 404, {"do": "unpin", "id": "999"}),
    "desk.askings_post": Row(STAFF, 404, {"do": "adopt", "id": "999"}),
    "desk.heed_post": Row(STAFF, 404),
    "desk.restore": Row(STAFF, 303, {"number": "1"}),
    "desk.archive": Row(EDITORS, 303),
    "desk.take": Row(STAFF, 303),
    "desk.assign": Row(STAFF, 303, {"user_id": ""}),
    "desk.undo": Row((), 404),
    "desk.reply": Row(STAFF, 303, {"text": "好的", "then": "note"}),
    "desk.resolve": Row(STAFF, 303),
    "desk.reopen": Row(STAFF, 303),
    "desk.spam": Row(STAFF, 303),
    "desk.ticket_harvest": Row(STAFF, 303),
    "desk.harvest_post": Row(STAFF, 303),
    "desk.candidate_post": Row(STAFF, 303, {"question": "怎么换电池？", "answer": "拧开后盖。"}),
    "desk.candidate_add_phrasing": Row(EDITORS, 404, {"article_id": "9999"}),
    "desk.candidate_publish": Row(EDITORS, 303),
    "desk.candidate_skip": Row(EDITORS, 409),
    "desk.decision_post": Row(STAFF, 303, {"right": "yes"}),
    "desk.rollout_post": Row(EDITORS, 400, {"mode": "on"}),
    "desk.rollout_topic_post": Row(EDITORS, 303, {"mode": "draft"}),
    "desk.quotas_post": Row(EDITORS, 404, {"do": "lift", "id": "9999"}),
    "desk.backtests_post": Row(EDITORS, 409, {"source": "database"}),
    "desk.backtest_post": Row(EDITORS, 303),
    "desk.told_post": Row(EDITORS, 409, {"do": "send", "text": "更正", "count": "1"}),
    "desk.outbox_retry": Row(ADMINS, 409),
    "desk.spool_post": Row(ADMINS, 409, {"id": "=mail"}),
    "desk.learning_post": Row(ADMINS, 409),
    "desk.jobs_post": Row(ADMINS, 409, {"do": "retry", "id": "999"}),
    "desk.notices_post": Row(EDITORS, 400, {"do": "save"}),
    "desk.outbox_suppressed_post": Row(ADMINS, 303, {"address": "gone@example.com"}),
    "desk.wording_post": Row(EDITORS, 303, WORDING),
    "desk.menu_post": Row(EDITORS, 303),
    "desk.categories_post": Row(EDITORS, 400, {"do": "save"}),
    "desk.dictionary_post": Row(EDITORS, 303, {"do": "save"}),
    "desk.settings_post": Row(ADMINS, 303, {"do": "retention", "questions_days": "90",
                                            "raw_mail_days": "90", "closed_tickets_days": "0"}),
    "desk.mailboxes_post": Row(ADMINS, 400, {"do": "save"}),
    "desk.users_post": Row(ADMINS, 400, {"do": "save"}),
    "desk.tokens_post": Row(ADMINS, 400, {"do": "make"}),
    "desk.contact_post": Row(ADMINS, 303, {"do": "erase"}),
    "auth.logout": Row(ALL, 303),
}  # fmt: skip


def rules(desk: Desk) -> dict[str, Rule]:
    return {rule.endpoint: rule for rule in desk.app.url_map.iter_rules()}


def address(desk: Desk, rule: Rule, world: World) -> str:
    """Return the rule's address with the world's numbers in its gaps."""
    values = {name: world.values.get(name, "none") for name in rule.arguments}
    with desk.app.test_request_context():
        return url_for(rule.endpoint, **values)


def expected(endpoint: str, row: Row, role: str, *, reads: bool) -> int:
    if role in row.roles:
        return row.staff if row.staff and role != "nobody" else row.status
    if role == "nobody" and endpoint.startswith("desk."):
        return 303 if reads else 404
    return 404 if not row.roles else 403


def test_every_route_has_a_row(desk: Desk) -> None:
    assert set(rules(desk)) == set(ROUTES)


@pytest.mark.parametrize("role", ALL)
def test_who_may_read(desk: Desk, role: str) -> None:
    world, wrong = build(desk), []
    for endpoint, row in ROUTES.items():
        rule = rules(desk)[endpoint]
        if "GET" not in (rule.methods or ()) or endpoint == "api.unknown":
            continue
        answer = desk.get(role, address(desk, rule, world) + row.query)
        want = expected(endpoint, row, role, reads=True)
        if answer.status_code != want:
            wrong.append((endpoint, answer.status_code, want, answer.text[-300:]))
        if role == "nobody" and endpoint.startswith("desk."):
            assert answer.location.startswith("/login?next=")
    assert not wrong, wrong


@pytest.mark.parametrize("role", ALL)
def test_who_may_write(desk: Desk, role: str) -> None:
    world, wrong = build(desk), []
    token = desk.csrf(role)
    for endpoint, row in ROUTES.items():
        rule = rules(desk)[endpoint]
        if "POST" not in (rule.methods or ()):
            continue
        form = {name: world.fill(value) for name, value in row.form.items()}
        path = address(desk, rule, world)
        answer = desk.client(role).post(path, data={"csrf_token": token, **form})
        want = expected(endpoint, row, role, reads=False)
        if answer.status_code != want:
            wrong.append((endpoint, answer.status_code, want, answer.text[:4000][-900:]))
        world.refresh(desk)
    assert not wrong, wrong


@pytest.mark.parametrize("token", ["", "x" * 16])
def test_writing_without_the_token_of_the_page_is_refused(desk: Desk, token: str) -> None:
    world = build(desk)
    for endpoint in ROUTES:
        rule = rules(desk)[endpoint]
        if "POST" not in (rule.methods or ()) or endpoint.startswith("api."):
            continue
        data: dict[str, Any] = {"csrf_token": token} if token else {}
        answer = desk.client("admin").post(address(desk, rule, world), data=data)
        assert answer.status_code == 400, endpoint
        assert "页面放得太久" in answer.text


def test_a_write_from_another_site_is_refused(desk: Desk) -> None:
    build(desk)
    answer = desk.client("admin").post(
        "/desk/menu",
        data={"csrf_token": desk.csrf("admin")},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 400


def test_who_stopped_working_here_is_out_at_once(desk: Desk) -> None:
    desk.client("agent")
    number = desk.read(lambda s: _user(s, "agent"))
    desk.post("admin", "/desk/users", {"do": "stop", "id": str(number)})
    assert desk.get("agent", "/desk/").status_code == 303


def _user(session: Session, name: str) -> int:
    number: int = session.scalar(select(User.id).where(User.name == name))
    return number

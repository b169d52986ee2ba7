"""A group's robot is told what is wrong, also when no mail can leave."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import select

from autoreply import alarm_hook, alarm_mails, pauses
from autoreply.tables import OutgoingMail
from kb import settings
from kb.errors import Invalid, Unavailable
from kb.models.system import Job
from tests.autoreply.world import MAILBOX, World


@dataclass
class Robot:
    """What stands behind the address, and what it was sent."""

    url: str = ""
    status: int = 200
    reply: str = '{"errcode": 0}'
    taken: list[dict[str, Any]] = field(default_factory=list)  # Any: JSON


@pytest.fixture
def robot() -> Iterator[Robot]:
    found = Robot()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            found.taken.append(json.loads(self.rfile.read(size)))
            self.send_response(found.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(found.reply.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    found.url = f"http://127.0.0.1:{server.server_port}/hook?key=geheim"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def test_each_robot_gets_the_form_that_it_reads() -> None:
    named = {"msgtype": "text", "text": {"content": "x"}}
    assert alarm_hook.body("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "x") == named
    assert alarm_hook.body("https://oapi.dingtalk.com/robot/send?access_token=1", "x") == named
    feishu = alarm_hook.body("https://open.feishu.cn/open-apis/bot/v2/hook/1", "x")
    assert feishu == {"msg_type": "text", "content": {"text": "x"}}
    assert alarm_hook.body("https://hooks.slack.example/1", "x") == {"text": "x"}


def test_a_robot_is_told(robot: Robot) -> None:
    alarm_hook.post(robot.url, "信发不出去")
    assert robot.taken == [{"text": "信发不出去"}]


@pytest.mark.parametrize(
    ("status", "reply"),
    [(500, ""), (302, ""), (200, '{"errcode": 93000, "errmsg": "invalid webhook url"}'),
     (200, '{"code": 19024, "msg": "Key Words Not Found"}')],
)  # fmt: skip
def test_a_refusal_is_a_fault_that_does_not_tell_the_key(
    robot: Robot, status: int, reply: str
) -> None:
    robot.status, robot.reply = status, reply
    with pytest.raises(Unavailable) as refused:
        alarm_hook.post(robot.url, "x")
    assert "geheim" not in f"{refused.value!r}{refused.value.params}{refused.value.__cause__!r}"


def test_what_says_nothing_of_a_fault_took_it(robot: Robot) -> None:
    robot.reply = "ok"
    alarm_hook.post(robot.url, "x")
    assert len(robot.taken) == 1


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://x/y", "https://"])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(Invalid):
        alarm_hook.post(url, "x")


def _pause(world: World, kind: str) -> None:
    with world.db.transaction() as session:
        limits = settings.Automation()
        pauses.note(session, kind, "wang@qq.example", limits, 60, now=world.now)


def _look(world: World) -> list[str]:
    """Look with a robot but no administrator; returns what it is to be told."""
    with world.db.transaction() as session:
        assert alarm_mails.look(session, world.sender, now=world.now, robot=True) == []
    with world.db.reading() as session:
        rows = session.scalars(select(Job).where(Job.kind == alarm_hook.KIND))
        return [row.payload["text"] for row in rows]


def test_a_relay_that_refuses_everything_is_told_where_no_mail_can_go(world: World) -> None:
    with world.db.transaction() as session:
        session.add(OutgoingMail(
            kind="reply", to_address="a@b.example", to_key="a@b.example", to_domain="b.example",
            mailbox=MAILBOX, created_at=world.now, articles=[], references=[], attempts=3,
            error="sign_in(535 no)",
        ))  # fmt: skip
    world.later(minutes=20)
    [said] = _look(world)
    assert said.startswith("问渠提醒：信发不出去")
    assert MAILBOX in said
    assert "https://help.anlu.example/desk/outbox" in said
    world.later(hours=1)
    assert len(_look(world)) == 1
    world.later(hours=24)
    assert len(_look(world)) == 2


def test_who_a_customer_is_goes_to_no_robot(world: World) -> None:
    _pause(world, pauses.SENDER)
    assert _look(world) == []
    _pause(world, pauses.BREAKER)
    [said] = _look(world)
    assert "wang" not in said


def test_who_wants_no_alarms_gets_none(world: World) -> None:
    world.policy(alarms=False)
    _pause(world, pauses.BREAKER)
    assert _look(world) == []

"""What the desk says of an answer that was kept back: by a limit, or as one to compare with."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autoreply.tables import Decision
from tests.web.conftest import Desk
from tests.web.test_desk_answering import mail


def test_nobody_sees_that_a_mail_is_held_out_before_somebody_answered(desk: Desk) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    checks = [{"id": "band_answer", "passed": True}]
    number = mail(desk, article, mode="on", held="holdout", action="receipt",
                  explanation={"why": "band_answer", "checks": checks})  # fmt: skip
    decided = desk.read(lambda s: s.scalars(select(Decision.id)).one())
    page = desk.get("agent", f"/desk/decisions/{decided}").text
    assert "把握够大" not in page
    assert "96%" not in page
    assert "对照" not in page
    form = {"text": "把9V电池贴在触点上。", "used": str(article), "then": "reply"}
    desk.post("agent", f"/desk/tickets/{number}/reply", form)
    page = desk.get("agent", f"/desk/decisions/{decided}").text
    assert "会直接回答，留作对照由人回" in page
    assert "96%" in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("breaker", "自动回复全部停了：一分钟里发得太多"),
        ("sender", "这位客户24小时的自动回复到了限额"),
        ("domain", "这个邮箱域名这小时的自动回复到了限额"),
    ],
)
def test_a_limit_is_called_by_its_name_where_agents_look(desk: Desk, kind: str, words: str) -> None:
    article = desk.publish("门锁没电了，怎么开门？", "把9V电池贴在触点上。")
    checks = [{"id": "guard", "passed": False}, {"id": "quota", "passed": False}]
    number = mail(desk, article, mode="on", held="", wanted="ticket",
                  inputs={"rule": "N34", "quota": kind},
                  explanation={"why": "N34", "checks": checks})  # fmt: skip
    decided = desk.read(lambda s: s.scalars(select(Decision.id)).one())
    page = desk.get("agent", f"/desk/decisions/{decided}").text
    # Once among the conditions, once in the list below.
    assert page.count(words) == 2
    assert f"{words}，没有给客户自动发信" in desk.get("agent", f"/desk/tickets/{number}").text

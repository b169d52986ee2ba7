"""A new installation is told what to do; one in use is not."""

from __future__ import annotations

import re

from tests.web.conftest import Desk

LINK = re.compile(r'<li(?: class="done")?><a href="([^"]+)">')


def test_each_role_sees_the_steps_it_may_take(desk: Desk) -> None:
    section = desk.get("admin", "/desk/").text.partition("先做这几步")[2]
    everything = ["/desk/categories", "/desk/articles/new", "/desk/settings", "/"]
    assert LINK.findall(section) == everything
    agent = desk.get("agent", "/desk/").text.partition("先做这几步")[2]
    assert LINK.findall(agent) == ["/desk/articles/new", "/"]


def test_they_go_when_something_is_published(desk: Desk) -> None:
    desk.publish("怎么换电池？", "拧开后盖。")
    page = desk.get("admin", "/desk/").text
    assert "先做这几步" not in page
    assert "这里没有等着的工单" in page


def test_the_search_box_suggests_what_this_base_holds(desk: Desk) -> None:
    assert "例如：怎么开发票" in desk.get("nobody", "/").text
    desk.publish("怎么换电池？", "拧开后盖。")
    assert "例如：怎么换电池" in desk.get("nobody", "/").text

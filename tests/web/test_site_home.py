"""What a customer meets first: the home page's list, neighbours of an answer, notices."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy.orm import Session

from kb import categories, notices
from tests.web.conftest import Desk


def category(desk: Desk, slug: str, name: str, parent: int | None = None) -> int:
    def make(session: Session) -> int:
        branch = categories.Branch(slug=slug, name=name, parent_id=parent)
        row = categories.put(session, branch, now=desk.clock())
        session.flush()
        return row.id

    number: int = desk.write(make)
    return number


def listed(page: str, mark: str) -> list[str]:
    """Return the titles in the list that follows a heading."""
    part = page.partition(mark)[2]
    return re.findall(r'<a href="/a/[^"]*">([^<]*)', re.split("</[ou]l>", part)[0])


def test_without_askers_the_home_page_shows_one_of_each_category(desk: Desk) -> None:
    lock, camera = category(desk, "lock", "门锁"), category(desk, "camera", "摄像头")
    for number in range(4):
        desk.publish(f"门锁第{number}问？", category_id=lock)
    desk.publish("摄像头怎么装？", category_id=camera)
    page = desk.get("nobody", "/").text
    assert listed(page, 'class="rank"') == ["摄像头怎么装？", "门锁第3问？"]
    assert "最近更新" in page
    assert "大家在问" not in page


def test_neighbours_of_an_answer_are_of_its_own_room(desk: Desk) -> None:
    lock, order = category(desk, "lock", "门锁"), category(desk, "order", "订单")
    power = category(desk, "power", "供电", lock)
    first = desk.publish("门锁没电打不开怎么办？", category_id=power)
    desk.publish("申请发票没收到，怎么办？", category_id=order)
    desk.publish("门锁打不开怎么办？", category_id=lock)
    page = desk.client("nobody").get(f"/a/{first}", follow_redirects=True).text
    assert listed(page, 'id="related"')[0] == "门锁打不开怎么办？"


def test_two_notices_are_one_landmark(desk: Desk) -> None:
    def announce(session: Session) -> None:
        for title in ("夜间维护", "大风"):
            ends = desk.clock() + timedelta(hours=1)
            told = notices.Announcement(title, desk.clock(), ends, body_md="请留意。" * 60)
            notices.put(session, told, author_id=None, now=desk.clock())

    desk.write(announce)
    page = desk.get("nobody", "/").text
    assert page.count('aria-label="紧急通知"') == 1
    # Two would fill a phone's first screen, so they are brief on the home page too.
    assert page.count('class="notice brief-phone"') == 2
    assert desk.get("nobody", "/c").text.count('class="notice brief"') == 2


def test_an_empty_search_offers_what_to_read(desk: Desk) -> None:
    desk.publish("怎么换电池？")
    assert "怎么换电池？" in desk.get("nobody", "/search").text


def test_a_vote_without_javascript_is_thanked_for(desk: Desk) -> None:
    article = desk.publish("怎么换电池？")
    answer = desk.post("nobody", f"/a/{article}/vote", {"vote": "no"})
    assert "谢谢，已经记下" in desk.get("nobody", answer.location).text
    stranger = desk.app.test_client().get(answer.location)
    assert "谢谢，已经记下" not in stranger.text

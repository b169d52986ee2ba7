"""From a reply to the next answer: 待沉淀 in two clicks."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from kb.models.knowledge import Article
from kb.models.service import RESOLVED, Candidate
from kb.models.system import Job
from tests import factories
from tests.web.conftest import Desk
from tests.web.test_desk_tickets import make_ticket

ASKED = "你好，我是周琳，手机13800001234。门锁夜里自己响一声是怎么回事？"
ANSWER = "夜里响一声是门锁在自检电机，每天凌晨两点一次，不影响开门。想关掉就在App里关“夜间自检”。"


def harvested(desk: Desk, asked: str = ASKED) -> int:
    number = make_ticket(desk, asked)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": ANSWER, "then": "harvest"})
    candidate: int = desk.read(
        lambda s: s.scalar(select(Candidate.id).order_by(Candidate.id.desc()))
    )
    return candidate


def candidate(desk: Desk, number: int) -> Candidate:
    row: Candidate = desk.read(lambda s: s.get_one(Candidate, number))
    return row


def test_the_candidate_carries_no_personal_data(desk: Desk) -> None:
    number = harvested(desk)
    page = desk.get("editor", f"/desk/harvest/{number}").text
    assert "13800001234" not in page
    assert "夜间自检" in page


def test_published_in_two_clicks_and_found_with_other_words(desk: Desk) -> None:
    number = harvested(desk)
    first = desk.get("editor", "/desk/harvest")
    assert first.location.endswith(f"/desk/harvest/{number}")
    answer = desk.post("editor", f"/desk/harvest/{number}/publish")
    assert answer.status_code == 303
    desk.finding.catch_up()
    assert "夜间自检" in desk.get("nobody", "/search?q=半夜门锁自己响").text
    assert candidate(desk, number).state == "published"
    again = desk.post("editor", f"/desk/harvest/{number}/publish")
    assert again.status_code == 409


def test_added_to_an_article_as_another_way_to_ask(desk: Desk) -> None:
    article = desk.publish("门锁夜里为什么会响？", ANSWER)
    number = harvested(desk)
    page = desk.get("editor", f"/desk/harvest/{number}").text
    assert "门锁夜里为什么会响？" in page
    data = {"article_id": str(article)}
    assert desk.post("editor", f"/desk/harvest/{number}/phrasing", data).status_code == 303
    ways = desk.read(lambda s: [p.text for p in s.get_one(Article, article).phrasings])
    assert any("自己响" in way for way in ways)
    assert candidate(desk, number).state == "merged"


def test_agents_edit_and_cover_but_do_not_decide(desk: Desk) -> None:
    number = harvested(desk)
    data = {
        "question": "门锁夜里响一声？", "answer": "找老王师傅关掉自检，老王在三楼。",
        "phrasings": "半夜响", "redact": "老王",
    }  # fmt: skip
    assert desk.post("agent", f"/desk/harvest/{number}", data).status_code == 303
    row = candidate(desk, number)
    assert "老王" not in row.answer_md
    assert row.answer_md.count("〔个人信息〕") == 2
    assert 'class="hide">个人信息' in desk.get("agent", f"/desk/harvest/{number}").text
    for path in ("publish", "phrasing", "skip"):
        assert desk.post("agent", f"/desk/harvest/{number}/{path}").status_code == 403


def test_bad_edits_are_named_and_kept(desk: Desk) -> None:
    number = harvested(desk)
    data = {"question": " ", "answer": "写了很多", "phrasings": "", "category_id": ""}
    answer = desk.post("agent", f"/desk/harvest/{number}", data)
    assert answer.status_code == 400
    assert "写了很多" in answer.text
    empty = desk.post(
        "editor", f"/desk/harvest/{number}/publish", {**data, "question": "好？", "answer": ""}
    )
    assert empty.status_code == 400
    assert "回答还空着" in empty.text


def test_skip_and_reject(desk: Desk) -> None:
    number = harvested(desk)
    desk.post("editor", f"/desk/harvest/{number}/skip", {"how": "later"})
    assert candidate(desk, number).state == "skipped"
    other = harvested(desk, "摄像头的存储卡要多大的？最多能录几天？")
    desk.post("editor", f"/desk/harvest/{other}/skip", {"how": "never"})
    assert candidate(desk, other).state == "rejected"
    assert "没有等着整理的问答" in desk.get("editor", "/desk/harvest").text


def test_a_resolved_ticket_is_harvested_later(desk: Desk) -> None:
    number = make_ticket(desk, ASKED)
    path = f"/desk/tickets/{number}"
    desk.post("agent", f"{path}/reply", {"text": ANSWER})
    assert desk.post("agent", f"{path}/harvest").status_code == 409
    desk.post("agent", f"{path}/resolve")
    assert "放进待沉淀" in desk.get("agent", path).text
    answer = desk.post("agent", f"{path}/harvest")
    assert "/desk/harvest/" in answer.location
    assert (
        desk.post("agent", f"{path}/harvest").location.split("?")[0]
        == answer.location.split("?")[0]
    )


def test_who_asked_is_told_when_ticked(desk: Desk) -> None:
    number = harvested(desk)
    desk.post("editor", f"/desk/harvest/{number}/publish", {"tell": "1"})
    told = desk.read(lambda s: s.scalars(select(Job).where(Job.kind == "tell_asker")).all())
    # They were answered by a person already; nobody waits to be told.
    assert told == []


def test_a_resolved_ticket_is_harvested_by_itself(desk: Desk) -> None:
    number = make_ticket(desk, ASKED)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": ANSWER})
    resolved = desk.post("agent", f"/desk/tickets/{number}/resolve")
    assert "said=kept_only" in resolved.location
    assert desk.read(lambda s: len(s.scalars(select(Candidate)).all())) == 1


def test_tickets_that_were_brought_in_are_gathered_in_one_click(desk: Desk) -> None:
    card = "最大支持256GB的卡，1080P大约能录二十天，满了从最早的开始覆盖。"
    bill = "开票当月在订单页点重开，跨月要先寄回原来的纸质发票。"
    asked = {ASKED: ANSWER, "摄像头的存储卡要多大的？": card, "发票抬头写错了怎么改？": bill}
    for question, answer in asked.items():
        brought = partial(
            factories.make_ticket, subject="", text=question, answer=answer, state=RESOLVED
        )
        desk.write(brought)
    assert "said=gathered" in desk.post("agent", "/desk/harvest").location
    assert desk.read(lambda s: len(s.scalars(select(Candidate)).all())) == 3
    assert "said=nothing_gathered" in desk.post("agent", "/desk/harvest").location

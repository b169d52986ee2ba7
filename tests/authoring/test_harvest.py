"""From a resolved ticket to the next answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import closing, deciding, demo_tickets, harvest, harvest_text
from authoring.harvest_text import Harvested, Said, Skipped
from data import __file__ as data_file
from kb.errors import Conflict, Forbidden, Invalid
from kb.models.people import User
from kb.models.service import Candidate, CandidateTicket, Ticket
from kb.models.system import Job
from tests.factories import AN_AGENT, AN_EDITOR, content, make_article, make_ticket, make_user

DEMO = Path(data_file).parent / "demo"
QUESTION = "您好，我家都是小米的东西，L5能不能加到米家里面一起控制？我姓冯，电话13911230456。"
ANSWER = (
    "冯先生您好，L5目前不能加到米家。可以接天猫精灵和小度：在“我的”→“第三方平台”里绑定。"
    "如有其他问题请随时联系我们，祝您生活愉快！\n——安庐客服 许知微"
)


def read(subject: str, *messages: tuple[str, str]) -> Harvested | Skipped:
    return harvest_text.harvest(subject, [Said(who == "customer", text) for who, text in messages])


def make(session: Session, ticket: Ticket, now: datetime) -> Candidate:
    return harvest.make(
        session, ticket.id, similar=harvest.nothing_similar, actor=AN_AGENT, now=now
    )


def solved(
    session: Session, question: str = QUESTION, answer: str = ANSWER, subject: str = "能接米家吗"
) -> Ticket:
    return make_ticket(session, subject=subject, text=question, answer=answer, state="resolved")


def test_only_the_question_and_the_answer_are_left() -> None:
    found = read("能接米家吗", ("customer", QUESTION), ("agent", ANSWER), ("customer", "知道了"))
    assert isinstance(found, Harvested)
    assert found.question == "能接米家吗？"
    assert found.phrasings == ("我家都是小米的东西，L5能不能加到米家里面一起控制？",)
    assert found.answer_md == (
        "L5目前不能加到米家。可以接天猫精灵和小度：在“我的”→“第三方平台”里绑定。"
    )
    text = f"{found.question}{found.phrasings}{found.answer_md}"
    for secret in ("13911230456", "冯", "许知微"):
        assert secret not in text


@pytest.mark.parametrize(
    ("subject", "messages", "reason"),
    [
        ("谢谢", [("customer", "收到了，谢谢！祝工作顺利。")], "thanks_only"),
        ("回复", [("customer", "好的"), ("agent", "不客气，祝您生活愉快。")], "thanks_only"),
        ("没人理我", [("customer", "有人吗"), ("customer", "算了我打电话")], "no_agent_answer"),
        ("怎么退", [("customer", "怎么退货？"), ("agent", "您好，好的。")], "no_agent_answer"),
        ("诚邀参展", [("customer", "标准展位招商"), ("agent", "已转市场部。")], "spam"),
        ("", [("customer", "〓"), ("agent", "请在App里申请退货。")], "no_question"),
    ],
)  # fmt: skip
def test_what_teaches_nothing(subject: str, messages: list[tuple[str, str]], reason: str) -> None:
    assert read(subject, *messages) == Skipped(reason)


@pytest.mark.parametrize(
    ("subject", "text", "title"),
    [
        ("HomeKit", "请问L7 Pro支持苹果的HomeKit吗？", "L7 Pro支持苹果的HomeKit吗？"),
        ("Re: 【咨询】密码卡找不到了还能配钥匙吗", "搬家弄丢了", "密码卡找不到了还能配钥匙吗？"),
        ("升级失败 代码U7", "固件升级报U7，试了三次。", "升级失败，代码U7，怎么办？"),
        ("", "C3那个灯能不能关 晚上晃眼睛 楼下说了好几次", "C3那个灯能不能关？"),
        ("内存卡格式化失败", "一点就这样", "内存卡格式化失败怎么办？"),
        ("发票抬头写成分公司", "请改一下", "发票抬头写成分公司"),
        ("", "（电话记录）客户李敏15255108834，换锁芯多少钱？", "换锁芯多少钱？"),
    ],
)  # fmt: skip
def test_the_title_is_as_a_customer_would_ask(subject: str, text: str, title: str) -> None:
    found = read(subject, ("customer", text), ("agent", "可以的，请在商城里下单。"))
    assert isinstance(found, Harvested)
    assert found.question == title


def test_what_was_done_for_one_customer_is_no_answer_for_all() -> None:
    told = "改期在订单里选。已帮您确认周六还有名额。"
    found = read("改期", ("customer", "师傅能不能周六来？"), ("agent", told))
    assert isinstance(found, Harvested)
    assert found.answer_md == "改期在订单里选。"


def test_nearly_the_same_words_stand_once() -> None:
    found = read("门锁没电了怎么办", ("customer", "门锁没电了。门锁没电怎么办呀？钥匙也没带。"),
                 ("agent", "接上充电宝就能开。"))  # fmt: skip
    assert isinstance(found, Harvested)
    assert (found.question, found.phrasings) == ("门锁没电了怎么办？", ())


def test_steps_as_people_type_them_become_a_list() -> None:
    said = "请接应急口：\n1. 掀开胶盖\n2、插上充电宝\n3）按指纹\n要带：\n· 线\n· 充电宝"
    found = read("没电", ("customer", "门锁没电了怎么开门？"), ("agent", said))
    assert isinstance(found, Harvested)
    assert found.answer_md == (
        "请接应急口：\n\n1. 掀开胶盖\n2. 插上充电宝\n3. 按指纹\n\n要带：\n\n- 线\n- 充电宝"
    )


def test_a_ticket_is_harvested_once(session: Session, now: datetime) -> None:
    ticket = solved(session)
    candidate = harvest.make(
        session, ticket.id, similar=lambda _: [(7, 0.4), (9, 0.8)], actor=AN_AGENT, now=now
    )
    assert [item["article"] for item in candidate.similar] == [9, 7]
    assert {"kind": "phone", "count": 1} in candidate.redacted
    with pytest.raises(Conflict) as caught:
        make(session, ticket, now)
    assert caught.value.code == "already_harvested"
    deciding.skip(session, candidate.id, actor=AN_EDITOR, now=now)
    assert make(session, ticket, now).id != candidate.id


def test_an_open_ticket_and_an_empty_one_are_refused(session: Session, now: datetime) -> None:
    with pytest.raises(Conflict) as caught:
        make(session, make_ticket(session, answer=ANSWER), now)
    assert caught.value.code == "not_resolved"
    with pytest.raises(Conflict) as caught:
        make(session, solved(session, "谢谢", "不客气。"), now)
    assert caught.value.params["reason"] == "thanks_only"


def test_the_second_to_ask_the_same_joins(session: Session, now: datetime) -> None:
    first = make(session, solved(session), now)
    other = solved(session, "门锁能加进米家App吗", "您好，目前不能加到米家，可以接天猫精灵和小度。")
    second = make(session, other, now)
    invoice = solved(session, "发票怎么开？", "在订单页面点申请开票，填好抬头就行。", "发票")
    third = make(session, invoice, now)
    assert (second.id, len(second.sources)) == (first.id, 2)
    assert third.id != first.id
    assert "门锁能加进米家App吗？" in second.phrasings


def test_an_undone_reply_takes_its_ticket_out_again(session: Session, now: datetime) -> None:
    ticket = solved(session)
    candidate = make(session, ticket, now)
    harvest.forget(session, candidate.id, ticket.id)
    assert session.get(Candidate, candidate.id) is None
    harvest.forget(session, candidate.id, ticket.id)


def test_two_clicks_to_a_new_article(session: Session, now: datetime) -> None:
    ticket = solved(session)
    waiting = make_ticket(session, text="L5能加到米家里一起控制吗？")
    other = make_ticket(session, subject="发票", text="发票抬头开错了，怎么改？")
    candidate = make(session, ticket, now)
    with pytest.raises(Forbidden):
        deciding.publish_as_article(session, candidate.id, content(), actor=AN_AGENT, now=now)
    article = deciding.publish_as_article(
        session, candidate.id, content(candidate.question, candidate.answer_md),
        actor=AN_EDITOR, now=now, tell=[ticket.id, waiting.id, other.id, 999],
    )  # fmt: skip
    assert (article.live_version, candidate.state, candidate.article_id) == (
        1,
        "published",
        article.id,
    )
    job = session.scalars(select(Job)).one()
    assert (job.kind, job.payload) == (closing.TELL, {"ticket": waiting.id, "article": article.id})
    closing.run_told(session, {"ticket": ticket.id}, now=now)
    assert session.scalars(select(CandidateTicket)).one().told_at == now
    with pytest.raises(Conflict):
        deciding.reject(session, candidate.id, actor=AN_EDITOR, now=now)


def test_two_clicks_to_another_way_to_ask(session: Session, now: datetime) -> None:
    article = make_article(session, question="支持哪些智能家居平台？")
    candidate = make(session, solved(session), now)
    deciding.add_as_phrasing(session, candidate.id, article.id, actor=AN_EDITOR, now=now)
    assert [row.text for row in article.phrasings] == [candidate.question, *candidate.phrasings]
    assert (candidate.state, article.live_version) == ("merged", 2)
    assert session.scalars(select(Job)).all() == []


def test_a_candidate_can_be_edited_until_it_is_decided(session: Session, now: datetime) -> None:
    candidate = make(session, solved(session), now)
    words = {"answer_md": "不能。", "phrasings": ["甲", " "], "category_id": None}
    edited = harvest.edit(
        session, candidate.id, question=" 能接 米家吗？", actor=AN_AGENT, now=now, **words
    )
    assert (edited.question, edited.phrasings) == ("能接 米家吗？", ["甲"])
    with pytest.raises(Invalid):
        harvest.edit(session, candidate.id, question=" ", actor=AN_AGENT, now=now, **words)
    deciding.reject(session, candidate.id, actor=AN_EDITOR, now=now, reason="已有")
    with pytest.raises(Conflict):
        harvest.edit(session, candidate.id, question="问？", actor=AN_AGENT, now=now, **words)


def test_the_demo_has_something_to_harvest(session: Session, now: datetime) -> None:
    for name in ("xuzhiwei", "hechuan", "chengshu"):
        make_user(session, name)
    paths = sorted(DEMO.glob("tickets-*.jsonl"))
    many = demo_tickets.load(session, paths, now=now)
    rows = session.scalars(select(Ticket)).all()
    assert len(rows) == many >= 60
    assert max(row.created_at for row in rows) <= now
    assert all(row.contact is not None and row.messages for row in rows)
    assert {row.assignee_id for row in rows} >= set(session.scalars(select(User.id)))
    taught = [
        ticket
        for ticket in rows
        if ticket.state == "resolved" and isinstance(harvest.read(session, ticket), Harvested)
    ]
    for ticket in taught:
        make(session, ticket, now)
    candidates = session.scalars(select(Candidate)).all()
    assert len(taught) >= 60
    assert max(len(row.sources) for row in candidates) >= 4
    said = "".join(f"{row.question}{row.phrasings}{row.answer_md}" for row in candidates)
    for secret in ("13911230456", "AL2607280915", "sunny_xiamin", "孙德海"):
        assert secret not in said

"""What a publication, words or a remedy take from other articles is said before and after."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import cannibalisation, impact_job, publishing
from kb import heeds
from kb.access import SYSTEM
from kb.models.knowledge import Article
from kb.models.people import User
from kb.models.steering import ImpactRun
from kb.models.system import Job
from search import glossary
from tests.web.conftest import Desk
from tests.web.steered import HIDDEN, opened, remedy
from web.desk import remedying
from wenqu import steering
from wenqu.worker import Worker

DRAFT = {
    "question": "门锁的电池怎么换？", "phrasings": "电池怎么换啊", "body_md": "看这里。",
    "audience": "public", "language": "zh", "when": "review", "version": "1",
}  # fmt: skip


def draft(desk: Desk, **more: str) -> int:
    answer = desk.post("editor", "/desk/articles/new", {**DRAFT, **more})
    return int(re.findall(r"/desk/articles/(\d+)", answer.headers["Location"])[0])


def state(desk: Desk, article: int) -> str:
    return str(desk.read(lambda s: s.get_one(Article, article).state))


def test_publishing_what_takes_questions_asks_first(desk: Desk, numbers: tuple[int, int]) -> None:
    number = draft(desk)
    page = desk.post("editor", f"/desk/articles/{number}/publish", DRAFT)
    assert page.status_code == 409
    assert "这次改动会从“门锁电池怎么换？”拿走2个提问" in page.text
    assert "并进这一条" in page.text
    assert state(desk, number) == "draft"
    again = dict(HIDDEN.findall(page.text.split("知道了，照样发布")[0].rsplit("<form", 1)[1]))
    assert again["question"] == DRAFT["question"]
    done = desk.post("editor", f"/desk/articles/{number}/publish", again)
    assert done.status_code == 303
    assert state(desk, number) == "published"


def test_a_draft_can_be_folded_in_instead(desk: Desk, numbers: tuple[int, int]) -> None:
    battery, _ = numbers
    number = draft(desk)
    fields = {**DRAFT, "into": str(battery)}
    answer = desk.post("editor", f"/desk/articles/{number}/fold-in", fields)
    assert answer.status_code == 303
    texts = desk.read(lambda s: [p.text for p in s.get_one(Article, battery).phrasings])
    assert texts == ["门锁的电池怎么换？", "电池怎么换啊"]
    assert state(desk, number) == "archived"


def test_what_takes_nothing_is_published_at_once(desk: Desk, numbers: tuple[int, int]) -> None:
    form = {**DRAFT, "question": "能开发票吗？", "phrasings": "开票"}
    number = draft(desk, question="能开发票吗？", phrasings="开票")
    assert desk.post("editor", f"/desk/articles/{number}/publish", form).status_code == 303
    inside = {**DRAFT, "audience": "internal"}
    number = draft(desk, audience="internal")
    assert desk.post("editor", f"/desk/articles/{number}/publish", inside).status_code == 303


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every check end after its first question."""
    for name in ("of_content", "of_words"):
        slow = getattr(cannibalisation, name)
        monkeypatch.setattr(
            cannibalisation, name, lambda *a, slow=slow, **m: slow(*a, **{**m, "seconds": -1.0})
        )
    monkeypatch.setattr(remedying, "SECONDS", -1.0)


def work(desk: Desk) -> None:
    """Do the jobs that are due, as the worker does."""
    worker = Worker(desk.db, {impact_job.KIND: steering.asking(desk.finding)}, (), desk.clock)
    while worker.step():
        pass


HEED = "您改过的“%s”从“门锁电池怎么换？”拿走了%d个判过的提问"


def test_a_check_that_runs_out_of_time_is_ended_after_publishing(
    desk: Desk, numbers: tuple[int, int], hasty: None
) -> None:
    number = draft(desk)
    page = desk.post("editor", f"/desk/articles/{number}/publish", DRAFT)
    assert page.status_code == 409
    assert "拿走1个提问" in page.text
    again = dict(HIDDEN.findall(page.text.split("知道了，照样发布")[0].rsplit("<form", 1)[1]))
    assert again["known"] == "1"
    assert desk.post("editor", f"/desk/articles/{number}/publish", again).status_code == 303
    assert "拿走了" not in desk.get("editor", "/desk/").text
    work(desk)
    assert HEED % ("门锁的电池怎么换？", 2) in desk.get("editor", "/desk/").text
    assert "拿走了" not in desk.get("agent", "/desk/").text


def test_a_check_of_what_goes_live_later_waits_until_then(
    desk: Desk, numbers: tuple[int, int], hasty: None
) -> None:
    number = draft(desk)
    form = {**DRAFT, "checked": "1", "known": "1", "when": "at", "publish_at": "2026-11-25T09:00"}
    answer = desk.post("editor", f"/desk/articles/{number}/publish", form)
    assert answer.status_code == 303
    assert state(desk, number) == "scheduled"
    work(desk)
    desk.clock.advance(hours=24)
    desk.clients.clear()
    desk.write(
        lambda s: publishing.run_scheduled(
            s, s.scalars(select(Job).where(Job.kind == "publish_article")).one().payload,
            actor=SYSTEM, now=desk.clock(),
        )
    )  # fmt: skip
    desk.finding.catch_up()
    work(desk)
    assert HEED % ("门锁的电池怎么换？", 2) in desk.get("editor", "/desk/").text


def test_a_check_of_words_that_runs_out_of_time_is_ended_after_saving(
    desk: Desk, numbers: tuple[int, int], hasty: None
) -> None:
    before = glossary.Texts(synonyms="更换,走流程\n电池,回血")
    desk.write(lambda s: glossary.save(s, before, now=desk.clock()))
    desk.write(lambda s: opened(s, "走流程回血", numbers[0], now=desk.clock()))
    desk.finding.catch_up()
    # Of the words that change, those of one line are asked about in time.
    form = {"do": "save", "synonyms": "", "words": "", "stop": ""}
    page = desk.post("editor", "/desk/dictionary", form)
    if page.status_code == 409:
        form = dict(HIDDEN.findall(page.text.split("知道了，照样保存")[0].rsplit("<form", 1)[1]))
        form["known"] = "0"
        page = desk.post("editor", "/desk/dictionary", form)
    assert page.status_code == 303
    desk.finding.catch_up()
    work(desk)
    page = desk.get("editor", "/desk/")
    assert "词典改过以后，“门锁电池怎么换？”少了1个判过的提问" in page.text
    assert 'href="/desk/dictionary"' in page.text


def test_a_remedy_is_asked_to_the_end_while_its_page_is_open(
    desk: Desk, numbers: tuple[int, int], hasty: None
) -> None:
    _, key = numbers
    fields = {"kind": "phrasing", "article": key, "q": "换", "text": "门锁的电池怎么换"}
    page = desk.get("editor", remedy(**fields)).text
    (going,) = re.findall(r'data-going="([^"]+)"', page)
    assert '<meter min="0" max="2" value="1"' in page
    assert "问完1个，共2个" in page
    assert "1个变差" in page
    assert "就这样改" in page
    # A reload shows the same look; nobody else sees it.
    assert going in desk.get("editor", remedy(**fields)).text
    assert desk.get("agent", going).status_code == 404
    assert desk.get("nobody", going).status_code != 200
    part = desk.get("editor", going).text
    assert "<html" not in part
    assert 'value="1"' in part
    work(desk)
    part = desk.get("editor", going).text
    assert "data-going" not in part
    assert "2个全问过了" in part
    assert "1个变差" in part
    page = desk.get("editor", remedy(**fields)).text
    assert "2个全问过了" in page
    assert "data-going" not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "phrasing", "text": "发票怎么开", "words": []},
        {"kind": "boost", "boost": "6", "text": "", "words": []},
    ],
)
def test_what_is_saved_before_the_end_is_checked_to_the_end(
    desk: Desk, numbers: tuple[int, int], hasty: None, fields: dict[str, object]
) -> None:
    _, key = numbers
    asked = {"article": key, "q": "换", **fields}
    if fields["kind"] == "phrasing":
        # What is asked first stays; what the job finds is told.
        desk.write(lambda s: opened(s, "发票怎么开", key, now=desk.clock()))
        asked["text"] = "电池怎么换啊"
    page = desk.get("editor", remedy(**asked)).text
    values = {name: value for name, value in HIDDEN.findall(page) if value}
    assert desk.post("editor", "/desk/remedies", values).status_code == 303
    desk.finding.catch_up()
    runs = desk.read(lambda s: [row.subject["do"] for row in s.scalars(select(ImpactRun))])
    assert runs == [impact_job.ARTICLE]
    work(desk)
    assert desk.read(lambda s: s.scalars(select(ImpactRun)).all()) == []


def test_a_word_about_what_was_taken_waits_for_the_agent(
    desk: Desk, numbers: tuple[int, int]
) -> None:
    battery, key = numbers

    def tell(session: Session) -> None:
        me = session.scalars(select(User).where(User.name == "editor")).one()
        detail = {"asked": 9, "taken": [{"article": battery, "count": 2}]}
        heeds.put(session, me.id, heeds.TAKEN, article_id=key, detail=detail, now=desk.clock())

    desk.write(tell)
    words = HEED % ("忘带钥匙怎么开门？", 2)
    assert words in desk.get("editor", "/desk/").text
    assert words not in desk.get("agent", "/desk/").text
    assert desk.post("agent", "/desk/heeds/1", {}).status_code == 404
    answer = desk.post("editor", "/desk/heeds/1", {"here": "/desk/pins"})
    assert answer.headers["Location"] == "/desk/pins"
    assert (
        desk.post("editor", "/desk/heeds/1", {"here": "//x.example"})
        .headers["Location"]
        .endswith("/desk/")
    )
    assert words not in desk.get("editor", "/desk/").text

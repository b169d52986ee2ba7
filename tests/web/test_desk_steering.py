"""Why something is found, remedies before they are saved, and what others asked."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import cannibalisation, impact_job, publishing, upkeep
from kb import articles, askings, heeds, pins, questions
from kb.access import SYSTEM
from kb.models.knowledge import Article
from kb.models.people import User
from kb.models.steering import Asking, ImpactRun, Pin
from kb.models.system import AuditEntry, Job
from search import glossary
from tests.factories import make_contact
from tests.web.conftest import Desk
from web.desk import remedying
from wenqu import steering
from wenqu.worker import Worker

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def numbers(desk: Desk) -> tuple[int, int]:
    """Publish two articles; people opened the first one for two questions."""
    battery = desk.publish("门锁电池怎么换？", "拧开后盖，换四节电池。")
    key = desk.publish("忘带钥匙怎么开门？", "用指纹。")
    for text in ("门锁的电池怎么换", "电池怎么换啊"):
        desk.write(lambda s, t=text: opened(s, desk, t, battery))
    return battery, key


def opened(session: Session, desk: Desk, text: str, article: int) -> None:
    asked = questions.Asked("form", text)
    offers = [questions.Offer(article, 0.9)]
    now = desk.clock() - timedelta(days=1)
    row = questions.record(session, asked, offers, now=now)
    questions.clicked(session, row.id, article, now=now)


def why(desk: Desk, article: int, q: str, role: str = "agent") -> str:
    return desk.get(role, f"/desk/articles/{article}/why?{urlencode({'q': q})}").text


def plain(desk: Desk, path: str) -> str:
    """Return a customer's page without the marks in its words."""
    return re.sub("</?mark>", "", desk.get("nobody", path).text)


def remedy(**fields: object) -> str:
    return "/desk/remedies?" + urlencode(fields, doseq=True)


def test_the_page_says_in_words_why_another_comes_first(
    desk: Desk, numbers: tuple[int, int]
) -> None:
    battery, key = numbers
    page = why(desk, battery, "忘带钥匙怎么开门")
    assert "这样问" in page
    assert "忘带钥匙怎么开门？" in page
    assert "看数字" in page
    assert "排第一的就是它" in why(desk, key, "忘带钥匙怎么开门")
    assert '<span class="word">' in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("archived", "它已经下线"),
        ("expired", "它到期了"),
        ("internal", "只给内部的人看"),
        ("draft", "它还是草稿"),
    ],
)
def test_the_filter_that_hides_an_article_is_named(desk: Desk, state: str, words: str) -> None:
    def hide(session: Session) -> int:
        content = articles.Content("国补怎么领？", "在订单里领。")
        row = articles.create(session, content, author_id=None, now=desk.clock())
        if state != "draft":
            articles.go_live(session, row, now=desk.clock())
        if state == "archived":
            articles.withdraw(session, row, now=desk.clock())
        if state == "expired":
            row.expire_at = desk.clock() - timedelta(hours=1)
        if state == "internal":
            row.audience = "internal"
        return row.id

    number = desk.write(hide)
    desk.finding.catch_up()
    assert words in why(desk, number, "国补怎么领")


@pytest.mark.parametrize("q", ["门锁 -电池", "“指纹” 电池"])
def test_an_article_that_operators_leave_out_is_told_so(
    desk: Desk, numbers: tuple[int, int], q: str
) -> None:
    assert "用引号或减号限定了用词" in why(desk, numbers[0], q)
    assert "用引号或减号限定了用词" not in why(desk, numbers[0], "门锁电池")


def test_the_expected_article_is_picked_by_number_or_by_its_title(
    desk: Desk, numbers: tuple[int, int]
) -> None:
    battery, _ = numbers
    for wanted in (f"#{battery}", str(battery), "门锁电池"):
        answer = desk.get("agent", f"/desk/why?q=x&expect={wanted.replace('#', '%23')}")
        assert answer.headers["Location"].startswith(f"/desk/articles/{battery}/why")
    assert "是哪一条" in desk.get("agent", "/desk/why?q=x&expect=怎么").text
    assert "没有找到“飞机”" in desk.get("agent", "/desk/why?q=x&expect=飞机").text
    assert desk.get("agent", "/desk/why").status_code == 200


def test_a_customers_number_is_not_offered_as_a_way_to_ask(
    desk: Desk, numbers: tuple[int, int]
) -> None:
    page = why(desk, numbers[0], "13812345678换电池")
    assert 'id="r-text" name="text" value="〔手机号〕换电池"' in page


def test_a_remedy_is_looked_at_then_done(desk: Desk, numbers: tuple[int, int]) -> None:
    _, key = numbers
    asked = {"kind": "phrasing", "article": key, "q": "门锁的电池怎么换"}
    page = desk.get("editor", remedy(**asked, text="门锁的电池怎么换"))
    assert "1个变差" in page.text
    assert "门锁电池怎么换？" in page.text
    assert desk.read(lambda s: s.get_one(Article, key).phrasings) == []
    fields = dict(HIDDEN.findall(page.text))
    answer = desk.post("editor", "/desk/remedies", fields)
    assert answer.status_code == 303
    assert f"/desk/articles/{key}/why" in answer.headers["Location"]
    texts = desk.read(lambda s: [p.text for p in s.get_one(Article, key).phrasings])
    assert texts == ["门锁的电池怎么换"]


def test_agents_look_but_do_not_do(desk: Desk, numbers: tuple[int, int]) -> None:
    fields = {"kind": "pin", "article": str(numbers[1]), "q": "换", "text": "换电池"}
    page = desk.get("agent", remedy(**fields))
    assert "这一步由编辑来做" in page.text
    assert desk.post("agent", "/desk/remedies", fields).status_code == 403
    assert desk.read(lambda s: s.scalars(select(Pin)).all()) == []


def test_words_are_added_and_wrong_ones_explained(desk: Desk, numbers: tuple[int, int]) -> None:
    fields = {"kind": "synonym", "article": str(numbers[0]), "q": "电瓶", "words": ["电瓶", "电池"]}
    assert desk.get("editor", remedy(**fields)).status_code == 200
    assert desk.post("editor", "/desk/remedies", fields).status_code == 303
    assert "电瓶,电池" in desk.read(lambda s: glossary.texts(s).synonyms)
    wrong = desk.get("editor", remedy(**{**fields, "words": ["电瓶"]}))
    assert wrong.status_code == 400
    assert "同义词要两个到8个词" in wrong.text
    assert desk.post("editor", "/desk/remedies", {**fields, "kind": "x"}).status_code == 400


def test_pins_and_boosts_have_a_page_with_the_way_back(
    desk: Desk, numbers: tuple[int, int]
) -> None:
    battery, key = numbers
    fields = {"kind": "pin", "article": str(key), "q": "电池怎么换", "text": "电池怎么换"}
    desk.post("editor", "/desk/remedies", fields)
    desk.write(lambda s: upkeep.pin(s, battery, boost=1.5, actor=SYSTEM, now=desk.clock()))
    results = plain(desk, "/search?q=电池怎么换")
    assert results.index("忘带钥匙怎么开门") < results.index("门锁电池怎么换")
    page = desk.get("agent", "/desk/pins").text
    assert "电池怎么换" in page
    assert "+1.5" in page
    assert "取消置顶" not in page
    desk.write(lambda s: articles.withdraw(s, s.get_one(Article, key), now=desk.clock()))
    assert "客户看不到，不起作用" in desk.get("editor", "/desk/pins").text
    assert "忘带钥匙怎么开门" not in plain(desk, "/search?q=电池怎么换")
    pin = desk.read(lambda s: s.scalars(select(Pin)).one().id)
    assert desk.post("editor", "/desk/pins", {"do": "unpin", "id": str(pin)}).status_code == 303
    assert desk.post("editor", "/desk/pins", {"do": "level", "id": str(battery)}).status_code == 303
    page = desk.get("editor", "/desk/pins").text
    assert "没有置顶" in page
    assert "没有调过位置的条目" in page
    verbs = desk.read(lambda s: s.scalars(select(AuditEntry.verb)).all())
    assert {"pin.put", "pin.removed", "article.pin"} <= set(verbs)


# What a publication takes.

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
    desk.write(lambda s: opened(s, desk, "走流程回血", numbers[0]))
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
        desk.write(lambda s: opened(s, desk, "发票怎么开", key))
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


# What others asked.

TEXT = "换了手机怎么把门锁连回来"


def ask(desk: Desk, text: str, *who: str) -> None:
    def record(session: Session) -> None:
        for name in who:
            contact = make_contact(session, f"{name}@c.example", now=desk.clock())
            asked = questions.Asked("form", text, contact_id=contact.id)
            questions.record(session, asked, (), now=desk.clock())

    desk.write(record)


def suggested(desk: Desk, typed: str = "换了手机") -> list[str]:
    body = desk.get("nobody", "/suggest?" + urlencode({"q": typed})).get_json()
    return [row["title"] for row in body["suggestions"]]


def test_only_adopted_askings_are_suggested(desk: Desk) -> None:
    ask(desk, TEXT, "a", "b")
    desk.post("agent", "/desk/askings", {"do": "gather"})
    assert TEXT not in desk.get("agent", "/desk/askings").text
    ask(desk, TEXT, "c")
    desk.post("agent", "/desk/askings", {"do": "gather"})
    assert TEXT in desk.get("agent", "/desk/askings").text
    assert suggested(desk) == []
    number = str(desk.read(lambda s: s.scalars(select(Asking)).one().id))
    desk.post("agent", "/desk/askings", {"do": "adopt", "id": number})
    desk.finding.catch_up()
    assert suggested(desk) == [TEXT]
    assert suggested(desk, "huanleshouji") in ([TEXT], [])
    row = desk.get("nobody", "/suggest?q=换了手机").get_json()["suggestions"][0]
    assert row["url"].startswith("/search?q=")
    assert row["category"] == "别人问过"
    desk.post("agent", "/desk/askings", {"do": "decline", "id": number})
    assert suggested(desk) == []


def test_a_withdrawn_asking_is_not_suggested_even_by_a_stale_process(desk: Desk) -> None:
    ask(desk, TEXT, "a", "b", "c")
    desk.post("agent", "/desk/askings", {"do": "gather"})
    number = desk.read(lambda s: s.scalars(select(Asking)).one().id)
    desk.post("agent", "/desk/askings", {"do": "adopt", "id": str(number)})
    desk.finding.catch_up()
    assert suggested(desk) == [TEXT]

    def erase(session: Session) -> None:
        contact = make_contact(session, "a@c.example", now=desk.clock())
        for row in session.scalars(
            select(questions.Question).where(questions.Question.contact_id == contact.id)
        ):
            session.delete(row)

    desk.write(erase)
    assert suggested(desk) == []
    assert desk.read(lambda s: askings.adopted(s)) == {}


def test_pins_survive_nothing_that_their_article_does_not(desk: Desk) -> None:
    number = desk.publish("怎么退货？")
    desk.write(lambda s: pins.put(s, "退", number, folded="退", actor=SYSTEM, now=desk.clock()))
    desk.write(lambda s: s.delete(s.get_one(Article, number)))
    assert desk.read(lambda s: s.scalars(select(Pin)).all()) == []

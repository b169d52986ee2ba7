"""Why something is found, and remedies before they are saved."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import upkeep
from kb import articles, pins
from kb.access import SYSTEM
from kb.models.knowledge import Article
from kb.models.steering import Pin
from kb.models.system import AuditEntry
from search import glossary
from tests.web.conftest import Desk
from tests.web.steered import HIDDEN, remedy


def why(desk: Desk, article: int, q: str, role: str = "agent") -> str:
    return desk.get(role, f"/desk/articles/{article}/why?{urlencode({'q': q})}").text


def plain(desk: Desk, path: str) -> str:
    """Return a customer's page without the marks in its words."""
    return re.sub("</?mark>", "", desk.get("nobody", path).text)


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


def test_pins_survive_nothing_that_their_article_does_not(desk: Desk) -> None:
    number = desk.publish("怎么退货？")
    desk.write(lambda s: pins.put(s, "退", number, folded="退", actor=SYSTEM, now=desk.clock()))
    desk.write(lambda s: s.delete(s.get_one(Article, number)))
    assert desk.read(lambda s: s.scalars(select(Pin)).all()) == []

"""What is hidden turns up on no surface: each test has a twin that proves that it looked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, categories, questions
from kb.models.knowledge import Article
from tests.web.conftest import Desk, open_desk, token_in
from tests.web.hidden import KINDS, QUESTION, SECRET, fill

SHOWN = "鹦鹉怎么洗澡"
SURFACES = (
    "/",
    "/search?q=鹦鹉密语怎么教",
    "/search?q=鹦鹉&more=1",
    "/search?q=鹦鹉密语怎么教&exact=1&category=birds",
    "/suggest?q=鹦鹉",
    "/suggest?q=鹦鹉&format=opensearch",
    "/suggest?q=鹦鹉密语怎么教&for=form",
    "/feed.atom",
    "/sitemap.xml",
    "/c",
    "/c/birds",
    "/ask?q=鹦鹉",
    "/api/v1/articles?limit=100",
    "/api/v1/articles?category=birds",
    "/api/v1/search?q=鹦鹉密语怎么教&limit=50",
    "/api/v1/ask?q=鹦鹉密语怎么教",
    "/search?q=没有这种东西呀",
)


def echoed(text: str) -> str:
    """Return a page without what the reader typed and is shown again."""
    return text.replace("鹦鹉密语怎么教", "").replace("%E9%B9%A6%E9%B9%89%E5%AF%86%E8%AF%AD", "")


@dataclass(frozen=True, slots=True)
class Birds:
    """A desk with public and hidden articles; these tests only read."""

    desk: Desk
    numbers: dict[str, int]

    def get(self, path: str, role: str = "nobody") -> str:
        answer = self.desk.client(role).get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        return str(answer.json) if answer.is_json else re.sub("</?mark>", "", answer.text)


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Iterator[Birds]:
    with open_desk(tmp_path_factory.mktemp("birds"), password_hash) as desk:
        numbers = fill(desk)
        _ask_often(desk, numbers)
        yield Birds(desk, numbers)


@pytest.mark.parametrize("role", ["nobody", "admin"])
@pytest.mark.parametrize("path", SURFACES)
def test_hidden_articles_are_on_no_surface(birds: Birds, role: str, path: str) -> None:
    text = birds.get(path, role)
    assert SECRET not in echoed(text)
    for kind in KINDS:
        if kind != "edited":
            assert not re.search(rf"/a/{birds.numbers[kind]}\b", text), kind


@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=鹦鹉", "/suggest?q=鹦鹉", "/feed.atom", "/c/birds", "/api/v1/articles",
     "/api/v1/search?q=鹦鹉", "/suggest?q=鹦鹉怎么洗澡&for=form"],
)  # fmt: skip
def test_public_articles_are(birds: Birds, path: str) -> None:
    assert SHOWN in birds.get(path)


def _ask_often(desk: Desk, numbers: dict[str, int]) -> None:
    """Make the hidden ones popular, and in the menu."""

    def change(session: Session) -> None:
        offers = [questions.Offer(number, 0.9) for number in numbers.values()]
        for visitor in range(4):
            for offer in offers:
                asked = questions.Asked(
                    "search", f"{SECRET}internal", visitor=f"v{visitor}-{offer.article_id}"
                )
                questions.record(session, asked, [offer], now=desk.clock())
        entries = tuple(
            categories.Entry(f"菜单{kind}", article_id=numbers[kind]) for kind in KINDS[:4]
        )
        categories.set_menu(session, [categories.Group("菜单", entries=entries)])

    desk.write(change)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "edited"])
def test_a_hidden_page_is_not_there(birds: Birds, kind: str) -> None:
    number, desk = birds.numbers[kind], birds.desk
    for path in (f"/a/{number}", f"/a/{number}-x", f"/api/v1/articles/{number}"):
        for role in ("nobody", "admin"):
            answer = desk.get(role, path)
            assert answer.status_code == 404
            assert SECRET not in answer.text
    form = {"vote": "yes", "csrf_token": desk.csrf("nobody")}
    assert desk.client("nobody").post(f"/a/{number}/vote", data=form).status_code == 404


def test_an_edited_article_shows_what_is_live(birds: Birds) -> None:
    page = birds.get(f"/a/{birds.numbers['edited']}")
    assert "吃谷子" in page
    assert SECRET not in page


def test_related_answers_are_public_ones(birds: Birds) -> None:
    page = birds.get(f"/a/{birds.numbers['public']}")
    assert "鹦鹉吃什么" in page
    assert SECRET not in page


def test_counts_are_of_what_one_may_see(birds: Birds) -> None:
    assert re.search(r"养鸟.*?2", birds.get("/c"), re.DOTALL)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_hidden_articles_are_for_agents(birds: Birds, kind: str) -> None:
    name = birds.desk.read(lambda s: _picture(s, birds.numbers[kind]))
    assert birds.desk.get("nobody", f"/media/{name}").status_code == 404
    seen = birds.desk.get("agent", f"/media/{name}")
    assert seen.status_code == 200
    assert seen.headers["Cache-Control"] == "private, no-store"


def test_pictures_of_public_articles_are_public(birds: Birds) -> None:
    name = birds.desk.read(lambda s: _picture(s, birds.numbers["public"]))
    answer = birds.desk.get("nobody", f"/media/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/webp"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert birds.desk.get("nobody", f"/media/{name}", headers=tag).status_code == 304


def _picture(session: Session, number: int) -> str:
    body = articles.latest(session, session.get_one(Article, number)).body_md
    found = re.search(r"/media/([^)]+)", body)
    assert found
    return found[1]


def test_the_form_offers_and_tells_nothing_hidden(birds: Birds) -> None:
    number = str(birds.numbers["internal"])
    form = {"text": QUESTION, "mail": "a@example.com", "article": number}
    answer = birds.desk.post("nobody", "/ask", form)
    assert SECRET not in answer.text.replace(QUESTION, "")
    assert SECRET not in birds.get(f"/ask?article={number}")


def test_solving_with_a_hidden_article_is_not_possible(birds: Birds) -> None:
    form = {"text": "x", "resolved": str(birds.numbers["draft"])}
    assert birds.desk.post("nobody", "/ask", form).status_code == 404


def test_an_article_goes_from_every_page_at_its_expiry(desk: Desk) -> None:
    number = desk.publish("鹦鹉怎么剪指甲？", "请兽医剪。")
    assert desk.client("nobody").get(f"/a/{number}", follow_redirects=True).status_code == 200

    def expire(session: Session) -> None:
        session.scalars(select(Article)).one().expire_at = desk.clock.moment.replace(hour=3)

    desk.write(expire)
    desk.clock.advance(hours=2)
    assert desk.get("nobody", f"/a/{number}").status_code == 404
    assert "剪指甲" not in desk.get("nobody", "/search?q=鹦鹉").text
    assert token_in(desk.get("nobody", "/ask"))

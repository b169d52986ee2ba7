from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, notices
from kb.models.service import Feedback, Question
from tests.web.conftest import Desk

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def article(desk: Desk) -> int:
    desk.publish("怎么换电池？", "拧开后盖，换4节5号电池。")
    return desk.publish("忘了开门密码怎么办？", "在应用里重设密码。", phrasings=("密码忘记了",))


def questions(desk: Desk) -> list[Question]:
    def look(session: Session) -> list[Question]:
        rows = list(session.scalars(select(Question).order_by(Question.id)))
        for row in rows:
            assert row.shown is not None
        return rows

    rows: list[Question] = desk.read(look)
    return rows


def test_a_search_is_remembered_with_what_was_shown(desk: Desk, article: int) -> None:
    page = desk.get("nobody", "/search?q=忘了开门密码怎么办")
    assert page.status_code == 200
    assert "<mark>" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    (row,) = questions(desk)
    assert (row.channel, row.text) == ("search", "忘了开门密码怎么办")
    assert row.shown[0].article_id == article
    assert row.visitor


def test_where_little_is_found_what_stands_near_is_shown_once(desk: Desk, article: int) -> None:
    other = desk.publish("开门密码怎么改？", "在应用里改。")
    page = desk.get("nobody", "/search?q=忘了开门密码怎么办").text
    found = re.findall(r'href="/a/(\d+)-', page)
    assert 'id="near"' in page
    assert found[0] == str(article)
    assert str(other) in found
    assert len(set(found)) == len(found) - found.count(found[0]) + 1


def test_typing_on_is_one_question(desk: Desk, article: int) -> None:
    for text in ("忘了", "忘了密码", "忘了密码怎么办"):
        desk.get("nobody", f"/search?q={text}")
    assert [row.text for row in questions(desk)] == ["忘了密码怎么办"]


def test_opening_a_result_is_noted_once_and_only_for_its_visitor(desk: Desk, article: int) -> None:
    page = desk.get("nobody", "/search?q=忘了开门密码怎么办")
    link = re.search(rf'href="(/a/{article}[^"]*n=\d+)"', page.text)
    assert link
    path = link[1].replace("&amp;", "&")
    desk.app.test_client().get(path)
    assert questions(desk)[0].shown[0].clicked_at is None
    desk.get("nobody", path)
    first = questions(desk)[0].shown[0].clicked_at
    desk.clock.advance(minutes=1)
    desk.get("nobody", path)
    assert first is not None
    assert questions(desk)[0].shown[0].clicked_at == first


@pytest.mark.parametrize("number", ["0", "999999999", "9999999999", "x", "-1", "१"])
def test_a_strange_number_never_fails_a_page(desk: Desk, article: int, number: str) -> None:
    answer = desk.client("nobody").get(f"/a/{article}?n={number}", follow_redirects=True)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["article=5", "slug=x", "article_id=9", "_external=1", "_scheme=ftp", "_anchor=x"]
)
def test_an_old_address_leads_to_the_present_one(desk: Desk, article: int, query: str) -> None:
    answer = desk.get("nobody", f"/a/{article}-old?{query}&q=门", headers={"Host": "evil.example"})
    assert answer.status_code == 301
    assert answer.location.startswith(f"/a/{article}-")
    assert answer.location.endswith("?q=%E9%97%A8")


def test_a_search_for_nothing_asks_what_for(desk: Desk) -> None:
    page = desk.get("nobody", "/search?q=%20")
    assert "想找什么" in page.text
    assert questions(desk) == []


def test_no_result_offers_ways_on(desk: Desk, article: int) -> None:
    page = desk.get("nobody", "/search?q=zzzzqqqq")
    assert page.status_code == 200
    assert "没有找到“zzzzqqqq”" in page.text
    assert "大家常问" in page.text
    assert questions(desk)[0].results == 0


def test_what_hardly_fits_is_few_and_says_so(
    desk: Desk, article: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        desk.publish(f"密码第{number}问？")
    assert "没有正好回答" not in desk.get("nobody", "/search?q=忘了开门密码怎么办").text
    monkeypatch.setattr("web.site.finding.LIKELY", 1.1)
    monkeypatch.setattr("web.site.finding.WORTH_SHOWING", 0.0)
    page = desk.get("nobody", "/search?q=密码好不好记").text
    assert "没有正好回答“密码好不好记”的" in page
    assert page.count("<h2><a") <= 8


def test_a_keyword_finds_everything_that_speaks_of_it(desk: Desk, article: int) -> None:
    for number in range(12):
        desk.publish(f"密码第{number}问？")
    page = desk.get("nobody", "/search?q=密码&more=1").text
    assert page.count("<h2><a") >= 13
    assert "没有正好回答" not in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "'\"><img src=x>", "{{7*7}}"])
def test_what_was_typed_is_shown_as_text(desk: Desk, article: int, text: str) -> None:
    page = desk.client("nobody").get("/search", query_string={"q": f"密码 {text}"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "49" not in re.sub(
        r"\d{3,}", "", page.text.partition("<main")[2].partition("</main>")[0]
    )


def test_a_very_long_question_is_cut_and_found(desk: Desk, article: int) -> None:
    page = desk.client("nobody").get("/search", query_string={"q": "忘了开门密码。" * 1500})
    assert page.status_code == 200
    assert len(questions(desk)[0].text) <= 4000


def test_searching_too_often_is_told_to_wait(desk: Desk) -> None:
    client = desk.client("nobody")
    answers = [client.get("/search?q=").status_code for _ in range(121)]
    assert answers[:120] == [200] * 120
    assert answers[120] == 429
    page = client.get("/search?q=门", headers={"Accept": "application/json"})
    assert page.json
    assert page.json["error"]["message"]
    assert int(page.headers["Retry-After"]) > 0


def test_suggestions_while_typing(desk: Desk, article: int) -> None:
    body = desk.get("nobody", "/suggest?q=忘了").json
    assert body
    assert body["suggestions"][0]["title"] == "忘了开门密码怎么办？"
    assert body["suggestions"][0]["url"].startswith(f"/a/{article}-")
    text = "".join(part for part, _ in body["suggestions"][0]["parts"])
    assert text == body["suggestions"][0]["title"]


def test_suggestions_for_a_browsers_own_box(desk: Desk, article: int) -> None:
    answer = desk.get("nobody", "/suggest?q=忘了&format=opensearch")
    assert answer.mimetype == "application/x-suggestions+json"
    assert answer.json
    assert answer.json[0] == "忘了"
    assert answer.json[1] == ["忘了开门密码怎么办？"]
    assert answer.json[3][0].startswith("http://127.0.0.1:8080/a/")


def test_votes(desk: Desk, article: int) -> None:
    assert (
        desk.post("nobody", f"/a/{article}/vote", {"vote": "no", "reason": "wrong"}).status_code
        == 303
    )
    assert desk.post("nobody", f"/a/{article}/vote", {"vote": "yes"}).status_code == 303
    rows = desk.read(lambda s: list(s.scalars(select(Feedback))))
    assert [(row.helpful, row.reason) for row in rows] == [(True, "")]
    token = desk.csrf("nobody")
    fragment = desk.client("nobody").post(
        f"/a/{article}/vote",
        data={"vote": "no", "csrf_token": token},
        headers={"X-Requested-With": "fetch"},
    )
    assert "谢谢，已经记下" in fragment.text
    assert "<html" not in fragment.text


def test_a_vote_is_about_the_version_that_was_read(desk: Desk, article: int) -> None:
    def publish_another(session: Session) -> None:
        row = articles.get(session, article)
        newer = replace(articles.content_of(articles.latest(session, row)), body_md="看门牌。")
        articles.save(
            session, article, newer, base=articles.Version(1), author_id=None, now=desk.clock()
        )
        articles.go_live(session, row, now=desk.clock())

    desk.write(publish_another)
    for revision, vote in (("1", "no"), ("2", "yes")):
        form = {"vote": vote, "revision": revision}
        assert desk.post("nobody", f"/a/{article}/vote", form).status_code == 303
    rows = desk.read(lambda s: list(s.scalars(select(Feedback).order_by(Feedback.version))))
    assert [(row.version, row.helpful) for row in rows] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("form", "status"),
    [({}, 400), ({"vote": "maybe"}, 400), ({"vote": "no", "reason": "x"}, 400),
     ({"vote": "yes", "revision": "7"}, 409), ({"vote": "yes", "revision": "x"}, 400)],
)  # fmt: skip
def test_votes_that_mean_nothing(
    desk: Desk, article: int, form: dict[str, str], status: int
) -> None:
    assert desk.post("nobody", f"/a/{article}/vote", form).status_code == status


def test_one_visitor_votes_thirty_times_and_one_address_three_hundred(
    desk: Desk, article: int
) -> None:
    token = desk.csrf("nobody")
    form = {"vote": "yes", "csrf_token": token}
    answers = [
        desk.client("nobody").post(f"/a/{article}/vote", data=form).status_code for _ in range(31)
    ]
    assert answers == [303] * 30 + [429]


def test_the_feed_and_the_map_are_well_formed(desk: Desk, article: int) -> None:
    desk.publish("A<B & “C”?", "1 < 2 & 3")
    feed = ET.fromstring(desk.get("nobody", "/feed.atom").data)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert "A<B & “C”?" in titles
    pages = ET.fromstring(desk.get("nobody", "/sitemap.xml").data)
    places = [place.text or "" for place in pages.iter(f"{MAP}loc")]
    assert places[0] == "http://127.0.0.1:8080/"
    assert len([p for p in places if "/a/" in p]) == 3
    for place in places:
        assert desk.get("nobody", place.removeprefix("http://127.0.0.1:8080")).status_code == 200


def test_browsers_can_search_here(desk: Desk) -> None:
    answer = desk.get("nobody", "/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    document = ET.fromstring(answer.data)
    templates = [url.get("template") or "" for url in document.iter() if url.get("template")]
    assert templates[0] == "http://127.0.0.1:8080/search?q={searchTerms}"


def test_robots_are_kept_to_the_answers(desk: Desk) -> None:
    text = desk.get("nobody", "/robots.txt").text
    assert "Disallow: /desk" in text
    assert "Sitemap: http://127.0.0.1:8080/sitemap.xml" in text


def test_a_notice_is_on_every_page_until_it_ends(desk: Desk, article: int) -> None:
    now = desk.clock()

    def tell(session: Session) -> None:
        ends = now.replace(hour=now.hour + 1)
        told = notices.Announcement("台风停送", now, ends, body_md="广东停送。" * 40)
        notices.put(session, told, author_id=None, now=now)

    desk.write(tell)
    for path in ("/", "/search?q=门", "/c", "/ask", f"/a/{article}", "/privacy"):
        page = desk.client("nobody").get(path, follow_redirects=True)
        assert "台风停送" in page.text, path
    assert "广东停送" in desk.get("nobody", "/n/1").text
    desk.clock.advance(hours=2)
    assert "台风停送" not in desk.get("nobody", "/").text
    assert desk.get("nobody", "/n/1").status_code == 200


@pytest.mark.parametrize("path", ["/c/none", "/n/9", "/media/x", "/a/99", "/a/99999999999999"])
def test_what_is_not_there(desk: Desk, path: str) -> None:
    assert desk.get("nobody", path).status_code == 404


def test_a_heading_ends_its_lines_between_phrases(desk: Desk) -> None:
    number = desk.publish("登录时收不到<短信>怎么办？", "看拦截短信。")
    page = HTMLParser(desk.get("nobody", f"/a/{number}", follow_redirects=True).text)
    title = page.css_first("h1")
    assert title.text() == "登录时收不到<短信>怎么办？"
    assert "登录时<wbr>收不到" in (title.html or "")

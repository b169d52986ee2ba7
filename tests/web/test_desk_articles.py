"""Writing, saving, reviewing, publishing, history; two people at once; nothing leaks."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.models.knowledge import Article, Revision
from kb.models.service import Question
from tests.web.conftest import Desk
from web import app

NEW = {
    "question": "门锁没电了怎么开门？",
    "body_md": "用一节9伏电池碰一下锁底的触点。",
    "phrasings": "门锁没电\n电池没电进不去",
    "audience": "public",
    "language": "zh",
    "when": "review",
}


def article(desk: Desk, number: int) -> Article:
    row: Article = desk.read(lambda s: s.get_one(Article, number))
    return row


def write(desk: Desk, role: str = "agent", **changes: Any) -> int:
    answer = desk.post(role, "/desk/articles/new", {**NEW, **changes})
    assert answer.status_code == 303, answer.text
    return int(answer.location.split("?")[0].rsplit("/", 1)[1])


def test_a_draft_is_kept_and_seen_by_no_customer(desk: Desk) -> None:
    number = write(desk)
    row = article(desk, number)
    assert (row.state, row.version, row.live_version) == ("draft", 1, None)
    page = desk.get("agent", f"/desk/articles/{number}").text
    assert "9伏电池" in page
    assert "电池没电进不去" in page
    desk.finding.catch_up()
    for path in (f"/a/{number}", f"/a/{number}-x"):
        assert desk.get("nobody", path).status_code == 404
    assert "9伏电池" not in desk.get("nobody", "/search?q=门锁没电").text


def test_html_of_the_editor_becomes_markdown(desk: Desk) -> None:
    html = "<h2>步骤</h2><ol><li><p>拿一节<strong>9伏</strong>电池</p></li></ol><script>x</script>"
    number = write(desk, body_html=html, body_md="")
    body = desk.read(lambda s: s.scalar(select(Revision.body_md)))
    assert "**9伏**" in body
    assert "## 步骤" in body
    assert "script" not in body
    page = desk.get("agent", f"/desk/articles/{number}").text
    assert "data-html=" in page
    assert "&lt;strong&gt;9伏" in page


def test_agent_submits_editor_approves_customer_finds(desk: Desk) -> None:
    number = write(desk)
    data = {**NEW, "version": "1"}
    desk.post("agent", f"/desk/articles/{number}/submit", data)
    assert article(desk, number).state == "in_review"
    assert desk.post("agent", f"/desk/articles/{number}/review", data).status_code == 403
    answer = desk.post("editor", f"/desk/articles/{number}/review", {**data, "decision": "approve"})
    assert "said=published" in answer.location
    desk.finding.catch_up()
    assert "9伏电池" in desk.get("nobody", "/search?q=门锁没电").text


def test_review_returns_with_a_word(desk: Desk) -> None:
    number = write(desk)
    data = {**NEW, "version": "1", "decision": "return", "note": "少了型号"}
    desk.post("agent", f"/desk/articles/{number}/submit", data)
    desk.post("editor", f"/desk/articles/{number}/review", data)
    assert article(desk, number).state == "draft"
    page = desk.get("agent", f"/desk/articles/{number}").text
    assert "少了型号" in page
    assert "editor甲退回了这一版" in page


def test_agents_cannot_publish_and_are_told_so(desk: Desk) -> None:
    number = write(desk)
    answer = desk.post("agent", f"/desk/articles/{number}/publish", {**NEW, "version": "1"})
    assert answer.status_code == 403
    assert "没有这项权限" in answer.text
    assert article(desk, number).live_version is None


def test_publish_saves_what_the_form_holds(desk: Desk) -> None:
    number = write(desk)
    changed = {**NEW, "version": "1", "body_md": "用9伏电池，碰住不放。"}
    answer = desk.post("editor", f"/desk/articles/{number}/publish", changed)
    assert "said=published" in answer.location
    row = article(desk, number)
    assert (row.state, row.live_version, row.version) == ("published", 2, 2)
    assert "碰住不放" in desk.get("nobody", f"/a/{number}-{row.slug}").text


def test_publishing_the_same_again_changes_nothing(desk: Desk) -> None:
    number = write(desk)
    path = f"/desk/articles/{number}/publish"
    desk.post("editor", path, {**NEW, "version": "1"})
    html = "<p>用一节9伏电池碰一下锁底的触点。</p>"
    again = desk.post("editor", path, {**NEW, "body_html": html, "version": "1"})
    assert again.status_code == 303
    assert article(desk, number).version == 1


def test_scheduled_publishing_waits_for_its_moment(desk: Desk) -> None:
    number = write(desk)
    data = {**NEW, "version": "1", "when": "at", "publish_at": "2026-11-25T09:00"}
    answer = desk.post("editor", f"/desk/articles/{number}/publish", data)
    assert "said=scheduled" in answer.location
    assert article(desk, number).state == "scheduled"
    assert desk.get("nobody", f"/a/{number}").status_code == 404
    assert "2026-11-25T09:00" in desk.get("editor", f"/desk/articles/{number}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question": " "}, "标题还空着"),
        ({"question": "长" * 301}, "最多300个字"),
        ({"category_id": "999"}, "没有这个分类"),
        ({"category_id": "x"}, "应该是一个数字"),
        ({"audience": "segment:<x>"}, "可见范围只能选"),
        ({"when": "at", "publish_at": ""}, "请填发布时间"),
        ({"review_on": "tomorrow"}, "日期好像不对"),
    ],
)
def test_bad_input_is_named_and_nothing_is_lost(
    desk: Desk, changes: dict[str, str], sentence: str
) -> None:
    answer = desk.post("editor", "/desk/articles/new", {**NEW, **changes})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "用一节9伏电池碰一下锁底的触点。" in answer.text
    assert desk.read(lambda s: s.scalar(select(Article))) is None


def test_a_stale_save_shows_both_texts_and_can_be_finished(desk: Desk) -> None:
    number = write(desk)
    path = f"/desk/articles/{number}"
    desk.post("editor", path, {**NEW, "version": "1", "body_md": "编辑写的：用应急电源。"})
    late = {**NEW, "version": "1", "body_md": "客服写的：打电话。"}
    answer = desk.post("agent", path, late)
    assert answer.status_code == 409
    tree = HTMLParser(answer.text)
    theirs, mine = (node.text().strip() for node in tree.css(".side .prose"))
    assert (theirs, mine) == ("编辑写的：用应急电源。", "客服写的：打电话。")
    assert "编辑" in tree.css(".side del")[0].text()
    assert "客服" in tree.css(".side ins")[0].text()
    assert "editor甲存过第2版" in answer.text
    assert 'name="version" value="2"' in answer.text
    merged = {**late, "version": "2", "body": "两个都写。"}
    del merged["body_md"]
    assert desk.post("agent", path, merged).status_code == 303
    assert article(desk, number).body_md == "两个都写。"


def test_two_versions_stand_side_by_side_as_people_see_them(desk: Desk) -> None:
    number = write(desk)
    path = f"/desk/articles/{number}"
    body = "## 步骤\n\n1. 拿**9伏**电池\n2. 碰一下"
    desk.post("editor", path, {**NEW, "version": "1", "body_md": body, "phrasings": "门锁没电"})
    late = {**NEW, "version": "1", "body_md": body.replace("碰一下", "碰两下"), "phrasings": "没电"}
    tree = HTMLParser(desk.post("agent", path, late).text)
    assert [node.text() for node in tree.css(".side .prose h2")] == ["步骤", "步骤"]
    assert [node.text() for node in tree.css(".side .prose :is(del, ins)")] == ["一", "两"]
    assert [node.text() for node in tree.css(".side .lines li > :is(del, ins)")] == [
        "门锁没电",
        "没电",
    ]
    assert "<strong>9伏" in (tree.css_first("#f-body").attributes["data-html"] or "")


def test_a_hint_is_followed_where_its_button_was_pressed(desk: Desk) -> None:
    number = write(desk, body_md="请先确认，如若没有反应，对门锁进行更换。")
    page = HTMLParser(desk.get("agent", f"/desk/articles/{number}").text)
    offered = {node.attributes["value"]: node for node in page.css("button[name=better]")}
    assert offered["如若"].attributes["data-better"] == "如果"
    form = {**NEW, "version": "1", "body_md": "请先确认，如若没有反应，对门锁进行更换。"}
    desk.post("agent", f"/desk/articles/{number}", {**form, "better": "如若"})
    assert article(desk, number).body_md == "请先确认，如果没有反应，对门锁进行更换。"
    desk.post("agent", f"/desk/articles/{number}", {**form, "version": "2", "better": "请先"})
    assert "请先确认，如若没有反应" in article(desk, number).body_md


def test_the_editor_speaks_english_in_an_english_desk(desk: Desk) -> None:
    sources = Path(app.__file__).parent / "editor" / "src"
    code = "".join(file.read_text("utf-8") for file in sorted(sources.glob("*.js")))
    said = set(re.findall(r'(?:say\(|text: |label: |hint: )"([^"]*[一-鿿][^"]*)"', code))
    page = HTMLParser(desk.get("agent", "/desk/articles/new?lang=en").text)
    words = json.loads(page.css_first("#f-body").attributes["data-words"] or "")
    assert said <= set(words)
    assert not [text for text in words.values() if re.search("[一-鿿]", text)]
    chinese = HTMLParser(desk.get("editor", "/desk/articles/new").text)
    assert "data-words" not in chinese.css_first("#f-body").attributes


def test_a_phrasing_says_how_often_it_was_asked(desk: Desk) -> None:
    number = write(desk)

    def ask(session: Session) -> None:
        for text in ("门锁没电", "门锁没电？", "别的"):
            session.add(Question(channel="search", text=text, created_at=desk.clock()))

    desk.write(ask)
    page = HTMLParser(desk.get("agent", f"/desk/articles/{number}").text)
    uses = page.css_first("[data-phrasings]").attributes["data-uses"]
    assert json.loads(uses or "") == {"门锁没电": 2}


def test_a_stale_publish_publishes_nothing(desk: Desk) -> None:
    number = write(desk)
    desk.post("agent", f"/desk/articles/{number}", {**NEW, "version": "1", "body_md": "新的。"})
    late = {**NEW, "version": "1", "body_md": "旧的。"}
    assert desk.post("editor", f"/desk/articles/{number}/publish", late).status_code == 409
    assert article(desk, number).live_version is None


def test_preview_shows_the_draft_as_customers_will_see_it(desk: Desk) -> None:
    number = write(desk, body_md="**粗**的<script>alert(1)</script>")
    page = desk.get("agent", f"/desk/articles/{number}/preview").text
    assert "<strong>粗</strong>" in page
    assert "<script>alert" not in page


def test_history_diff_and_restore(desk: Desk) -> None:
    number = write(desk)
    desk.post("agent", f"/desk/articles/{number}", {**NEW, "version": "1", "body_md": "换了。"})
    assert "第2版" in desk.get("agent", f"/desk/articles/{number}/revisions").text
    page = desk.get("agent", f"/desk/articles/{number}/diff/1/2").text
    assert "<ins>" in page
    assert "<del>" in page
    marked = {**NEW, "version": "2", "body_md": "**换了。**"}
    desk.post("agent", f"/desk/articles/{number}", marked)
    page = desk.get("agent", f"/desk/articles/{number}/diff/2/3").text
    assert "<strong>换了。</strong>" in page
    assert "**" not in page
    assert "字没有变" in page
    answer = desk.post("agent", f"/desk/articles/{number}/restore", {"number": "1"})
    assert answer.status_code == 303
    row = article(desk, number)
    assert (row.version, row.body_md) == (4, NEW["body_md"])
    assert desk.get("agent", f"/desk/articles/{number}/diff/1/9").status_code == 404


def test_archive_takes_an_article_off_every_surface(desk: Desk) -> None:
    number = desk.publish("门锁没电了怎么开门？", "用9伏电池。")
    slug = article(desk, number).slug
    assert "9伏电池" in desk.get("nobody", f"/a/{number}-{slug}").text
    assert desk.post("editor", f"/desk/articles/{number}/archive").status_code == 303
    assert desk.get("nobody", f"/a/{number}-{slug}").status_code == 404
    assert "9伏" not in desk.get("nobody", "/search?q=门锁没电").text
    assert "门锁没电" in desk.get("editor", "/desk/articles?tab=archived").text


def test_a_draft_that_nobody_read_is_put_away_not_taken_offline(desk: Desk) -> None:
    number = write(desk, question="远程费怎么算？", body_md="每公里2元。", phrasings="")
    page = desk.get("editor", f"/desk/articles/{number}").text
    assert "不要这份草稿" in page
    assert "确认下线" not in page
    answer = desk.post("editor", f"/desk/articles/{number}/archive")
    assert "said=put_away" in answer.headers["Location"]
    assert "远程费" in desk.get("editor", "/desk/articles?tab=archived").text
    seen = desk.publish("门锁没电了怎么开门？", "用9伏电池。")
    assert "确认下线" in desk.get("editor", f"/desk/articles/{seen}").text


@pytest.mark.parametrize("more", [{"audience": "internal"}, {"draft": True}])
def test_internal_articles_and_drafts_leak_nowhere(desk: Desk, more: dict[str, Any]) -> None:
    if "draft" in more:
        number = write(
            desk, question="远程费怎么算？", body_md="每公里2元。", phrasings="跑一趟多少钱"
        )
    else:
        number = desk.publish("远程费怎么算？", "每公里2元。", phrasings=("跑一趟多少钱",), **more)
    desk.publish("远程开门怎么设置？", "在App里打开。")
    desk.finding.catch_up()
    pages = (
        "/", "/search?q=远程费怎么算", "/suggest?q=远程费", "/suggest?q=远程费怎么算&for=form",
        "/feed.atom", "/sitemap.xml", "/c", "/ask?q=远程费", f"/ask?article={number}",
    )  # fmt: skip
    assert desk.get("nobody", f"/a/{number}").status_code == 404
    for path in pages:
        text = desk.get("nobody", path).text
        assert "每公里" not in text, path
        assert "远程费怎么算？" not in text, path
        assert f"/a/{number}" not in text, path
    found = desk.get("agent", "/desk/search?q=远程费怎么算").text
    assert f"/desk/articles/{number}" in found


def test_the_list_filters_and_searches(desk: Desk) -> None:
    write(desk)
    assert "门锁没电" in desk.get("agent", "/desk/articles?tab=draft").text
    assert "门锁没电了怎么开门" not in desk.get("agent", "/desk/articles?tab=published").text
    assert "门锁没电了怎么开门" in desk.get("agent", "/desk/articles?q=门锁 9伏").text
    assert "门锁没电了怎么开门" not in desk.get("agent", "/desk/articles?q=100%").text


def test_a_picture_is_written_anew_and_its_address_given_back(desk: Desk) -> None:
    out = io.BytesIO()
    Image.new("RGB", (80, 40), "teal").save(out, "PNG")
    answer = desk.post("agent", "/desk/upload", {"file": (io.BytesIO(out.getvalue()), "锁.png")})
    assert answer.status_code == 201
    body = answer.get_json()
    assert (body["width"], body["height"]) == (80, 40)
    picture = desk.get("agent", body["url"])
    assert picture.mimetype == "image/webp"


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_is_refused_in_words(desk: Desk, data: bytes) -> None:
    answer = desk.post("agent", "/desk/upload", {"file": (io.BytesIO(data), "a.png")})
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_markdown_and_html_turn_into_each_other(desk: Desk) -> None:
    there = desk.post("agent", "/desk/convert", {"markdown": "**粗**"}).get_json()
    assert there == {"html": "<p><strong>粗</strong></p>"}
    assert desk.post("agent", "/desk/convert", there).get_json() == {"markdown": "**粗**\n"}


def test_a_locked_database_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = write(desk)
    monkeypatch.setattr("kb.db.BUSY_TIMEOUT_MS", 50)
    desk.db.engine.dispose()
    token = desk.csrf("agent")
    form = {**NEW, "csrf_token": token, "version": "1", "body_md": "写了半天的话。"}
    with desk.db.transaction():
        answer = desk.client("agent").post(f"/desk/articles/{number}", data=form)
    assert answer.status_code == 503
    assert "写了半天的话。" in answer.text
    assert "还在" in answer.text
    assert article(desk, number).version == 1


def test_agents_are_not_offered_what_they_may_not_do(desk: Desk) -> None:
    number = write(desk)
    page = desk.get("agent", f"/desk/articles/{number}").text
    for words in ("确认发布", "什么时候发布", "不要这份草稿"):
        assert words not in page
        assert words in desk.get("editor", f"/desk/articles/{number}").text
    assert "提交审核" in page


def test_a_picture_stands_in_the_editor_without_an_empty_line(desk: Desk) -> None:
    body = "先看图。\n\n![接线图](/media/a.png)\n\n再接线。"
    number = write(desk, question="怎么接线？", body_md=body, phrasings="")
    page = HTMLParser(desk.get("editor", f"/desk/articles/{number}").text)
    html = page.css_first("textarea#f-body").attributes["data-html"] or ""
    assert "<img" in html
    assert "<p><img" not in html

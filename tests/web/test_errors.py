from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from kb.db import reason_of
from kb.models.service import Question, Ticket
from tests.web.conftest import Desk, open_desk
from web import words

CASES = [
    ("GET", "/none", 404, "没有这一页", "not found"),
    ("POST", "/none", 404, "没有这一页", "not found"),
    ("POST", "/", 405, "这个地址不能这样打开", "cannot be opened like this"),
    ("DELETE", "/search", 405, "这个地址不能这样打开", "cannot be opened like this"),
    ("POST", "/ask", 400, "页面放得太久了", "too long"),
    ("GET", "/?x=%00", 400, "这次请求没看懂", ""),
    ("GET", "/c/%00", 404, "没有这一页", ""),
    ("GET", "/c/x?page=-1", 404, "没有这一页", ""),
]


@pytest.mark.parametrize(("method", "path", "status", "chinese", "english"), CASES)
def test_errors_speak_the_readers_language(
    desk: Desk, method: str, path: str, status: int, chinese: str, english: str
) -> None:
    answer = desk.app.test_client().open(path, method=method)
    assert answer.status_code == status
    assert chinese in answer.text
    assert '<html lang="zh-CN"' in answer.text
    other = desk.app.test_client().open(path, method=method, headers={"Accept-Language": "en"})
    assert '<html lang="en"' in other.text
    assert chinese not in other.text
    assert english.lower() in other.text.lower()


def test_a_405_says_what_is_allowed(desk: Desk) -> None:
    answer = desk.app.test_client().post("/search")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_programs_get_json(desk: Desk) -> None:
    answer = desk.app.test_client().get("/none", headers={"Accept": "application/json"})
    assert answer.json == {"error": {"code": "http_404", "message": words.HTTP[404]}}


def test_a_form_of_ten_megabytes_is_refused(desk: Desk) -> None:
    token = desk.csrf("nobody")
    form = {"csrf_token": token, "text": "长" * 3_500_000, "mail": "a@b.example"}
    answer = desk.client("nobody").post("/ask", data=form)
    assert answer.status_code == 413
    assert "文件太大了" in answer.text
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"x" * 10_000_000
    multipart = desk.client("nobody").post(
        "/ask", data=part + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert multipart.status_code == 413
    assert desk.read(lambda s: s.scalars(select(Ticket)).all()) == []


def test_a_request_of_twenty_megabytes_is_refused(desk: Desk) -> None:
    answer = desk.client("nobody").post("/ask", data=b"x" * 20_000_000)
    assert answer.status_code == 413
    assert desk.client("nobody").post("/api/v1/tickets", data=b"x" * 20_000_000).status_code in (
        401,
        413,
    )


def test_a_fault_of_ours_tells_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("kb.tickets.by_link", broken)
    answer = desk.get("nobody", "/t/the-token-of-a-ticket")
    assert answer.status_code == 500
    assert "出了点问题，是我们的" in answer.text
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text
    assert "the-token-of-a-ticket" not in caplog.messages[0]


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Hold the database as another writer would."""
    path = desk.db.path
    assert path
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_one_can_search_and_read_while_nothing_can_be_written(desk: Desk) -> None:
    number = desk.publish("怎么换电池？", "拧开后盖。")
    paths = ("/", "/search?q=换电池", "/suggest?q=换", f"/a/{number}?n=1", "/c",
             "/api/v1/search?q=换电池", "/feed.atom", "/ask")  # fmt: skip

    def read_all() -> None:
        for path in paths:
            answer = desk.client("nobody").get(path, follow_redirects=True)
            assert answer.status_code == 200, path

    # Read once before, so that what is measured is waiting and not the first use of everything.
    read_all()
    asked = desk.read(lambda s: len(s.scalars(select(Question)).all()))
    with locked(desk):
        started = time.monotonic()
        read_all()
        assert "拧开后盖" in desk.get("nobody", "/search?q=换电池").text
        assert time.monotonic() - started < 8
    assert desk.read(lambda s: len(s.scalars(select(Question)).all())) == asked


def test_what_must_be_written_says_that_it_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = desk.csrf("nobody")
    monkeypatch.setattr("kb.db.BUSY_TIMEOUT_MS", 50)
    desk.db.engine.dispose()
    with locked(desk):
        form = {
            "csrf_token": token,
            "text": "门锁打不开了，按什么都没反应",
            "mail": "a@example.com",
        }
        answer = desk.client("nobody").post("/ask", data=form)
    assert answer.status_code == 503
    assert "还没有存上" in answer.text
    assert "正被占用" not in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    # What was typed is on the page, ready to be sent once more.
    kept = HTMLParser(answer.text).css_first("main form")
    assert kept.attributes["action"] == "/ask"
    values = {i.attributes["name"]: i.attributes["value"] for i in kept.css("input")}
    assert values == form
    assert "门锁打不开了，按什么都没反应" in kept.css_first(".kept").text()
    assert desk.client("nobody").post("/ask", data=values).status_code == 200


def test_a_password_is_never_put_on_a_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    token = desk.csrf("nobody")
    monkeypatch.setattr("kb.db.BUSY_TIMEOUT_MS", 50)
    desk.db.engine.dispose()
    with locked(desk):
        form = {"csrf_token": token, "name": "lin", "password": "correct-horse-battery"}
        answer = desk.client("nobody").post("/login", data=form)
    assert answer.status_code == 503
    assert "correct-horse" not in answer.text
    assert "正在维护" in answer.text


def test_a_full_disk_is_said_and_searching_goes_on(desk: Desk) -> None:
    number = desk.publish("怎么换电池？", "拧开后盖。")
    token = desk.csrf("nobody")

    @event.listens_for(desk.db.engine, "connect")
    def small(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    desk.db.engine.dispose()
    form = {"csrf_token": token, "text": "门锁打不开了" * 800, "mail": "a@example.com"}
    answer = desk.client("nobody").post("/ask", data=form)
    assert answer.status_code == 503
    assert "还没有存上" in answer.text
    told = desk.client("nobody").post("/ask", data=form, headers={"Accept": "application/json"})
    assert "磁盘满了" in (told.json or {})["error"]["message"]
    assert "拧开后盖" in desk.client("nobody").get("/search?q=换电池").text
    assert desk.client("nobody").get(f"/a/{number}", follow_redirects=True).status_code == 200
    event.remove(desk.db.engine, "connect", small)
    desk.db.engine.dispose()
    assert desk.client("nobody").post("/ask", data={**form, "text": "门锁坏了"}).status_code == 200


def test_a_database_that_is_gone_is_a_page_too(desk: Desk) -> None:
    path = desk.db.path
    assert path
    desk.db.close()
    path.unlink()
    for address in ("/", "/search?q=门", "/c", "/feed.atom"):
        answer = desk.client("nobody").get(address)
        assert answer.status_code == 503, address
    assert "正在维护" in desk.client("nobody").get("/").text
    assert desk.client("nobody").get("/healthz").status_code == 200


def test_a_lost_index_leaves_titles_and_comes_back_by_itself(
    tmp_path: Path, password_hash: str
) -> None:
    with open_desk(tmp_path, password_hash, engine="whoosh") as desk:
        desk.publish("怎么换电池？", "拧开后盖。")
        desk.publish("怎么连无线网？", "在应用里选网络。")
        assert "怎么换电池" in plain(desk, "/search?q=换电池")
        shutil.rmtree(tmp_path / "index")
        page = plain(desk, "/search?q=换电池怎么弄")
        assert "怎么换电池" in page
        for _ in range(3):
            desk.finding.catch_up()
        page = plain(desk, "/search?q=换电池怎么弄")
        assert "怎么换电池" in page
        assert "搜索正在恢复" not in page


def plain(desk: Desk, path: str) -> str:
    answer = desk.client("nobody").get(path)
    assert answer.status_code == 200
    return answer.text.replace("<mark>", "").replace("</mark>", "")


def test_operational_errors_have_a_word() -> None:
    said = {"database is locked": "locked", "database or disk is full": "full",
            "attempt to write a readonly database": "readonly", "disk I/O error": "disk",
            "could not extend file: No space left on device": "full", "x": "down"}  # fmt: skip
    for text, word in said.items():
        assert reason_of(OperationalError("", {}, Exception(text))) == word
        assert word in words.REASONS


LOST = [
    ("/desk/articles/99999", "articles"),
    ("/desk/nothing-here", None),
    ("/desk/settings/x", None),
]


@pytest.mark.parametrize(("path", "room"), LOST)
def test_who_works_at_the_desk_stays_there(desk: Desk, path: str, room: str | None) -> None:
    answer = desk.client("agent").get(path)
    page = HTMLParser(answer.text)
    assert answer.status_code == 404
    assert page.css_first("main form[action='/desk/search']") is not None
    assert page.css_first(".site-head") is None
    lit = page.css_first(".desk-nav [aria-current]")
    assert (lit.attributes["href"] if lit else None) == (f"/desk/{room}" if room else None)


def test_others_get_the_customers_page(desk: Desk) -> None:
    for role, path in (("agent", "/nothing-here"), ("agent", "/deskless"), ("nobody", "/desk/x")):
        page = HTMLParser(desk.client(role).get(path).text)
        assert page.css_first(".desk-nav") is None, path
        assert page.css_first(".site-head") is not None, path


def test_a_refused_agent_still_sees_the_desk(desk: Desk) -> None:
    answer = desk.client("agent").get("/desk/users")
    assert answer.status_code == 403
    assert HTMLParser(answer.text).css_first(".desk-nav") is not None

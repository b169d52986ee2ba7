from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.web.conftest import Desk, open_desk, token_in
from tests.web.test_routes_roles import ROUTES, address, rules
from tests.web.world import build
from web import current
from web.app import create_app


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("headers"), password_hash) as opened:
        yield opened


def test_every_answer_has_the_headers(desk: Desk) -> None:
    world = build(desk)
    for endpoint, row in ROUTES.items():
        rule = rules(desk)[endpoint]
        if "GET" in (rule.methods or ()):
            for role in ("nobody", "admin"):
                check(desk.get(role, address(desk, rule, world) + row.query))


def check(answer: TestResponse) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, answer.request.path
    if "; sandbox;" in policy:
        # A mail as it will look: mails carry their styles with them, and nothing in it may run.
        assert "script-src" not in policy
        return
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer.headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
    if answer.mimetype == "text/html":
        body = answer.text
        assert " style=" not in body
        assert "<style" not in body
        assert " onclick=" not in body
        assert body.count("<script") == body.count("<script type=") or "src=" in body


@pytest.mark.parametrize("path", ["/none", "/desk/none", "/api/v1/none", "/?q=%00", "/a/x"])
def test_errors_have_them_too(desk: Desk, path: str) -> None:
    check(desk.get("nobody", path))


def test_what_agents_see_is_not_kept(desk: Desk) -> None:
    assert desk.get("agent", "/desk/").headers["Cache-Control"] == "no-store"
    assert "no-store" not in desk.get("nobody", "/").headers["Cache-Control"]


def test_over_https_browsers_stay_there(desk: Desk) -> None:
    assert "Strict-Transport-Security" not in desk.get("nobody", "/").headers
    answer = desk.app.test_client().get("/", base_url="https://help.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies_over_https_only_when_told_so(desk: Desk) -> None:
    parts = replace(desk.app.extensions[current.EXTENSION], cookie_secure=True)
    client = create_app(parts).test_client()
    flags = client.get("/ask?lang=en", base_url="https://x").headers.getlist("Set-Cookie")
    assert len(flags) == 2
    assert all("Secure" in flag and "HttpOnly" in flag and "SameSite=Lax" in flag for flag in flags)


def test_a_foreign_host_is_refused_where_hosts_are_named(desk: Desk) -> None:
    parts = replace(desk.app.extensions[current.EXTENSION], trusted_hosts=("help.anlu.example",))
    client = create_app(parts).test_client()
    assert client.get("/", base_url="http://help.anlu.example").status_code == 200
    for host in ("evil.example", "help.anlu.example.evil.example", "x@help.anlu.example"):
        answer = client.get("/", headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text
        check(answer)
    token = token_in(client.get("/ask", base_url="http://help.anlu.example"))
    answer = client.post("/ask", data={"csrf_token": token}, headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_no_page_repeats_the_host_that_was_asked(desk: Desk) -> None:
    number = desk.publish("怎么开锁？", "按指纹。")
    paths = ["/", "/feed.atom", "/sitemap.xml", "/opensearch.xml", "/robots.txt", "/login"]
    for path in (*paths, "/search?q=锁", f"/a/{number}", "/api/v1/articles", "/desk/"):
        answer = desk.app.test_client().get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers.get("Location")), path


def test_the_address_behind_a_proxy_counts(tmp_path: Path, desk: Desk) -> None:
    parts = replace(desk.app.extensions[current.EXTENSION], trusted_proxies=1)
    client = create_app(parts).test_client()
    local = {"REMOTE_ADDR": "127.0.0.1"}
    far = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}, environ_base=local)
    assert far.status_code == 404
    near = client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}, environ_base=local)
    assert near.status_code == 200
    secure = client.get("/", headers={"X-Forwarded-Proto": "https"}, environ_base=local)
    assert "Strict-Transport-Security" in secure.headers


def test_nobody_claims_to_be_a_proxy(desk: Desk) -> None:
    local = {"REMOTE_ADDR": "127.0.0.1"}
    claimed = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}
    answer = desk.app.test_client().get("/", headers=claimed, environ_base=local)
    assert "Strict-Transport-Security" not in answer.headers
    answer = desk.app.test_client().get("/metrics", headers=claimed, environ_base=local)
    assert answer.status_code == 404

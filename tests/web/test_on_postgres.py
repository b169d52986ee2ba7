"""The same pages over PostgreSQL, which is stricter about lengths, signs and groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kb.db import Database
from kb.models.people import Contact
from kb.models.service import Ticket
from tests.web.conftest import PASSWORD, Desk, open_desk, token_in
from tests.web.hidden import SECRET, fill
from tests.web.test_api import HANDED, post, token
from tests.web.test_routes_roles import ROUTES, address, rules
from tests.web.world import build

pytestmark = pytest.mark.postgres


@pytest.fixture
def desk(tmp_path: Path, password_hash: str, postgres: Database) -> Iterator[Desk]:
    with open_desk(tmp_path, password_hash, db=postgres) as opened:
        yield opened


def test_every_page_can_be_read(desk: Desk) -> None:
    world = build(desk)
    for endpoint, row in ROUTES.items():
        rule = rules(desk)[endpoint]
        if "GET" in (rule.methods or ()):
            for role in ("nobody", "admin"):
                answer = desk.get(role, address(desk, rule, world) + row.query)
                assert answer.status_code < 500, (endpoint, answer.text[-500:])


def test_the_whole_way_of_a_customer(desk: Desk) -> None:
    numbers = fill(desk)
    for path in (
        "/",
        "/search?q=鹦鹉",
        "/suggest?q=鹦鹉",
        "/feed.atom",
        "/sitemap.xml",
        "/c/birds",
    ):
        answer = desk.get("nobody", path)
        assert answer.status_code == 200
        assert SECRET not in answer.text
    public = numbers["public"]
    page = desk.client("nobody").get(f"/a/{public}?n=1", follow_redirects=True)
    assert page.status_code == 200
    assert desk.post("nobody", f"/a/{public}/vote", {"vote": "yes"}).status_code == 303
    form = {"text": "鹦鹉不吃东西了怎么办", "mail": "lin@example.com", "sure": "1"}
    thanks = desk.post("nobody", "/ask", {**form, "name": "名" * 60, "order": "1" * 40})
    link = re.search(r"8080(/t/[\w-]+)", thanks.text)
    assert link
    assert desk.post("nobody", link[1], {"text": "还是不吃"}).status_code == 303
    long = {**form, "mail": f"{'a' * 64}@{'b' * 189}"}
    assert desk.post("nobody", "/ask", long).status_code == 200
    assert post(desk, token(desk, "tickets")).status_code == 201
    assert desk.get("nobody", "/metrics").status_code == 200


@pytest.mark.parametrize(
    "path", ["/search?q=%00", "/c/%00", "/t/%00", "/login?next=%00", "/media/%00"]
)
def test_a_sign_that_it_cannot_keep_is_refused(desk: Desk, path: str) -> None:
    assert desk.get("nobody", path).status_code in (400, 404)


def test_signing_in(desk: Desk) -> None:
    client = desk.client("nobody")
    form = {"name": "agent", "password": PASSWORD, "csrf_token": token_in(client.get("/login"))}
    bad = client.post("/login", data={**form, "name": "\x00"})
    assert bad.status_code == 400
    assert client.post("/login", data=form).status_code == 303


def test_of_two_equal_calls_at_once_one_opens_a_ticket(desk: Desk) -> None:
    key = token(desk, "tickets")
    clients = [desk.client("nobody") for _ in range(4)]

    def call(client: FlaskClient) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "7"}
        answer = client.post("/api/v1/tickets", json=HANDED, headers=headers)
        return answer.status_code, (answer.json or {}).get("number", "")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(call, clients))
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({number for _, number in answers}) == 1
    assert desk.read(lambda s: len(s.scalars(select(Ticket)).all())) == 1
    assert desk.read(lambda s: len(s.scalars(select(Contact)).all())) == 1

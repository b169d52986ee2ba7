from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from autoreply.tables import OutgoingMail
from kb import people
from kb.models.service import Ticket
from tests.web.conftest import Desk, open_desk
from web.api import described

HANDED = {"text": "门锁打不开", "mail": "lin@example.com"}
DOCUMENT = described.document("http://127.0.0.1:8080")
Client = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Iterator[Desk]:
    """A desk with three answers, for tests that only read."""
    with open_desk(tmp_path_factory.mktemp("api"), password_hash) as desk:
        desk.publish("怎么换电池？", "拧开后盖，换**4节**电池。", phrasings=("没电了",))
        desk.publish("忘了密码怎么办？", "在应用里重设。")
        desk.publish("怎么连无线网？", "选2.4 GHz的网络。")
        yield desk


def token(desk: Desk, *scopes: str, hours: float | None = None) -> str:
    def make(session: Session) -> str:
        ends = desk.clock() + timedelta(hours=hours) if hours is not None else None
        return people.add_token(
            session, "门店", scopes=scopes, user_id=None, now=desk.clock(), expires_at=ends
        )[1]

    text: str = desk.write(make)
    return text


def post(desk: Desk, key: str, document: Any = HANDED, **headers: str) -> TestResponse:
    return desk.client("nobody").post(
        "/api/v1/tickets", json=document, headers={"Authorization": f"Bearer {key}", **headers}
    )


def error(answer: TestResponse) -> str:
    assert answer.json
    check(answer.json, {"$ref": "#/components/schemas/Error"})
    assert answer.json["error"]["message"]
    code: str = answer.json["error"]["code"]
    return code


def test_articles_lead_on_to_the_next(shelf: Desk) -> None:
    first = shelf.get("nobody", "/api/v1/articles?limit=2").json
    assert first
    assert len(first["articles"]) == 2
    second = shelf.get("nobody", f"/api/v1/articles?limit=2&after={first['next']}").json
    assert second
    assert [a["question"] for a in second["articles"]] == ["怎么连无线网？"]
    assert second["next"] is None


def test_an_article_comes_in_three_forms_and_once(shelf: Desk) -> None:
    answer = shelf.get("nobody", "/api/v1/articles/1")
    assert answer.json
    assert "**4节**" in answer.json["markdown"]
    assert "<strong>4节</strong>" in answer.json["html"]
    assert answer.json["phrasings"] == ["没电了"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert shelf.get("nobody", "/api/v1/articles/1", headers=tag).status_code == 304


def test_search_and_ask(shelf: Desk) -> None:
    found = shelf.get("nobody", "/api/v1/search?q=怎么换电池").json
    assert found
    assert found["matches"][0]["id"] == 1
    assert 0 <= found["matches"][0]["probability"] <= 1
    asked = shelf.get("nobody", "/api/v1/ask?q=怎么换电池").json
    assert asked
    assert asked["band"] in ("answer", "suggest")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("search", 400, "text_missing"),
        ("search?q=%20", 400, "text_missing"),
        ("search?q=a&limit=0", 400, "number_range"),
        ("search?q=a&limit=51", 400, "number_range"),
        ("search?q=a&limit=x", 400, "number_invalid"),
        ("ask?q=" + "a" * 4001, 400, "too_long"),
        ("articles?after=-1", 400, "number_invalid"),
        ("articles?category=none", 404, "not_found"),
        ("articles/99", 404, "not_found"),
        ("articles/99999999999", 404, "http_404"),
        ("none", 404, "not_found"),
        ("search?q=%00", 400, "http_400"),
    ],
)
def test_refusals_are_json_with_a_code_and_a_sentence(
    shelf: Desk, path: str, status: int, code: str
) -> None:
    answer = shelf.get("nobody", f"/api/v1/{path}")
    assert answer.status_code == status
    assert error(answer) == code


def test_a_ticket_is_opened_with_a_token(desk: Desk) -> None:
    answer = post(desk, token(desk, "tickets"), {**HANDED, "name": "林", "subject": "急"})
    assert answer.status_code == 201
    assert answer.json
    ticket = desk.read(lambda s: s.scalars(select(Ticket)).one())
    assert (ticket.number, ticket.subject) == (answer.json["number"], "急")
    path = answer.json["url"].removeprefix("http://127.0.0.1:8080")
    assert "门锁打不开" in desk.get("nobody", path).text
    assert len(desk.read(lambda s: s.scalars(select(OutgoingMail)).all())) == 1


def test_a_repeated_call_is_harmless(desk: Desk) -> None:
    key = token(desk, "tickets")
    first = post(desk, key, **{"Idempotency-Key": "42"})
    again = post(desk, key, **{"Idempotency-Key": "42"})
    other = post(desk, key, **{"Idempotency-Key": "43"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert first.json == again.json
    assert len(desk.read(lambda s: s.scalars(select(Ticket)).all())) == 2


def test_who_may_not(desk: Desk) -> None:
    good = token(desk, "tickets")
    assert post(desk, token(desk, "read")).status_code == 403
    ended = token(desk, "tickets", hours=-1)
    for key in ("", "x", "wq_1_" + "a" * 43, good[:-1], ended, "wq_999999999999999999_" + "a" * 43):
        answer = post(desk, key)
        assert answer.status_code == 401, key
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert error(answer) == "unauthorized"
    bare = desk.client("nobody").post(
        "/api/v1/tickets", json=HANDED, headers={"Authorization": good}
    )
    assert bare.status_code == 401
    assert desk.client("admin").post("/api/v1/tickets", json=HANDED).status_code == 401

    def revoke(session: Session) -> None:
        people.revoke_token(session, 1, now=desk.clock())

    desk.write(revoke)
    assert post(desk, good).status_code == 401


@pytest.mark.parametrize(
    "document",
    [None, 1, "text", [], [HANDED], {}, {"text": 1}, {**HANDED, "text": None},
     {**HANDED, "text": ["a"]}, {**HANDED, "text": {}}, {**HANDED, "text": ""},
     {**HANDED, "mail": 5}, {**HANDED, "mail": "x"}, {**HANDED, "name": []},
     {**HANDED, "subject": True}, {**HANDED, "text": "x" * 20_001}, {**HANDED, "mail": None},
     {**HANDED, "name": "x" * 121}],
)  # fmt: skip
def test_bodies_of_a_wrong_shape_are_refused(desk: Desk, document: Any) -> None:
    answer = post(desk, token(desk, "tickets"), document)
    assert answer.status_code == 400
    assert error(answer)
    assert desk.read(lambda s: s.scalars(select(Ticket)).all()) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"text": NaN}', b"[" * 100_000, b"\x00"]
)
def test_bodies_that_are_no_json_are_refused(desk: Desk, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {token(desk, 'tickets')}"}
    for kind in ("application/json", "text/plain", ""):
        answer = desk.client("nobody").post(
            "/api/v1/tickets", data=body, headers=headers, content_type=kind
        )
        assert answer.status_code == 400, kind


def test_halves_of_characters_are_stored_as_marks(desk: Desk) -> None:
    body = json.dumps({**HANDED, "text": "门\ud800锁\x00", "name": "\udfff"})
    headers = {"Authorization": f"Bearer {token(desk, 'tickets')}"}
    answer = desk.client("nobody").post(
        "/api/v1/tickets", data=body, headers=headers, content_type="application/json"
    )
    assert answer.status_code == 201
    assert desk.read(lambda s: s.scalars(select(Ticket.subject)).one()) == "门\ufffd锁\ufffd"


# Any below: JSON and JSON Schema.
def check(value: Any, schema: dict[str, Any]) -> None:
    """Fail unless a value fits a schema; knows what our description uses, and no more."""
    known = {"$ref", "allOf", "type", "required", "properties", "items", "enum", "format",
             "minimum", "maximum", "minLength", "maxLength"}  # fmt: skip
    assert set(schema) <= known, schema
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        check(value, DOCUMENT["components"]["schemas"][name])
    for part in schema.get("allOf", ()):
        check(value, part)
    if "type" in schema:
        wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(isinstance(value, _TYPES[one]) for one in wanted), (value, wanted)
    assert "enum" not in schema or value in schema["enum"]
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value)
        for name, inside in schema.get("properties", {}).items():
            if name in value:
                check(value[name], inside)
    for item in value if isinstance(value, list) else ():
        check(item, schema["items"])
    if isinstance(value, int | float) and not isinstance(value, bool):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value)


_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "null": type(None),
    "number": (int, float),
}  # fmt: skip


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
    ]


def test_the_description_is_served_and_sound(shelf: Desk) -> None:
    served = shelf.get("nobody", "/api/v1/openapi.json").json
    assert served == json.loads(json.dumps(DOCUMENT))
    text = json.dumps(DOCUMENT)
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in DOCUMENT["components"]["schemas"]
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(ids)) == len(ids)
    for _, path, operation in operations():
        inside = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert inside == set(re.findall(r"{(\w+)}", path))
        assert all(answer["description"] for answer in operation["responses"].values())


def test_every_described_operation_has_a_view_and_the_other_way_round(shelf: Desk) -> None:
    views = {
        (method.lower(), re.sub(r"<int:article_id>", "{id}", rule.rule.removeprefix("/api/v1")))
        for rule in shelf.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api.unknown"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert views - {("get", "/openapi.json")} == {(m, p) for m, p, _ in operations()}


TEXTS = st.text(max_size=30) | st.sampled_from(["怎么换电池", "密码", "", " ", "0", "\x00", "%"])
NUMBERS = st.integers(-3, 200).map(str) | st.sampled_from(["", "x", "1e9", "９", "9" * 30])


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_answer_is_as_described(shelf: Desk, data: st.DataObject) -> None:
    method, path, operation = data.draw(st.sampled_from(operations()))
    query = {}
    for parameter in operation["parameters"]:
        whole = parameter["schema"]["type"] == "integer"
        value = data.draw(NUMBERS if whole else TEXTS)
        if parameter["in"] == "path":
            path = path.replace("{id}", str(data.draw(st.integers(0, 5))))
        elif parameter["in"] == "query" and data.draw(st.booleans()):
            query[parameter["name"]] = value.encode("utf-8", "replace").decode()
    shelf.clock.advance(minutes=2)
    answer = shelf.client("nobody").open(f"/api/v1{path}", method=method, query_string=query)
    assert str(answer.status_code) in operation["responses"], (path, query, answer.status_code)
    described_as = operation["responses"][str(answer.status_code)]["content"]
    check(answer.json, described_as["application/json"]["schema"])


def test_too_many_calls_are_told_when_to_come_again(desk: Desk) -> None:
    client = desk.client("nobody")
    codes = {client.get("/api/v1/articles/9").status_code for _ in range(600)}
    assert codes == {404}
    answer = client.get("/api/v1/articles/9")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert error(answer) == "http_429"

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from kb.models.people import User, WebSession
from kb.models.system import AuditEntry
from tests.web.conftest import PASSWORD, Desk, token_in
from web import auth, sessions


def sign_in(desk: Desk, name: str = "agent", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def] # Werkzeug's answer
    client = desk.client("nobody")
    token = token_in(client.get("/login"))
    form = {"name": name, "password": password, "csrf_token": token, **more}
    return client.post("/login", data=form)


def cookie(desk: Desk, role: str = "nobody") -> str | None:
    found = desk.client(role).get_cookie(sessions.SESSION)
    return found.value if found else None


def test_signing_in_leads_to_the_desk(desk: Desk) -> None:
    answer = sign_in(desk)
    assert (answer.status_code, answer.location) == (303, "/desk/")
    assert desk.get("nobody", "/desk/").status_code == 200


def test_cookies_are_kept_from_scripts_and_other_sites(desk: Desk) -> None:
    answer = sign_in(desk)
    flags = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("wq_session"))
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags
    assert "Path=/" in flags
    assert "Secure" not in flags


@pytest.mark.parametrize(
    ("name", "password"),
    [("agent", "wrong"), ("nobody-here", PASSWORD), ("", ""), ("agent", ""), ("A" * 5000, "x"),
     ("agent", "x" * 100_000), ("agent' OR 1=1 --", "x"), ("\ud83d", "é")],
)  # fmt: skip
def test_a_wrong_name_or_password_says_one_and_the_same(
    desk: Desk, name: str, password: str
) -> None:
    answer = sign_in(desk, name.encode("utf-8", "replace").decode(), password)
    assert answer.status_code == 400
    assert "登录名或密码不对" in answer.text
    assert cookie(desk) is None
    assert "登录名或密码不对" not in desk.client("nobody").get("/login?lang=en").text


def test_refusals_speak_english_too(desk: Desk) -> None:
    desk.get("nobody", "/login?lang=en")
    answer = sign_in(desk, "agent", "wrong")
    assert "登录名或密码不对" not in answer.text


def test_the_session_is_new_and_the_old_one_ends(desk: Desk) -> None:
    """A session that somebody put into the browser beforehand opens nothing (fixation)."""
    client = desk.client("nobody")
    client.set_cookie(sessions.SESSION, "fixed-by-somebody-else")
    sign_in(desk)
    first = cookie(desk)
    assert first != "fixed-by-somebody-else"
    client.set_cookie(sessions.SESSION, first or "")
    desk.client("agent")
    token = token_in(client.get("/desk/notices"))
    client.post("/login", data={"name": "agent", "password": PASSWORD, "csrf_token": token})
    assert cookie(desk) != first
    stranger = desk.app.test_client()
    stranger.set_cookie(sessions.SESSION, first or "")
    assert stranger.get("/desk/").status_code == 303


def test_signing_out_ends_it_on_the_server(desk: Desk) -> None:
    sign_in(desk)
    kept = cookie(desk) or ""
    token = token_in(desk.get("nobody", "/desk/notices"))
    answer = desk.client("nobody").post("/logout", data={"csrf_token": token})
    assert answer.status_code == 303
    assert cookie(desk) is None
    thief = desk.app.test_client()
    thief.set_cookie(sessions.SESSION, kept)
    assert thief.get("/desk/").status_code == 303
    assert desk.read(lambda s: s.scalars(select(WebSession)).all()) == []


def test_the_database_holds_no_token(desk: Desk) -> None:
    sign_in(desk)
    row = desk.read(lambda s: s.scalars(select(WebSession)).one())
    assert cookie(desk) not in (row.token_hash, str(row.data))


def test_a_session_ends_by_itself(desk: Desk) -> None:
    sign_in(desk)
    desk.clock.advance(hours=12, seconds=1)
    assert desk.get("nobody", "/desk/").status_code == 303


def test_guessing_is_slowed_for_a_name_and_for_an_address(desk: Desk) -> None:
    client = desk.client("nobody")
    token = token_in(client.get("/login"))

    def attempt(name: str) -> int:
        form = {"name": name, "password": "x", "csrf_token": token}
        return client.post("/login", data=form).status_code

    assert [attempt("agent") for _ in range(11)] == [400] * 10 + [429]
    assert sign_in(desk).status_code == 429
    assert [attempt(f"user{n}") for n in range(40)][-1] == 429
    desk.clock.advance(minutes=6)
    assert sign_in(desk).status_code == 303


def test_each_attempt_is_noted(desk: Desk) -> None:
    sign_in(desk, "agent", "x")
    sign_in(desk)
    verbs = desk.read(lambda s: list(s.scalars(select(AuditEntry.verb).order_by(AuditEntry.id))))
    assert verbs == ["login.refused", "login"]


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "\\evil",
     "javascript:alert(1)", "/\n/evil.example", "evil", "/x\\@evil.example"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(desk: Desk, target: str) -> None:
    assert sign_in(desk, next=target).location == "/desk/"


def test_signing_in_leads_back(desk: Desk) -> None:
    asked = desk.get("nobody", "/desk/articles?state=draft")
    assert asked.location.startswith("/login?next=")
    assert sign_in(desk, next="/desk/articles?state=draft").location == "/desk/articles?state=draft"


@given(st.text(st.sampled_from("/\\\t\r\n :@.?#%ae\u2028\x00"), max_size=12))
@example("/\t//elsewhere.example")
@example("/\r/")
def test_a_local_path_stays_here(target: str) -> None:
    kept = auth.local_path(target)
    # A browser drops tabs and line ends, and reads a backslash as a slash.
    seen = kept.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    assert kept == "" or (seen.startswith("/") and not seen.startswith("//"))
    assert not urlsplit(kept).netloc


def test_the_first_visitor_makes_the_administrator(desk: Desk) -> None:
    def empty(session) -> None:  # type: ignore[no-untyped-def] # a Session
        session.execute(delete(User))

    desk.write(empty)
    assert desk.get("nobody", "/login").location == "/first-run"
    token = token_in(desk.get("nobody", "/first-run"))
    form = {
        "csrf_token": token, "company": "安庐", "mailbox": "help@anlu.example", "name": "boss",
        "display_name": "程述", "password": PASSWORD, "again": PASSWORD,
    }  # fmt: skip
    client = desk.client("nobody")
    wrong = client.post("/first-run", data={**form, "again": "other"})
    assert wrong.status_code == 400
    assert "两次输入的密码不一样" in wrong.text
    assert 'value="boss"' in wrong.text
    assert PASSWORD not in wrong.text
    blank = client.post("/first-run", data={"csrf_token": token, "mailbox": "help@"})
    told = ("名字还空着", "登录名用小写字母", "密码太短", "邮箱好像没写完")
    assert [words in blank.text for words in told] == [True] * 4
    short = client.post("/first-run", data={**form, "password": "x", "again": "x"})
    assert "密码太短" in short.text
    made = client.post("/first-run", data=form)
    assert made.location == "/desk/"
    assert desk.get("nobody", "/desk/users").status_code == 200
    stranger = desk.app.test_client()
    assert stranger.get("/first-run").status_code == 404
    token = token_in(stranger.get("/login"))
    assert stranger.post("/first-run", data={**form, "csrf_token": token}).status_code == 404

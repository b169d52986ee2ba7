from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply.tables import OutgoingMail
from kb.models.service import Question, Ticket
from tests.web.conftest import Desk

ASKED = "指纹打不开门锁怎么办"
FORM = {"text": "我的门锁打不开，怎么办？", "mail": "lin@example.com"}


def tickets(session: Session) -> list[Ticket]:
    return list(session.scalars(select(Ticket)))


def count(desk: Desk, kind: type) -> int:
    return desk.read(lambda s: len(s.scalars(select(kind)).all()))


@pytest.fixture
def known(desk: Desk) -> int:
    """A base that has the answer."""
    return desk.publish("指纹打不开门锁怎么办？", "擦干手指再试。")


def test_the_form_holds_offers_and_then_makes_a_ticket(desk: Desk, known: int) -> None:
    form = {**FORM, "text": ASKED, "name": "林", "order": "A1", "q": "指纹"}
    held = desk.post("nobody", "/ask", form)
    assert held.status_code == 200
    assert "擦干手指再试" in held.text
    assert 'name="sure" value="1"' in held.text
    assert ASKED in held.text
    assert count(desk, Ticket) == 0
    sent = desk.post("nobody", "/ask", {**form, "sure": "1", "article": str(known)})
    assert "AL-10001" in sent.text
    (ticket,) = desk.read(tickets)
    assert ticket.channel == "form"
    assert ticket.context["query"] == "指纹"
    assert ticket.context["article"] == known
    assert ticket.context["shown"] == [known]
    assert ticket.due_at is not None
    assert count(desk, OutgoingMail) == 1


def test_the_ticket_carries_what_was_searched(desk: Desk) -> None:
    desk.get("nobody", "/search?q=开不了门")
    desk.post("nobody", "/ask", FORM)
    (ticket,) = desk.read(tickets)
    assert ticket.context["searches"] == ["开不了门"]


def test_the_thanks_lead_to_the_ticket(desk: Desk) -> None:
    page = desk.post("nobody", "/ask", FORM)
    found = re.search(r"http://127.0.0.1:8080(/t/[\w-]+)", page.text)
    assert found
    shown = desk.get("nobody", found[1])
    assert "我的门锁打不开" in shown.text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    said = desk.post("nobody", found[1], {"text": "还是不行"})
    assert said.status_code == 303
    assert "还是不行" in desk.get("nobody", found[1]).text
    assert desk.post("nobody", found[1], {"solved": "1"}).status_code == 303
    assert desk.read(tickets)[0].state == "resolved"


def test_solved_on_the_form_makes_no_ticket(desk: Desk, known: int) -> None:
    page = desk.post("nobody", "/ask", {"text": ASKED, "resolved": str(known)})
    assert page.status_code == 200
    assert "解决了就好" in page.text
    assert count(desk, Ticket) == 0
    (question,) = desk.read(lambda s: list(s.scalars(select(Question))))
    assert (question.outcome, question.channel) == ("confirmed", "form")


@pytest.mark.parametrize("resolved", ["x", "-1", "9" * 30, "1.5"])
def test_solved_by_nonsense_is_refused(desk: Desk, resolved: str) -> None:
    assert desk.post("nobody", "/ask", {"resolved": resolved}).status_code == 400


def test_a_trap_that_was_filled_makes_nothing(desk: Desk) -> None:
    answer = desk.post("nobody", "/ask", {**FORM, "website": "http://spam.example"})
    assert answer.status_code == 303
    assert (count(desk, Ticket), count(desk, OutgoingMail)) == (0, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, "内容还空着"),
        ({"text": "  \n"}, "内容还空着"),
        ({"text": "长" * 5001}, "最多5000个字"),
        ({"mail": ""}, "邮箱好像没写完"),
        ({"mail": "lin@"}, "邮箱好像没写完"),
        ({"mail": "a@b.example\r\nBcc: x@y.example"}, "邮箱好像没写完"),
        ({"mail": f"a@{'b' * 253}"}, "邮箱好像没写完"),
        ({"name": "名" * 61}, "最多60个字"),
        ({"order": "0" * 41}, "最多40个字"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(
    desk: Desk, change: dict[str, str], words: str
) -> None:
    page = desk.post("nobody", "/ask", {**FORM, **change})
    assert page.status_code == 400
    assert words in page.text
    assert count(desk, Ticket) == 0
    if "text" not in change:
        assert FORM["text"] in page.text


def test_an_empty_form_loses_nothing_and_says_both(desk: Desk) -> None:
    page = desk.post("nobody", "/ask")
    assert page.status_code == 400
    assert "内容还空着" in page.text
    assert "邮箱好像没写完" in page.text


def test_files_come_along(desk: Desk) -> None:
    file = (io.BytesIO(b"log"), "door.log")
    page = desk.post("nobody", "/ask", {**FORM, "files": [file]})
    path = re.search(r"http://127.0.0.1:8080(/t/[\w-]+)", page.text)
    assert path
    shown = desk.get("nobody", path[1])
    link = re.search(rf"{path[1]}/files/[\w-]+", shown.text)
    assert link
    got = desk.get("nobody", link[0])
    assert got.data == b"log"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.mimetype == "application/octet-stream"


def test_too_many_files_are_refused(desk: Desk) -> None:
    files = [(io.BytesIO(b"x"), f"{n}.txt") for n in range(6)]
    page = desk.post("nobody", "/ask", {**FORM, "files": files})
    assert page.status_code == 400
    assert "一次最多带5个文件" in page.text
    assert count(desk, Ticket) == 0


def test_ten_tickets_are_enough_for_ten_minutes(desk: Desk) -> None:
    token = desk.csrf("nobody")
    for _ in range(10):
        assert (
            desk.client("nobody").post("/ask", data={**FORM, "csrf_token": token}).status_code
            == 200
        )
    answer = desk.client("nobody").post("/ask", data={**FORM, "csrf_token": token})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "点得有点快" in answer.text
    assert count(desk, Ticket) == 10
    desk.clock.advance(minutes=11)
    assert desk.post("nobody", "/ask", FORM).status_code == 200


def test_a_stranger_finds_no_ticket(desk: Desk) -> None:
    for token in ("x" * 22, "x" * 65, "é" * 22, "a" * 5000):
        assert desk.get("nobody", f"/t/{token}").status_code == 404


def test_the_way_to_a_person_carries_what_was_asked(desk: Desk, known: int) -> None:
    answer = desk.get("nobody", f"/human?q=打不开&article={known}&_external=1&x=y")
    assert answer.status_code == 303
    page = desk.client("nobody").get(answer.location)
    assert "打不开" in page.text
    assert "指纹打不开门锁怎么办" in page.text

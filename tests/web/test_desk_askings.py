"""What others asked is suggested once it is adopted."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import askings, questions
from kb.models.steering import Asking
from tests.factories import make_contact
from tests.web.conftest import Desk

TEXT = "换了手机怎么把门锁连回来"


def ask(desk: Desk, text: str, *who: str) -> None:
    def record(session: Session) -> None:
        for name in who:
            contact = make_contact(session, f"{name}@c.example", now=desk.clock())
            asked = questions.Asked("form", text, contact_id=contact.id)
            questions.record(session, asked, (), now=desk.clock())

    desk.write(record)


def suggested(desk: Desk, typed: str = "换了手机") -> list[str]:
    body = desk.get("nobody", "/suggest?" + urlencode({"q": typed})).get_json()
    return [row["title"] for row in body["suggestions"]]


def test_only_adopted_askings_are_suggested(desk: Desk) -> None:
    ask(desk, TEXT, "a", "b")
    desk.post("agent", "/desk/askings", {"do": "gather"})
    assert TEXT not in desk.get("agent", "/desk/askings").text
    ask(desk, TEXT, "c")
    desk.post("agent", "/desk/askings", {"do": "gather"})
    assert TEXT in desk.get("agent", "/desk/askings").text
    assert suggested(desk) == []
    number = str(desk.read(lambda s: s.scalars(select(Asking)).one().id))
    desk.post("agent", "/desk/askings", {"do": "adopt", "id": number})
    desk.finding.catch_up()
    assert suggested(desk) == [TEXT]
    assert suggested(desk, "huanleshouji") in ([TEXT], [])
    row = desk.get("nobody", "/suggest?q=换了手机").get_json()["suggestions"][0]
    assert row["url"].startswith("/search?q=")
    assert row["category"] == "别人问过"
    desk.post("agent", "/desk/askings", {"do": "decline", "id": number})
    assert suggested(desk) == []


def test_a_withdrawn_asking_is_not_suggested_even_by_a_stale_process(desk: Desk) -> None:
    ask(desk, TEXT, "a", "b", "c")
    desk.post("agent", "/desk/askings", {"do": "gather"})
    number = desk.read(lambda s: s.scalars(select(Asking)).one().id)
    desk.post("agent", "/desk/askings", {"do": "adopt", "id": str(number)})
    desk.finding.catch_up()
    assert suggested(desk) == [TEXT]

    def erase(session: Session) -> None:
        contact = make_contact(session, "a@c.example", now=desk.clock())
        for row in session.scalars(
            select(questions.Question).where(questions.Question.contact_id == contact.id)
        ):
            session.delete(row)

    desk.write(erase)
    assert suggested(desk) == []
    assert desk.read(lambda s: askings.adopted(s)) == {}

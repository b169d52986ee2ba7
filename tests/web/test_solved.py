"""The page behind 已解决 / 没解决: GET asks, POST records, once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from autoreply import outgoing, solved
from autoreply.outgoing import Offered
from autoreply.tables import OutgoingMail
from kb import contacts, questions, tickets
from kb.models.service import Question, Ticket
from tests.web.conftest import Desk


@pytest.fixture
def answered(desk: Desk) -> SimpleNamespace:
    article = desk.publish("门锁没电了怎么开门？", "用充电宝。")

    def change(session: Session) -> SimpleNamespace:
        now = desk.clock()
        contact = contacts.find_or_create(session, "mail", "lin@example.com", now=now)
        asked = questions.Asked("mail", "门锁没电", contact_id=contact.id)
        question = questions.record(session, asked, (), now=now)
        opening = tickets.Opening("门锁", "门锁没电", "mail", contact_id=contact.id)
        ticket = tickets.open_ticket(session, opening, now=now)
        tickets.say(session, ticket, tickets.Saying("customer", "门锁没电", "mail"), now=now)
        saying = tickets.Saying("automatic", "用充电宝。", "mail")
        message = tickets.say(session, ticket, saying, now=now)
        mail = outgoing.queue_answer(
            session, message, [Offered(article, 1, 0.97)], question="门锁没电", spool_id=1, now=now
        )
        mail.question_id = question.id
        return SimpleNamespace(
            token=solved.token_of(mail.id, b"s" * 32), ticket=ticket.id, question=question.id
        )

    made: SimpleNamespace = desk.write(change)
    return made


def test_a_scanner_that_follows_both_links_changes_nothing(
    desk: Desk, answered: SimpleNamespace
) -> None:
    for choice in ("yes", "no"):
        page = desk.get("nobody", f"/s/{answered.token}?choice={choice}")
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert "门锁没电了怎么开门" in page.text
    assert desk.read(lambda s: s.query(OutgoingMail).one().solved) is None
    assert desk.read(lambda s: s.get_one(Ticket, answered.ticket).state) == "waiting"


def test_yes_is_recorded_once(desk: Desk, answered: SimpleNamespace) -> None:
    page = desk.post("nobody", f"/s/{answered.token}", {"choice": "yes"})
    assert page.status_code == 200
    assert "已经记下" in page.text
    assert desk.read(lambda s: s.get_one(Question, answered.question).outcome) == "confirmed"
    again = desk.post("nobody", f"/s/{answered.token}", {"choice": "no"})
    assert "用过了" in again.text
    assert desk.read(lambda s: s.get_one(Ticket, answered.ticket).state) == "resolved"


def test_no_leads_to_the_ticket_with_a_time(desk: Desk, answered: SimpleNamespace) -> None:
    page = desk.post("nobody", f"/s/{answered.token}", {"choice": "no"})
    assert "已经转给客服" in page.text
    assert "/t/" in page.text
    assert "今天14:00前" in page.text
    row = desk.read(lambda s: s.get_one(Ticket, answered.ticket))
    assert (row.state, row.person_asked) == ("open", True)


def test_a_link_of_long_ago_says_so(desk: Desk, answered: SimpleNamespace) -> None:
    desk.clock.moment += timedelta(days=91)
    assert "过期" in desk.get("nobody", f"/s/{answered.token}").text
    assert "过期" in desk.post("nobody", f"/s/{answered.token}", {"choice": "yes"}).text


def test_a_made_up_link_is_unknown(desk: Desk, answered: SimpleNamespace) -> None:
    for token in ("1", "1.x", "x", answered.token + "x", "999" + answered.token):
        assert desk.get("nobody", f"/s/{token}").status_code == 404
        assert desk.post("nobody", f"/s/{token}", {"choice": "yes"}).status_code == 404


def test_without_our_form_nothing_is_recorded(desk: Desk, answered: SimpleNamespace) -> None:
    page = desk.client("nobody").post(f"/s/{answered.token}", data={"choice": "yes"})
    assert page.status_code >= 400
    assert desk.read(lambda s: s.query(OutgoingMail).one().solved) is None

"""What left and did not arrive: addresses that get no mail, and sending again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import suppression
from autoreply.tables import OutgoingMail
from kb.models.system import AuditEntry, Job
from tests.web.conftest import Desk
from tests.web.test_desk_tickets import make_ticket

GONE = "gone@example.com"


def suppress(desk: Desk) -> None:
    desk.write(
        lambda s: suppression.suppress(s, GONE, "bounced", "5.1.1 no such user", now=desk.clock())
    )


def mail(desk: Desk, **values: Any) -> int:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": "好的", "then": "reply"})

    def change(session: Session) -> int:
        row = session.scalars(select(OutgoingMail)).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.execute(Job.__table__.update().values(state="done"))
        return row.id

    found: int = desk.write(change)
    return found


def test_who_gets_no_mail_is_shown_with_why(desk: Desk) -> None:
    suppress(desk)
    page = desk.get("agent", "/desk/outbox/suppressed").text
    assert GONE in page
    assert "5.1.1 no such user" in page
    assert "恢复发信" not in page
    assert GONE not in desk.get("agent", "/desk/outbox/suppressed?q=nobody").text


def test_an_administrator_lets_mail_go_there_again(desk: Desk) -> None:
    suppress(desk)
    assert "恢复发信" in desk.get("admin", "/desk/outbox/suppressed").text
    answer = desk.post("admin", "/desk/outbox/suppressed", {"address": GONE})
    assert answer.status_code == 303
    assert desk.read(lambda s: suppression.suppressed(s, GONE, automatic=True)) is None
    entry = desk.read(lambda s: s.scalars(select(AuditEntry)).all()[-1])
    assert entry.verb == "suppression.lifted"
    assert GONE not in str(entry.detail)
    again = desk.post("admin", "/desk/outbox/suppressed", {"address": GONE})
    assert again.status_code == 404


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_a_reply_that_may_not_have_arrived_can_be_sent_again(desk: Desk, state: str) -> None:
    number = mail(desk, state=state)
    assert "再试一次" in desk.get("admin", f"/desk/outbox/{number}").text
    assert desk.post("admin", f"/desk/outbox/{number}/retry").status_code == 303
    assert desk.read(lambda s: s.get(OutgoingMail, number).state) == "queued"
    assert desk.read(lambda s: s.scalars(select(Job).where(Job.state == "ready")).one())


def test_an_automatic_answer_is_never_sent_again(desk: Desk) -> None:
    number = mail(desk, state="unknown", kind="automatic")
    assert "再试一次" not in desk.get("admin", f"/desk/outbox/{number}").text
    assert desk.post("admin", f"/desk/outbox/{number}/retry").status_code == 409


def test_what_nobody_knows_about_stands_with_what_failed(desk: Desk) -> None:
    mail(desk, state="unknown")
    page = desk.get("agent", "/desk/outbox?tab=failed").text
    assert "不确定收没收到" in page

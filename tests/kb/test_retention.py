"""What is too old goes; what counts stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import attachments, audit, feedback, jobs, people, questions, retention, settings
from kb.access import SYSTEM
from kb.models.knowledge import Blob
from kb.models.people import WebSession
from kb.models.service import Message, Question, Ticket
from kb.models.system import AuditEntry, Job, RateWindow
from kb.questions import Asked
from kb.settings import Retention
from tests.factories import make_article, make_contact, make_ticket

LONG = timedelta(days=400)


def count(session: Session, kind: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def fill(session: Session, at: datetime) -> None:
    contact = make_contact(session, now=at)
    asked = Asked("form", "我叫张三，怎么退货", contact_id=contact.id, visitor=f"v{at.year}")
    questions.record(session, asked, (), now=at)
    feedback.vote(
        session, make_article(session), f"v{at.year}", helpful=False, comment="差", now=at
    )
    people.open_session(session, None, now=at)
    job = jobs.enqueue(session, "a", {}, now=at)
    assert job is not None
    jobs.finish(session, job, now=at)
    jobs.enqueue(session, "waiting", {}, now=at)
    audit.note(session, SYSTEM, "x", ("article", 1), now=at)
    session.flush()


def test_old_things_go_and_new_ones_stay(session: Session, now: datetime) -> None:
    fill(session, now - LONG * 2)
    fill(session, now)
    session.add(RateWindow(name="x", started_at=now - LONG, used=1))
    session.flush()
    done = retention.purge(session, now=now)
    assert done == {
        "questions": 1, "comments": 1, "sessions": 1, "jobs": 1, "audit": 1, "tickets": 0,
        "files": 0,
    }  # fmt: skip
    session.expire_all()
    rows = session.scalars(select(Question).order_by(Question.created_at)).all()
    assert (rows[0].text, rows[0].contact_id, rows[0].visitor) == ("", None, "")
    assert rows[1].text == "我叫张三，怎么退货"
    assert (count(session, WebSession), count(session, AuditEntry)) == (1, 1)
    # Work that was not done is never too old.
    assert sorted(session.scalars(select(Job.kind))) == ["a", "waiting", "waiting"]
    assert count(session, RateWindow) == 0
    assert sum(retention.purge(session, now=now).values()) == 0


def test_zero_keeps_for_good(session: Session, now: datetime) -> None:
    settings.write(session, Retention(questions_days=0, sessions_days=0, jobs_days=0, audit_days=0))
    fill(session, now - LONG * 9)
    done = retention.purge(session, now=now)
    assert (done["questions"], done["jobs"], done["audit"]) == (0, 0, 0)


def test_closed_tickets_go_with_their_files(session: Session, now: datetime) -> None:
    settings.write(session, Retention(closed_tickets_days=100))
    for closed_at in (now - LONG, now, None):
        ticket = make_ticket(session)
        ticket.closed_at = closed_at
        asked = Asked("form", f"我叫张三，{closed_at}", ticket_id=ticket.id, visitor="v")
        questions.record(session, asked, (), now=now)
        message = ticket.messages[0]
        attachments.add_file(
            session, f"文件{closed_at}".encode(), filename="a.txt", message_id=message.id, now=now
        )
    done = retention.purge(session, now=now)
    assert (done["tickets"], done["files"]) == (1, 1)
    assert (count(session, Ticket), count(session, Message), count(session, Blob)) == (2, 2, 2)
    session.expire_all()
    # That it was asked still counts; what was typed goes with its ticket.
    texts = session.scalars(select(Question.text).order_by(Question.id)).all()
    assert [bool(text) for text in texts] == [False, True, True]

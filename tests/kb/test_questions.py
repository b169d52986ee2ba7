"""Questions and what came of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import questions
from kb.errors import NotFound
from kb.models.service import CONFIRMED, FAILED, PERSON, PRESUMED, Question
from kb.questions import Asked, Offer
from tests.factories import make_article, make_contact, make_ticket


def ask(session: Session, now: datetime, text: str = "退款多久到账", **more: object) -> Question:
    asked = Asked("search", text, **{"visitor": "v", **more})  # type: ignore[arg-type]
    return questions.record(session, asked, (), now=now)


def test_what_was_shown_is_remembered(session: Session, now: datetime) -> None:
    one, two = make_article(session), make_article(session)
    offers = (Offer(one.id, 0.9), Offer(two.id, 0.2), Offer(999, 0.1))
    question = questions.record(session, Asked("form", "问"), offers, now=now)
    shown = [(row.article_id, row.position, row.version) for row in question.shown]
    assert shown == [(one.id, 0, 1), (two.id, 1, 1)]
    questions.clicked(session, question.id, two.id, now=now)
    session.refresh(question.shown[1])
    assert [bool(row.clicked_at) for row in question.shown] == [False, True]


def test_typing_is_one_question(session: Session, now: datetime) -> None:
    article = make_article(session)
    for seconds, text in enumerate(("退", "退款", "退款多久")):
        asked = Asked("search", text, visitor="v")
        moment = now + timedelta(seconds=seconds)
        questions.record(session, asked, (Offer(article.id, 0.5),), now=moment)
    ask(session, now + timedelta(seconds=4), "发票")
    ask(session, now + timedelta(seconds=60), "发票怎么开")
    texts = session.scalars(select(Question.text).order_by(Question.id)).all()
    assert texts == ["退款多久", "发票", "发票怎么开"]
    assert questions.recent_searches(session, "v", now=now + timedelta(minutes=5)) == texts
    assert questions.recent_searches(session, "", now=now) == []


def test_silence_is_presumed_to_be_an_answer(session: Session, now: datetime) -> None:
    answered, open_ = ask(session, now, "一"), ask(session, now, "二", visitor="w")
    answered.answered_at = now
    session.flush()
    assert questions.settle_silent(session, now=now + timedelta(hours=71)) == 0
    assert questions.settle_silent(session, now=now + timedelta(hours=72)) == 1
    session.refresh(answered)
    assert (answered.outcome, open_.outcome) == (PRESUMED, None)


def test_asking_again_is_a_failure(session: Session, now: datetime) -> None:
    contact = make_contact(session)
    first = ask(session, now, contact_id=contact.id)
    questions.end(session, first, PRESUMED, now=now)
    again = ask(session, now + timedelta(days=6), contact_id=contact.id)
    assert questions.asked_again(session, again, now=now + timedelta(days=6)) == 1
    session.refresh(first)
    assert first.outcome == FAILED
    questions.end(session, first, CONFIRMED, now=now)
    assert first.outcome == FAILED
    anonymous = ask(session, now + timedelta(days=7), visitor="x")
    assert questions.asked_again(session, anonymous, now=now + timedelta(days=7)) == 0


def test_only_a_signed_link_confirms(session: Session, now: datetime) -> None:
    article = make_article(session)
    question = ask(session, now)
    questions.confirm(session, question, article.id, "agent", now=now)
    assert (question.outcome, question.shown[0].confirmed_by) == (None, "agent")
    questions.confirm(session, question, article.id, "link", now=now)
    assert question.outcome == CONFIRMED
    assert len(question.shown) == 1


def test_a_question_goes_to_a_person(session: Session, now: datetime) -> None:
    ticket = make_ticket(session)
    question = ask(session, now)
    questions.to_person(session, question, ticket.id, now=now)
    assert (question.outcome, questions.of_ticket(session, ticket.id)) == (PERSON, [question])
    with pytest.raises(NotFound):
        questions.get(session, 999)
    assert session.scalar(select(func.count()).select_from(Question)) == 1

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from kb import feedback, insight, notices, questions
from kb.errors import Invalid, NotFound
from kb.questions import Asked, Offer
from tests.factories import make_article


def ask(session: Session, now: datetime, visitor: str, text: str, *offers: Offer) -> int:
    asked = Asked("search", text, visitor=visitor)
    return questions.record(session, asked, offers, now=now).id


def test_most_asked_needs_three_askers(session: Session, now: datetime) -> None:
    often, twice = make_article(session), make_article(session, question="少有人问？")
    for visitor in ("a", "b", "c", "c"):
        ask(session, now, visitor, f"问{visitor}", Offer(often.id, 0.9))
    for visitor in ("a", "b"):
        ask(session, now, visitor, "别的", Offer(twice.id, 0.9))
    since = now - timedelta(days=1)
    assert insight.most_asked(session, since=since, limit=5) == [(often.id, 3)]
    assert insight.most_asked(session, since=now + timedelta(hours=1), limit=5) == []


def test_one_person_many_times_is_one_asker(session: Session, now: datetime) -> None:
    article = make_article(session)
    for minute in range(9):
        moment = now + timedelta(minutes=minute)
        ask(session, moment, "a", f"第{minute}次", Offer(article.id, 0.9))
    assert insight.most_asked(session, since=now, limit=5) == []


@pytest.mark.parametrize(
    ("audience", "shown"), [("public", ["没电了"]), ("internal", []), ("segment:vip", [])]
)
def test_frequent_words_stand_in_a_public_answer(
    session: Session, now: datetime, audience: str, shown: list[str]
) -> None:
    make_article(session, phrasings=("没电了",), audience=audience)
    for visitor in ("a", "b", "c"):
        ask(session, now, visitor, "没电了")
        ask(session, now, visitor, f"我叫王芳{visitor}")
    assert insight.frequent_words(session, now=now, limit=4) == shown


def test_the_last_vote_of_a_visitor_counts(session: Session, now: datetime) -> None:
    article = make_article(session)
    feedback.vote(session, article, "v", helpful=False, reason="wrong", comment="x", now=now)
    row = feedback.vote(session, article, "v", helpful=True, reason="wrong", now=now)
    feedback.vote(session, article, "w", helpful=False, now=now)
    assert (row.reason, row.comment) == ("", "")
    assert feedback.tally(session, article.id) == (1, 2)
    with pytest.raises(Invalid):
        feedback.vote(session, article, "v", helpful=False, reason="none", now=now)


def test_a_notice_holds_for_its_time(session: Session, now: datetime) -> None:
    hour = timedelta(hours=1)
    told = notices.Announcement("台风", now, now + hour, keywords=("发货", "Ship"))
    row = notices.put(session, told, author_id=None, now=now)
    inside = notices.Announcement("内部", now, now + hour, audience="internal")
    notices.put(session, inside, author_id=None, now=now)
    held = notices.current(session, now=now, audiences=("public",))
    assert [notice.title for notice in held] == ["台风"]
    assert notices.about(held, "什么时候SHIP") == [row]
    assert notices.about(held, "门锁") == []
    assert notices.current(session, now=now + hour, audiences=("public",)) == []
    notices.end(session, row.id, now=now)
    assert notices.current(session, now=now, audiences=("public",)) == []


def test_a_notice_always_ends(session: Session, now: datetime) -> None:
    for ends in (now, now - timedelta(days=1)):
        told = notices.Announcement("台风", now - timedelta(days=2), ends)
        with pytest.raises(Invalid, match="end_missing"):
            notices.put(session, told, author_id=None, now=now)
    untitled = notices.Announcement(" ", now, now + timedelta(days=1))
    with pytest.raises(Invalid, match="title_missing"):
        notices.put(session, untitled, author_id=None, now=now)
    with pytest.raises(NotFound):
        notices.end(session, 9, now=now)

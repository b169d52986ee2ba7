"""What somebody typed is shown to others only redacted, asked by three, and adopted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import askings, contacts, pins, questions, retention, settings
from kb.askings import ADOPTED, DECLINED, WAITING
from kb.errors import Conflict, NotFound
from kb.models.steering import Asking, AskingSource
from search.text import fold
from tests.factories import AN_AGENT, AN_EDITOR, MOMENT, make_article, make_contact

TEXT = "换了手机怎么把门锁连回来"


def ask(session: Session, text: str, *who: str, days: float = 1) -> None:
    """Record a question of each person; `who` are addresses, or visitors after a `#`."""
    for name in who:
        contact = None if name.startswith("#") else make_contact(session, f"{name}@c.example").id
        visitor = name if name.startswith("#") else ""
        asked = questions.Asked("mail", text, contact_id=contact, visitor=visitor)
        questions.record(session, asked, (), now=MOMENT - timedelta(days=days))


def gathered(session: Session) -> list[str]:
    askings.gather(session, now=MOMENT)
    return [row.text for row in askings.listed(session, WAITING)]


def adopt(session: Session) -> int:
    askings.gather(session, now=MOMENT)
    row = askings.listed(session, WAITING)[0]
    askings.decide(session, row.id, ADOPTED, actor=AN_AGENT, now=MOMENT)
    return row.id


def test_three_different_people_are_needed(session: Session) -> None:
    ask(session, TEXT, "a", "a", "a", "b")
    assert gathered(session) == []
    ask(session, f"{TEXT}？", "b")
    assert gathered(session) == []
    ask(session, f" {TEXT} ？", "c")
    assert gathered(session) == [TEXT]
    assert askings.listed(session, WAITING)[0].askers == 3
    assert askings.adopted(session) == {}


def test_visitors_count_once_each_and_strangers_without_a_name_never(session: Session) -> None:
    ask(session, TEXT, "#1", "#1", "a")
    for _ in range(5):
        questions.record(session, questions.Asked("mail", TEXT), (), now=MOMENT)
    assert gathered(session) == []
    ask(session, TEXT, "#2")
    assert gathered(session) == [TEXT]


def test_personal_data_is_covered(session: Session) -> None:
    ask(session, "13812345678这个号码怎么改", "a", "b", "c")
    assert gathered(session) == ["〔手机号〕这个号码怎么改"]
    assert "138" not in "".join(session.scalars(select(Asking.text)))


def test_what_an_article_asks_already_and_what_is_old_or_long_is_left_out(
    session: Session,
) -> None:
    make_article(session, question="怎么退货？", phrasings=("不想要了怎么办",))
    for text in ("怎么退货", "不想要了怎么办？", "长" * 61, "退"):
        ask(session, text, "a", "b", "c")
    ask(session, "去年的问题怎么办", "a", "b", "c", days=120)
    assert gathered(session) == []


def test_adopted_ones_are_shown_until_somebody_takes_it_back(session: Session) -> None:
    ask(session, TEXT, "a", "b", "c")
    number = adopt(session)
    assert askings.adopted(session) == {number: TEXT}
    assert gathered(session) == []
    askings.decide(session, number, DECLINED, actor=AN_AGENT, now=MOMENT)
    assert askings.adopted(session) == {}
    assert gathered(session) == []
    askings.decide(session, number, WAITING, actor=AN_AGENT, now=MOMENT)
    assert gathered(session) == [TEXT]
    with pytest.raises(NotFound):
        askings.decide(session, number, "shown", actor=AN_AGENT, now=MOMENT)


def test_an_erased_persons_words_leave_unless_three_others_asked(session: Session) -> None:
    ask(session, TEXT, "a", "b", "c", "d")
    number = adopt(session)
    contacts.erase(session, make_contact(session, "a@c.example").id, now=MOMENT)
    assert askings.adopted(session) == {number: TEXT}
    contacts.erase(session, make_contact(session, "b@c.example").id, now=MOMENT)
    assert askings.adopted(session) == {}
    assert session.scalar(select(func.count()).select_from(Asking)) == 0
    assert session.scalar(select(func.count()).select_from(AskingSource)) == 0


def test_those_who_asked_since_the_last_look_hold_it(session: Session) -> None:
    ask(session, TEXT, "a", "b", "c")
    number = adopt(session)
    ask(session, TEXT, "d")
    contacts.erase(session, make_contact(session, "a@c.example").id, now=MOMENT)
    assert askings.adopted(session) == {number: TEXT}


def test_forgotten_questions_hold_nothing(session: Session) -> None:
    settings.write(session, settings.Retention(questions_days=30))
    ask(session, TEXT, "a", "b", "c", days=20)
    adopt(session)
    retention.purge(session, now=MOMENT)
    assert askings.adopted(session)
    retention.purge(session, now=MOMENT + timedelta(days=11))
    assert session.scalars(select(Asking)).all() == []


def test_what_too_few_asked_meanwhile_cannot_be_adopted(session: Session) -> None:
    ask(session, TEXT, "a", "b", "c")
    askings.gather(session, now=MOMENT)
    row = session.scalars(select(Asking)).one()
    for source in session.scalars(select(AskingSource)).all()[:1]:
        session.delete(source)
    session.flush()
    with pytest.raises(Conflict):
        askings.decide(session, row.id, ADOPTED, actor=AN_AGENT, now=MOMENT)


def test_a_pin_with_an_erased_persons_data_goes_with_them(session: Session) -> None:
    article = make_article(session)
    personal, old_style = "13812345678这个号码怎么改", "13812345678這個號碼怎麼改"
    for text in (personal, old_style, TEXT):
        ask(session, text, "a")
    # The key of a pin is that of its folded text, whatever was typed.
    for text in (old_style, TEXT):
        pins.put(session, text, article.id, folded=fold(text), actor=AN_EDITOR, now=MOMENT)
    contacts.erase(session, make_contact(session, "a@c.example").id, now=MOMENT)
    assert [pin.text for pin in pins.every(session)] == [TEXT]

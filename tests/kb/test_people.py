"""Signing in, sessions and tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import people
from kb.errors import Conflict, Invalid, NotFound
from kb.models.people import ApiToken, WebSession
from tests.factories import PASSWORD, make_user


def test_the_right_password_signs_in(session: Session, now: datetime) -> None:
    assert not people.any_user(session)
    user = make_user(session, "luheng")
    assert people.any_user(session)
    assert people.check_password(session, " LuHeng ", PASSWORD) is user
    assert people.check_password(session, "luheng", PASSWORD + "x") is None
    assert people.check_password(session, "nobody", PASSWORD) is None
    assert PASSWORD not in user.password_hash


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("a", "agent", PASSWORD),
        ("陆衡", "agent", PASSWORD),
        ("luheng", "boss", PASSWORD),
        ("luheng", "agent", "short"),
        ("luheng", "agent", "password123"),
        ("luheng", "agent", "aaaaaaaaaaaa"),
        ("luheng", "agent", "x" * 257),
    ],
)
def test_what_cannot_be_a_user(
    session: Session, now: datetime, name: str, role: str, password: str
) -> None:
    with pytest.raises(Invalid):
        people.add_user(session, name, display_name="", role=role, password=password, now=now)


def test_a_name_belongs_to_one_person(session: Session) -> None:
    make_user(session, "luheng")
    with pytest.raises(Conflict):
        make_user(session, "LUHENG")


def test_a_session_ends(session: Session, now: datetime) -> None:
    user = make_user(session)
    token = people.open_session(session, user, now=now)
    assert people.open_session(session, user, now=now) != token
    row = people.find_session(session, token, now=now)
    assert row is not None
    assert row.user_id == user.id
    assert people.find_session(session, token, now=now + people.SESSION_LENGTH) is None
    assert people.find_session(session, "guess", now=now) is None
    people.close_session(session, token)
    assert people.find_session(session, token, now=now) is None
    hashes = session.scalars(select(WebSession.token_hash)).all()
    assert token not in hashes


@pytest.mark.parametrize("how", ["password", "deactivate"])
def test_who_is_kept_out_is_out_at_once(session: Session, now: datetime, how: str) -> None:
    user = make_user(session)
    token = people.open_session(session, user, now=now)
    if how == "password":
        people.set_password(session, user, "another-long-one")
    else:
        people.deactivate(session, user)
        assert people.check_password(session, user.name, PASSWORD) is None
    assert people.find_session(session, token, now=now) is None


def test_one_administrator_stays(session: Session) -> None:
    first = make_user(session, role="admin")
    with pytest.raises(Conflict):
        people.deactivate(session, first)
    make_user(session, role="admin")
    people.deactivate(session, first)
    assert not first.active


def test_a_token_is_shown_once_and_can_be_ended(session: Session, now: datetime) -> None:
    later = now + timedelta(days=1)
    row, text = people.add_token(
        session, "报表", scopes=("read",), user_id=None, now=now, expires_at=later
    )
    actor = people.check_token(session, text, now=now)
    assert actor is not None
    assert (actor.role, actor.scopes) == (None, ("read",))
    assert session.scalars(select(ApiToken.secret_hash)).one() not in text
    for wrong in (text[:-1], text + "x", "wq_1_", "", f"wq_999_{'x' * 30}", text.upper()):
        assert people.check_token(session, wrong, now=now) is None
    assert people.check_token(session, text, now=later) is None
    people.revoke_token(session, row.id, now=now)
    assert people.check_token(session, text, now=now) is None
    with pytest.raises(NotFound):
        people.revoke_token(session, 999, now=now)
    with pytest.raises(Invalid):
        people.add_token(session, "x", scopes=("everything",), user_id=None, now=now)

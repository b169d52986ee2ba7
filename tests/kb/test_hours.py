from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import hours
from kb.policies import Company

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Company(hours_from=9, hours_to=18, weekdays=(0, 1, 2, 3, 4), reply_minutes=240)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-24T09:30", "2026-11-24T13:30"),
        ("2026-11-24T14:00", "2026-11-24T18:00"),
        ("2026-11-24T17:00", "2026-11-25T12:00"),
        ("2026-11-24T03:00", "2026-11-24T13:00"),
        ("2026-11-24T22:00", "2026-11-25T13:00"),
        ("2026-11-27T17:00", "2026-11-30T12:00"),
        ("2026-11-28T12:00", "2026-11-30T13:00"),
    ],
)
def test_due_counts_working_time_only(asked: str, due: str) -> None:
    assert hours.due(OFFICE, at(asked), SHANGHAI) == at(due)


def test_open_until_the_door_closes() -> None:
    assert hours.is_open(OFFICE, at("2026-11-24T09:00"), SHANGHAI)
    assert not hours.is_open(OFFICE, at("2026-11-24T18:00"), SHANGHAI)
    assert not hours.is_open(OFFICE, at("2026-11-28T12:00"), SHANGHAI)
    assert hours.is_open(OFFICE, datetime(2026, 11, 24, 2, tzinfo=UTC), SHANGHAI)


def test_a_company_without_hours_answers_later_all_the_same() -> None:
    never = Company(weekdays=(), reply_minutes=60)
    moment = at("2026-11-24T09:00")
    assert hours.due(never, moment, SHANGHAI) == moment + timedelta(hours=1)
    assert not hours.is_open(never, moment, SHANGHAI)


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    begins=st.integers(0, 23),
    length=st.integers(1, 24),
    days=st.sets(st.integers(0, 6), min_size=1),
    minutes=st.integers(0, 3000),
)
def test_an_answer_is_due_while_people_work(
    moment: datetime, begins: int, length: int, days: set[int], minutes: int
) -> None:
    company = Company(
        hours_from=begins,
        hours_to=min(24, begins + length),
        weekdays=tuple(sorted(days)),
        reply_minutes=minutes,
    )
    asked = moment.replace(tzinfo=SHANGHAI)
    due = hours.due(company, asked, SHANGHAI)
    assert due >= asked + timedelta(minutes=minutes)
    just_before = due - timedelta(microseconds=1)
    if minutes:
        assert hours.is_open(company, just_before, SHANGHAI)

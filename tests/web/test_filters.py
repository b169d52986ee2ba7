from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.filters import language_of, near

TZ = timezone(timedelta(hours=8))
NOW = datetime(2026, 1, 1, 1, 30, tzinfo=TZ)


@pytest.mark.parametrize(
    ("moment", "kind", "clock"),
    [
        (datetime(2025, 12, 31, 16, 5, tzinfo=UTC), "today", "0:05"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "yesterday", "23:59"),
        (datetime(2026, 1, 2, 8, 0, tzinfo=TZ), "tomorrow", "8:00"),
        (datetime(2026, 7, 18, 9, 5, tzinfo=TZ), "year", "9:05"),
        (datetime(2025, 12, 30, 9, 0, tzinfo=TZ), "far", "9:00"),
    ],
)
def test_a_day_begins_at_midnight_where_people_read(
    moment: datetime, kind: str, clock: str
) -> None:
    seen = near(moment, now=NOW, tz=TZ)
    assert (seen.kind, seen.clock) == (kind, clock)


def test_yesterday_may_lie_in_another_year() -> None:
    seen = near(datetime(2025, 12, 31, 9, tzinfo=TZ), now=NOW, tz=TZ)
    assert seen.kind == "yesterday"
    assert not seen.this_year


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1)))
def test_the_attribute_names_the_same_moment(moment: datetime) -> None:
    seen = near(moment, now=NOW, tz=TZ)
    assert abs(datetime.fromisoformat(seen.iso) - moment) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("门锁没电了怎么开门？", "zh-CN"),
        ("L7 Pro<mark>没电</mark>", "zh-CN"),
        ("ドアロックの電池", "ja"),
        ("How do I reset the lock?", "en"),
        ("<mark>L7</mark> Pro Wi-Fi", ""),
        ("L5 Pro, help@anlu.example", ""),
        ("", ""),
    ],
)
def test_a_language_is_told_only_where_it_is_sure(text: str, language: str) -> None:
    assert language_of(text) == language

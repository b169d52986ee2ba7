"""Counts against limits."""

from __future__ import annotations

import pytest

from autoreply.quota import Counts, exceeded
from kb.settings import Automation

LIMITS = Automation(per_sender_day=5, per_domain_hour=60, per_minute=60)


@pytest.mark.parametrize(
    ("counts", "name"),
    [
        (Counts(), ""),
        (Counts(sender_day=4), ""),
        (Counts(sender_day=5), "sender"),
        (Counts(domain_hour=59), ""),
        (Counts(domain_hour=60), "domain"),
        (Counts(all_minute=60), "breaker"),
        (Counts(all_hour=19, bounced_hour=19), ""),
        (Counts(all_hour=20, bounced_hour=4), ""),
        (Counts(all_hour=20, bounced_hour=5), "bounces"),
        (Counts(sender_day=5, all_minute=60), "breaker"),
    ],
)
def test_the_first_quota_that_is_used_up(counts: Counts, name: str) -> None:
    assert exceeded(counts, LIMITS) == name


def test_where_answers_may_come_back_the_quota_is_narrower() -> None:
    assert exceeded(Counts(sender_day=3), LIMITS, strict=True) == "sender"
    assert exceeded(Counts(sender_day=3), LIMITS) == ""


def test_nothing_is_allowed_with_a_limit_of_zero() -> None:
    assert exceeded(Counts(), Automation(per_sender_day=0)) == "sender"

"""How many automatic mails may go where: counts against limits. Pure.

The limits are those that people set at the desk (`kb.policies.Automation`); the reasons are stored
with the decision, so that no quota is ever silent.

Source: RFC 5230, 4.2 (per sender); Mailman's 10 a day; the loops of 1.3 in published trackers.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.policies import Automation

BOUNCES_JUDGED_FROM = 20
"""The share of bounces says nothing before this many mails left in the hour."""

STRICT_SENDER_DAY = 3
"""Where our envelope sender is not the null one, the other side's machines may answer us."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Automatic mails of late, queued ones included.

    Attributes:
        sender_day: to this address in 24 h.
        domain_hour: to this address's domain in an hour.
        all_minute: to anybody in a minute.
        all_hour: to anybody in an hour.
        bounced_hour: of those of the hour, how many came back.
        thread: answers in this thread, ever.
        paused: kind of a pause that holds for everybody, or "".
    """

    sender_day: int = 0
    domain_hour: int = 0
    all_minute: int = 0
    all_hour: int = 0
    bounced_hour: int = 0
    thread: int = 0
    paused: str = ""


def exceeded(counts: Counts, limits: Automation, *, strict: bool = False) -> str:
    """Return the name of the first quota that is used up, or "".

    Args:
        counts: what was sent.
        limits: what may be.
        strict: our envelope sender is not the null one.

    Returns:
        `breaker`, `bounces`, `sender`, `domain` or "".
    """
    if counts.paused:
        return counts.paused
    rows = (
        ("breaker", counts.all_minute >= limits.per_minute),
        ("bounces", _bouncing(counts, limits.bounce_share)),
        ("sender", counts.sender_day >= of_sender(limits, strict=strict)),
        ("domain", counts.domain_hour >= limits.per_domain_hour),
    )
    return next((name for name, hit in rows if hit), "")


def of_sender(limits: Automation, *, strict: bool) -> int:
    """Return how many automatic mails one sender may get in 24 hours."""
    return min(limits.per_sender_day, STRICT_SENDER_DAY) if strict else limits.per_sender_day


def _bouncing(counts: Counts, percent: int) -> bool:
    enough = counts.all_hour >= BOUNCES_JUDGED_FROM
    return enough and counts.bounced_hour * 100 > percent * counts.all_hour

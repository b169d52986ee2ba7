"""The five figures at the top of 成效, each beside what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import outcomes
from kb.outcomes import Asked, Share, Span
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit, what changed and a note."""

    name: str
    value: str
    unit: str
    change: str
    good: bool | None
    note: str


def figures(
    session: Session, span: Span, now: Sequence[Asked], then: Sequence[Asked]
) -> list[Figure]:
    """Return the figures of a span beside those of the one before it."""
    mine, before = outcomes.share(now), outcomes.share(then)
    return [
        _self_figure(mine, before),
        _right_figure(now),
        *_time_figures(outcomes.times(session, span), outcomes.times(session, span.before)),
        _zero_figure(now, then),
    ]


def _points(now: float, then: float) -> str:
    """Return a change of a share in words."""
    gap = round((now - then) * 100, 1)
    if not gap:
        return gettext("和之前一样")
    words = gettext("多了%(n)s个百分点", n=gap) if gap > 0 else gettext("少了%(n)s个百分点", n=-gap)
    return words


def _self_figure(now: Share, then: Share) -> Figure:
    known = bool(now.questions and then.questions)
    change = _points(now.self_share, then.self_share) if known else ""
    moved = known and now.self_share != then.self_share
    good = now.self_share > then.self_share if moved else None
    note = gettext("%(n)s次提问", n=now.questions)
    return Figure(gettext("自助解决"), f"{now.self_share * 100:.1f}", "%", change, good, note)


def _right_figure(now: Sequence[Asked]) -> Figure:
    right, known = outcomes.right_answers(now)
    value = f"{right / known * 100:.1f}" if known else "—"
    note = gettext("%(n)s封知道结果", n=known) if known else gettext("还没有知道结果的")
    return Figure(gettext("自动回复答对"), value, "%" if known else "", "", None, note)


def _time_figures(now: outcomes.Times, then: outcomes.Times) -> list[Figure]:
    first, handling = now.first_response, now.handling
    note = gettext("中位数，%(n)s张工单，%(m)s张之前搜过", n=now.tickets, m=now.after_search)
    change, good = _faster(first, then.first_response)
    return [
        Figure(gettext("人工首次回复"), *_minutes(first), change, good, note),
        Figure(gettext("处理一张工单"), *_minutes(handling), "", None, gettext("中位数")),
    ]


def _faster(now: float | None, then: float | None) -> tuple[str, bool | None]:
    if now is None or then is None:
        return "", None
    gap = round((then - now) / 60)
    if not gap:
        return gettext("和之前一样"), None
    words = gettext("快了%(n)s分钟", n=gap) if gap > 0 else gettext("慢了%(n)s分钟", n=-gap)
    return words, gap > 0


def _minutes(seconds: float | None) -> tuple[str, str]:
    if seconds is None:
        return "—", ""
    if seconds < 5400:
        return str(max(1, round(seconds / 60))), gettext("分钟")
    return f"{seconds / 3600:.1f}", gettext("小时")


def _zero_figure(now: Sequence[Asked], then: Sequence[Asked]) -> Figure:
    share, searches = _zero(now)
    before, earlier = _zero(then)
    known = bool(searches and earlier)
    return Figure(
        gettext("搜不到的提问"),
        f"{share * 100:.1f}" if searches else "—",
        "%" if searches else "",
        _points(share, before) if known else "",
        share < before if known and share != before else None,
        gettext("%(n)s次搜索", n=searches),
    )


def _zero(questions: Sequence[Asked]) -> tuple[float, int]:
    searches = [q for q in questions if q.channel == "search"]
    missed = sum(not q.results for q in searches)
    return (missed / len(searches) if searches else 0.0), len(searches)

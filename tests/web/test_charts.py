"""Charts say which of their points may still change."""

from __future__ import annotations

import re

from web.desk import charts
from web.desk.charts import Point


def lines(points: list[Point]) -> list[tuple[str, int]]:
    drawn = str(charts.line(points, label="自助解决"))
    found = re.findall(r'<polyline class="([^"]+)" points="([^"]+)"', drawn)
    return [(name, len(corners.split())) for name, corners in found]


def test_the_open_end_is_drawn_apart() -> None:
    shares = [Point("1", 0.5), Point("2", 0.6), Point("3", 0.1, False), Point("4", 0.0, False)]
    assert lines(shares) == [("l1", 2), ("l1 open", 3)]
    drawn = str(charts.line(shares, label="自助解决"))
    assert "60.0%" in drawn
    assert "0.0%" not in drawn.replace("60.0%", "")


def test_all_or_nothing_may_be_open() -> None:
    assert lines([Point("1", 0.5), Point("2", 0.6)]) == [("l1", 2)]
    assert lines([Point("1", 0.5, False), Point("2", 0.6, False)]) == [("l1", 2)]

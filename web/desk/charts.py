"""Pure: charts as SVG, drawn without style attributes; the style sheet gives the colours.

Each chart stands beside a table with the same numbers, and names its message in `aria-label`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDE, HIGH = 620, 250
LEFT, RIGHT, TOP, BOTTOM = 64, 590, 16, 214
BAR, ROW = 420, 54
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """One value in [0, 1] with its label on the axis; what may still change is not settled."""

    label: str
    value: float
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of shares in [0, 1]; what is left of 1 is the third part."""

    name: str
    note: str
    first: float
    second: float


def line(points: Sequence[Point], *, label: str, target: tuple[float, str] | None = None) -> Markup:
    """Draw shares over time, from 0 to 100 %: an axis that is cut makes little look like much.

    Args:
        points: oldest first, at least two.
        label: what the chart says, for those who cannot see it.
        target: a share to reach and its words, or None.
    """
    step = (RIGHT - LEFT) / max(len(points) - 1, 1)
    xs = [LEFT + step * place for place in range(len(points))]

    def y(share: float) -> float:
        return BOTTOM - share * (BOTTOM - TOP)

    corners = [f"{x:.1f},{y(p.value):.1f}" for x, p in zip(xs, points, strict=True)]
    end = last_settled(points)
    pieces = [
        *(_grid(part / 4, y(part / 4)) for part in range(5)),
        _goal(target, y(target[0])) if target else Markup(),
        _path("l1", corners[: end + 1]),
        _path("l1 open", corners[end:]),
        Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"/>').format(
            xs[end], y(points[end].value)
        ),
        Markup('<text class="v" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(
            xs[end], max(y(points[end].value) - 12, 12), f"{points[end].value:.1%}"
        ),
        *_labels(points, xs),
    ]
    return Markup(
        '<svg class="wide" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDE, HIGH, label, Markup("").join(pieces))


def last_settled(points: Sequence[Point]) -> int:
    """Return the place of the last point that will not change; the last of all if each may."""
    settled = [place for place, point in enumerate(points) if point.settled]
    return settled[-1] if settled else len(points) - 1


def _path(name: str, corners: Sequence[str]) -> Markup:
    if len(corners) < 2:
        return Markup()
    return Markup('<polyline class="{}" points="{}"/>').format(name, " ".join(corners))


def _grid(share: float, y: float) -> Markup:
    return Markup(
        '<path class="grid" d="M{} {:.1f}H{}"/><text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
    ).format(LEFT, y, RIGHT, LEFT - 8, y + 4, f"{share:.0%}")


def _goal(target: tuple[float, str], y: float) -> Markup:
    return Markup('<path class="l2" d="M{} {:.1f}H{}"/><text x="{}" y="{:.1f}">{}</text>').format(
        LEFT, y, RIGHT, LEFT + 8, y - 7, target[1]
    )


def _labels(points: Sequence[Point], xs: Sequence[float]) -> list[Markup]:
    every = -(-len(points) // MOST_LABELS)
    return [
        Markup('<text x="{:.1f}" y="236" text-anchor="middle">{}</text>').format(x, point.label)
        for place, (x, point) in enumerate(zip(xs, points, strict=True))
        if place % every == 0
    ]


def bars(rows: Sequence[Bar], *, label: str, keys: Sequence[str]) -> Markup:
    """Draw what parts of each row are.

    Args:
        rows: in the order shown.
        label: what the chart says, for those who cannot see it.
        keys: words for the three parts.
    """
    drawn = [_bar(row, ROW * place + 20) for place, row in enumerate(rows)]
    bottom = ROW * len(rows) + 20
    legend = [_key(name, 110 * place, bottom, words) for place, (name, words) in enumerate(
        zip(("b1", "b2", "b3"), keys, strict=True)
    )]  # fmt: skip
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        BAR, bottom + 18, label, Markup("").join([*drawn, *legend])
    )


def _bar(row: Bar, y: int) -> Markup:
    head = Markup(
        '<text x="0" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">'
        '<tspan class="v">{}</tspan>　{}</text>'
    ).format(y, row.name, BAR, y, f"{row.first:.0%}", row.note)
    widths = (("b3", 1.0), ("b2", row.first + row.second), ("b1", row.first))
    body = [
        Markup('<rect class="{}" x="0" y="{}" width="{:.0f}" height="14" rx="3"/>').format(
            name, y + 9, share * BAR
        )
        for name, share in widths
    ]
    return head + Markup("").join(body)


def _key(name: str, x: int, y: int, words: str) -> Markup:
    return Markup(
        '<rect class="{}" x="{}" y="{}" width="10" height="10" rx="2"/>'
        '<text x="{}" y="{}">{}</text>'
    ).format(name, x, y - 8, x + 16, y + 2, words)

"""Charts as the 成效 page draws them: plain SVG without style attributes."""

from __future__ import annotations

# Sample texts stand on one line.
# ruff: noqa: E501
from types import SimpleNamespace as Thing

from markupsafe import Markup

WEEKS = ("9/7", "9/14", "9/21", "9/28", "10/5", "10/12", "10/19", "10/26", "11/2", "11/9", "11/16")
SHARES = (0.521, 0.534, 0.53, 0.558, 0.572, 0.569, 0.596, 0.613, 0.638, 0.653, 0.684)
TREND = [Thing(label=week, value=share) for week, share in zip(WEEKS, SHARES, strict=True)]
CHANNELS = [
    Thing(name="搜索", questions="1,412", self=0.71, unsure=0.09, person=0.2),
    Thing(name="邮件", questions="486", self=0.58, unsure=0.14, person=0.28),
    Thing(name="表单", questions="233", self=0.64, unsure=0.11, person=0.25),
]


def _y(share: float) -> float:
    return 214 - (share - 0.4) / 0.4 * 198


def _trend() -> Markup:
    grid = "".join(
        f'<path class="grid" d="M36 {_y(s / 100):.1f}H596"/>'
        f'<text x="28" y="{_y(s / 100) + 4:.1f}" text-anchor="end">{s}</text>'
        for s in range(40, 81, 10)
    )
    xs = [36 + 56 * i for i in range(len(SHARES))]
    line = " ".join(f"{x},{_y(s):.1f}" for x, s in zip(xs, SHARES, strict=True))
    labels = "".join(
        f'<text x="{x}" y="236" text-anchor="middle">{week}</text>'
        for x, week in list(zip(xs, WEEKS, strict=True))[::2]
    )
    goal, last = _y(0.65), _y(SHARES[-1])
    return Markup(
        '<svg class="wide" viewBox="0 0 620 250" role="img" aria-label="自助解决率从52.1%升到68.4%">'
        f'{grid}<path class="l2" d="M36 {goal:.1f}H596"/><text x="44" y="{goal - 7:.1f}">目标65%</text>'
        f'<polyline class="l1" points="{line}"/><circle class="dot" cx="596" cy="{last:.1f}" r="4"/>'
        f'<text class="v" x="596" y="{last - 12:.1f}" text-anchor="end">68.4%</text>{labels}</svg>'
    )


def _channels() -> Markup:
    parts = []
    for index, row in enumerate(CHANNELS):
        y = 54 * index + 20
        self_width, unsure = row.self * 420, (row.self + row.unsure) * 420
        parts.append(
            f'<text x="0" y="{y}">{row.name}</text><text x="420" y="{y}" text-anchor="end">'
            f'<tspan class="v">{row.self:.0%}</tspan>　{row.questions}次</text>'
            f'<rect class="b3" x="0" y="{y + 9}" width="420" height="14" rx="3"/>'
            f'<rect class="b2" x="0" y="{y + 9}" width="{unsure:.0f}" height="14" rx="3"/>'
            f'<rect class="b1" x="0" y="{y + 9}" width="{self_width:.0f}" height="14" rx="3"/>'
        )
    key = "".join(
        f'<rect class="{kind}" x="{x}" y="182" width="10" height="10" rx="2"/><text x="{x + 16}" y="192">{words}</text>'
        for kind, x, words in (("b1", 0, "自助解决"), ("b2", 100, "不确定"), ("b3", 190, "转人工"))
    )
    return Markup(
        '<svg viewBox="0 0 420 200" role="img" aria-label="各渠道的结果：搜索71%自助解决，邮件58%，表单64%">'
        f"{''.join(parts)}{key}</svg>"
    )


TREND_SVG, CHANNEL_SVG = _trend(), _channels()

"""Back-test: what automatic answering would have done with mails of the past, and what agents did.

A mail counts as asked when a person wrote it, it opens a conversation, and the guard lets it
through. It counts as answered when every condition of an answer holds, as if all were switched on.
The next thing that an agent said in the conversation is compared with the answer. A mail whose
words the base has learned since is listed and left out of every count: its answer would prove
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from autoreply.backtest_likeness import SAME

SHOWN = 200
"""So much of a text stands in the list."""


@dataclass(frozen=True, slots=True)
class Item:
    """One mail of the past, and what became of it.

    Attributes:
        name: of the file, or the number in the spool.
        at: when it was written.
        sender: address.
        subject: as written.
        question: what to look for.
        skipped: why it is not asked (`machine`, `continues`, `guard`, …), or "".
        reply: what an agent said next, or None.
        used: articles that the agent put into the reply.
        taught: an article was made of its own conversation.
    """

    name: str
    at: datetime | None
    sender: str
    subject: str
    question: str
    skipped: str = ""
    reply: str | None = None
    used: tuple[str, ...] = ()
    taught: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would have been done.

    Attributes:
        band: `answer`, `suggest` or `human`.
        article: key of the best article, or "".
        title: its question.
        category: words for its category; "" outside all.
        probability: that it answers, in [0, 1].
        answer: its plain text.
        link: how its address ends, to recognise it in a reply; "" for none.
        taught: the base knows these very words already, so its answer proves nothing.
    """

    band: str
    article: str = ""
    title: str = ""
    category: str = ""
    probability: float = 0.0
    answer: str = ""
    link: str = ""
    taught: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One asked mail in the list that people read; one that is `taught` counts nowhere else."""

    name: str
    at: str
    sender: str
    subject: str
    question: str
    band: str
    article: str
    title: str
    category: str
    probability: float
    reply: str
    likeness: float | None
    same: bool | None
    taught: bool


@dataclass(slots=True)
class Tally:
    """Counts of a category, or of all."""

    asked: int = 0
    answered: int = 0
    compared: int = 0
    same: int = 0
    taught: int = 0

    def add(self, line: Line) -> None:
        """Count one line; what taught the base would only flatter it."""
        if line.taught:
            self.taught += 1
            return
        self.asked += 1
        if line.band != "answer":
            return
        self.answered += 1
        self.compared += line.same is not None
        self.same += bool(line.same)

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """Return counts and shares; a share of nothing is None."""
        return {
            **asdict(self),
            "answered_share": _share(self.answered, self.asked),
            "same_share": _share(self.same, self.compared),
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


@dataclass(slots=True)
class Report:
    """What a back-test found so far."""

    mails: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    total: Tally = field(default_factory=Tally)
    categories: dict[str, Tally] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """Return the document of `wenqu mail backtest --json`."""
        most = sorted(self.categories.items(), key=lambda item: (-item[1].asked, item[0]))
        return {
            "mails": self.mails,
            "skipped": dict(self.skipped.most_common()),
            **self.total.as_json(),
            "categories": [{"category": name, **tally.as_json()} for name, tally in most],
            "lines": [asdict(line) for line in self.lines],
        }


Judge = Callable[[str], Verdict]
Compare = Callable[[str, str], float | None]
Tick = Callable[[Report], None]


def run(
    items: Iterable[Item], judge: Judge, compare: Compare, *, tick: Tick | None = None
) -> Report:
    """Test mails of the past.

    Args:
        items: in any order.
        judge: question -> what would have been done.
        compare: (reply, answer) -> likeness in [0, 1], None when too little was said.
        tick: called after each mail.
    """
    report = Report()
    for item in items:
        report.mails += 1
        if item.skipped:
            report.skipped[item.skipped] += 1
        else:
            line = _line(item, judge(item.question), compare)
            report.lines.append(line)
            report.total.add(line)
            report.categories.setdefault(line.category, Tally()).add(line)
        if tick is not None:
            tick(report)
    return report


def _line(item: Item, verdict: Verdict, compare: Compare) -> Line:
    likeness, same = _compared(item, verdict, compare)
    return Line(
        name=item.name,
        at=item.at.isoformat() if item.at else "",
        sender=item.sender,
        subject=item.subject[:SHOWN],
        question=item.question[:SHOWN],
        band=verdict.band,
        article=verdict.article,
        title=verdict.title,
        category=verdict.category,
        probability=round(verdict.probability, 4),
        reply=(item.reply or "")[:SHOWN],
        likeness=likeness,
        same=same,
        taught=verdict.taught or item.taught,
    )


def _compared(item: Item, verdict: Verdict, compare: Compare) -> tuple[float | None, bool | None]:
    """Return the likeness and whether the agent said the same; None where nobody can tell."""
    if verdict.band != "answer" or item.reply is None:
        return None, None
    likeness = compare(item.reply, verdict.answer)
    if verdict.article in item.used or (verdict.link and _names(item.reply, verdict.link)):
        return likeness, True
    if likeness is None:
        return None, None
    return likeness, likeness >= SAME


def _names(reply: str, link: str) -> bool:
    """Say whether a reply holds the address of an article, and not of one that begins alike."""
    _, found, rest = reply.partition(link)
    return bool(found) and not rest[:1].isdigit()

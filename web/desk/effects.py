"""What a change would do, as the pages that ask for a confirmation show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring.cannibalisation import Loss
from authoring.impact import Impact, Moved
from kb.models.knowledge import Article

MOST_ROWS, MOST_EXAMPLES = 30, 3


@dataclass(frozen=True, slots=True)
class Row:
    """A question whose first answer changes; titles are "" where nothing is likely."""

    text: str
    count: int
    before: str
    after: str
    tone: str


@dataclass(frozen=True, slots=True)
class Effect:
    """An impact in the shape of templates/desk/_impact.html."""

    asked: int
    all: int
    judged: int
    moved: int
    better: int
    worse: int
    complete: bool
    rows: Sequence[Row]
    more: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An article that would lose questions."""

    id: int
    title: str
    url: str
    count: int
    examples: Sequence[str]


def effect(session: Session, impact: Impact, *, own: tuple[int, str] | None = None) -> Effect:
    """Return an impact with the titles of its articles.

    Args:
        session: the unit of work.
        impact: the numbers.
        own: id and title of an article that may not be in the database yet.
    """
    shown = impact.moved[:MOST_ROWS]
    titles = titles_of(session, (n for one in shown for n in (one.before, one.after)))
    titles |= dict([own] if own else [])
    return Effect(
        asked=impact.asked,
        all=impact.all,
        judged=impact.judged,
        moved=len(impact.moved),
        better=impact.better,
        worse=impact.worse,
        complete=impact.complete,
        rows=[_row(one, titles) for one in shown],
        more=len(impact.moved) - len(shown),
    )


def taken(session: Session, losses: Sequence[Loss]) -> list[Taken]:
    """Return the articles that would lose questions, with some of these."""
    titles = titles_of(session, (loss.article_id for loss in losses))
    return [
        Taken(
            id=loss.article_id,
            title=titles.get(loss.article_id, ""),
            url=url_for("desk.edit", article_id=loss.article_id),
            count=len(loss.questions),
            examples=[one.text for one in loss.questions[:MOST_EXAMPLES]],
        )
        for loss in losses
    ]


def titles_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return article id -> title."""
    wanted = {number for number in ids if number is not None}
    rows = session.execute(select(Article.id, Article.question).where(Article.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _row(one: Moved, titles: dict[int, str]) -> Row:
    tone = "better" if one.better else "worse" if one.worse else ""
    return Row(
        text=" ".join(one.text.split())[:120],
        count=one.count,
        before=titles.get(one.before or 0, ""),
        after=titles.get(one.after or 0, ""),
        tone=tone,
    )

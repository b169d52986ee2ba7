"""What stands beside the editor: neighbours, hints, real questions, and the editor's own files."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import articles, audit, markup
from kb.models.knowledge import DRAFT, Article
from kb.models.service import Question, Shown
from web import current
from web.desk import advice, editor_words
from web.site.browsing import READING_SPEED

MOST_SUGGESTED = 5
LOOKED_AT = 200
LONGEST = 60
LEAST_ALIKE = 0.1
# In the editor a picture is a block of its own: a paragraph around it would stay as an empty line.
PICTURE_ALONE = re.compile(r"<p>(<img [^>]*>)</p>")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that says something alike; likeness in [0, 1]."""

    title: str
    url: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A question that people really asked and that this article was shown for."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Stats:
    """How long the answer is."""

    characters: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Returned:
    """Who gave the version back, and why."""

    name: str
    note: str


# Any: template context.
def beside(session: Session, article: Article | None, values: Mapping[str, str]) -> dict[str, Any]:
    """Return what the editor's page shows beside the fields."""
    rendered = markup.render(values.get("body", ""))
    return {
        **built(),
        "body_html": PICTURE_ALONE.sub(r"\1", rendered.html),
        "hints": advice.on(values),
        "neighbours": _neighbours(session, article, values),
        "suggestions": _heard(session, article, values),
        "phrasing_uses": _uses(session, values),
        "stats": _stats(rendered.text),
        "saved_at": _saved_at(session, article),
        "returned": _returned(session, article),
    }


# Any: template context.
def built() -> dict[str, Any]:
    """Return the addresses of the built editor, None when it was not built, and its words."""
    folder = Path(current_app.static_folder or "") / "build"
    file = folder / "manifest.json"
    names = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

    def address(name: str) -> str | None:
        there = name in names and (folder / names[name]).is_file()
        return url_for("static", filename=f"build/{names[name]}") if there else None

    return {
        "editor_js": address("editor.js"),
        "editor_css": address("editor.css"),
        "editor_words": editor_words.words(),
    }


def _stats(text: str) -> Stats | None:
    letters = len("".join(text.split()))
    return Stats(letters, max(1, round(letters / READING_SPEED))) if letters else None


def _saved_at(session: Session, article: Article | None) -> datetime | None:
    return articles.latest(session, article).created_at if article else None


def _returned(session: Session, article: Article | None) -> Returned | None:
    """Return the word of the reviewer when the latest version came back."""
    if article is None or article.state != DRAFT:
        return None
    entries = audit.of(session, "article", article.id, limit=10)
    last = next((e for e in entries if e.verb in ("article.return", "article.save")), None)
    if last is None or last.verb != "article.return" or last.detail.get("was") != "in_review":
        return None
    return Returned(last.actor, str(last.detail.get("note") or ""))


def _neighbours(
    session: Session, article: Article | None, values: Mapping[str, str]
) -> list[Neighbour]:
    """Return other articles that say something alike, so that nothing is written twice."""
    question = values.get("question", "")
    if not question:
        return []
    found = current.parts().finding.similar(session, question, now=current.now(), limit=5)
    own = article.id if article else None
    rows = [(session.get(Article, number), score) for number, score in found if number != own]
    return [
        Neighbour(row.question, url_for("desk.edit", article_id=row.id), score)
        for row, score in rows
        if row is not None and score >= LEAST_ALIKE
    ]


def _uses(session: Session, values: Mapping[str, str]) -> dict[str, int]:
    """Return how often people asked in just these words; what nobody asked is left out."""
    lines = [line.strip() for line in values.get("phrasings", "").splitlines() if line.strip()]
    spelled = {line.rstrip("？?") + end: line for line in lines for end in ("", "？", "?")}
    query = (
        select(Question.text, func.count())
        .where(Question.text.in_(spelled))
        .group_by(Question.text)
    )
    uses: Counter[str] = Counter()
    for text, count in session.execute(query):
        uses[spelled[text]] += count
    return dict(uses)


def _heard(session: Session, article: Article | None, values: Mapping[str, str]) -> list[Heard]:
    """Return what people really asked when this article was what they opened."""
    if article is None:
        return []
    known = {values.get("question", ""), *values.get("phrasings", "").splitlines()}
    opened = Shown.clicked_at.is_not(None) | Shown.confirmed_by.is_not(None)
    query = (
        select(Question.text)
        .join(Shown, Shown.question_id == Question.id)
        .where(Shown.article_id == article.id, opened)
        .order_by(Question.id.desc())
        .limit(LOOKED_AT)
    )
    texts = (" ".join(text.split()) for text in session.scalars(query))
    counts = Counter(text for text in texts if 2 < len(text) <= LONGEST and text not in known)
    return [Heard(text, count) for text, count in counts.most_common(MOST_SUGGESTED)]

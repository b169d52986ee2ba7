"""Two people saved one article: both texts on one page, and one form that saves the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from kb import articles, markup
from kb.models.knowledge import Revision
from kb.models.people import User
from web import current
from web.desk import aids, sides
from web.desk.form import FIELDS

SHOWN = ("question", "phrasings")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts as people see it, with what only it says marked.

    Attributes:
        question: the title.
        body: the answer.
        phrasings: ways to ask, each with whether only this side has it.
    """

    question: Markup
    body: Markup
    phrasings: list[tuple[str, bool]]


def page(article_id: int, values: Mapping[str, str]) -> ResponseReturnValue:
    """Return the page with status 409.

    Args:
        article_id: which article.
        values: the form that came too late, as `web.desk.form.posted` gives it.
    """
    with current.reading() as session:
        article = articles.get(session, article_id)
        theirs = articles.latest(session, article)
        asked = sides.texts(theirs.question, values["question"])
        rendered = markup.render(values["body"]).html
        said = sides.pages(markup.render(theirs.body_md).html, rendered)
        ways = (tuple(theirs.phrasings), tuple(values["phrasings"].splitlines()))
        html = render_template(
            "desk/merge.html",
            article=article,
            theirs=_theirs(session, theirs, Side(asked[0], said[0], _lines(*ways))),
            mine=_mine(values, Side(asked[1], said[1], _lines(*reversed(ways)))),
            body_html=rendered,
            **aids.built(),
        )
        return html, 409


def _lines(own: Sequence[str], others: Sequence[str]) -> list[tuple[str, bool]]:
    """Return ways to ask, each with whether only this side has it."""
    return [(line, line not in others) for line in own if line.strip()]


def author_of(session: Session, revision: Revision) -> str:
    """Return who wrote a version, "" for an import."""
    user = session.get(User, revision.author_id) if revision.author_id else None
    return user.display_name if user else ""


def _theirs(session: Session, revision: Revision, side: Side) -> SimpleNamespace:
    return SimpleNamespace(
        number=revision.number,
        author=author_of(session, revision),
        created_at=revision.created_at,
        side=side,
    )


def _mine(values: Mapping[str, str], side: Side) -> SimpleNamespace:
    kept = {name: values.get(name, "") for name in FIELDS if name not in SHOWN}
    return SimpleNamespace(
        question=values["question"],
        body=values["body"],
        phrasings=values["phrasings"],
        fields=kept,
        side=side,
    )

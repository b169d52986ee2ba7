"""Two people saved one article: both texts on one page, and one form that saves the result."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from kb import articles
from kb.models.knowledge import Revision
from kb.models.people import User
from web import current
from web.desk import changed
from web.desk.form import FIELDS

SHOWN = ("question", "phrasings")


def page(article_id: int, values: Mapping[str, str]) -> ResponseReturnValue:
    """Return the page with status 409.

    Args:
        article_id: which article.
        values: the form that came too late, as `web.desk.form.posted` gives it.
    """
    with current.reading() as session:
        article = articles.get(session, article_id)
        theirs = articles.latest(session, article)
        html = render_template(
            "desk/merge.html",
            article=article,
            theirs=_theirs(session, theirs),
            mine=_mine(values),
            diff=changed.between(theirs.body_md, values["body"]) or Markup(),
        )
        return html, 409


def author_of(session: Session, revision: Revision) -> str:
    """Return who wrote a version, "" for an import."""
    user = session.get(User, revision.author_id) if revision.author_id else None
    return user.display_name if user else ""


def _theirs(session: Session, revision: Revision) -> SimpleNamespace:
    return SimpleNamespace(
        number=revision.number,
        author=author_of(session, revision),
        created_at=revision.created_at,
        question=revision.question,
        body=revision.body_md,
        phrasings="\n".join(revision.phrasings),
    )


def _mine(values: Mapping[str, str]) -> SimpleNamespace:
    kept = {name: values.get(name, "") for name in FIELDS if name not in SHOWN}
    return SimpleNamespace(
        question=values["question"],
        body=values["body"],
        phrasings=values["phrasings"],
        fields=kept,
    )

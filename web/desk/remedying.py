"""One-click remedies: what one would change, and then doing it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from authoring import remedies
from authoring.impact import preview
from authoring.remedies import BOOST, PHRASING, PIN, SYNONYM, VERBS, WORD, Remedy
from kb import access, articles
from kb.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from kb.models.knowledge import Article
from web import current, errors
from web.desk import effects, frame
from web.desk.blueprint import desk
from web.locale import gettext

MAX_QUESTION = 400
PATIENCE = (4.0, 12.0, 30.0)
"""Seconds of asking: at first, and when the reader asks to go on."""


@desk.get("/remedies", endpoint="remedy")
def show() -> ResponseReturnValue:
    """Show what a remedy would change; nothing is saved."""
    current.require("article.see")
    with current.reading() as session:
        q, article = _asked(session)
        try:
            remedy = remedies.checked(_remedy(article))
        except Invalid as error:
            return _page(session, q, article, None, fault=errors.sentence(error)), 400
        return _page(session, q, article, remedy)


@desk.post("/remedies", endpoint="remedy_post")
def carry_out() -> ResponseReturnValue:
    """Do what was looked at."""
    verb = VERBS.get(request.form.get("kind", ""))
    if verb is None:
        raise Invalid("refused", field="kind")
    current.require(verb)
    with current.reading() as session:
        q, article = _asked(session)
    try:
        with current.writing() as session:
            remedy = remedies.checked(_remedy(article))
            remedies.apply(session, remedy, actor=current.actor(), now=current.now())
    except (NotFound, Forbidden):
        raise
    except (Invalid, Conflict) as error:
        with current.reading() as session:
            page = _page(session, q, article, None, fault=errors.sentence(error))
            return page, errors.status_of(error)
    current.parts().finding.wake()
    return frame.back("why", "remedied", article_id=article.id, q=q)


def _asked(session: Session) -> tuple[str, Article]:
    """Return the question and the article that the remedy is about. Raises NotFound."""
    q = request.values.get("q", "").strip()[:MAX_QUESTION]
    return q, articles.get(session, current.whole("article") or 0)


def _remedy(article: Article) -> Remedy:
    values = request.values
    try:
        boost = float(values.get("boost", "") or 0)
    except ValueError as error:
        raise Invalid("number_invalid", field="boost") from error
    return Remedy(
        kind=values.get("kind", ""),
        article_id=article.id,
        text=values.get("text", ""),
        words=tuple(values.getlist("words")),
        boost=boost,
    )


def _page(
    session: Session, q: str, article: Article, remedy: Remedy | None, *, fault: str = ""
) -> str:
    effect, down = None, False
    if remedy is not None:
        try:
            rehearsal = current.parts().finding.rehearsal(session, now=current.now())
            edit = remedies.edit_of(session, rehearsal, remedy)
            impact = preview(
                session,
                rehearsal,
                edit,
                now=current.now(),
                seconds=_seconds(),
                near=remedies.near(remedy),
                lifts=remedies.lifts(remedy, article),
            )
            effect = effects.effect(session, impact)
        except Unavailable:
            down = True
    return render_template(
        "desk/impact.html",
        q=q,
        article={"id": article.id, "title": article.question},
        does=_words(remedy, article.question) if remedy else "",
        fields=_fields(remedy, q) if remedy else [],
        can=remedy is not None and access.can(current.actor(), VERBS[remedy.kind]),
        effect=effect,
        down=down,
        fault=fault,
        again_url=url_for("desk.remedy", **_again()),
        back_url=url_for("desk.why", article_id=article.id, q=q),
    )


def _seconds() -> float:
    """Return how long to ask: longer each time that the reader wants more."""
    turn = min(current.whole("turn", 0) or 0, len(PATIENCE) - 1)
    return PATIENCE[turn]


# Any: what url_for takes.
def _again() -> dict[str, Any]:
    """Return this page's own query, one turn further."""
    values: dict[str, Any] = {k: v if len(v) > 1 else v[0] for k, v in request.args.lists()}
    return values | {"turn": (current.whole("turn", 0) or 0) + 1}


def _fields(remedy: Remedy, q: str) -> list[tuple[str, str]]:
    """Return the hidden fields that carry the remedy on."""
    fields = [("kind", remedy.kind), ("article", str(remedy.article_id)), ("q", q)]
    fields += [("words", word) for word in remedy.words]
    return [*fields, ("text", remedy.text), ("boost", f"{remedy.boost:g}")]


def _words(remedy: Remedy, title: str) -> str:
    """Return what the remedy does, as the head of its page."""
    words = "、".join(f"“{word}”" for word in remedy.words)
    sentences = {
        PHRASING: gettext("给“%(title)s”加一个相似问：“%(text)s”", title=title, text=remedy.text),
        SYNONYM: gettext("把%(words)s当作同义词", words=words),
        WORD: gettext("把%(words)s当作一个词，不拆开", words=words),
        PIN: gettext("这样问时把“%(title)s”排在第一：“%(text)s”", title=title, text=remedy.text),
        BOOST: gettext("把“%(title)s”的位置调到%(n)s", title=title, n=f"{remedy.boost:+g}"),
    }
    return sentences[remedy.kind]

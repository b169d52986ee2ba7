"""Why a question finds what it finds: the page, with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import remedies
from authoring.why import Why, explain
from kb import access, articles
from kb.models.knowledge import Article
from kb.redaction import redact
from search.matches import Match
from web import current
from web.desk import reasons
from web.desk.articles import holds
from web.desk.blueprint import desk
from web.locale import gettext

MAX_QUESTION = 400
MOST_CHOICES = 8
BOOSTS = ("2", "1", "0", "-1", "-2")


@dataclass(frozen=True, slots=True)
class Found:
    """One article that customers find; parts are (words, share in [0, 1], figure)."""

    id: int
    title: str
    url: str
    probability: float
    matched: str
    parts: Sequence[tuple[str, float, str]]
    chosen: bool
    why_url: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The article that should be first, and why it is or is not."""

    id: int
    title: str
    url: str
    state: str
    sentences: Sequence[str]
    first: bool
    hidden: bool
    boost: str
    unknown: Sequence[str]
    parts: Sequence[tuple[str, float, str]]


@desk.get("/why", endpoint="why_any")
def why_any() -> ResponseReturnValue:
    """Say how a question is read and what it finds; `expect` names the article that should be."""
    current.require("article.see")
    q = request.args.get("q", "").strip()[:MAX_QUESTION]
    wanted = request.args.get("expect", "").strip()[:MAX_QUESTION]
    with current.reading() as session:
        choices = _choices(session, wanted) if wanted else []
        if len(choices) == 1:
            return redirect(url_for("desk.why", article_id=choices[0].id, q=q), 303)
        return _page(session, q, None, wanted=wanted, choices=choices)


@desk.get("/articles/<int:article_id>/why")
def why(article_id: int) -> ResponseReturnValue:
    """Say why an article was found for `?q=`, or why not, and offer remedies."""
    q = request.args.get("q", "").strip()[:MAX_QUESTION]
    with current.reading() as session:
        article = articles.get(session, article_id)
        current.require("article.see", article)
        return _page(session, q, article)


def _page(
    session: Session,
    q: str,
    article: Article | None,
    *,
    wanted: str = "",
    choices: Sequence[Article] = (),
) -> ResponseReturnValue:
    facts = None
    if q:
        finding = current.parts().finding
        facts = explain(session, finding, q, article, now=current.now())
    return render_template(
        "desk/why.html",
        q=q,
        wanted=wanted,
        # A way to ask is seen by others: what is personal in a customer's words stays out of it.
        covered=redact(q).text,
        reading=facts.reading if facts else None,
        found=[_found(q, match, article) for match in facts.matches] if facts else [],
        expected=_expected(session, facts, article) if facts and article else None,
        choices=[(row.question, url_for("desk.why", article_id=row.id, q=q)) for row in choices],
        remedies=_allowed(),
        boosts=[(value, _boost_words(value)) for value in BOOSTS],
    )


def _choices(session: Session, wanted: str) -> list[Article]:
    """Return the articles that a number or some words of a title may mean."""
    digits = wanted.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= 9:
        row = session.get(Article, int(digits))
        return [row] if row else []
    query = select(Article).order_by(Article.live_version.is_(None), Article.id.desc())
    for word in wanted.split()[:6]:
        query = query.where(holds(word))
    return list(session.scalars(query.limit(MOST_CHOICES)))


def _found(q: str, match: Match, article: Article | None) -> Found:
    number = int(match.article_id)
    return Found(
        id=number,
        title=match.question,
        url=url_for("desk.edit", article_id=number),
        probability=match.probability,
        matched=match.matched,
        parts=_parts(match),
        chosen=article is not None and article.id == number,
        why_url=url_for("desk.why", article_id=number, q=q),
    )


def _expected(session: Session, facts: Why, article: Article) -> Expected:
    numbers = {int(match.article_id) for match in facts.matches} | {article.id}
    numbers |= {facts.pinned} if facts.pinned else set()
    rows = session.execute(select(Article.id, Article.question).where(Article.id.in_(numbers)))
    titles = {row[0]: row[1] for row in rows}
    return Expected(
        id=article.id,
        title=article.question,
        url=url_for("desk.edit", article_id=article.id),
        state=article.state,
        sentences=reasons.verdict(facts, article, titles),
        first=facts.place == 1 and facts.hidden is None,
        hidden=facts.hidden is not None,
        boost=f"{article.boost:g}",
        unknown=facts.unknown,
        parts=_parts(facts.expected) if facts.expected else [],
    )


def _parts(match: Match) -> list[tuple[str, float, str]]:
    words = reasons.part_words()
    return [
        (words.get(name, name), min(max(value, 0.0), 1.0), f"{value:.2f}")
        for name, value in match.parts.items()
    ]


def _allowed() -> dict[str, bool]:
    """Return which remedies the reader may carry out; everybody may look at what they would do."""
    actor = current.actor()
    return {kind: access.can(actor, verb) for kind, verb in remedies.VERBS.items()}


def _boost_words(value: str) -> str:
    return {
        "2": gettext("上调很多"),
        "1": gettext("上调一点"),
        "0": gettext("不调"),
        "-1": gettext("下调一点"),
        "-2": gettext("下调很多"),
    }[value]

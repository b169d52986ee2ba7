"""Before something goes live: would it take questions from other answers?

The check must never be in the way: when it cannot run, publishing goes on; when its time is over,
it goes on as a job that tells the agent afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from authoring import cannibalisation
from authoring.impact import Impact
from kb import articles
from kb.articles import Content
from kb.errors import DomainError
from kb.models.knowledge import PUBLIC, Article
from search.dictionaries import Dictionaries, shipped
from web import current
from web.desk import effects, form
from web.desk.blueprint import desk
from web.desk.frame import back

log = logging.getLogger(__name__)

PASSED = "checked"
"""Name of the field with which an agent says that they have seen what would be taken."""


def held(article_id: int, values: Mapping[str, str], url: str) -> ResponseReturnValue | None:
    """Return a page to confirm when a publication would take questions, else None.

    Args:
        article_id: what is published.
        values: the form, as `web.desk.form.posted` gives it.
        url: where the form goes on to.
    """
    if request.form.get(PASSED):
        return None
    try:
        with current.reading() as session:
            article = articles.get(session, article_id)
            content = form.settled(session, article, form.content(session, values))
            g.live_before = article.live_version
            return _looked(session, article, content, values, url)
    except DomainError as error:
        # What is wrong with the form is said by publishing itself.
        log.info("published without a look at other answers: %s", error)
        return None


def held_words(typed: Mapping[str, str], edited: Dictionaries) -> ResponseReturnValue | None:
    """Return a page to confirm when other dictionaries would take right answers away, else None.

    Args:
        typed: the form of the dictionary.
        edited: what people edited, as it would be.
    """
    if request.form.get(PASSED):
        return None
    try:
        with current.reading() as session:
            rehearsal = current.parts().finding.rehearsal(session, now=current.now())
            words = shipped().merge(edited)
            impact = cannibalisation.of_words(session, rehearsal, words, now=current.now())
            losses = effects.taken(session, cannibalisation.losses(impact))
            effect = effects.effect(session, impact)
    except DomainError as error:
        log.info("words saved without a look at answers: %s", error)
        return None
    if not losses:
        return None
    fields = [("do", "save"), *typed.items(), (PASSED, "1")]
    url = url_for("desk.dictionary")
    return _confirm(losses, effect, fields, url=url, back_url=url), 409


def _looked(
    session: Session, article: Article, content: Content, values: Mapping[str, str], url: str
) -> ResponseReturnValue | None:
    if content.audience != PUBLIC:
        return None
    rehearsal = current.parts().finding.rehearsal(session, now=current.now())
    impact = cannibalisation.of_content(session, rehearsal, article, content, now=current.now())
    if impact is None:
        return None
    losses = cannibalisation.losses(impact, to=article.id)
    if not losses:
        g.check_later = not impact.complete
        return None
    return _page(session, article, content, values, url, impact)


def _page(
    session: Session,
    article: Article,
    content: Content,
    values: Mapping[str, str],
    url: str,
    impact: Impact,
) -> ResponseReturnValue:
    taken = effects.taken(session, cannibalisation.losses(impact, to=article.id))
    mergeable = article.live_version is None
    html = _confirm(
        taken,
        effects.effect(session, impact, own=(article.id, content.question)),
        _fields(values),
        url=url,
        back_url=url_for("desk.edit", article_id=article.id),
        title=content.question,
        merge_url=url_for("desk.fold_in", article_id=article.id) if mergeable else None,
    )
    return html, 409


def _confirm(
    taken: Sequence[effects.Taken],
    effect: effects.Effect,
    fields: Sequence[tuple[str, str]],
    *,
    url: str,
    back_url: str,
    title: str = "",
    merge_url: str | None = None,
) -> str:
    return render_template(
        "desk/taken.html",
        title=title,
        taken=taken,
        total=sum(one.count for one in taken),
        effect=effect,
        url=url,
        fields=fields,
        merge_url=merge_url,
        back_url=back_url,
    )


def _fields(values: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Return the form's fields, the answer as Markdown, to be sent once more."""
    kept = {name: value for name, value in values.items() if name != "csrf_token"}
    sent = {name: request.form.get(name, "") for name in ("decision",) if name in request.form}
    return [*kept.items(), *sent.items(), (PASSED, "1")]


def afterwards(session: Session, article: Article) -> None:
    """Plan the rest of a check that ran out of time, in the transaction that publishes."""
    if g.pop("check_later", False):
        cannibalisation.check_later(
            session,
            article,
            was=g.get("live_before"),
            actor=current.actor(),
            now=current.now(),
        )


@desk.post("/articles/<int:article_id>/fold-in", endpoint="fold_in")
def fold_in(article_id: int) -> ResponseReturnValue:
    """Make a draft another way to ask of the article that it would have taken from."""
    current.require("article.publish")
    into = current.whole("into") or 0
    values = form.posted()
    with current.writing() as session:
        article = articles.get(session, article_id)
        latest = articles.content_of(articles.latest(session, article))
        content = form.content(session, values) if values["question"] else latest
        cannibalisation.fold_in(
            session,
            article_id,
            into,
            articles.tidied(content),
            actor=current.actor(),
            now=current.now(),
        )
    current.parts().finding.wake()
    return back("edit", "folded_in", article_id=into)

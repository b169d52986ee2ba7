"""Before something goes live: would it take questions from other answers?

The check must never be in the way: when it cannot run, publishing goes on; when its time is over,
it goes on as a job that tells the agent afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from authoring import cannibalisation, impact_job
from authoring.cannibalisation import Loss
from authoring.impact import Impact
from kb import articles
from kb.articles import Content
from kb.errors import DomainError
from kb.models.knowledge import PUBLIC, Article
from search.dictionaries import Dictionaries, shipped
from search.glossary import Texts
from web import current
from web.desk import effects, form
from web.desk.blueprint import desk
from web.desk.frame import back

log = logging.getLogger(__name__)

PASSED = "checked"
"""Name of the field with which an agent says that they have seen what would be taken."""

UNFINISHED = "known"
"""Name of the field that says how much was seen, where not everything could be asked in time."""

LIVE_BY = timedelta(seconds=30)
"""After the planned moment a publication is done by then."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where an agent goes on from the page that says what would be taken.

    Attributes:
        url: where the form is sent again.
        back_url: where it can be changed.
        fields: all that was typed, by name.
        title: of what would be published; "" for words.
        merge_url: what makes it another way to ask; None where that cannot be.
        merge_field: name of the field that carries the other article's number.
    """

    url: str
    back_url: str
    fields: Sequence[tuple[str, str]]
    title: str = ""
    merge_url: str | None = None
    merge_field: str = "into"


def held(article_id: int, values: Mapping[str, str], url: str) -> ResponseReturnValue | None:
    """Return a page to confirm when a publication would take questions, else None.

    Args:
        article_id: what is published.
        values: the form, as `web.desk.form.posted` gives it.
        url: where the form goes on to.
    """

    def look(session: Session) -> ResponseReturnValue | None:
        article = articles.get(session, article_id)
        content = form.settled(session, article, form.content(session, values))
        mergeable = article.live_version is None
        way = Way(
            url=url,
            back_url=url_for("desk.edit", article_id=article_id),
            fields=_fields(values, "decision"),
            title=content.question,
            merge_url=url_for("desk.fold_in", article_id=article_id) if mergeable else None,
        )
        return _looked(session, article, content, way)

    return _unless_known(look)


def held_candidate(
    candidate_id: int, values: Mapping[str, str], read: Callable[[Session], Content]
) -> ResponseReturnValue | None:
    """Return a page to confirm when a candidate would take questions, else None.

    Args:
        candidate_id: what is published as a new article.
        values: the form.
        read: returns what would be published. Raises Invalid.
    """

    def look(session: Session) -> ResponseReturnValue | None:
        content = read(session)
        way = Way(
            url=url_for("desk.candidate_publish", candidate_id=candidate_id),
            back_url=url_for("desk.candidate", candidate_id=candidate_id),
            fields=_fields(values, "tell"),
            title=content.question,
            merge_url=url_for("desk.candidate_add_phrasing", candidate_id=candidate_id),
            merge_field="article_id",
        )
        return _looked(session, None, content, way)

    return _unless_known(look)


def held_words(typed: Mapping[str, str], edited: Dictionaries) -> ResponseReturnValue | None:
    """Return a page to confirm when other dictionaries would take right answers away, else None.

    Args:
        typed: the form of the dictionary.
        edited: what people edited, as it would be.
    """

    def look(session: Session) -> ResponseReturnValue | None:
        rehearsal = current.parts().finding.rehearsal(session, now=current.now())
        words = shipped().merge(edited)
        impact = cannibalisation.of_words(session, rehearsal, words, now=current.now())
        url = url_for("desk.dictionary")
        lost = cannibalisation.losses(impact)
        if lost:
            return _page(session, impact, lost, Way(url, url, [("do", "save"), *typed.items()]))
        g.rest_unknown = None if impact.complete else 0
        return None

    return _unless_known(look)


def _unless_known(
    look: Callable[[Session], ResponseReturnValue | None],
) -> ResponseReturnValue | None:
    """Look, unless the agent has seen what would be taken; never be in the way."""
    if request.form.get(PASSED):
        # What was not asked before they said so is asked afterwards.
        g.rest_unknown = current.whole(UNFINISHED)
        return None
    try:
        with current.reading() as session:
            return look(session)
    except DomainError as error:
        # What is wrong with the form is said by publishing itself.
        log.info("went on without a look at other answers: %s", error)
        return None


def _looked(
    session: Session, article: Article | None, content: Content, way: Way
) -> ResponseReturnValue | None:
    if content.audience != PUBLIC:
        return None
    rehearsal = current.parts().finding.rehearsal(session, now=current.now())
    impact = cannibalisation.of_content(session, rehearsal, article, content, now=current.now())
    if impact is None:
        return None
    number = article.id if article is not None else cannibalisation.NOT_YET
    lost = cannibalisation.losses(impact, to=number)
    if lost:
        return _page(session, impact, lost, way, own=(number, content.question))
    g.rest_unknown = None if impact.complete else 0
    return None


def _page(
    session: Session,
    impact: Impact,
    lost: Sequence[Loss],
    way: Way,
    *,
    own: tuple[int, str] | None = None,
) -> ResponseReturnValue:
    taken = effects.taken(session, lost)
    seen = [(PASSED, "1")]
    if not impact.complete:
        seen.append((UNFINISHED, str(sum(one.count for one in taken))))
    html = render_template(
        "desk/taken.html",
        way=replace(way, fields=[*way.fields, *seen]),
        taken=taken,
        total=sum(one.count for one in taken),
        effect=effects.effect(session, impact, own=own),
    )
    return html, 409


def _fields(values: Mapping[str, str], *more: str) -> Sequence[tuple[str, str]]:
    """Return the form's fields, the answer as Markdown, to be sent once more."""
    sent = {name: request.form[name] for name in more if name in request.form}
    return [*values.items(), *sent.items()]


def afterwards(
    session: Session, article: Article, *, was: int | None, at: datetime | None = None
) -> None:
    """Plan the rest of a check that ran out of time, in the transaction that publishes.

    Args:
        session: the unit of work.
        article: as it is now.
        was: the version that was live before; None for none.
        at: when it goes live; None: it is.
    """
    known, me = g.pop("rest_unknown", None), current.user()
    if known is not None and me is not None:
        subject = impact_job.article_live(article, was=was, known=known)
        run_at = at + LIVE_BY if at is not None and at > current.now() else None
        impact_job.later(session, subject, user_id=me.id, now=current.now(), run_at=run_at)


def after_words(session: Session, was: Texts) -> None:
    """Plan the rest of a check of the dictionaries, in the transaction that saves them."""
    known, me = g.pop("rest_unknown", None), current.user()
    if known is not None and me is not None:
        subject = impact_job.words_before(was, known=known)
        impact_job.later(session, subject, user_id=me.id, now=current.now())


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

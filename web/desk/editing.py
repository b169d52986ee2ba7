"""Writing an article: the editor, saving, submitting, publishing, taking down."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from authoring import publishing, upkeep
from kb import access, articles
from kb.articles import Version
from kb.errors import Conflict, DomainError, Forbidden, NotFound
from kb.models.knowledge import DRAFT, PUBLISHED, Article
from kb.models.people import ADMIN, EDITOR
from web import current, errors
from web.desk import aids, choices, form, frame, gate, merging
from web.desk.blueprint import desk
from web.locale import gettext
from web.site import shown

Act = Callable[[Session, dict[str, str]], ResponseReturnValue]
NO_ERRORS: Mapping[str, str] = {}


@desk.get("/articles/<int:article_id>")
def edit(article_id: int) -> ResponseReturnValue:
    """Open the editor on an article's latest version."""
    with current.reading() as session:
        article = articles.get(session, article_id)
        current.require("article.see", article)
        planned = publishing.scheduled_for(session, article)
        return page(session, article, form.values_of(session, article, planned))


@desk.get("/articles/new")
def new_article() -> ResponseReturnValue:
    """Open the editor on nothing; the address may bring a first question."""
    current.require("article.write")
    values = {
        "question": request.args.get("q", "")[:300],
        "audience": "public",
        "language": "zh",
        "when": "review",
        "category_id": request.args.get("category", ""),
        "owner_id": str(current.actor().user_id or ""),
    }
    with current.reading() as session:
        return page(session, None, values)


def page(
    session: Session,
    article: Article | None,
    values: Mapping[str, str],
    *,
    faults: Mapping[str, str] = NO_ERRORS,
    opened_on: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the editor with values in its fields.

    Args:
        session: the unit of work.
        article: None for a new one.
        values: what stands in the fields, by name.
        faults: a sentence for each field that was refused.
        opened_on: the version that the writer began with; None for the latest.
        status: of the answer.
    """
    version = article.version if article else 0
    html = render_template(
        "desk/editor.html",
        article=_head(article, version if opened_on is None else opened_on),
        values=values,
        errors=faults,
        **_lists(session),
        **_rights(),
        **aids.beside(session, article, values),
        crumbs=shown.crumbs(session, article.category_id) if article else [],
        live_url=_live_url(article),
    )
    return html, status


def _head(article: Article | None, version: int) -> dict[str, object]:
    if article is None:
        return {"id": None, "state": DRAFT, "version": 0, "live_version": None, "public_url": None}
    live = article.live_version is not None
    return {
        "id": article.id,
        "state": article.state,
        "version": version,
        "live_version": article.live_version,
        "public_url": shown.article_url(article) if live else None,
        "known": article.published_at is not None,
    }


def _lists(session: Session) -> dict[str, list[choices.Choice]]:
    return {
        "categories": choices.category_choices(session, gettext("没有分类")),
        "audiences": choices.audiences(),
        "languages": choices.languages(),
        "owners": [("", gettext("没有人负责")), *choices.users(session)],
        "reviewers": [("", gettext("谁都可以审")), *choices.users(session, EDITOR, ADMIN)],
    }


def _rights() -> dict[str, bool]:
    actor = current.actor()
    verbs = {"can_review": "review", "can_publish": "publish", "can_archive": "archive"}
    return {name: access.can(actor, f"article.{verb}") for name, verb in verbs.items()}


def _live_url(article: Article | None) -> str | None:
    if article is None or article.live_version in (None, article.version):
        return None
    return url_for(
        "desk.diff", article_id=article.id, old=article.live_version, new=article.version
    )


@desk.post("/articles/new", endpoint="new_article_post")
def create() -> ResponseReturnValue:
    """Save a new article as a draft and go on writing."""
    current.require("article.write")

    def act(session: Session, values: dict[str, str]) -> ResponseReturnValue:
        article = stored(session, None, values)
        return frame.back("edit", "saved", article_id=article.id)

    return attempt(None, act)


@desk.post("/articles/<int:article_id>")
def save(article_id: int) -> ResponseReturnValue:
    """Save a version; customers keep seeing the one that is online."""
    current.require("article.write")

    def act(session: Session, values: dict[str, str]) -> ResponseReturnValue:
        stored(session, article_id, values)
        return frame.back("edit", "saved", article_id=article_id)

    return attempt(article_id, act)


@desk.post("/articles/<int:article_id>/submit")
def submit(article_id: int) -> ResponseReturnValue:
    """Save and ask for a review."""
    current.require("article.submit")

    def act(session: Session, values: dict[str, str]) -> ResponseReturnValue:
        article = stored(session, article_id, values)
        if article.state == "archived":
            publishing.return_to_draft(
                session, article_id, note="", actor=current.actor(), now=current.now()
            )
        reviewer = form.whole(values, "reviewer_id")
        publishing.submit(
            session, article_id, actor=current.actor(), now=current.now(), reviewer_id=reviewer
        )
        return frame.back("edit", "submitted", article_id=article_id)

    return attempt(article_id, act)


@desk.post("/articles/<int:article_id>/publish")
def publish(article_id: int) -> ResponseReturnValue:
    """Save and publish, at once or at the moment that was chosen."""
    current.require("article.publish")

    def act(session: Session, values: dict[str, str]) -> ResponseReturnValue:
        return published(session, article_id, values)

    url = url_for("desk.publish", article_id=article_id)
    return gate.held(article_id, sent(), url) or attempt(article_id, act)


def published(session: Session, article_id: int, values: dict[str, str]) -> ResponseReturnValue:
    """Save what the form holds and publish it. Raises Conflict, Invalid, Forbidden."""
    article = stored(session, article_id, values)
    at = form.plan(values).publish_at
    if article.state == PUBLISHED and article.live_version == article.version:
        return frame.back("edit", "saved", article_id=article_id)
    was = article.live_version
    publishing.publish(session, article_id, actor=current.actor(), now=current.now(), at=at)
    gate.afterwards(session, article, was=was, at=at)
    said = "scheduled" if article.state != PUBLISHED else "published"
    return frame.back("edit", said, article_id=article_id)


@desk.post("/articles/<int:article_id>/archive")
def archive(article_id: int) -> ResponseReturnValue:
    """Take an article off every surface; what was typed and not saved is saved first."""
    current.require("article.archive")

    def act(session: Session, values: dict[str, str]) -> ResponseReturnValue:
        if values["question"]:
            stored(session, article_id, values)
        article = publishing.archive(session, article_id, actor=current.actor(), now=current.now())
        said = "archived" if article.published_at else "put_away"
        return frame.back("edit", said, article_id=article_id)

    return attempt(article_id, act)


def stored(session: Session, article_id: int | None, values: dict[str, str]) -> Article:
    """Save what the form holds when it says something new. Raises Conflict, Invalid."""
    content, plan = form.content(session, values), form.plan(values)
    base = Version(form.whole(values, "version") or 0, values.get("note", "")[:300])
    article = None if article_id is None else articles.get(session, article_id)
    if article is not None:
        content = form.settled(session, article, content)
    if article is None or form.is_new(session, article, content):
        article = publishing.save_draft(
            session, article_id, content, base=base, actor=current.actor(), now=current.now()
        )
    _apply(session, article, plan)
    return article


def _apply(session: Session, article: Article, plan: form.Plan) -> None:
    """Change what is said beside the content, as far as the writer may."""
    actor, now = current.actor(), current.now()
    if access.can(actor, "article.review"):
        if plan.owner_id != article.owner_id:
            owner = plan.owner_id
            upkeep.hand_over(session, article.id, owner_id=owner, actor=actor, now=now)
        if plan.review_on != article.review_on:
            day = plan.review_on
            upkeep.mark_reviewed(session, article.id, review_on=day, actor=actor, now=now)
    if access.can(actor, "article.publish") and plan.expire_at != _minute(article):
        upkeep.set_expiry(session, article.id, at=plan.expire_at, actor=actor, now=now)


def _minute(article: Article) -> object:
    """Return the expiry as the form can show it: without seconds."""
    at = article.expire_at
    return at.replace(second=0, microsecond=0) if at else None


def sent() -> dict[str, str]:
    """Return the posted form with the version that the writer began with."""
    return form.posted() | {"version": request.form.get("version", "")}


def attempt(article_id: int | None, act: Act) -> ResponseReturnValue:
    """Do something with the posted form; a refusal shows it again and nothing is lost."""
    values = sent()
    try:
        with current.writing() as session:
            answer = act(session, values)
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        if isinstance(error, Conflict) and error.code == "stale" and article_id is not None:
            return merging.page(article_id, values)
        return _again(article_id, values, error)
    current.parts().finding.wake()
    return answer


def _again(
    article_id: int | None, values: Mapping[str, str], error: DomainError
) -> ResponseReturnValue:
    name = str(error.params.get("field", ""))
    faults = {"body" if name == "body_md" else name: errors.sentence(error)}
    opened = values.get("version", "")
    with current.reading() as session:
        article = None if article_id is None else articles.get(session, article_id)
        return page(
            session,
            article,
            values,
            faults=faults,
            opened_on=int(opened) if opened.isascii() and opened.isdigit() else None,
            status=errors.status_of(error),
        )


@desk.get("/articles/<int:article_id>/public")
def public(article_id: int) -> ResponseReturnValue:
    """Lead to the page that customers see, if they see one."""
    with current.reading() as session:
        article = articles.get(session, article_id)
        current.require("article.see", article)
        if article.live_version is None:
            raise NotFound(article=article_id)
        return redirect(shown.article_url(article), 303)

"""The editor's form: from what was posted to a content and a plan, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import request
from sqlalchemy.orm import Session

from authoring import hints, html_to_markdown
from kb import articles, markup
from kb.articles import Content
from kb.errors import Invalid
from kb.models.knowledge import Article, Category
from web import current

FIELDS = (
    "question",
    "phrasings",
    "category_id",
    "audience",
    "language",
    "applies_to",
    "owner_id",
    "reviewer_id",
    "review_on",
    "when",
    "publish_at",
    "expire_at",
    "note",
)
LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is said about an article beside its content.

    Attributes:
        publish_at: None for as soon as it is published.
    """

    owner_id: int | None
    reviewer_id: int | None
    review_on: date | None
    publish_at: datetime | None
    expire_at: datetime | None


def posted() -> dict[str, str]:
    """Return the form as it was sent, the answer as Markdown under `body`."""
    values = {name: request.form.get(name, "").strip() for name in FIELDS}
    lines = [*request.form.getlist("phrasings"), request.form.get("add_phrasing", "")]
    found = values | {"phrasings": "\n".join(line for line in lines if line), "body": body()}
    return _bettered(found, request.form.get("better", ""))


def _bettered(values: dict[str, str], passage: str) -> dict[str, str]:
    """Return the form with a hint on writing followed, where its button sent it."""
    if not passage:
        return values
    written = Content(question=values["question"], body_md=values["body"])
    better = hints.taken(written, passage)
    return values | {"question": better.question, "body": better.body_md}


def body() -> str:
    """Return the answer as Markdown: the editor sends HTML, a bare form Markdown."""
    if html := request.form.get("body_html"):
        return html_to_markdown.convert(html)
    return request.form.get("body_md", request.form.get("body", "")).replace("\r\n", "\n")


def content(session: Session, values: Mapping[str, str]) -> Content:
    """Return what the form says. Raises Invalid naming the field."""
    category = whole(values, "category_id")
    if category is not None and session.get(Category, category) is None:
        raise Invalid("category_unknown", field="category_id")
    return Content(
        question=values["question"],
        body_md=values["body"],
        phrasings=tuple(values["phrasings"].splitlines()),
        category_id=category,
        audience=values.get("audience") or "public",
        language=values.get("language") or "zh",
        applies_to=values.get("applies_to", ""),
    )


def plan(values: Mapping[str, str]) -> Plan:
    """Return what the form says beside the content. Raises Invalid naming the field."""
    at = moment(values, "publish_at") if values.get("when") == "at" else None
    if values.get("when") == "at" and at is None:
        raise Invalid("moment_missing", field="publish_at")
    return Plan(
        owner_id=whole(values, "owner_id"),
        reviewer_id=whole(values, "reviewer_id"),
        review_on=_day(values, "review_on"),
        publish_at=at,
        expire_at=moment(values, "expire_at"),
    )


def whole(values: Mapping[str, str], name: str) -> int | None:
    """Return a whole number of a form, None for an empty field. Raises Invalid."""
    text = values.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("number_invalid", field=name)
    return int(text)


def _day(values: Mapping[str, str], name: str) -> date | None:
    text = values.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("date_invalid", field=name) from error


def moment(values: Mapping[str, str], name: str) -> datetime | None:
    """Return a local moment of a form as an aware one, None for an empty field. Raises Invalid."""
    text = values.get(name, "")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=current.parts().timezone)
    except ValueError as error:
        raise Invalid("date_invalid", field=name) from error


def local(value: datetime | None) -> str:
    """Return a moment as a datetime-local field shows it."""
    return value.astimezone(current.parts().timezone).strftime(LOCAL) if value else ""


def values_of(session: Session, article: Article, scheduled: datetime | None) -> dict[str, str]:
    """Return an article's latest version as the form shows it."""
    latest = articles.latest(session, article)
    planned = {
        "owner_id": article.owner_id,
        "reviewer_id": article.reviewer_id,
        "category_id": latest.category_id,
    }
    return {
        "question": latest.question,
        "body": latest.body_md,
        "phrasings": "\n".join(latest.phrasings),
        "audience": latest.audience,
        "language": latest.language,
        "applies_to": latest.applies_to,
        "review_on": article.review_on.isoformat() if article.review_on else "",
        "when": "at" if scheduled else "review",
        "publish_at": local(scheduled),
        "expire_at": local(article.expire_at),
        "note": "",
        **{name: str(value or "") for name, value in planned.items()},
    }


def settled(session: Session, article: Article, content: Content) -> Content:
    """Return a content with the stored answer where the editor only spelt it differently."""
    kept = articles.latest(session, article).body_md
    if kept == content.body_md or markup.render(kept).html != markup.render(content.body_md).html:
        return content
    return replace(content, body_md=kept)


def is_new(session: Session, article: Article, content: Content) -> bool:
    """Say whether a content differs from the latest version."""
    kept = articles.content_of(articles.latest(session, article))
    return articles.tidied(content) != articles.tidied(kept)

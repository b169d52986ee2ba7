"""Articles that no customer may see, each with a word of its own that must turn up nowhere."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from authoring import publishing
from kb import articles, attachments, categories
from kb.access import SYSTEM
from kb.models.knowledge import Article
from tests.factories import picture
from tests.web.conftest import Desk

KINDS = ("draft", "internal", "segment", "scheduled", "expired", "archived", "edited")
SECRET = "鹦鹉密语"
QUESTION = "鹦鹉密语怎么教？"


def fill(desk: Desk) -> dict[str, int]:
    """Put one public article and one hidden one of each kind into one category.

    Returns:
        kind -> article id; `public` is the one that everybody may see.
    """
    numbers: dict[str, int] = desk.write(lambda session: _fill(session, desk))
    desk.finding.catch_up()
    return numbers


def _fill(session: Session, desk: Desk) -> dict[str, int]:
    branch = categories.Branch(slug="birds", name="养鸟")
    category = categories.put(session, branch, now=desk.clock()).id
    numbers = {"public": _public(session, desk, category)}
    for number, kind in enumerate(KINDS):
        colour = (number + 1, 10, 10)
        name = attachments.add_picture(session, picture(colour=colour), now=desk.clock()).name
        numbers[kind] = _hidden(session, desk, kind, name, category).id
        session.flush()
    return numbers


def _public(session: Session, desk: Desk, category: int) -> int:
    name = attachments.add_picture(session, picture(), now=desk.clock()).name
    content = articles.Content("鹦鹉怎么洗澡？", f"放一盆水。\n\n![](/media/{name})", (), category)
    article: Article = publishing.save_and_publish(
        session, None, content, base=articles.Version(0), actor=SYSTEM, now=desk.clock()
    )
    return article.id


def _hidden(session: Session, desk: Desk, kind: str, name: str, category: int) -> Article:
    now = desk.clock()
    audience = {"internal": "internal", "segment": "segment:vip"}.get(kind, "public")
    body = f"{SECRET}{kind}：慢慢教。\n\n![](/media/{name})"
    secret = articles.Content(
        f"{QUESTION}{kind}", body, (f"{SECRET}{kind}",), category, audience=audience
    )
    if kind == "draft":
        return articles.create(session, secret, author_id=None, now=now)
    base, number = articles.Version(0), None
    if kind == "edited":
        plain = articles.Content("鹦鹉吃什么？", "吃谷子。", (), category)
        number = publishing.save_and_publish(
            session, None, plain, base=base, actor=SYSTEM, now=now
        ).id
        publishing.save_draft(
            session, number, secret, base=articles.Version(1), actor=SYSTEM, now=now
        )
        return articles.get(session, number)
    row: Article = publishing.save_and_publish(
        session, number, secret, base=base, actor=SYSTEM, now=now
    )
    if kind == "scheduled":
        row.publish_at = now + timedelta(days=1)
    elif kind == "expired":
        row.expire_at = now - timedelta(seconds=1)
    elif kind == "archived":
        articles.withdraw(session, row, now=now)
    return row

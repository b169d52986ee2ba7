"""Rows for tests: each function takes only what the test is about."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from itertools import count

from PIL import Image
from sqlalchemy.orm import Session

from kb import articles, categories, contacts, people, tickets
from kb.access import Actor
from kb.articles import Content, Version
from kb.categories import Branch
from kb.models.knowledge import ARCHIVED, PUBLISHED, Article, Category
from kb.models.people import ADMIN, AGENT, EDITOR, Contact, User
from kb.models.service import AGENT as BY_AGENT
from kb.models.service import CUSTOMER, RESOLVED, Ticket
from kb.tickets import Opening, Saying

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "correct-horse-battery"

AN_AGENT = Actor("许知微", user_id=None, role=AGENT)
AN_EDITOR = Actor("陆衡", user_id=None, role=EDITOR)
AN_ADMIN = Actor("程述", user_id=None, role=ADMIN)

_NUMBERS = count(1)


def make_user(
    session: Session, name: str = "", *, role: str = AGENT, now: datetime = MOMENT
) -> User:
    """Add somebody to the desk; the password is `PASSWORD`."""
    name = name or f"user{next(_NUMBERS)}"
    return people.add_user(
        session, name, display_name=name.title(), role=role, password=PASSWORD, now=now
    )


def make_actor(session: Session, *, role: str = AGENT) -> Actor:
    """Add a user and return who they are."""
    return people.actor(make_user(session, role=role))


def make_category(session: Session, slug: str = "", *, parent: Category | None = None) -> Category:
    """Add a category named after its slug."""
    slug = slug or f"c{next(_NUMBERS)}"
    branch = Branch(slug=slug, name=f"分类{slug}", parent_id=parent.id if parent else None)
    return categories.put(session, branch, now=MOMENT)


def content(
    question: str = "忘带钥匙怎么开门？", body: str = "用指纹就能开。", **more: object
) -> Content:
    """Return what an article says."""
    return Content(question=question, body_md=body, **more)  # type: ignore[arg-type]


def make_article(
    session: Session,
    *,
    question: str = "忘带钥匙怎么开门？",
    body: str = "用指纹就能开。",
    state: str = PUBLISHED,
    key: str | None = None,
    now: datetime = MOMENT,
    **more: object,
) -> Article:
    """Add an article in a state; `more` are fields of its content."""
    article = articles.create(
        session, content(question, body, **more), author_id=None, now=now, key=key
    )
    if state in (PUBLISHED, ARCHIVED):
        articles.go_live(session, article, now=now)
    if state == ARCHIVED:
        articles.withdraw(session, article, now=now)
    article.state = state
    session.flush()
    return article


def edit_article(
    session: Session, article: Article, body: str, *, now: datetime = MOMENT
) -> Article:
    """Save another version, which stays a draft."""
    wanted = content(article.question, body)
    base = Version(article.version)
    articles.save(session, article.id, wanted, base=base, author_id=None, now=now)
    return article


def make_contact(
    session: Session, address: str = "", *, name: str = "", now: datetime = MOMENT
) -> Contact:
    """Add a customer with a mail address."""
    address = address or f"kehu{next(_NUMBERS)}@customer.example"
    return contacts.find_or_create(session, contacts.MAIL, address, name=name, now=now)


def make_ticket(
    session: Session,
    *,
    subject: str = "能接米家吗",
    text: str = "您好，L5能不能加到米家里一起控制？",
    answer: str | None = None,
    state: str | None = None,
    channel: str = "mail",
    contact: Contact | None = None,
    now: datetime = MOMENT,
) -> Ticket:
    """Add a ticket with the customer's message, perhaps answered and resolved."""
    contact = contact or make_contact(session, now=now)
    opening = Opening(subject=subject, text=text, channel=channel, contact_id=contact.id)
    ticket = tickets.open_ticket(session, opening, now=now)
    tickets.say(session, ticket, Saying(CUSTOMER, text, channel), now=now)
    if answer is not None:
        tickets.say(session, ticket, Saying(BY_AGENT, answer, channel), now=now)
    if state == RESOLVED:
        tickets.move(session, ticket, "resolved", now=now)
    elif state is not None:
        ticket.state = state
    session.flush()
    session.expire(ticket, ["messages"])
    return ticket


def picture(width: int = 8, height: int = 6, colour: tuple[int, int, int] = (9, 99, 199)) -> bytes:
    """Return a PNG file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()

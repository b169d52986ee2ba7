"""One real application over a SQLite file, with people of every role and a clock of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import autoreply.tables
import autoreply.wording_tables  # noqa: F401 - likewise
from authoring import publishing
from kb import articles, passwords, people, settings
from kb.access import SYSTEM
from kb.db import Database
from kb.models.knowledge import Article
from kb.models.people import User
from search.finding import Finding
from tests import databases
from tests.web import steered
from web import sessions
from web.app import create_app
from web.parts import Parts

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PASSWORD = "correct-horse-battery"
ROLES = ("nobody", "agent", "editor", "admin")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Clock:
    """A clock that a test moves."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **length: float) -> None:
        self.moment += timedelta(**length)


class Compiled(BytecodeCache):
    """Keeps compiled templates, which every application of a test would compile anew."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (kept := self._kept.get((bucket.key, bucket.checksum))) is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Compiled()


@dataclass
class Desk:
    """The application and everything that a test needs to look behind it."""

    app: Flask
    db: Database
    finding: Finding
    clock: Clock
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, role: str) -> FlaskClient:
        """Return the browser of somebody of a role, signed in."""
        if role not in self.clients:
            self.clients[role] = self.app.test_client()
            if role != "nobody":
                self.clients[role].set_cookie(sessions.SESSION, self._session_of(role))
        return self.clients[role]

    def _session_of(self, role: str) -> str:
        """Return a session as signing in makes it, without the time that a password takes."""

        def begin(session: Session) -> str:
            user = session.scalars(select(User).where(User.name == role)).one()
            return people.open_session(session, user, now=self.clock())

        token: str = self.write(begin)
        return token

    def csrf(self, role: str) -> str:
        """Return the token that this browser's forms carry."""
        where = "/ask" if role == "nobody" else "/desk/notices"
        page = self.client(role).get(where)
        return token_in(page)

    def get(self, role: str, path: str, **more: Any) -> TestResponse:
        return self.client(role).get(path, **more)

    def post(self, role: str, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Post a form as our own pages do."""
        values = {"csrf_token": self.csrf(role), **(data or {})}
        kind = "multipart/form-data" if _has_file(values) else None
        return self.client(role).post(path, data=values, content_type=kind)

    def read(self, look: Callable[[Session], Any]) -> Any:
        """Return what a function sees in the database."""
        with self.db.reading() as session:
            return look(session)

    def write(self, change: Callable[[Session], Any]) -> Any:
        with self.db.transaction() as session:
            return change(session)

    def publish(self, question: str, body: str = "先看答案。", **more: Any) -> int:
        """Publish an article and let the index see it."""
        return publish(self, question, body, **more)


def _has_file(values: dict[str, Any]) -> bool:
    items = (
        v for value in values.values() for v in (value if isinstance(value, list) else [value])
    )
    return any(isinstance(item, tuple) for item in items)


def token_in(page: TestResponse) -> str:
    """Return the CSRF token of a page's first form."""
    found = _TOKEN.search(page.text)
    assert found, page.text[:2000]
    return found[1]


def publish(desk: Desk, question: str, body: str, **more: Any) -> int:
    def change(session: Session) -> int:
        content = articles.Content(question, body, **more)
        article: Article = publishing.save_and_publish(
            session, None, content, base=articles.Version(0), actor=SYSTEM, now=desk.clock()
        )
        return article.id

    number: int = desk.write(change)
    desk.finding.catch_up()
    return number


@pytest.fixture(scope="session")
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


def add_people(session: Session, password_hash: str) -> None:
    for role in ROLES[1:]:
        user = User(name=role, display_name=f"{role}甲", role=role, password_hash=password_hash)
        user.created_at = START
        session.add(user)


@pytest.fixture
def desk(tmp_path: Path, password_hash: str) -> Iterator[Desk]:
    with open_desk(tmp_path, password_hash) as opened:
        yield opened


@contextmanager
def open_desk(
    folder: Path, password_hash: str, engine: str = "memory", db: Database | None = None
) -> Iterator[Desk]:
    """Open an application with its database and index in a folder."""
    clock = Clock()
    db = db or databases.in_file(folder / "wenqu.db")
    with db.transaction() as session:
        settings.write(
            session,
            settings.Company(name="安庐", mailbox="help@anlu.example", ticket_prefix="AL"),
        )
        add_people(session, password_hash)
    finding = Finding(db, folder / "index", engine=engine, encoder="none", clock=clock)
    finding.catch_up()
    parts = Parts(
        db=db,
        finding=finding,
        secret=b"s" * 32,
        clock=clock,
        timezone=ZoneInfo("Asia/Shanghai"),
        cookie_secure=False,
        outbox_dir=str(folder / "outbox"),
    )
    app = create_app(parts)
    app.jinja_env.bytecode_cache = COMPILED
    yield Desk(app, db, finding, clock)
    finding.stop()
    db.close()


@pytest.fixture
def numbers(desk: Desk) -> tuple[int, int]:
    """Publish two articles; people opened the first one for two questions."""
    battery = desk.publish("门锁电池怎么换？", "拧开后盖，换四节电池。")
    key = desk.publish("忘带钥匙怎么开门？", "用指纹。")
    for text in ("门锁的电池怎么换", "电池怎么换啊"):
        desk.write(lambda s, t=text: steered.opened(s, t, battery, now=desk.clock()))
    return battery, key


@pytest.fixture
def app(desk: Desk) -> Flask:
    return desk.app


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return desk.client("nobody")

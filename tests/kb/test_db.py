"""Units of work: all or nothing, on both databases, and a clear word when the database is busy."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from kb import settings
from kb.db import Database
from kb.errors import Unavailable
from kb.models.base import UtcDateTime
from kb.models.knowledge import Category, Notice
from kb.models.people import Contact, Identity
from tests.factories import MOMENT, make_category


def test_an_error_undoes_everything(db: Database) -> None:
    def write() -> None:
        with db.transaction() as session:
            make_category(session, "lock")
            raise LookupError

    with pytest.raises(LookupError):
        write()
    with db.reading() as session:
        assert session.scalars(select(Category)).all() == []


def test_reading_never_writes(db: Database) -> None:
    with db.reading() as session:
        make_category(session, "lock")
    with db.reading() as session:
        assert session.scalars(select(Category)).all() == []


def test_a_locked_database_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/base.db")
    database.create_all()
    other = sqlite3.connect(tmp_path / "base.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def write() -> None:
        with database.transaction(wait_ms=50) as session:
            make_category(session, "lock")

    with pytest.raises(Unavailable) as caught:
        write()
    assert caught.value.params["reason"] == "locked"
    # Reading goes on while somebody writes.
    with database.reading() as session:
        assert session.scalars(select(Category)).all() == []
    other.execute("ROLLBACK")
    other.close()
    write()
    database.close()


def test_a_full_disk_is_unavailable_and_loses_nothing(db: Database) -> None:
    with db.transaction() as session:
        make_category(session, "before")
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def write() -> None:
        with db.transaction() as session:
            session.add(Notice(
                title="x", body_md="x" * 200_000, keywords=[], starts_at=MOMENT,
                ends_at=MOMENT, updated_at=MOMENT,
            ))  # fmt: skip

    with pytest.raises(Unavailable) as caught:
        write()
    assert caught.value.params["reason"] == "full"
    with db.reading() as session:
        assert [row.slug for row in session.scalars(select(Category))] == ["before"]


def test_a_database_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nowhere/base.db")

    def read() -> None:
        with database.reading() as session:
            session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        read()


def test_foreign_keys_are_kept(db: Database) -> None:
    def write() -> None:
        with db.transaction() as session:
            session.add(Identity(contact_id=99, kind="mail", value="x"))
            session.flush()

    with pytest.raises(IntegrityError):
        write()


def test_moments_come_back_in_utc(db: Database) -> None:
    shanghai = datetime(2026, 11, 24, 17, 0, tzinfo=timezone(timedelta(hours=8)))
    with db.transaction() as session:
        session.add(Contact(name="x", segments=[], created_at=shanghai))
    with db.reading() as session:
        kept = session.scalars(select(Contact)).one().created_at
    assert (kept, kept.tzinfo) == (shanghai, UTC)


def test_a_moment_without_an_offset_is_refused(db: Database) -> None:
    def write() -> None:
        with db.transaction() as session:
            session.add(Contact(name="x", segments=[], created_at=datetime(2026, 1, 1)))
            session.flush()

    with pytest.raises(StatementError):
        write()
    assert UtcDateTime().process_bind_param(None, None) is None  # type: ignore[arg-type]


def test_settings_come_back_as_they_were(db: Database) -> None:
    company = settings.Company(name="安庐", weekdays=(0, 6), languages=("zh",))
    with db.transaction() as session:
        assert settings.read(session, settings.Company) == settings.Company()
        settings.write(session, company)
        settings.raise_flag(session, "demo")
    with db.transaction() as session:
        assert settings.read(session, settings.Company) == company
        assert settings.flag(session, "demo")
        settings.lower_flag(session, "demo")
        assert not settings.flag(session, "demo")


@pytest.mark.postgres
def test_postgres_keeps_moments_and_json(postgres: Database) -> None:
    company = settings.Company(name="安庐")
    with postgres.transaction() as session:
        session.add(Contact(name="x", segments=["vip"], created_at=MOMENT))
        settings.write(session, company)
    with postgres.reading() as session:
        row = session.scalars(select(Contact)).one()
        assert (row.created_at, row.segments) == (MOMENT, ["vip"])
        assert settings.read(session, settings.Company) == company

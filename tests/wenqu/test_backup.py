"""A backup restores equal row by row, into either database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from autoreply import accounts, spool
from autoreply.accounts import Draft
from autoreply.signing import make_key
from kb import attachments, categories, changes, contacts
from kb.db import Database
from kb.errors import Conflict, Invalid
from kb.models.knowledge import Category
from kb.models.system import Change
from search import vectors
from tests.factories import (
    MOMENT,
    edit_article,
    make_article,
    make_category,
    make_ticket,
    make_user,
    picture,
)
from wenqu import backup, migrate
from wenqu.config import Config
from wenqu.wiring import clock, open_database, secret_key

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path / "here")


@pytest.fixture
def filled(config: Config) -> Database:
    """A migrated database with something in most tables."""
    database = open_database(config)
    migrate.upgrade(database)
    secret_key(config)
    with database.transaction() as session:
        first = make_category(session, "first")
        second = make_category(session, "second")
        # A parent that comes later in the file.
        moved = categories.Branch(slug="first", name="一", parent_id=second.id)
        categories.put(session, moved, category_id=first.id, now=MOMENT)
        article = make_article(session, phrasings=("一",), category_id=first.id)
        edit_article(session, article, "新的。")
        attachments.add_picture(session, picture(), article_id=article.id, now=MOMENT)
        make_user(session, "boss")
        ticket = make_ticket(session, answer="好的。", state="resolved")
        ticket.context = {"b64": "bm8="}
        attachments.add_file(
            session,
            bytes(range(256)),
            filename="a.bin",
            message_id=ticket.messages[0].id,
            now=MOMENT,
        )
        arrival = spool.Arrival(b"From: a@b.cn\r\n\r\n\xff\x00", "us@x.cn", "smtp", MOMENT)
        spool.store(session, arrival, now=MOMENT)
        changes.database_id(session)
        vectors.store(session, "v1", {})
    return database


def contents(database: Database) -> Tables:
    with database.engine.connect() as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(
                    select(table).order_by(*table.primary_key.columns)
                ).mappings()
            ]
            for table in migrate.metadata().sorted_tables
        }


def same(left: Tables, right: Tables) -> None:
    """Compare everything but what names a database itself (its id, transaction numbers)."""
    for tables in (left, right):
        tables["setting"] = [r for r in tables["setting"] if r["name"] != changes.DATABASE_SETTING]
        tables["change"] = [{**row, "xid": 0} for row in tables["change"]]
    assert left == right


def test_the_round_trip_is_equal(config: Config, filled: Database, tmp_path: Path) -> None:
    counts = backup.write(config, filled, tmp_path / "saved")
    assert sum(counts.values()) > 20
    there = replace(config, data_dir=tmp_path / "there")
    database = open_database(there)
    assert backup.read(there, database, tmp_path / "saved") == counts
    same(contents(filled), contents(database))
    assert there.key_path.read_bytes() == config.key_path.read_bytes()
    assert there.key_path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "saved").stat().st_mode & 0o077 == 0
    with database.reading() as session:
        assert (
            session.scalars(select(Category.slug).where(Category.parent_id.is_not(None))).one()
            == "first"
        )
    with database.transaction() as session:
        # The pool's connections watch foreign keys again after migrating.
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert changes.database_id(session)


@pytest.mark.postgres
def test_sqlite_goes_to_postgresql_and_back(
    config: Config, filled: Database, tmp_path: Path, empty_postgres: str
) -> None:
    backup.write(config, filled, tmp_path / "one")
    there = replace(config, data_dir=tmp_path / "there", database_url=empty_postgres)
    database = open_database(there)
    backup.read(there, database, tmp_path / "one")
    same(contents(filled), contents(database))
    with database.transaction() as session:
        number = make_article(session, question="恢复以后新写的？").id
        contacts.find_or_create(session, "mail", "new@x.cn", now=MOMENT)
    assert number == 2
    backup.write(there, database, tmp_path / "two")
    back = replace(config, data_dir=tmp_path / "back")
    again = open_database(back)
    backup.read(back, again, tmp_path / "two")
    same(contents(database), contents(again))
    with again.transaction() as session:
        before = changes.latest(session)
        make_article(session, question="又写了一条？")
    with again.reading() as session:
        assert session.scalars(select(Change.xid).distinct()).all() == [0]
        assert len(changes.after(session, before)) == 1
    database.close()


def test_an_existing_folder_is_not_overwritten(
    config: Config, filled: Database, tmp_path: Path
) -> None:
    (tmp_path / "saved").mkdir()
    with pytest.raises(Conflict) as caught:
        backup.write(config, filled, tmp_path / "saved")
    assert caught.value.code == "backup_exists"


def test_a_database_with_content_is_not_overwritten(
    config: Config, filled: Database, tmp_path: Path
) -> None:
    backup.write(config, filled, tmp_path / "saved")
    with pytest.raises(Conflict) as caught:
        backup.read(config, filled, tmp_path / "saved")
    assert caught.value.code == "database_not_empty"


def _edit(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return apply


def _manifest(**values: Any) -> Callable[[Path], None]:
    return _edit("manifest.json", lambda text: json.dumps({**json.loads(text), **values}))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_edit("article.jsonl", lambda text: text[:-40]), "backup_broken"),
        (_edit("manifest.json", lambda text: text[:-9]), "backup_broken"),
        (_edit("manifest.json", lambda text: "[]"), "backup_broken"),
        (lambda folder: (folder / "blob.jsonl").unlink(), "backup_broken"),
        (lambda folder: (folder / "manifest.json").unlink(), "backup_broken"),
        (_manifest(format=2), "backup_other_version"),
        (_manifest(migration="0000"), "backup_other_version"),
        (_manifest(sha256={}), "backup_broken"),
        (_manifest(rows={}), "backup_broken"),
    ],
)
def test_a_broken_backup_restores_nothing(
    config: Config, filled: Database, tmp_path: Path, damage: Callable[[Path], None], code: str
) -> None:
    folder = tmp_path / "saved"
    backup.write(config, filled, folder)
    damage(folder)
    there = replace(config, data_dir=tmp_path / "there")
    database = open_database(there)
    with pytest.raises(Invalid) as caught:
        backup.read(there, database, folder)
    assert caught.value.code == code
    assert not there.key_path.exists()
    migrate.upgrade(database)
    assert not any(contents(database).values())


def test_mailboxes_come_back_off_and_their_keys_with_them(
    config: Config, filled: Database, tmp_path: Path
) -> None:
    with filled.transaction() as session:
        draft = Draft("help@anlu.example", "own", "imap.example", 993, "tls", "", 465, "tls",
                      password="ABCDEFGH")  # fmt: skip
        row = accounts.save(session, draft, secret=secret_key(config), now=clock())
        accounts.switch(session, row.id, accounts.ON)
    make_key(config.own_dkim_key)
    backup.write(config, filled, tmp_path / "saved")
    other = Config(data_dir=tmp_path / "other")
    database = open_database(other)
    backup.read(other, database, tmp_path / "saved")
    with database.reading() as session:
        [row] = accounts.every(session)
        assert row.mode == accounts.OFF
        assert accounts.secrets_of(row, secret_key(other)) == {"password": "ABCDEFGH"}
    assert other.own_dkim_key.read_bytes() == config.own_dkim_key.read_bytes()
    database.close()

"""Migrations: an empty database becomes exactly what the models say, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from kb.db import Database
from wenqu import migrate


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def check(database: Database) -> None:
    migrate.upgrade(database)
    names = tables(database)
    assert names >= set(migrate.metadata().tables)
    assert migrate.differences(database) == []
    assert migrate.is_current(database)
    migrate.downgrade(database, "base")
    assert not tables(database) & set(migrate.metadata().tables)
    migrate.upgrade(database)
    assert tables(database) == names


def test_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/base.db")
    check(database)
    database.close()


@pytest.mark.postgres
def test_postgres(empty_postgres: str) -> None:
    database = Database(empty_postgres)
    check(database)
    database.close()


def test_the_newest_migration_is_the_one_that_alembic_names() -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    assert migrate.head() == ScriptDirectory(str(folder)).get_current_head()


def test_a_database_without_migrations_is_not_current(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/base.db")
    assert not migrate.is_current(database)
    database.close()


def test_pages_do_without_what_only_mail_and_migrations_need() -> None:
    heavy = ("alembic", "lxml", "sklearn", "scipy", "wenqu.mailing")
    code = f"import sys, wenqu.wsgi; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

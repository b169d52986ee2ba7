"""Migrations: an empty database becomes exactly what the models say, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
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

"""Empty SQLite databases: the tables are made once and copied."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from kb.db import Database
from kb.models.base import Base


def in_file(path: Path) -> Database:
    """Return a database with all tables in a new file."""
    path.write_bytes(_image(frozenset(Base.metadata.tables)))
    return Database(f"sqlite:///{path}")


def in_memory() -> Database:
    """Return a database with all tables that is gone when it is closed."""
    database = Database("sqlite://")
    with database.engine.connect() as connection:
        _driver(connection.connection.driver_connection).deserialize(
            _image(frozenset(Base.metadata.tables))
        )
    return database


@cache
def _image(_tables: frozenset[str]) -> bytes:
    """Return the bytes of an empty database; tables come with the modules that define them."""
    database = Database("sqlite://")
    database.create_all()
    with database.engine.connect() as connection:
        image = _driver(connection.connection.driver_connection).serialize()
    database.close()
    return image


def _driver(connection: object) -> sqlite3.Connection:
    assert isinstance(connection, sqlite3.Connection)
    return connection

"""Migrations: bring a database to the shape of this release, or say that it is not."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

import kb.models
from kb.db import Database
from kb.models.base import Base
from wenqu.schema import head as head
from wenqu.schema import is_current as is_current

HERE = Path(__file__).parent / "migrations"
# Modules of other packages that declare tables on kb's metadata.
TABLES = (
    "autoreply.tables",
    "autoreply.policy_tables",
    "autoreply.wording_tables",
    "search.model_history",
    "search.vectors",
)


def metadata() -> MetaData:
    """Return the metadata with every package's tables on it."""
    for module in pkgutil.iter_modules(kb.models.__path__):
        importlib.import_module(f"kb.models.{module.name}")
    for name in TABLES:
        importlib.import_module(name)
    return Base.metadata


def upgrade(database: Database, target: str = "head") -> None:
    """Run all migrations up to `target`."""
    with _unwatched(database) as connection:
        command.upgrade(alembic_config(connection), target)
        connection.commit()


def downgrade(database: Database, target: str) -> None:
    """Run migrations back to `target`."""
    with _unwatched(database) as connection:
        command.downgrade(alembic_config(connection), target)
        connection.commit()


def differences(database: Database) -> list[str]:
    """Return how the tables differ from the models; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [repr(difference) for difference in compare_metadata(context, metadata())]


def alembic_config(connection: Connection) -> AlembicConfig:
    """Return the configuration for alembic's commands on one connection."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _unwatched(database: Database) -> Iterator[Connection]:
    """Open a connection for migrations; on SQLite they are all done or none is.

    Batch migrations copy tables, so foreign keys are off meanwhile.
    """
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            yield connection
            return
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        finally:
            # The connection goes back to the pool, and others write with it.
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")

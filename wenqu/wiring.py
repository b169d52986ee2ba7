"""Wiring: from the configuration to the parts that pages, mail and the worker need."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from kb import settings
from kb.db import Database
from kb.errors import Conflict, Invalid
from search.encoder import HttpSettings
from search.finding import Finding
from search.tutor import Teacher
from wenqu import schema
from wenqu.config import Config

KEY_BYTES = 32


def clock() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def open_database(config: Config) -> Database:
    """Open the configured database, whatever shape it is in."""
    if not config.database_url:
        config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Database(config.url)


def open_ready_database(config: Config) -> Database:
    """Open the database for work.

    Raises:
        Conflict: `not_initialised` or `needs_upgrade`.
    """
    database = open_database(config)
    missing = database.path is not None and not database.path.exists()
    if missing or not has_tables(database):
        raise Conflict("not_initialised", path=str(database.path or "PostgreSQL"))
    if not schema.is_current(database):
        raise Conflict("needs_upgrade")
    return database


def has_tables(database: Database) -> bool:
    """Say whether migrations ever ran here."""
    with database.engine.connect() as connection:
        return bool(database.engine.dialect.has_table(connection, "alembic_version"))


def refuse_demo(database: Database) -> None:
    """Refuse to serve customers from demo content. Raises Conflict."""
    with database.reading() as session:
        if settings.flag(session, "demo"):
            raise Conflict("demo_database", path=str(database.path or "PostgreSQL"))


def secret_key(config: Config) -> bytes:
    """Return the key for signed links, made on first use, readable by its owner only."""
    path = config.key_path
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link appears with all its bytes; when another process was faster, its key counts.
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise Invalid("key_broken", path=str(path))
    return key


def finding_of(
    config: Config,
    database: Database,
    *,
    engine: str | None = None,
    encoder: str | None = None,
    teacher: Teacher | None = None,
) -> Finding:
    """Make this process's finder; options of the command line win over the configuration.

    Args:
        config: of this process.
        database: the knowledge base.
        engine: as in `--engine`.
        encoder: as in `--encoder`.
        teacher: who studies the base; None where nothing answers people meanwhile.
    """
    return Finding(
        database,
        config.index_dir,
        engine=engine or config.engine,
        encoder=encoder or config.encoder,
        http=HttpSettings(config.encoder_url, config.encoder_model, config.encoder_key),
        clock=clock,
        teacher=teacher,
    )


def free_bytes(folder: Path) -> int:
    """Return how much room there is where a folder is, or will be made."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free

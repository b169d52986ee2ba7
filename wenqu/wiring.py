"""Wiring: from the configuration to the parts that pages, mail and the worker need."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kb import settings
from kb.db import Database
from kb.errors import Conflict, DomainError, Invalid, Unavailable
from search.encoder import HttpSettings
from search.finding import Finding
from web.parts import Parts, Probe
from wenqu import migrate
from wenqu.config import Config

KEY_BYTES = 32
LEAST_FREE_BYTES = 64 * 1024 * 1024
LAG_LIMIT = 5_000


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
    if not migrate.is_current(database):
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
) -> Finding:
    """Make this process's finder; options of the command line win over the configuration."""
    return Finding(
        database,
        config.index_dir,
        engine=engine or config.engine,
        encoder=encoder or config.encoder,
        http=HttpSettings(config.encoder_url, config.encoder_model, config.encoder_key),
        clock=clock,
    )


def parts_of(config: Config, database: Database, finding: Finding) -> Parts:
    """Wire what the pages need."""
    return Parts(
        db=database,
        finding=finding,
        secret=secret_key(config),
        clock=clock,
        timezone=ZoneInfo(config.timezone),
        base_url=config.base_url.rstrip("/"),
        cookie_secure=config.cookie_secure,
        trusted_proxies=config.trusted_proxies,
        trusted_hosts=config.trusted_hosts,
        metrics_token=config.metrics_token,
        outbox_dir=config.outbox_dir,
        probes=probes(config, database, finding),
    )


def probes(config: Config, database: Database, finding: Finding) -> Mapping[str, Probe]:
    """Return the checks behind /readyz."""
    return {
        "database": lambda: _database(database),
        "migrations": lambda: _migrations(database),
        "index": lambda: "behind" if finding.lag() > LAG_LIMIT else None,
        "disk": _disk(config.data_dir),
    }


def _database(database: Database) -> str | None:
    """Read and begin to write, so that a full or read-only disk is seen."""
    try:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
    except Unavailable as error:
        return str(error.params.get("reason", "down"))
    except DomainError:
        return "down"
    return None


def _migrations(database: Database) -> str | None:
    try:
        return None if migrate.is_current(database) else "behind"
    except SQLAlchemyError:
        return "down"


def _disk(folder: Path) -> Callable[[], str | None]:
    def check() -> str | None:
        return None if free_bytes(folder) >= LEAST_FREE_BYTES else "full"

    return check


def free_bytes(folder: Path) -> int:
    """Return how much room there is where a folder is, or will be made."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free

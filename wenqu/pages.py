"""Wire what the pages need; commands that show none have no use for this module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kb.db import Database
from kb.errors import DomainError, Unavailable
from search.finding import Finding
from web.parts import Parts, Probe
from wenqu import schema
from wenqu.config import Config
from wenqu.signers import signer_of
from wenqu.wiring import clock, free_bytes, secret_key

LEAST_FREE_BYTES = 64 * 1024 * 1024
LAG_LIMIT = 5_000


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
        signer=signer_of(config, database),
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
        return None if schema.is_current(database) else "behind"
    except SQLAlchemyError:
        return "down"


def _disk(folder: Path) -> Callable[[], str | None]:
    def check() -> str | None:
        return None if free_bytes(folder) >= LEAST_FREE_BYTES else "full"

    return check

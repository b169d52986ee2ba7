"""Backup and restore: all tables as JSON lines, the key, and a manifest with digests.

One format for both databases, so a backup of SQLite restores into PostgreSQL and the other way
round. The tables are read in one snapshot; the folder gets its name when it is complete.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlalchemy.types import Date, Integer, LargeBinary

from autoreply.accounts import OFF
from autoreply.tables import MailAccount
from kb.changes import DATABASE_SETTING
from kb.db import Database
from kb.errors import Conflict, Invalid
from kb.models.base import UtcDateTime
from kb.models.system import Change, Setting
from wenqu import migrate
from wenqu.config import Config
from wenqu.version import __version__

FORMAT = 1
BATCH = 500


def write(config: Config, database: Database, folder: Path) -> dict[str, int]:
    """Write a backup.

    Args:
        config: whose key is kept with it.
        database: what is saved.
        folder: must not exist yet.

    Returns:
        table -> number of rows.

    Raises:
        Conflict: `backup_exists`.
    """
    if folder.exists():
        raise Conflict("backup_exists", path=str(folder))
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    counts, digests = {}, {}
    with database.engine.connect() as connection:
        _snapshot(connection)
        for table in migrate.metadata().sorted_tables:
            path = part / f"{table.name}.jsonl"
            counts[table.name] = _dump(connection, table, path)
            digests[path.name] = _digest(path)
    for name, path in _keys(config).items():
        if path.exists():
            shutil.copyfile(path, part / name)
            os.chmod(part / name, 0o600)
            digests[name] = _digest(part / name)
    manifest = {
        "format": FORMAT,
        "wenqu": __version__,
        "migration": migrate.head(),
        "rows": counts,
        "sha256": digests,
    }
    _write_text(part / "manifest.json", json.dumps(manifest, indent=2))
    part.rename(folder)
    return counts


def read(config: Config, database: Database, folder: Path) -> dict[str, int]:
    """Restore a backup into an empty database.

    Args:
        config: where the key goes.
        database: must have no rows; its tables are made when they are missing.
        folder: what `write` made.

    Returns:
        table -> number of rows.

    Raises:
        Invalid: `backup_broken` or `backup_other_version`.
        Conflict: `database_not_empty`.
    """
    manifest = verify(folder)
    migrate.upgrade(database)
    tables = migrate.metadata().sorted_tables
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        if any(connection.execute(select(1).select_from(t).limit(1)).first() for t in tables):
            raise Conflict("database_not_empty")
        counts = {table.name: _load(connection, table, folder) for table in tables}
        if counts != {name: manifest["rows"].get(name) for name in counts}:
            raise Invalid("backup_broken", path=str(folder))
        _make_another(connection)
    for name, path in (("secret.key", config.key_path), ("dkim.pem", config.own_dkim_key)):
        if (folder / name).exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, path)
            os.chmod(path, 0o600)
    return counts


def _keys(config: Config) -> dict[str, Path]:
    """Return name in a backup -> file: the key of links and secrets, and the one of DKIM."""
    signing = Path(config.dkim_key) if config.dkim_key else config.own_dkim_key
    return {"secret.key": config.key_path, "dkim.pem": signing}


def verify(folder: Path) -> dict[str, Any]:  # Any: JSON
    """Check a backup's digests and return its manifest. Raises Invalid."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        broken = [
            name for name, value in manifest["sha256"].items() if _digest(folder / name) != value
        ]
        missing = set(manifest["rows"]) - {Path(name).stem for name in manifest["sha256"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("backup_broken", path=str(folder)) from error
    if missing:
        raise Invalid("backup_broken", path=str(folder))
    if broken:
        raise Invalid("backup_broken", path=str(folder / broken[0]))
    if manifest.get("format") != FORMAT or manifest.get("migration") != migrate.head():
        raise Invalid("backup_other_version", version=manifest.get("wenqu", "?"))
    return dict(manifest)


def _snapshot(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def _dump(connection: Connection, table: Table, path: Path) -> int:
    order = list(table.primary_key.columns)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        rows = connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*order))
        for row in rows.mappings():
            line = {name: _plain(value) for name, value in row.items()}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


# Values of columns in, JSON out.
def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _load(connection: Connection, table: Table, folder: Path) -> int:
    count = 0
    path = folder / f"{table.name}.jsonl"
    # A category may name a parent that comes later in the file: parents are set at the end.
    inward = {c.name for c in table.c if any(key.column.table is table for key in c.foreign_keys)}
    for rows in _batches(table, path):
        connection.execute(insert(table), [{**row, **dict.fromkeys(inward)} for row in rows])
        count += len(rows)
    if inward:
        _point_inward(connection, table, path, inward)
    if count and connection.dialect.name == "postgresql":
        _move_sequence(connection, table)
    return count


def _point_inward(connection: Connection, table: Table, path: Path, names: set[str]) -> None:
    """Set the columns that name rows of the same table."""
    for rows in _batches(table, path):
        for row in rows:
            values = {name: row[name] for name in names if row[name] is not None}
            if values:
                this = [column == row[column.name] for column in table.primary_key.columns]
                connection.execute(update(table).where(*this).values(values))


def _make_another(connection: Connection) -> None:
    """Make what was restored a database of its own.

    An index knows its database by an id and a place in the change log; transaction numbers of
    another server would hide later changes from it.
    """
    connection.execute(delete(Setting).where(Setting.name == DATABASE_SETTING))
    connection.execute(update(Change).where(Change.xid != 0).values(xid=0))
    # The installation that it is a copy of may still read its mailboxes, and would answer too.
    connection.execute(update(MailAccount).values(mode=OFF))


def _batches(table: Table, path: Path) -> Iterator[list[dict[str, Any]]]:  # Any: column values
    if not path.exists():
        return
    batch: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            batch.append({name: _typed(table, name, value) for name, value in row.items()})
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _typed(table: Table, name: str, value: Any) -> Any:  # JSON in, a column's value out
    kind = table.c[name].type
    if isinstance(kind, LargeBinary) and isinstance(value, dict):
        return base64.b64decode(value["b64"])
    if isinstance(value, str):
        if isinstance(kind, UtcDateTime):
            return datetime.fromisoformat(value)
        if isinstance(kind, Date):
            return date.fromisoformat(value)
    return value


def _move_sequence(connection: Connection, table: Table) -> None:
    """Let new rows get numbers behind the restored ones."""
    keys = list(table.primary_key.columns)
    if len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    preparer = connection.dialect.identifier_preparer
    name, column = preparer.format_table(table), preparer.format_column(keys[0])
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{name}', '{keys[0].name}'), "  # noqa: S608 - names of our own tables
            f"(SELECT max({column}) FROM {name}))"
        )
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_text(path: Path, content: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())

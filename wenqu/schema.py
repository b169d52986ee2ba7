"""Where a database stands among the migrations, without alembic, which pages need for nothing else.

It takes 11 MB of every process that has it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from kb.db import Database

VERSIONS = Path(__file__).parent / "migrations" / "versions"
_REVISION = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"([^"]+)"', re.MULTILINE)


@cache
def head() -> str | None:
    """Return the newest migration of this release: the one that none follows."""
    files = (path.read_text(encoding="utf-8") for path in VERSIONS.glob("*.py"))
    told = [found for file in files for found in _REVISION.findall(file)]
    before = {number for name, number in told if name == "down_revision"}
    newest = [number for name, number in told if name == "revision" and number not in before]
    return newest[0] if len(newest) == 1 else None


def is_current(database: Database) -> bool:
    """Say whether the database stands at this release's newest migration."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        stands = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    return list(stands) == [head()]

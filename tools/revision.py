"""Write a migration from the difference between the models and an empty, upgraded database."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from alembic import command

from kb.db import Database
from wenqu import migrate


def write(message: str) -> None:
    """Write `YYYYMMDD_HHMM_slug.py`."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        migrate.upgrade(database)
        with database.engine.connect() as connection:
            config = migrate.alembic_config(connection)
            slug = "_".join("".join(c if c.isalnum() else " " for c in message.lower()).split())
            stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M")
            config.set_main_option("file_template", f"{stamp}_{slug}")
            command.revision(config, message=message, autogenerate=True, rev_id=stamp)
    versions = Path(migrate.__file__).parent / "migrations" / "versions"
    subprocess.run(["ruff", "check", "--fix", "-q", str(versions)], check=False)
    subprocess.run(["ruff", "format", "-q", str(versions)], check=True)


if __name__ == "__main__":
    write(" ".join(sys.argv[1:]) or "change")

"""mail that came before its files were kept once is shortened in the background."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "20261129_1610"
down_revision = "20261129_1605"
branch_labels = None
depends_on = None

KIND = "mail_files"

_JOB = sa.table(
    "job",
    sa.column("kind", sa.String),
    sa.column("payload", sa.JSON),
    sa.column("dedupe", sa.String),
    sa.column("state", sa.String),
    sa.column("run_at", sa.DateTime(timezone=True)),
    sa.column("owner", sa.String),
    sa.column("attempts", sa.Integer),
    sa.column("error", sa.Text),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Leave a job where there is mail; the worker goes through it in steps."""
    connection = op.get_bind()
    mail = sa.table("mail_spool", sa.column("message_id"))
    known = sa.select(mail.c.message_id).where(mail.c.message_id.is_not(None)).limit(1)
    if connection.scalar(known) is None:
        return
    now = datetime.now(UTC)
    moment = now.replace(tzinfo=None) if connection.dialect.name == "sqlite" else now
    row: dict[str, object] = {
        "kind": KIND,
        "payload": {"after": 0},
        "dedupe": KIND,
        "state": "ready",
        "run_at": moment,
        "owner": "",
        "attempts": 0,
        "error": "",
        "created_at": moment,
    }
    connection.execute(sa.insert(_JOB).values(row))


def downgrade() -> None:
    """Take the job back; the migration before this one puts the files back."""
    op.get_bind().execute(sa.delete(_JOB).where(_JOB.c.kind == KIND))

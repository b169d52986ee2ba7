"""files of a mail are kept once: the raw mail says what was cut out of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_1605"
down_revision = "20261129_1600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; mail that is there already stays as it is."""
    with op.batch_alter_table("mail_spool", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cuts", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Put the files back, and go back."""
    _put_back(op.get_bind())
    with op.batch_alter_table("mail_spool", schema=None) as batch_op:
        batch_op.drop_column("cuts")


def _put_back(connection: sa.Connection) -> None:
    from autoreply import stored_once

    spool = sa.table(
        "mail_spool", sa.column("id"), sa.column("raw", sa.LargeBinary), sa.column("cuts", sa.JSON)
    )
    blob = sa.table("blob", sa.column("digest"), sa.column("data", sa.LargeBinary))

    def file(digest: str) -> bytes | None:
        found: bytes | None = connection.scalar(
            sa.select(blob.c.data).where(blob.c.digest == digest)
        )
        return found

    for number in connection.scalars(sa.select(spool.c.id).where(spool.c.raw.is_not(None))).all():
        row = connection.execute(sa.select(spool).where(spool.c.id == number)).one()
        if row.cuts:
            whole = stored_once.whole(row.raw, row.cuts, file)
            connection.execute(sa.update(spool).where(spool.c.id == number).values(raw=whole))

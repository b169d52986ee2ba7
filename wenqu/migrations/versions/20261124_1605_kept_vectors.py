"""kept vectors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_1605"
down_revision = "20261124_1542"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "text_vector",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("encoder", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_text_vector")),
    )
    with op.batch_alter_table("text_vector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_vector_encoder"), ["encoder"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("text_vector", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_text_vector_encoder"))

    op.drop_table("text_vector")

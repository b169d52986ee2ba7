"""models that a base taught, with their trials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_2060"
down_revision = "20261124_2030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "taught_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("taught", sa.Integer(), nullable=False),
        sa.Column("lexical", sa.JSON(), nullable=False),
        sa.Column("semantic", sa.JSON(), nullable=False),
        sa.Column("trial", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught_model")),
    )
    op.create_index(op.f("ix_taught_model_state"), "taught_model", ["state"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_taught_model_state"), table_name="taught_model")
    op.drop_table("taught_model")

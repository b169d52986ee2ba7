"""what a change does to people's questions, asked in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_1600"
down_revision = "20261124_2040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "impact_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_impact_run_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_run")),
    )
    op.create_index(op.f("ix_impact_run_user_id"), "impact_run", ["user_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_impact_run_user_id"), table_name="impact_run")
    op.drop_table("impact_run")

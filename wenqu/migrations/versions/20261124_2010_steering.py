"""pins, askings that may be suggested, words to an agent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_2010"
down_revision = "20261124_2020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "asking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name=op.f("fk_asking_decided_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asking")),
        sa.UniqueConstraint("key", name=op.f("uq_asking_key")),
    )
    op.create_index(op.f("ix_asking_state"), "asking", ["state"])
    op.create_table(
        "asking_source",
        sa.Column("asking_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asking_id"],
            ["asking.id"],
            name=op.f("fk_asking_source_asking_id_asking"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_asking_source_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("asking_id", "question_id", name=op.f("pk_asking_source")),
    )
    op.create_index(op.f("ix_asking_source_question_id"), "asking_source", ["question_id"])
    op.create_table(
        "heed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_heed_user_id_user")),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_heed_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heed")),
    )
    op.create_index(op.f("ix_heed_user_id"), "heed", ["user_id"])
    op.create_table(
        "pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_pin_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_pin_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
        sa.UniqueConstraint("key", name=op.f("uq_pin_key")),
    )
    op.create_index(op.f("ix_pin_article_id"), "pin", ["article_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("pin")
    op.drop_table("heed")
    op.drop_table("asking_source")
    op.drop_table("asking")

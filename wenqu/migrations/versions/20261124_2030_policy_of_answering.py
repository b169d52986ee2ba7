"""policy of answering: topics, pauses, what was said, corrections, back-tests."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "20261124_2030"
down_revision = "20261124_2010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _topics()
    _recall()
    _backtests()
    with op.batch_alter_table("mail_decision", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("held", sa.String(length=16), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("category_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_mail_decision_held"), ["held"], unique=False)
    with op.batch_alter_table("mail_outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correction_id", sa.Integer(), nullable=True))
    _remember_what_was_said()
    _remember_why_it_was_held()


def _topics() -> None:
    op.create_table(
        "mail_topic",
        sa.Column("category_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("precision", sa.Double(), nullable=True),
        sa.Column("margin", sa.Double(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=True),
        sa.Column("never", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.Double(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("category_id", name=op.f("pk_mail_topic")),
    )
    op.create_table(
        "mail_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=254), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_pause")),
    )
    with op.batch_alter_table("mail_pause", schema=None) as batch_op:
        batch_op.create_index("ix_mail_pause_key", ["kind", "key", "until"], unique=False)
        for name in ("began_at", "until"):
            batch_op.create_index(batch_op.f(f"ix_mail_pause_{name}"), [name], unique=False)


def _recall() -> None:
    op.create_table(
        "mail_said",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["mail_outgoing.id"],
            name=op.f("fk_mail_said_mail_id_mail_outgoing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_said")),
        sa.UniqueConstraint("mail_id", "article_id", name=op.f("uq_mail_said_mail_id_article_id")),
    )
    with op.batch_alter_table("mail_said", schema=None) as batch_op:
        for name in ("article_id", "mail_id"):
            batch_op.create_index(batch_op.f(f"ix_mail_said_{name}"), [name], unique=False)
    op.create_table(
        "mail_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_correction")),
    )
    with op.batch_alter_table("mail_correction", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mail_correction_article_id"), ["article_id"], unique=False
        )


def _backtests() -> None:
    op.create_table(
        "mail_backtest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.Column("upload", sa.LargeBinary(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_backtest")),
    )


def _remember_what_was_said() -> None:
    """Answers that left before know their articles already, in a list of their own."""
    mails = sa.table(
        "mail_outgoing",
        sa.column("id", sa.Integer),
        sa.column("kind", sa.String),
        sa.column("articles", sa.JSON),
    )
    said = sa.table(
        "mail_said",
        sa.column("mail_id", sa.Integer),
        sa.column("article_id", sa.Integer),
        sa.column("version", sa.Integer),
        sa.column("probability", sa.Float),
    )
    connection = op.get_bind()
    query = sa.select(mails.c.id, mails.c.articles).where(mails.c.kind.in_(("automatic", "told")))
    rows = []
    for number, articles in connection.execute(query):
        told = json.loads(articles) if isinstance(articles, str) else articles or []
        known = {int(item["id"]): item for item in told}
        rows += [
            {
                "mail_id": number,
                "article_id": article,
                "version": int(item.get("version") or 0),
                "probability": float(item.get("probability") or 0.0),
            }
            for article, item in known.items()
        ]
    if rows:
        connection.execute(sa.insert(said), rows)


def _remember_why_it_was_held() -> None:
    """In the modes that there were, the mode itself kept an answer back."""
    op.execute(
        "UPDATE mail_decision SET held = mode WHERE mode IN ('off', 'shadow') "
        "AND wanted IN ('answer', 'suggest', 'receipt')"
    )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("mail_outgoing", schema=None) as batch_op:
        batch_op.drop_column("correction_id")
    with op.batch_alter_table("mail_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_decision_held"))
        batch_op.drop_column("category_id")
        batch_op.drop_column("held")
    for name in ("mail_backtest", "mail_correction", "mail_said", "mail_pause", "mail_topic"):
        op.drop_table(name)

"""Run migrations on the connection that `wenqu.migrate` hands over."""

from __future__ import annotations

from alembic import context

from wenqu.migrate import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Run migrations on the connection that `wenqu.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from kb.models.base import UtcDateTime
from wenqu.migrate import metadata


# Any: alembic hands over whatever stands in a table.
def plain_types(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our own types as the plain ones they are stored as."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=plain_types,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()

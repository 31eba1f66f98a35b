"""How Alembic compares and changes the tables of a database: the common part of each history's `env.py`."""

from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from alembic import context

from sample_app.core.database import UtcDateTime

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def run_migrations(metadata: sa.MetaData) -> None:
    """Run what Alembic was asked for, on the connection that it was given.

    Args:
        metadata: the tables as the models say.
    """
    attributes = context.config.attributes
    context.configure(
        connection=attributes["connection"],
        target_metadata=metadata,
        version_table=attributes["version_table"],
        render_item=_render_item,
        render_as_batch=True,  # SQLite alters a table by copying it; on other databases this is a plain ALTER
        transactional_ddl=True,  # SQLite can, and the transaction is already open
    )
    with context.begin_transaction():
        context.run_migrations()


def _render_item(kind: str, item: Any, _context: "AutogenContext") -> str | Literal[False]:
    """Write the app's own column types as the plain ones below them: a migration must not change with the app."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False

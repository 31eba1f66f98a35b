"""What Alembic runs for each command: the tables as the models say, compared or changed on the connection given."""

import importlib
import importlib.util
import pkgutil
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from alembic import context

import sample_app
from sample_app.core.database import Base, UtcDateTime

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

# Every domain package that has tables brings them in, so none can be forgotten.
for package in pkgutil.iter_modules(sample_app.__path__, "sample_app."):
    if package.ispkg and importlib.util.find_spec(f"{package.name}.models"):
        importlib.import_module(f"{package.name}.models")


def render_item(kind: str, item: Any, _context: "AutogenContext") -> str | Literal[False]:
    """Write the app's own column types as the plain ones below them: a migration must not change with the app."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_item,
    render_as_batch=True,  # SQLite alters a table by copying it; on other databases this is a plain ALTER
    transactional_ddl=True,  # SQLite can, and the transaction is already open
)
with context.begin_transaction():
    context.run_migrations()

"""What Alembic runs for each command on the tables of the inventory."""

from sample_app.inventory.models import InventoryBase
from sample_app.migrations.environment import run_migrations

run_migrations(InventoryBase.metadata)

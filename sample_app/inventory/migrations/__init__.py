"""The history of the inventory's tables; `python -m sample_app.inventory.migrations` is for people."""

from sample_app.migrations.runner import History

INVENTORY = History(database="inventory", location="sample_app.inventory:migrations", table="inventory_alembic_version")

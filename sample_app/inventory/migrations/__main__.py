"""`python -m sample_app.inventory.migrations`: as `python -m sample_app.migrations`, for the inventory's tables."""

import sys
from collections.abc import Sequence

from sample_app.inventory.migrations import INVENTORY
from sample_app.migrations.__main__ import main as migrate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command on the database of the settings; the exit code: 0, or 2 for what cannot be done."""
    return migrate(arguments, INVENTORY, "sample_app.inventory.migrations")


if __name__ == "__main__":
    sys.exit(main())

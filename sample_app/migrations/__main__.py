"""`python -m sample_app.migrations`: changes of the tables, for people who run or develop the app."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_app.core.data_folder import opened_data_folder
from sample_app.core.engine import database_url
from sample_app.core.settings import Settings, SettingsError, load_settings
from sample_app.faults import UnknownFaultError
from sample_app.migrations import runner
from sample_app.migrations.runner import SHOP, History

if TYPE_CHECKING:
    from alembic.config import Config


def main(arguments: Sequence[str] | None = None, history: History = SHOP, name: str = "sample_app.migrations") -> int:
    """Run one command on the database of the settings; the exit code: 0, or 2 for what cannot be done.

    Args:
        arguments: of the command line; None for those of the process.
        history: whose tables.
        name: the module that is run.
    """
    from alembic.util import CommandError

    options = _parser(name).parse_args(arguments)
    try:
        settings = load_settings()
        if options.command == "revision":
            _write_revision(settings, options, history)
        else:
            _run_on_the_database(settings, options, history)
    except (CommandError, SettingsError, UnknownFaultError, runner.ForeignKeyError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    return 0


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, default, explanation in (
        ("upgrade", "head", "bring the tables up to a revision (the app does so itself when it starts)"),
        ("downgrade", "-1", "take the tables back to a revision, `-1` for the one before, `base` for none"),
    ):
        moving = commands.add_parser(name, help=explanation)
        moving.add_argument("revision", nargs="?", default=default)
    commands.add_parser("current", help="show the revision of the tables")
    revision = commands.add_parser("revision", help="write a new revision: what the models have and the last one lacks")
    revision.add_argument("--message", "-m", required=True, help="what it changes, in a few words")
    revision.add_argument("--rev-id", help="its id, such as 0002; a random one without it")
    return parser


def _run_on_the_database(settings: Settings, options: argparse.Namespace, history: History) -> None:
    from alembic import command

    def operation(config: "Config") -> None:
        if options.command == "current":
            command.current(config)
        else:
            getattr(command, options.command)(config, options.revision)

    if settings.data_dir is None and settings.database_url is None:
        raise SettingsError("set SAMPLE_APP_DATA_DIR or DATABASE_URL: without one there is no database that lasts")
    with opened_data_folder(settings) as folder:
        url = database_url(settings, folder, history.database)
        asyncio.run(runner.run(url, settings, operation, history))


def _write_revision(settings: Settings, options: argparse.Namespace, history: History) -> None:
    """Compare the models with what all migrations together make of an empty database."""
    from alembic import command

    def operation(config: "Config") -> None:
        command.upgrade(config, "head")
        command.revision(config, message=options.message, autogenerate=True, rev_id=options.rev_id)

    with tempfile.TemporaryDirectory() as folder:
        empty = settings.model_copy(update={"database_url": None})
        asyncio.run(runner.run(database_url(empty, Path(folder)), empty, operation, history))


if __name__ == "__main__":
    sys.exit(main())

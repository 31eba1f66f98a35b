"""The typer application behind every command but `diff`, and behind `contractkit --help`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Annotated

import typer

from contractkit import __version__

COMMANDS = ("diff", "fuzz", "baseline", "pull", "validate", "rules")
"""All commands; each but `diff` is a module of this package with `register(app)`."""

_HELP = """API contract testing for FastAPI: every break comes with the request that proves it.

\b
contractkit diff old.json new.json
contractkit diff @shop my_shop.main:app
contractkit fuzz my_shop.main:app
"""


def call(arguments: Sequence[str]) -> int:
    """Run a command line as click does: nearly every way ends in SystemExit; else the exit code is 0.

    Where the command is named first, only its module is imported.
    """
    first = arguments[0] if arguments else ""
    app = program((first,) if first in COMMANDS else COMMANDS)
    typer.main.get_command(app).main(args=list(arguments), prog_name="contractkit")
    return 0


def program(commands: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return the application with these commands."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback(help=_HELP)(contractkit)
    for command in commands:
        if command == "diff":
            _register_diff(app)
        else:
            importlib.import_module(f"contractkit.cli.{command}").register(app)
    return app


def _register_diff(app: typer.Typer) -> None:
    """List `diff`, and hand its arguments on to its own parser."""
    from contractkit.cli.diff import SUMMARY

    anything = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("diff", help=SUMMARY, add_help_option=False, context_settings=anything)(_diff)


def _diff(context: typer.Context) -> None:
    from contractkit.cli.diff import main

    raise typer.Exit(main(context.args))


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"contractkit {__version__}")
        raise typer.Exit


def contractkit(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Hold the options of the program itself."""

"""The typer application behind every command but `diff`, and behind `contractkit --help`."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from contractkit import __version__
from contractkit.cli.examples import examples
from contractkit.model.errors import InputError

COMMANDS = (
    "init",
    "diff",
    "fuzz",
    "record",
    "replay",
    "impact",
    "approve",
    "approvals",
    "review",
    "baseline",
    "pull",
    "validate",
    "rules",
    "selftest",
    "changelog",
    "schema",
)
"""All commands; each but `diff` is a module of this package with `register(app)`."""

_HELP = """API contract testing for FastAPI: every break comes with the request that proves it.

`contractkit COMMAND --help` tells more of each command.
"""
_EXAMPLES = (
    "init",
    "diff old.json new.json",
    "diff @shop my_shop.main:app",
    "fuzz my_shop.main:app",
)


_COMPLETING = "_CONTRACTKIT_COMPLETE"
"""Set where a shell asks for completions."""


def call(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code.

    Where the command is named first, only its module is imported.

    Raises:
        InputError: the command line cannot be used.
    """
    first = arguments[0] if arguments else ""
    app = program((first,) if first in COMMANDS else COMMANDS)
    try:
        code = typer.main.get_command(app).main(args=list(arguments), prog_name="contractkit", standalone_mode=False)
    except typer.Abort:
        raise InputError("stopped", "the question was not answered with yes", "nothing was changed") from None
    except TyperException as error:
        return _refused(error)
    return code if isinstance(code, int) else 0


def _refused(error: TyperException) -> int:
    """Refuse a wrong command line in one line; where a command is missing, show the help, as typer does."""
    text = error.format_message()
    if "\n" in text:
        typer.echo(text, err=True)
        return 2
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "contractkit"
    mend = f"`{path} --help` shows how it is used"
    if near := _NEAR.search(text):
        text, mend = text[: near.start()], f"did you mean {near[1] or near[2]}?"
    subject = path.removeprefix("contractkit").strip()
    if unknown := _UNKNOWN.fullmatch(text):
        raise InputError(f"{subject} {unknown[2]}".strip(), f"there is no such {unknown[1]}", mend) from None
    problem = text[:1].lower() + text[1:].replace("Value error, ", "").rstrip(".")
    raise InputError(subject or "command line", problem, mend) from None


_UNKNOWN = re.compile(r"No such (command|option):? '?(.+?)'?\.?")
_NEAR = re.compile(r"\.? (?:Did you mean '?(.+?)'?\?|\(Possible options: (.+)\))$")
"""How typer says what is near."""


def program(commands: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return the application with these commands."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=len(commands) > 1,  # where a command is named, it is not asked for
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback(help=_HELP, epilog=examples(*_EXAMPLES))(contractkit)
    for command in commands:
        if command == "diff":
            _register_diff(app)
        else:
            importlib.import_module(f"contractkit.cli.{command}").register(app)
    return app


def _register_diff(app: typer.Typer) -> None:
    """List `diff`, and hand its arguments on to its own parser."""
    from contractkit.cli.diff_options import SUMMARY

    anything = {"allow_extra_args": True, "ignore_unknown_options": True}
    command = _with_its_options() if _COMPLETING in os.environ else _diff
    app.command("diff", help=SUMMARY, add_help_option=False, context_settings=anything)(command)


def _with_its_options() -> Callable[..., None]:
    """Return what stands for `diff` while a shell asks what may come next: typer knows the options of its own alone."""
    import inspect

    from contractkit.cli.diff_options import OPTIONS

    def diff() -> None:
        """Never called."""

    parameters = [
        inspect.Parameter(
            option.strip("-").replace("-", "_"),
            inspect.Parameter.KEYWORD_ONLY,
            default=False,
            annotation=Annotated[bool, typer.Option(option)],
        )
        for option in OPTIONS
    ]
    diff.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return diff


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

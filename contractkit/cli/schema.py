"""`contractkit schema`: the JSON Schemas of what contractkit writes and reads."""

from __future__ import annotations

from typing import Annotated

import typer

from contractkit.cli.examples import examples

_SCHEMAS = {
    "report": ("contractkit.report", "report.schema.json"),
    "config": ("contractkit.sources", "config.schema.json"),
}
"""The package and file of each schema; what has no file is not offered."""

_HELP = """Print a JSON Schema (draft 2020-12).

`report` is what --format json writes, `config` the configuration: [tool.contractkit].

Exit code 0: printed; 2: there is no such schema.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    shown = examples("schema report", "schema config > contractkit.schema.json")
    app.command("schema", help=_HELP, epilog=shown)(schema)


def schema(
    name: Annotated[
        str, typer.Argument(metavar="[report|config]", help="What the schema is of; report if left out.")
    ] = "report",
) -> None:
    """Print one schema; an unknown name is an InputError that lists the known ones."""
    from importlib.resources import files

    from contractkit.cli.output import write_stdout
    from contractkit.model.errors import InputError

    found = {
        key: file for key, (package, base) in _SCHEMAS.items() if (file := files(package).joinpath(base)).is_file()
    }
    if name not in found:
        raise InputError(f"schema {name}", f"there is no schema `{name}`", f"it may be {' or '.join(found)}")
    write_stdout(found[name].read_text(encoding="utf-8"))

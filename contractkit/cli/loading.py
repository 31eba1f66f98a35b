"""What the commands that load a contract and call an app share: the options, and what is told about the document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from contractkit.model.contract import Contract
    from contractkit.sources.config import Config
    from contractkit.sources.options import LoadOptions

Timeout: TypeAlias = Annotated[
    float, typer.Option(min=0.1, metavar="SECONDS", help="Seconds an app may take to give its document.")
]
RemoteRefs: TypeAlias = Annotated[
    bool, typer.Option("--allow-remote-refs", help="Fetch the http(s) files that $refs name.")
]
Lifespan: TypeAlias = Annotated[
    bool, typer.Option("--lifespan", help="Run the app's startup first; without, only if it has no paths before.")
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", help="Show all warnings, what the app prints, and tracebacks of errors.")
]
Workers: TypeAlias = Annotated[
    int | None, typer.Option("--workers", "-n", min=1, metavar="N", help="Processes; default: cores.")
]
RequestTimeout: TypeAlias = Annotated[
    float, typer.Option(min=0.1, metavar="SECONDS", help="Seconds a request may take.")
]
FailOn: TypeAlias = Annotated[str | None, typer.Option(metavar="breaking|risky|never", help="Exit 1 from here on.")]
StrictApprovals: TypeAlias = Annotated[
    bool, typer.Option("--strict-approvals", help="Exit 1 for approvals that ended or match nothing, too.")
]

_SHOWN = 10


def load_one(source: str | None, options: LoadOptions, config: Config, command: str) -> Contract:
    """Load the given source, or the configured app if there is none, and tell its warnings and hints on stderr.

    Raises:
        InputError: there is no source, or it cannot be used.
    """
    from contractkit.model.errors import InputError
    from contractkit.sources.load import load

    options = replace(options, baselines=config.baselines)
    if source is None:
        if config.app is None:
            where = config.file or "[tool.contractkit] of pyproject.toml"
            raise InputError(command, "no source is named and none is configured", f"name one, or set `app` in {where}")
        source = config.app
        options = replace(options, root=config.folder)
    contract = load(source, options=options)
    tell_notices(contract, verbose=options.verbose)
    return contract


def tell_notices(contract: Contract, *, verbose: bool) -> None:
    """Write a contract's warnings and hints to stderr, the first 10 unless all are asked for."""
    from contractkit.cli.output import tell
    from contractkit.report.notices import short_place

    lines = [f"warning: {contract.source}#{short_place(notice.place)}: {notice.text}" for notice in contract.warnings]
    lines += [f"hint: {hint}" for hint in contract.hints]
    if not verbose and len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more, --verbose shows all"]
    tell(lines)

"""`contractkit impact`: how much of recorded traffic each breaking finding would have hit."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose

if TYPE_CHECKING:
    from contractkit.replay.impact import Impacts


class Form(StrEnum):
    """How to write it."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "impact",
        short_help="Tell how many recorded requests a break would hit.",
        epilog=examples(
            "impact @shop my_shop.main:app --traffic live.har",
            "impact old.json new.json --traffic live.ndjson --format json",
        ),
    )(impact)


def impact(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The contract of the version that answered.")],
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="The contract that replaces it.")],
    traffic: Annotated[
        str, typer.Option(metavar="FILE", help="A HAR file, or .ndjson with one of its entries a line.")
    ],
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = Form.TEXT,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Tell how many recorded requests and answers each breaking finding of `diff` would really have hit.

    `touched` has something at the changed place; `hit` has there what the revision refuses, or what is gone with it.

    Exit code 0: no breaking finding that is not approved hits anything; 1: one does; 2: could not tell.
    """
    from pathlib import Path

    from contractkit.api.comparing import diff
    from contractkit.api.deep import run_deep
    from contractkit.cli.output import write_stdout
    from contractkit.model.finding import Severity
    from contractkit.replay.har import read_traffic
    from contractkit.replay.impact import impacts
    from contractkit.report.jsontext import pretty_json
    from contractkit.sources.options import LoadOptions

    exchanges = read_traffic(Path(traffic), traffic)
    options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    verdict = diff(base, revision, options=options)
    breaking = [one for one in verdict.findings if one.severity is Severity.BREAKING]
    found = run_deep(lambda: impacts(verdict, breaking, exchanges))
    write_stdout(pretty_json(_values(found)) + "\n" if form is Form.JSON else _text(found))
    raise typer.Exit(1 if any(row.hit and row.finding.fails for row in found.rows) else 0)


def _values(found: Impacts) -> dict[str, Any]:
    rows = [
        {
            "id": row.finding.id,
            "rule": row.finding.rule,
            "operation": row.finding.change.operation,
            "location": row.finding.change.location,
            "message": row.finding.message,
            "fails": row.finding.fails,
            "calls": row.calls,
            "touched": row.touched,
            "hit": row.hit,
            "example": row.example,
        }
        for row in found.rows
    ]
    return {"kind": "impact", "requests": found.exchanges, "foreign": found.foreign, "findings": rows}


def _text(found: Impacts) -> str:
    from contractkit.report.terminal import visible

    lines = [f"{'calls':>7}{'touched':>9}{'hit':>7}  finding"]
    for row in sorted(found.rows, key=lambda one: -one.hit):
        where = visible(f"{row.finding.change.operation}: {row.finding.message} ({row.finding.id})")
        lines.append(f"{row.calls:>7}{row.touched:>9}{row.hit:>7}  {where}")
    foreign = f", {found.foreign} of them to no operation of the base" if found.foreign else ""
    count = len(found.rows)
    noun = "finding" if count == 1 else "findings"
    return "\n".join([*lines, "", f"{count} breaking {noun}, {found.exchanges} recorded requests{foreign}"]) + "\n"

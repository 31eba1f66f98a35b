"""`contractkit replay`: play a recording on another version and name what it answers otherwise."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.formats import HELP, METAVAR
from contractkit.cli.loading import (
    FailOn,
    Lifespan,
    RemoteRefs,
    RequestTimeout,
    StrictApprovals,
    Timeout,
    Verbose,
    Workers,
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "replay",
        short_help="Play a recording on another version.",
        epilog=examples(
            "replay my_shop.main:app",
            "replay my_shop.main:app --base @shop:1.2.0 --fail-on risky",
            "replay openapi.json --base-url http://127.0.0.1:8000 --format junit:replay.xml",
        ),
    )(replay)


def replay(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="package.module:app, or the document of an API with --base-url; the configured app if left out.",
        ),
    ] = None,
    base: Annotated[
        str | None, typer.Option(metavar="@NAME", help="Whose recording: @NAME or @NAME:VERSION; the latest.")
    ] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the recording is called; main.")] = "main",
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Send the requests to this server.")] = None,
    header: Annotated[
        list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="Credentials of the user; repeatable.")
    ] = None,
    mask: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="Mask the values of this field, too; repeatable.")
    ] = None,
    workers: Workers = None,
    request_timeout: RequestTimeout = 10.0,
    format: Annotated[list[str] | None, typer.Option(metavar=METAVAR, help=HELP[:1].upper() + HELP[1:] + ".")] = None,
    fail_on: FailOn = None,
    strict_approvals: StrictApprovals = False,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Play what `contractkit record` recorded on another version; each difference is a finding.

    Every cassette begins with a fresh app, whose clock is set to that of the recording. Identifiers that the app gives
    are carried into later requests. What a second play does not show again is no finding.

    Exit code 0: nothing at or above --fail-on; 1: something is; 2: could not run, or not all could be played.
    """
    from contractkit.api.project import remember, unused_lines
    from contractkit.api.recording import replay as run
    from contractkit.api.users import users_of
    from contractkit.cli.formats import config_file, outputs
    from contractkit.cli.fuzz_output import Reporter
    from contractkit.cli.loading import tell_notices
    from contractkit.cli.output import tell
    from contractkit.report.curl import server_of
    from contractkit.report.fuzz_json import render_fuzz_json
    from contractkit.sources.config import load_config
    from contractkit.sources.options import LoadOptions

    asked = outputs(format or [])
    options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    config = load_config(options.root)
    verdict = run(
        source,
        base=base,
        base_url=base_url,
        name=name,
        users=users_of(header or (), (), config.fuzz()),
        personal=mask or (),
        workers=workers,
        request_timeout=request_timeout,
        config=config,
        fail_on=fail_on,
        options=options,
        loaded=lambda contract: tell_notices(contract, verbose=verbose),
    )
    Reporter(sys.stderr).report(verdict, asked, verdict.target, config_file(config.file))
    tell(unused_lines(verdict.unused))
    remember(config, "replay", lambda: render_fuzz_json(verdict, server_of(verdict.target, verdict)))
    if verdict.fails or (verdict.unused and strict_approvals):
        raise typer.Exit(1)
    raise typer.Exit(2 if verdict.untested else 0)

"""`contractkit record`: play requests against one version and keep what it answers."""

from __future__ import annotations

from typing import Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, RequestTimeout, Timeout, Verbose, Workers


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "record",
        short_help="Record how a version answers.",
        epilog=examples(
            "record my_shop.main:app",
            "record my_shop.main:app --name checkout --seed 7",
            "record my_shop.main:app --har checkout.har --name checkout",
            "record openapi.json --base-url http://127.0.0.1:8000",
        ),
    )(record)


def record(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="package.module:app, or the document of an API with --base-url; the configured app if left out.",
        ),
    ] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the recording is called; main.")] = "main",
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Send the requests to this server.")] = None,
    header: Annotated[
        list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="Credentials of the user; repeatable.")
    ] = None,
    har: Annotated[
        str | None, typer.Option(metavar="FILE", help="Play the requests of this HAR file (or .ndjson) instead.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed chooses the same requests.")] = 0,
    requests: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Requests of one kind for each operation; 8.")
    ] = None,
    mask: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="Mask the values of this field, too; repeatable.")
    ] = None,
    workers: Workers = None,
    request_timeout: RequestTimeout = 10.0,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Record how a version answers, for `contractkit replay` to compare another one with.

    Requests and sequences are chosen by the contract and a seed, and played twice on fresh apps: what differs (times,
    identifiers, tokens, the order of sets) is compared by its shape later. They lie beside the stored contract, in
    baselines/<api>/<version>/recorded/NAME, and belong into git. Secrets and personal fields are masked before anything
    is written. A server is not begun anew: let it be one for tests that has the same data at the begin of each play.

    Exit code 0: recorded; 2: could not run.
    """
    from contractkit.api.recording import record as run
    from contractkit.api.users import users_of
    from contractkit.cli.loading import tell_notices
    from contractkit.cli.output import write_stdout
    from contractkit.report.terminal import visible
    from contractkit.sources.config import load_config
    from contractkit.sources.options import LoadOptions

    options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    config = load_config(options.root)
    done = run(
        source,
        base_url=base_url,
        name=name,
        users=users_of(header or (), (), config.fuzz()),
        har=har,
        seed=seed,
        requests=requests,
        personal=mask or (),
        workers=workers,
        request_timeout=request_timeout,
        config=config,
        options=options,
        loaded=lambda contract: tell_notices(contract, verbose=verbose),
    )
    write_stdout(visible(recorded_line(done.requests, done.cassettes, done.steady, done.baseline, name)) + "\n")


def recorded_line(requests: int, cassettes: int, steady: int, baseline: str, name: str) -> str:
    """Return what was recorded, for a person."""
    left = requests - steady
    unsteady = f"; the answers to {left} were others each time and are not compared" if left else ""
    what = f"{cassettes} cassette{'' if cassettes == 1 else 's'}"
    return f"recorded {requests} requests in {what} beside {baseline}, as {name}{unsteady}"

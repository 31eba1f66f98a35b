"""`contractkit fuzz`: send every operation many requests and name the promises that the app breaks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from contractkit.model.fuzz import FuzzVerdict
    from contractkit.sources.config import Config


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "fuzz",
        short_help="Send every operation many requests; name what breaks.",
        epilog=examples(
            "fuzz my_shop.main:app",
            "fuzz my_shop.main:app --contract @shop --max-examples 200",
            "fuzz my_shop.main:app --only 'GET /orders*' --only create_order",
            'fuzz http://127.0.0.1:8000/openapi.json --header "Authorization: Bearer $TOKEN"',
        ),
    )(fuzz)


def fuzz(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="package.module:app, a URL, or a FILE with --base-url; the configured app if left out.",
        ),
    ] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Send the requests to this server.")] = None,
    base_path: Annotated[
        str | None, typer.Option(metavar="PATH", help="The prefix of all paths, where the document does not say it.")
    ] = None,
    contract: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="The promise to check, if not the app's own document: @shop.")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="Credentials of the main user; repeatable.")
    ] = None,
    second_header: Annotated[
        list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="Credentials of a second user; repeatable.")
    ] = None,
    max_examples: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Random requests for each operation; 100.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same findings.")] = 0,
    time_limit: Annotated[float | None, typer.Option(min=1, metavar="SECONDS", help="Stop exploring after it.")] = None,
    exitfirst: Annotated[bool, typer.Option("--exitfirst", "-x", help="Stop at the first finding.")] = False,
    workers: Workers = None,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Do part I of N, for jobs that share the work.")] = "1/1",
    merge: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="Merge JSON reports of shards into one; repeatable.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Let a Dask cluster do the work (needs contractkit[cluster])."),
    ] = None,
    changed_since: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="Spend most on what changed since this contract.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'GET /path*'", help="Test only these operations (METHOD and path, or operationId); repeatable."
        ),
    ] = None,
    check: Annotated[list[str] | None, typer.Option(metavar="CHECK", help="Make only these checks.")] = None,
    exclude_check: Annotated[list[str] | None, typer.Option(metavar="CHECK", help="Leave these checks out.")] = None,
    allow_untested: Annotated[
        list[str] | None, typer.Option(metavar="'GET /path'", help="An operation that need not be tested.")
    ] = None,
    no_failures: Annotated[
        bool, typer.Option("--no-failures", help="Neither try nor keep failing cases (.contractkit/failures).")
    ] = False,
    request_timeout: RequestTimeout = 10.0,
    max_response_time: Annotated[
        float | None, typer.Option(min=0.001, metavar="SECONDS", help="An answer that takes longer is a finding.")
    ] = None,
    format: Annotated[list[str] | None, typer.Option(metavar=METAVAR, help=HELP[:1].upper() + HELP[1:] + ".")] = None,
    fail_on: FailOn = None,
    strict_approvals: StrictApprovals = False,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Fuzz every operation of an app against its contract; each finding is a request to try yourself.

    An app is run in this machine's memory, without a network, on all cores. Users who sign in are set in
    pyproject.toml, [[tool.contractkit.fuzz.users]].

    With --cluster tcp://10.0.0.5:8786, an app must be importable on the workers, a URL must be reachable from there.

    Failing cases are kept in .contractkit/failures and tried first by the next run.

    Exit code 0: all operations tested, nothing found; 1: findings at or above --fail-on; 2: could not run, or not all
    was tested.
    """
    from contractkit.api.fuzzing import fuzz as run
    from contractkit.api.users import users_of
    from contractkit.cli.formats import config_file, outputs
    from contractkit.cli.fuzz_output import Reporter, merged
    from contractkit.cli.loading import tell_notices
    from contractkit.model.errors import InputError
    from contractkit.sources.config import load_config
    from contractkit.sources.options import LoadOptions

    asked = outputs(format or [])
    load_options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    config = load_config(load_options.root)
    if merge and cluster:
        raise InputError("--merge", "does not go with --cluster", "a run on a cluster is one report already")
    if merge:
        raise typer.Exit(merged(merge, asked, config, fail_on, strict=strict_approvals))
    reporter = Reporter(sys.stderr)
    verdict = run(
        source,
        contract=contract,
        base_url=base_url,
        base_path=base_path,
        users=users_of(header or (), second_header or (), config.fuzz()),
        only=only,
        checks=check,
        exclude_checks=exclude_check or (),
        allow_untested=allow_untested or (),
        changed_since=changed_since,
        max_examples=max_examples,
        seed=seed,
        time_limit=time_limit,
        exit_first=exitfirst,
        workers=workers,
        cluster=cluster,
        shard=_shard(shard),
        request_timeout=request_timeout,
        max_response_time=max_response_time,
        failures=not no_failures,
        config=config,
        fail_on=fail_on,
        options=load_options,
        loaded=lambda promise: tell_notices(promise, verbose=verbose),
        progress=reporter.progress,
    )
    reporter.done()
    reporter.report(verdict, asked, verdict.target, config_file(config.file))
    _tell_and_keep(verdict, config)
    if verdict.fails or (verdict.unused and strict_approvals):
        raise typer.Exit(1)
    raise typer.Exit(2 if verdict.untested or not verdict.complete else 0)


def _shard(text: str) -> tuple[int, int]:
    from contractkit.model.errors import InputError

    number, mark, of = text.partition("/")
    if mark and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise InputError("--shard", f"`{text}` is no part of a whole", "write I/N with I from 1 to N, such as 1/4")


def _tell_and_keep(verdict: FuzzVerdict, config: Config) -> None:
    from contractkit.api.project import remember, unused_lines
    from contractkit.cli.output import tell
    from contractkit.report.curl import server_of
    from contractkit.report.fuzz_json import render_fuzz_json

    tell(unused_lines(verdict.unused))
    remember(config, "fuzz", lambda: render_fuzz_json(verdict, server_of(verdict.target, verdict)))

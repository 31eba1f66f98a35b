"""`contractkit fuzz`: send every operation many requests and name the promises that the app breaks."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.formats import HELP, METAVAR
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose

if TYPE_CHECKING:
    from contractkit.fuzz.options import Target
    from contractkit.model.contract import Contract
    from contractkit.model.fuzz import FuzzVerdict
    from contractkit.model.policy import Policy
    from contractkit.sources.config import Config
    from contractkit.sources.fuzz_config import FuzzConfig
    from contractkit.sources.options import LoadOptions


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("fuzz")(fuzz)


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
    workers: Annotated[
        int | None, typer.Option("--workers", "-n", min=1, metavar="N", help="Processes; default: cores.")
    ] = None,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Do part I of N, for jobs that share the work.")] = "1/1",
    merge: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="Merge JSON reports of shards into one; repeatable.")
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
    request_timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Seconds a request may take.")
    ] = 10.0,
    max_response_time: Annotated[
        float | None, typer.Option(min=0.001, metavar="SECONDS", help="An answer that takes longer is a finding.")
    ] = None,
    format: Annotated[list[str] | None, typer.Option(metavar=METAVAR, help=HELP[:1].upper() + HELP[1:] + ".")] = None,
    fail_on: Annotated[str | None, typer.Option(metavar="breaking|risky|never", help="Exit 1 from here on.")] = None,
    strict_approvals: Annotated[
        bool, typer.Option("--strict-approvals", help="Exit 1 for approvals that ended or match nothing, too.")
    ] = False,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Fuzz every operation of an app against its contract; each finding is a request to try yourself.

    \b
    contractkit fuzz my_shop.main:app
    contractkit fuzz my_shop.main:app --contract @shop --max-examples 200
    contractkit fuzz my_shop.main:app --only 'GET /orders*' --only create_order
    contractkit fuzz http://127.0.0.1:8000/openapi.json --header "Authorization: Bearer $TOKEN"

    An app is run in this machine's memory, without sockets, on all cores. Users who sign in are set in
    pyproject.toml, [[tool.contractkit.fuzz.users]].

    Failing cases are kept in .contractkit/failures and tried first by the next run.

    Exit code 0: all operations tested, nothing found; 1: findings at or above --fail-on; 2: could not run, or not all
    was tested.
    """  # noqa: D301  (click's mark for "keep these lines" is the character itself)
    from contractkit.cli.decision import policy_of
    from contractkit.cli.formats import config_file, outputs
    from contractkit.cli.fuzz_output import Reporter, merged
    from contractkit.cli.loading import tell_notices
    from contractkit.cli.users import users_of
    from contractkit.fuzz.options import DEFAULT_EXAMPLES, Options
    from contractkit.fuzz.pool import Crew
    from contractkit.fuzz.run import cores, run
    from contractkit.sources.config import load_config
    from contractkit.sources.load import load
    from contractkit.sources.options import LoadOptions

    asked = outputs(format or [])
    load_options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    config = load_config(load_options.root)
    policy = policy_of(config, fail_on)
    if merge:
        raise typer.Exit(merged(merge, asked, fail_on))
    own = config.fuzz()
    load_options = replace(load_options, baselines=config.baselines)
    source, target, load_options = _target(source, base_url, config, load_options)
    crew = Crew(target, workers or cores(), verbose=verbose)
    try:
        gc.disable()  # see `contractkit diff`
        promise = load(source if contract is None else contract, options=replace(load_options, imported=crew.gate))
        gc.enable()
        tell_notices(promise, verbose=verbose)
        options = Options(
            contract=promise,
            target=target,
            base_path=_base_path(base_path, base_url, source),
            users=users_of(header or (), second_header or (), own),
            max_examples=max_examples or own.max_examples or DEFAULT_EXAMPLES,
            seed=seed,
            timeout=request_timeout,
            response_limit=max_response_time or own.max_response_time,
            checks=_checks(check, [*own.exclude_checks, *(exclude_check or ())]),
            off=_off(own, promise),
            time_limit=time_limit,
            exit_first=exitfirst,
            weights=_weights(changed_since, promise, load_options),
            verbose=verbose,
        )
        reporter = Reporter(sys.stderr)
        verdict = run(
            options,
            base_url or source,
            workers=workers,
            shard=_shard(shard),
            allowed=_operations([*own.allow_untested, *(allow_untested or ())], promise),
            only=_only(only, promise),
            progress=reporter.progress,
            failures=None if no_failures else config.folder / ".contractkit" / "failures",
            crew=crew,
        )
    finally:
        crew.end()
    reporter.done()
    whole = only is None and check is None and shard == "1/1" and time_limit is None and verdict.complete
    verdict = _settled(verdict, policy, config, contract, whole=whole)
    reporter.report(verdict, asked, base_url or source, config_file(config.file))
    _tell_and_keep(verdict, config, base_url or source)
    if verdict.fails or (verdict.unused and strict_approvals):
        raise typer.Exit(1)
    raise typer.Exit(2 if verdict.untested or not verdict.complete else 0)


def _target(
    source: str | None, base_url: str | None, config: Config, options: LoadOptions
) -> tuple[str, Target, LoadOptions]:
    """Return the source of the document, what is called, and how to load."""
    from contractkit.fuzz.options import AppTarget, UrlTarget
    from contractkit.model.errors import InputError
    from contractkit.sources.syntax import AppSource, UrlSource, parse_source

    if source is None:
        if config.app is None:
            where = config.file or "[tool.contractkit] of pyproject.toml"
            raise InputError("fuzz", "no app is named and none is configured", f"name one, or set `app` in {where}")
        source = config.app
        options = replace(options, root=config.folder)
    parsed = parse_source(source, options.root)
    if base_url is not None:
        return source, UrlTarget(base_url), options
    if isinstance(parsed, UrlSource):
        return source, UrlTarget(parsed.url), options
    if isinstance(parsed, AppSource):
        return source, AppTarget(parsed.module, parsed.attribute, str(options.root)), options
    raise InputError(source, "there is nothing to call in it", "add --base-url URL, the server to send requests to")


def _base_path(base_path: str | None, base_url: str | None, source: str | None) -> str | None:
    """Return the prefix of all paths: as given, else that of the server that was named, else None."""
    from urllib.parse import urlsplit

    if base_path is not None:
        return "/" + base_path.strip("/") if base_path.strip("/") else ""
    if base_url is not None:
        return urlsplit(base_url).path.rstrip("/")
    return None


def _checks(only: list[str] | None, without: list[str] | None) -> frozenset[str]:
    import difflib

    from contractkit.fuzz.check import checks
    from contractkit.model.errors import InputError

    known = checks()
    for name in (*(only or ()), *(without or ())):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            mend = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
            raise InputError("fuzz", f"there is no check `{name}`", mend)
    return frozenset(only or known) - frozenset(without or ())


def _weights(since: str | None, promise: Contract, options: LoadOptions) -> tuple[tuple[str, float], ...]:
    """Return how much of the usual each operation gets: three times for what changed, a quarter for the rest."""
    if since is None:
        return ()
    from contractkit.api import compare
    from contractkit.fuzz.operation import Api
    from contractkit.model.finding import Severity
    from contractkit.sources.load import load

    verdict = compare(load(since, options=options), promise)
    touched = {
        key
        for finding in verdict.findings
        if finding.severity is not Severity.SAFE or finding.change.direction is not None
        for key in (finding.change.operation, *finding.change.operations)
    }
    return tuple((key, 3.0 if key in touched else 0.25) for key in Api(promise).operations)


def _shard(text: str) -> tuple[int, int]:
    from contractkit.model.errors import InputError

    number, mark, of = text.partition("/")
    if mark and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise InputError("--shard", f"`{text}` is no part of a whole", "write I/N with I from 1 to N, such as 1/4")


def _off(own: FuzzConfig, promise: Contract) -> tuple[tuple[str, frozenset[str]], ...]:
    rows = []
    for operation, names in own.off:
        (key,) = _operations([operation], promise)
        rows.append((key, _checks(list(names), None)))
    return tuple(rows)


def _only(given: list[str] | None, promise: Contract) -> frozenset[str] | None:
    from contractkit.fuzz.operation import Api
    from contractkit.fuzz.selection import selected

    return selected(Api(promise), given) if given else None


def _operations(given: list[str] | None, promise: Contract) -> frozenset[str]:
    import difflib

    from contractkit.fuzz.operation import Api
    from contractkit.model.errors import InputError
    from contractkit.openapi.endpoint import erased

    if not given:
        return frozenset()
    known = Api(promise).operations
    keys = []
    for row in given:
        method, _, path = row.strip().partition(" ")
        key = f"{method.upper()} {erased(path.strip())}"
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            mend = f"did you mean `{near[0]}`?" if near else "write METHOD /path as the contract has it"
            raise InputError("fuzz", f"the contract has no operation `{row}`", mend)
        keys.append(key)
    return frozenset(keys)


def _settled(verdict: FuzzVerdict, policy: Policy, config: Config, contract: str | None, *, whole: bool) -> FuzzVerdict:
    """Return the verdict with what the policy and the approvals of the API say of each finding."""
    from contractkit.cli.decision import api_of, approvals_of, today
    from contractkit.judge.standing import settle_fuzz

    approvals = approvals_of(config, api_of(config, contract or "", verdict.contract.title))
    return settle_fuzz(verdict, policy, approvals, today=today(), whole=whole)


def _tell_and_keep(verdict: FuzzVerdict, config: Config, target: str) -> None:
    from contractkit.cli.decision import remember, unused_lines
    from contractkit.cli.fuzz_output import server_of
    from contractkit.cli.output import tell
    from contractkit.report.fuzz_json import render_fuzz_json

    tell(unused_lines(verdict.unused))
    remember(config, "fuzz", lambda: render_fuzz_json(verdict, server_of(target, verdict)))

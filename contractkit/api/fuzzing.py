"""A contract and the app that claims to honour it: the way to a `FuzzVerdict`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from contractkit.api.comparing import compare
from contractkit.api.project import api_of, approvals_of, config_of, policy_of, today
from contractkit.api.socket_contract import with_sockets
from contractkit.api.users import users_of
from contractkit.model.errors import InputError
from contractkit.model.records import replace

if TYPE_CHECKING:
    from contractkit.fuzz.cluster import Cluster
    from contractkit.fuzz.identities import User
    from contractkit.fuzz.options import Target
    from contractkit.fuzz.pool import Crew, Progress
    from contractkit.fuzz.turns import Worker
    from contractkit.model.contract import Contract
    from contractkit.model.fuzz import FuzzVerdict
    from contractkit.sources.config import Config
    from contractkit.sources.fuzz_config import FuzzConfig
    from contractkit.sources.live import App
    from contractkit.sources.options import LoadOptions


def fuzz(
    target: str | App | None = None,
    *,
    contract: str | Contract | None = None,
    base_url: str | None = None,
    base_path: str | None = None,
    users: Sequence[User] | None = None,
    only: Iterable[str] | None = None,
    checks: Iterable[str] | None = None,
    exclude_checks: Iterable[str] = (),
    allow_untested: Iterable[str] = (),
    changed_since: str | None = None,
    max_examples: int | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    exit_first: bool = False,
    workers: int | None = None,
    shard: tuple[int, int] = (1, 1),
    request_timeout: float = 10.0,
    max_response_time: float | None = None,
    failures: bool = True,
    config: bool | Config = True,
    fail_on: str | None = None,
    options: LoadOptions | None = None,
    loaded: Callable[[Contract], None] = lambda _: None,
    progress: Callable[[Progress], None] = lambda _: None,
    worker: Worker | None = None,
    cluster: str | None = None,
) -> FuzzVerdict:
    """Send every operation of an app many requests and name the promises that it breaks, as `contractkit fuzz` does.

    Args:
        target: what is called: `package.module:app`, a URL, or the document of an API with `base_url`; or the app
            itself, not started, which is then run in forks of this process, with its `dependency_overrides`. The
            configured app if left out.
        contract: the promise to check, if not the target's own document: a source or a `Contract`.
        base_url: the server to send requests to.
        base_path: the prefix of all paths, where the document does not say it.
        users: who requests are sent as, the main one first; the configured ones if left out.
        only: the operations to test, as METHOD and path or `operationId`, with `*` for any text; all if left out.
        checks: the checks to make; all if left out.
        exclude_checks: checks to leave out, besides those that the configuration leaves out.
        allow_untested: operations that need not be tested, as METHOD and path.
        changed_since: a source; most is spent on what changed since that contract.
        max_examples: random requests for each operation; as configured, or 100, if left out.
        seed: the same seed gives the same findings.
        time_limit: seconds for the whole run.
        exit_first: stop at the first finding.
        workers: how many processes; the number of cores if left out.
        shard: the number of this part, from 1, and how many parts there are.
        request_timeout: seconds a request may take.
        max_response_time: seconds; an answer that takes longer is a finding.
        failures: try the failing cases in `.contractkit/failures` first, and keep new ones there.
        config: whether the configuration of the project counts; see `contractkit.diff`.
        fail_on: from which severity on a finding fails (`breaking`, `risky` or `never`), whatever is configured.
        options: how to load the contract.
        loaded: told of the contract once it is loaded.
        progress: told how far the run is.
        worker: does the work alone, such as a `contractkit.fuzz.turns.KeptWorker` for several runs.
        cluster: the address of the scheduler of a Dask cluster that does the work; the app's code must be there, too.

    Returns:
        The verdict: `verdict.fails`, `verdict.findings`, `verdict.untested`. A run that Ctrl-C ends is not `complete`.

    Raises:
        InputError: something that was given or configured cannot be used, or the app cannot be run.
    """
    from contractkit.fuzz.options import DEFAULT_EXAMPLES, Options
    from contractkit.fuzz.pool import Crew
    from contractkit.fuzz.run import cores, run
    from contractkit.fuzz.turns import Here
    from contractkit.sources.jsondoc import paused_gc
    from contractkit.sources.options import LoadOptions

    chosen = options or LoadOptions()
    project = config_of(config, chosen.root)
    policy = policy_of(project, fail_on)
    own = project.fuzz()
    only = None if only is None else list(only)
    checks = None if checks is None else list(checks)
    aim = Aim(target, base_url, project, replace(chosen, baselines=project.baselines, sockets=True), "fuzz")
    there = None if cluster is None else _cluster(cluster, workers, aim)
    if aim.app is not None:
        worker = Here(aim.app)
    alone = worker is not None or there is not None
    crew = None if alone else Crew(aim.target, workers or cores(), verbose=chosen.verbose)
    try:
        with paused_gc():
            promise = aim.promise(contract, crew)
            if isinstance(contract, str | None):
                promise = with_sockets(promise, aim.source, contract or aim.source, aim.target, aim.options)
        loaded(promise)
        verdict = run(
            Options(
                contract=promise,
                target=aim.target,
                base_path=base_path_of(base_path, base_url),
                users=users_of((), (), own) if users is None else tuple(users),
                max_examples=max_examples or own.max_examples or DEFAULT_EXAMPLES,
                seed=seed,
                timeout=request_timeout,
                response_limit=max_response_time or own.max_response_time,
                checks=_checks(checks, [*own.exclude_checks, *exclude_checks]),
                off=_off(own, promise),
                time_limit=time_limit,
                exit_first=exit_first,
                weights=_weights(changed_since, promise, aim.options),
                verbose=chosen.verbose,
            ),
            aim.shown,
            workers=workers,
            shard=shard,
            allowed=_operations([*own.allow_untested, *allow_untested], promise),
            only=_only(only, promise),
            progress=progress,
            failures=project.folder / ".contractkit" / "failures" if failures else None,
            crew=crew,
            worker=worker,
            cluster=there,
        )
    finally:
        if crew is not None:
            crew.end()
        if there is not None:
            there.close()
    from contractkit.judge.fuzz_standing import settle_fuzz

    whole = only is None and checks is None and shard == (1, 1) and time_limit is None and verdict.complete
    source = contract if isinstance(contract, str) else promise.source
    approvals = approvals_of(project, api_of(project, source, promise.title))
    return settle_fuzz(verdict, policy, approvals, today=today(), whole=whole)


class Aim:
    """What is called, and where its document comes from.

    Attributes:
        source: the source of the document; None for an app that is here.
        app: that app.
        target: what is called.
        shown: what is called, for reports.
        options: how to load.

    Args:
        given: what is named; None for the configured app.
        base_url: the server to send requests to.
        config: the project's configuration.
        options: how to load.
        command: what is asked for, for errors.
    """

    def __init__(
        self, given: str | App | None, base_url: str | None, config: Config, options: LoadOptions, command: str
    ) -> None:
        self.source: str | None = None
        self.app: App | None = None
        self.options = options
        if given is not None and not isinstance(given, str):
            from contractkit.fuzz.options import AppTarget

            self.app, self.shown = given, "the app"
            self.target: Target = AppTarget("", "", str(config.folder))
            return
        if given is None:
            if config.app is None:
                where = config.file or "[tool.contractkit] of pyproject.toml"
                raise InputError(
                    command, "no app is named and none is configured", f"name one, or set `app` in {where}"
                )
            given = config.app
            self.options = replace(options, root=config.folder)
        self.source, self.shown = given, base_url or given
        self.target = _target(given, base_url, self.options)

    def promise(self, contract: str | Contract | None, crew: Crew | None) -> Contract:
        """Return the contract to check, the target's own one if none is given."""
        if contract is not None and not isinstance(contract, str):
            return contract
        from contractkit.sources.load import load

        given = contract or self.source
        if given is None:
            from contractkit.sources.live import contract_of

            assert self.app is not None
            return contract_of(self.app, sockets=self.options.sockets)
        return load(given, options=replace(self.options, imported=None if crew is None else crew.gate))


def _cluster(address: str, workers: int | None, aim: Aim) -> Cluster:
    from contractkit.fuzz.cluster import Cluster

    if workers is not None:
        raise InputError("--workers", "does not go with --cluster", "how many work at a time is for the cluster to say")
    if aim.app is not None:
        raise InputError("the app", "is in this process and cannot go to a cluster", "name it: package.module:app")
    return Cluster(address)


def _target(source: str, base_url: str | None, options: LoadOptions) -> Target:
    from contractkit.fuzz.options import AppTarget, UrlTarget
    from contractkit.sources.syntax import AppSource, UrlSource, parse_source

    if base_url is not None:
        return UrlTarget(base_url)
    parsed = parse_source(source, options.root)
    if isinstance(parsed, UrlSource):
        return UrlTarget(parsed.url)
    if isinstance(parsed, AppSource):
        return AppTarget(parsed.module, parsed.attribute, str(options.root))
    raise InputError(source, "there is nothing to call in it", "add --base-url URL, the server to send requests to")


def base_path_of(base_path: str | None, base_url: str | None) -> str | None:
    """Return the prefix of all paths: as given, else that of the server that was named, else None."""
    from urllib.parse import urlsplit

    if base_path is not None:
        return "/" + base_path.strip("/") if base_path.strip("/") else ""
    if base_url is not None:
        return urlsplit(base_url).path.rstrip("/")
    return None


def _checks(only: Sequence[str] | None, without: Iterable[str]) -> frozenset[str]:
    import difflib

    from contractkit.fuzz.check import checks

    known = checks()
    chosen, left_out = frozenset(only or known), frozenset(without)
    for name in sorted((chosen | left_out) - set(known)):
        near = difflib.get_close_matches(name, known, n=1)
        mend = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
        raise InputError("fuzz", f"there is no check `{name}`", mend)
    return chosen - left_out


def _weights(since: str | None, promise: Contract, options: LoadOptions) -> tuple[tuple[str, float], ...]:
    """Return how much of the usual each operation gets: three times for what changed, a quarter for the rest."""
    if since is None:
        return ()
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
    return tuple((key, 3.0 if key in touched else 0.25) for key in Api(promise).all)


def _off(own: FuzzConfig, promise: Contract) -> tuple[tuple[str, frozenset[str]], ...]:
    rows = []
    for operation, names in own.off:
        (key,) = _operations([operation], promise)
        rows.append((key, _checks(names, ())))
    return tuple(rows)


def _only(given: Sequence[str] | None, promise: Contract) -> frozenset[str] | None:
    from contractkit.fuzz.operation import Api
    from contractkit.fuzz.selection import selected

    return selected(Api(promise), given) if given else None


def _operations(given: Sequence[str], promise: Contract) -> frozenset[str]:
    import difflib

    from contractkit.fuzz.operation import Api
    from contractkit.openapi.endpoint import erased

    if not given:
        return frozenset()
    known = Api(promise).all
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

"""`contractkit diff`: compare two contracts and say whom the revision breaks.

This command is run on every commit, so its start counts: each part of the comparison is imported when it gets there.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from contractkit.cli.diff_options import parsed
from contractkit.cli.formats import TEXT, Output, config_file, outputs, write_reports
from contractkit.model.records import NamedTuple, replace

if TYPE_CHECKING:
    from contractkit.model.aside import Aside
    from contractkit.model.errors import InputError
    from contractkit.model.policy import Policy
    from contractkit.model.verdict import Verdict
    from contractkit.report.terminal import Terminal
    from contractkit.sources.config import Api, Config
    from contractkit.sources.options import LoadOptions


def main(arguments: Sequence[str]) -> int:
    """Compare two contracts, report the verdict, and return the exit code.

    Args:
        arguments: what follows `contractkit diff` on the command line.

    Raises:
        InputError: a source, an option or the configuration cannot be used.
        SystemExit: after `--help`.
    """
    began = time.perf_counter()
    given = parsed(arguments)

    from contractkit.api.project import policy_of, remember, unused_lines
    from contractkit.cli.output import tell
    from contractkit.report.notices import notice_lines
    from contractkit.sources.config import load_config
    from contractkit.sources.options import LoadOptions

    asked = outputs(given.format)
    options = LoadOptions(
        allow_remote_refs=given.allow_remote_refs,
        timeout=given.timeout,
        lifespan=given.lifespan,
        verbose=given.verbose,
        sockets=True,
    )
    config = load_config(options.root)
    policy = policy_of(config, given.fail_on)
    failed: list[InputError] = []
    if given.all:
        verdicts, failed = _every(given, config, options, policy)
    else:
        verdicts = _compared(*_sources(given, config, options), given, config, policy)
    for error in failed:
        tell([str(error), *(error.detail.splitlines() if given.verbose else ())])
    if not verdicts:
        return 2
    _report(verdicts, asked, config, seconds=time.perf_counter() - began, verbose=given.verbose)
    unused = list(dict.fromkeys(one for verdict in verdicts for one in verdict.unused))
    tell(dict.fromkeys(line for verdict in verdicts for line in notice_lines(verdict, verbose=given.verbose)))
    tell(unused_lines(unused))
    remember(config, "diff", lambda: _json(verdicts))
    return 2 if failed else int(any(one.fails for one in verdicts) or bool(unused and given.strict_approvals))


class _Given(NamedTuple):
    """A source and how to load it."""

    source: str
    options: LoadOptions


def _every(
    given: argparse.Namespace, config: Config, options: LoadOptions, policy: Policy
) -> tuple[list[Verdict], list[InputError]]:
    """Compare every configured API with its baseline, and return what could not be compared beside the verdicts."""
    from concurrent.futures import ThreadPoolExecutor

    from contractkit.api.deep import run_deep
    from contractkit.model.errors import InputError

    apis = config.every_api()
    if given.base is not None or given.base_url:
        what = given.base if given.base is not None else "--base-url"
        raise InputError(what, "--all compares what is configured", "leave one of the two out")
    if not apis:
        where = config.file or "pyproject.toml"
        mend = f"add rows with `api` and `app` under `[[tool.contractkit.apis]]` to {where}"
        raise InputError("--all", "no APIs are configured", mend)

    def one(api: Api) -> list[Verdict] | InputError:
        there = replace(options, baselines=config.baselines, root=api.folder)
        try:
            bases = _bases(_Given(f"@{api.name}", there), given, config)
            return run_deep(lambda: _compared(bases, _Given(api.app, there), given, config, policy))
        except InputError as error:
            return error

    # Apps are imported in processes of their own, which is most of the time: threads are enough to wait for them.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = [*pool.map(one, apis)]
    verdicts = [verdict for verdicts in found if not isinstance(verdicts, InputError) for verdict in verdicts]
    return verdicts, [error for error in found if isinstance(error, InputError)]


def _compared(
    bases: list[_Given], revision: _Given, given: argparse.Namespace, config: Config, policy: Policy
) -> list[Verdict]:
    """Compare a revision with each of its bases, and try the breaks on it where that is asked for."""
    from contractkit.api.aside import aside
    from contractkit.api.project import keeps_reports
    from contractkit.model.aside import at_once

    # With --all, threads compare several at once: they have the processors, and beside them no fork is safe.
    beside = at_once if given.all else aside
    is_asked_for = keeps_reports(config) or any(one.form != TEXT for one in outputs(given.format))
    # Those of many bases would wait in as many processes for the report.
    with_digests = is_asked_for and len(bases) == 1
    asks = given.confirm or given.base_url
    confirm = _confirming(revision, given, config) if asks else None
    verdicts = _verdicts(bases, revision, config, policy, beside, with_digests=with_digests)
    return verdicts if confirm is None else [confirm(verdict) for verdict in verdicts]


def _verdicts(
    bases: list[_Given], revision: _Given, config: Config, policy: Policy, beside: Aside, *, with_digests: bool
) -> list[Verdict]:
    """Compare the revision with each of the bases."""
    from contractkit.api.comparing import compare_for
    from contractkit.sources.load import load
    from contractkit.sources.parts import Parts

    # What two texts have in common is read once: with one base alone, since the first text is the one remembered.
    parts = Parts() if len(bases) == 1 else None
    loaded = [load(base.source, options=base.options, parts=parts) for base in bases]
    last = load(revision.source, options=replace(revision.options, origins=True), parts=parts)

    return [compare_for(config, policy, base, last, beside, with_digests=with_digests) for base in loaded]


def _sources(given: argparse.Namespace, config: Config, options: LoadOptions) -> tuple[list[_Given], _Given]:
    """Return the bases and the revision; configured ones are meant from the folder of their configuration."""
    from contractkit.model.errors import InputError

    here = replace(options, baselines=config.baselines)
    there = replace(here, root=config.folder)
    base, revision = given.base, given.revision
    if base is not None and revision is not None:
        if base == revision == "-":
            raise InputError("-", "stdin can be read only once", "write one of the two contracts to a file")
        return _bases(_Given(base, here), given, config), _Given(revision, here)
    missing = [] if config.api else ["`api` (the name of a baseline)"]
    if base is None and not config.app:
        missing.append("`app` (the source of the current contract)")
    if missing or config.api is None:
        where = config.file or "[tool.contractkit] of pyproject.toml"
        raise InputError(
            "diff",
            "two sources are needed where no baseline and app are configured",
            f"name them, or set {' and '.join(missing)} in {where}",
        )
    bases = _bases(_Given(f"@{config.api}", there), given, config)
    if base is not None:
        return bases, _Given(base, here)
    assert config.app is not None
    return bases, _Given(config.app, there)


def _bases(base: _Given, given: argparse.Namespace, config: Config) -> list[_Given]:
    """Return the base, or with --all-baselines every supported version of it, oldest first."""
    if not given.all_baselines:
        return [base]
    from fnmatch import fnmatchcase

    from contractkit.model.errors import InputError
    from contractkit.sources.syntax import BaselineSource, parse_source
    from contractkit.store.baselines import BaselineStore

    parsed = parse_source(base.source, base.options.root)
    if not isinstance(parsed, BaselineSource) or parsed.version is not None:
        raise InputError(base.source, "--all-baselines needs a stored contract as its base", "write @NAME")
    versions = [record.version for record in BaselineStore(config.baselines).records(parsed.name)]
    chosen = [
        one for one in versions if not config.supported or any(fnmatchcase(one, glob) for glob in config.supported)
    ]
    if not chosen:
        mend = f"stored are {', '.join(versions[-5:])}; mend `supported` in {config.file}"
        raise InputError(base.source, "no stored version is supported", mend)
    return [_Given(f"@{parsed.name}:{one}", base.options) for one in chosen]


def _confirming(revision: _Given, given: argparse.Namespace, config: Config) -> Callable[[Verdict], Verdict]:
    """Return what puts the answers of the running revision into a verdict."""
    from contractkit.api.users import users_of
    from contractkit.fuzz.confirm import confirmed
    from contractkit.fuzz.options import AppTarget, Options, Target, UrlTarget
    from contractkit.model.errors import InputError
    from contractkit.sources.syntax import AppSource, parse_source

    source, options = revision
    parsed = parse_source(source, options.root)
    target: Target
    base_path = None
    if given.base_url:
        from urllib.parse import urlsplit

        target, base_path = UrlTarget(given.base_url), urlsplit(given.base_url).path.rstrip("/")
    elif not isinstance(parsed, AppSource):
        raise InputError(source, "there is nothing to try the breaks on", "add --base-url URL, a server that runs it")
    elif parsed.ref is not None:
        mend = "check that revision out and name its app, or name a server that runs it with --base-url URL"
        raise InputError(source, "the app of a git revision is not run", mend)
    else:
        target = AppTarget(parsed.module, parsed.attribute, str(options.root))
    users = users_of(given.header, (), config.fuzz())

    def confirm(verdict: Verdict) -> Verdict:
        gc.enable()  # from here on time passes that makes garbage
        return confirmed(verdict, Options(verdict.revision.contract, target, base_path, users, verbose=given.verbose))

    return confirm


def _report(verdicts: list[Verdict], asked: Sequence[Output], config: Config, *, seconds: float, verbose: bool) -> None:
    def text(terminal: Terminal) -> str:
        from contractkit.report.text import render_text

        # Only the last line of several tells the time, which is that of them all.
        times = [*(None for _ in verdicts[1:]), seconds]
        pages = zip(verdicts, times, strict=True)
        return "\n".join(render_text(one, terminal, seconds=time, verbose=verbose) for one, time in pages)

    def values() -> dict[str, Any]:
        from contractkit.report.json_report import whole_report

        return whole_report(verdicts)

    write_reports(asked, text=text, values=values, config=config_file(config.file))


def _json(verdicts: list[Verdict]) -> str:
    from contractkit.report.json_report import render_all_json

    return render_all_json(verdicts)

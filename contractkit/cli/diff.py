"""`contractkit diff`: compare two contracts and say whom the revision breaks."""

from __future__ import annotations

import gc
import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

if TYPE_CHECKING:
    from contractkit.model.verdict import Verdict
    from contractkit.sources.config import Config
    from contractkit.sources.options import LoadOptions


_HELP = """Compare two contracts and show whom the change breaks, with proof.

A contract is a FILE, a URL, - (stdin), package.module:app, @BASELINE, git:REF:PATH or REF!package.module:app.
With one source it is compared with the configured baseline; with none, the configured app is.

\b
contractkit diff old.json new.yaml
contractkit diff git:main:openapi.json my_shop.main:app
contractkit diff --format text --format json:report.json

Exit code 0: nothing at or above --fail-on; 1: something is; 2: could not tell.
"""


class FailOn(StrEnum):
    """The severity from which on a comparison fails."""

    BREAKING = "breaking"
    RISKY = "risky"
    NEVER = "never"


class Format(StrEnum):
    """The ways to report a comparison."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("diff", help=_HELP)(diff)


def diff(
    base: Annotated[str | None, typer.Argument(metavar="BASE", help="The contract that clients were built on.")] = None,
    revision: Annotated[
        str | None, typer.Argument(metavar="REVISION", help="The contract that is to replace it.")
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="text|json[:FILE]", help="How to report, and where; may be repeated."),
    ] = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Exit with 1 from this severity on; `breaking` if nothing is configured.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds an app may take to give its document.")] = 60.0,
    allow_remote_refs: Annotated[
        bool, typer.Option("--allow-remote-refs", help="Fetch the http(s) files that $refs name.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show safe changes in full, all warnings, and tracebacks of errors.")
    ] = False,
) -> None:
    """Compare two contracts, report the verdict, and exit with what it means; see `_HELP` for users."""
    from contractkit.api import compare
    from contractkit.cli.output import tell
    from contractkit.report.notices import notice_lines
    from contractkit.sources.config import load_config
    from contractkit.sources.load import load
    from contractkit.sources.options import LoadOptions

    began = time.perf_counter()
    gc.disable()  # reading documents makes many objects and no garbage: it is four times as fast without
    targets = _targets(formats or [])
    options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, verbose=verbose)
    config = load_config(options.root)
    (base_source, base_options), (revision_source, revision_options) = _sources(base, revision, config, options)
    verdict = compare(
        load(base_source, options=base_options),
        load(revision_source, options=revision_options),
    )
    for form, file in targets:
        _report(verdict, form, file, seconds=time.perf_counter() - began, verbose=verbose)
    tell(notice_lines(verdict, verbose=verbose))
    raise typer.Exit(int(_fails(verdict, fail_on or FailOn(config.fail_on))))


def _targets(formats: list[str]) -> list[tuple[Format, str | None]]:
    """Return each format with the file it goes to, None for stdout."""
    from contractkit.model.errors import InputError

    targets: list[tuple[Format, str | None]] = []
    for given in formats or ["text"]:
        name, _, file = given.partition(":")
        if name not in tuple(Format):
            raise InputError(f"--format {given}", f"there is no format `{name}`", f"it may be {' or '.join(Format)}")
        if given.endswith(":"):
            raise InputError(f"--format {given}", "no file is named after the colon", f"write {name}:FILE")
        targets.append((Format(name), file or None))
    if sum(file is None for _, file in targets) > 1:
        raise InputError(
            "--format", "two reports cannot both go to stdout", f"write {targets[1][0]}:FILE for one of them"
        )
    return targets


def _sources(
    base: str | None, revision: str | None, config: Config, options: LoadOptions
) -> tuple[tuple[str, LoadOptions], tuple[str, LoadOptions]]:
    """Return base and revision with the options to load them; configured ones are meant from their configuration."""
    from dataclasses import replace

    from contractkit.model.errors import InputError

    here = replace(options, baselines=config.baselines)
    there = replace(here, root=config.folder)
    if base is not None and revision is not None:
        if base == revision == "-":
            raise InputError("-", "stdin can be read only once", "write one of the two contracts to a file")
        return (base, here), (revision, here)
    missing = [] if config.api else ["`api` (the name of a baseline)"]
    if base is None and not config.app:
        missing.append("`app` (the source of the current contract)")
    if missing or config.api is None:
        where = config.file or "[tool.contractkit] of pyproject.toml"
        raise InputError(
            "contractkit diff",
            "two sources are needed where no baseline and app are configured",
            f"name them, or set {' and '.join(missing)} in {where}",
        )
    baseline = (f"@{config.api}", there)
    if base is not None:
        return baseline, (base, here)
    assert config.app is not None
    return baseline, (config.app, there)


def _report(verdict: Verdict, form: Format, file: str | None, *, seconds: float, verbose: bool) -> None:
    from contractkit.cli.output import terminal_of, write_file, write_stdout
    from contractkit.report.terminal import Terminal

    if form is Format.JSON:
        from contractkit.report.json_report import render_json

        text = render_json(verdict)
    elif form is Format.TEXT:
        from contractkit.report.text import render_text

        terminal = terminal_of(sys.stdout) if file is None else Terminal()
        text = render_text(verdict, terminal, seconds=seconds, verbose=verbose)
    else:
        assert_never(form)
    if file is None:
        write_stdout(text)
    else:
        write_file(file, text)


def _fails(verdict: Verdict, fail_on: FailOn) -> bool:
    from contractkit.model.finding import Severity

    if fail_on is FailOn.NEVER:
        return False
    limit = Severity(fail_on).rank
    return any(finding.severity.rank >= limit for finding in verdict.findings)

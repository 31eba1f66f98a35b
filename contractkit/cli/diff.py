"""`contractkit diff`: compare two contracts and say whom the revision breaks.

This command is run on every commit, so its start counts: it reads its arguments with argparse (typer costs a tenth of a
second, most of it for pydantic), and imports each part of the comparison only when it gets there.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn, assert_never

from contractkit.cli.output import width_of

if TYPE_CHECKING:
    from contractkit.model.verdict import Verdict
    from contractkit.sources.config import Config
    from contractkit.sources.options import LoadOptions

SUMMARY = "Compare two contracts and prove whom the change breaks."
_DESCRIPTION = f"""{SUMMARY}

A contract is a FILE, a URL, - (stdin), package.module:app, @BASELINE, git:REF:PATH or REF!package.module:app.
With one source it is compared with the configured baseline; with none, the configured app is.

  contractkit diff old.json new.yaml
  contractkit diff git:main:openapi.json my_shop.main:app
  contractkit diff --format text --format json:report.json
  contractkit diff --confirm

--confirm sends each break to the running revision: the app itself, in a process of its own, or the server of
--base-url. Let that be one for tests: what is sent may create and delete. Users are those of `contractkit fuzz`.
"""
_EPILOG = "Exit code 0: nothing at or above --fail-on; 1: something is; 2: could not tell."


class FailOn(StrEnum):
    """The severity from which on a comparison fails."""

    BREAKING = "breaking"
    RISKY = "risky"
    NEVER = "never"


class Format(StrEnum):
    """The ways to report a comparison."""

    TEXT = "text"
    JSON = "json"


def main(arguments: Sequence[str]) -> int:
    """Compare two contracts, report the verdict, and return the exit code.

    Args:
        arguments: what follows `contractkit diff` on the command line.

    Raises:
        InputError: a source, an option or the configuration cannot be used.
        SystemExit: after `--help`.
    """
    began = time.perf_counter()
    given = _parsed(arguments)

    from contractkit.api import compare
    from contractkit.cli.output import tell
    from contractkit.report.notices import notice_lines
    from contractkit.sources.config import load_config
    from contractkit.sources.load import load
    from contractkit.sources.options import LoadOptions
    from contractkit.sources.parts import Parts

    gc.disable()  # reading documents makes many objects and no garbage: it is four times as fast without
    targets = _targets(given.format)
    options = LoadOptions(
        allow_remote_refs=given.allow_remote_refs, timeout=given.timeout, lifespan=given.lifespan, verbose=given.verbose
    )
    config = load_config(options.root)
    (base, base_options), (revision, revision_options) = _sources(given.base, given.revision, config, options)
    asks = given.confirm or given.base_url
    confirm = _confirming(revision, given, config, revision_options) if asks else None
    parts = Parts()
    verdict = compare(
        load(base, options=base_options, parts=parts), load(revision, options=revision_options, parts=parts)
    )
    if confirm is not None:
        verdict = confirm(verdict)
    for form, file in targets:
        _report(verdict, form, file, seconds=time.perf_counter() - began, verbose=given.verbose)
    tell(notice_lines(verdict, verbose=given.verbose))
    return int(_fails(verdict, FailOn(given.fail_on or config.fail_on)))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Refuse the command line in one line, as other bad input is."""
        from contractkit.model.errors import InputError

        raise InputError("diff", message, f"`{self.prog} --help` shows the options")


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        # argparse makes one for every option that it is told of, and without a width asks `shutil` for it.
        super().__init__(prog, width=width_of(sys.stdout) - 2)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the arguments; one that is not known is refused with the nearest option there is."""
    from contractkit.model.errors import InputError

    parser = _parser()
    given, unknown = parser.parse_known_intermixed_args(arguments)
    for one in unknown:
        if one.startswith("-"):
            import difflib

            name = one.partition("=")[0]
            near = difflib.get_close_matches(name, _OPTIONS, n=1)
            mend = f"did you mean {near[0]}?" if near else f"`{parser.prog} --help` shows the options"
            raise InputError(name, "there is no such option", mend)
        raise InputError(one, "this is one contract too many", f"`{parser.prog}` compares two")
    return given


_OPTIONS = (
    *("--help", "--format", "--fail-on", "--timeout", "--lifespan", "--allow-remote-refs", "--verbose"),
    *("--confirm", "--base-url", "--header"),
)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="contractkit diff",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("base", metavar="BASE", nargs="?", help="the contract that clients were built on")
    parser.add_argument("revision", metavar="REVISION", nargs="?", help="the contract that is to replace it")
    parser.add_argument(
        "--format",
        metavar="text|json[:FILE]",
        action="append",
        default=[],
        help="how to report, and where to; may be repeated",
    )
    parser.add_argument(
        "--fail-on",
        metavar="{breaking,risky,never}",
        type=_fail_on,
        help="exit with 1 from this severity on; what is configured, else breaking",
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=60.0,
        help="how long an app may take to give its document; 60 if left out",
    )
    parser.add_argument(
        "--lifespan",
        action="store_true",
        help="run the app's startup first; without, only if it has no paths before",
    )
    parser.add_argument(
        "--confirm", action="store_true", help="try the breaks on the running app, and say what it answered"
    )
    parser.add_argument("--base-url", metavar="URL", help="the server to try them on; means --confirm")
    parser.add_argument(
        "--header",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="credentials to send there; the configured user's if left out; may be repeated",
    )
    parser.add_argument("--allow-remote-refs", action="store_true", help="fetch the http(s) files that $refs name")
    parser.add_argument(
        "--verbose", action="store_true", help="show safe changes in full, all warnings, and tracebacks of errors"
    )
    return parser


def _seconds(text: str) -> float:
    from contractkit.model.errors import InputError

    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise InputError(f"--timeout {text}", "this is no number of seconds above 0", "write --timeout 90, for example")
    return seconds


def _fail_on(text: str) -> FailOn:
    if text not in tuple(FailOn):
        from contractkit.model.errors import InputError

        raise InputError(f"--fail-on {text}", f"there is no severity `{text}`", "it may be breaking, risky or never")
    return FailOn(text)


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
            "diff",
            "two sources are needed where no baseline and app are configured",
            f"name them, or set {' and '.join(missing)} in {where}",
        )
    baseline = (f"@{config.api}", there)
    if base is not None:
        return baseline, (base, here)
    assert config.app is not None
    return baseline, (config.app, there)


def _confirming(
    revision: str, given: argparse.Namespace, config: Config, options: LoadOptions
) -> Callable[[Verdict], Verdict]:
    """Return what puts the answers of the running revision into a verdict."""
    from contractkit.cli.users import users_of
    from contractkit.fuzz.confirm import confirmed
    from contractkit.fuzz.options import AppTarget, Options, Target, UrlTarget
    from contractkit.model.errors import InputError
    from contractkit.sources.syntax import AppSource, parse_source

    parsed = parse_source(revision, options.root)
    target: Target
    base_path = None
    if given.base_url:
        from urllib.parse import urlsplit

        target, base_path = UrlTarget(given.base_url), urlsplit(given.base_url).path.rstrip("/")
    elif not isinstance(parsed, AppSource):
        raise InputError(revision, "there is nothing to try the breaks on", "add --base-url URL, a server that runs it")
    elif parsed.ref is not None:
        mend = "check that revision out and name its app, or name a server that runs it with --base-url URL"
        raise InputError(revision, "the app of a git revision is not run", mend)
    else:
        target = AppTarget(parsed.module, parsed.attribute, str(options.root))
    users = users_of(given.header, (), config.fuzz())

    def confirm(verdict: Verdict) -> Verdict:
        gc.enable()  # from here on time passes that makes garbage
        return confirmed(verdict, Options(verdict.revision.contract, target, base_path, users, verbose=given.verbose))

    return confirm


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

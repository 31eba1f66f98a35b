"""The command line of `contractkit diff`, read with argparse: typer takes a tenth of a second, mostly pydantic's."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from contractkit.cli.formats import HELP, METAVAR
from contractkit.cli.output import width_of

SUMMARY = "Compare two contracts and prove whom the change breaks."
_DESCRIPTION = f"""{SUMMARY}

A contract is a FILE, a URL, - (stdin), package.module:app, @BASELINE, git:REF:PATH or REF!package.module:app.
With one source it is compared with the configured baseline; with none, the configured app is.

--confirm sends each break to the running revision: the app itself, in a process of its own, or the server of
--base-url. Let that be one for tests: what is sent may create and delete. Users are those of `contractkit fuzz`.
"""
_EPILOG = """Exit code 0: nothing at or above --fail-on; 1: something is; 2: could not tell.

Examples:
  contractkit diff
  contractkit diff old.json new.yaml
  contractkit diff git:main:openapi.json my_shop.main:app
  contractkit diff --format text --format json:report.json
  contractkit diff --confirm
  contractkit diff --all-baselines --strict-approvals
  contractkit diff --all --format markdown:report.md
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Refuse the command line in one line, as other bad input is."""
        from contractkit.model.errors import InputError

        raise InputError("diff", message, f"`{self.prog} --help` shows the options")


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        # argparse makes one for every option that it is told of, and without a width asks `shutil` for it.
        super().__init__(prog, width=width_of(sys.stdout) - 2)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the arguments of `contractkit diff`; one that is not known is refused with the nearest option there is."""
    from contractkit.model.errors import InputError

    parser = _parser()
    given, unknown = parser.parse_known_intermixed_args(arguments)
    for one in unknown:
        if one.startswith("-"):
            import difflib

            name = one.partition("=")[0]
            near = difflib.get_close_matches(name, OPTIONS, n=1)
            mend = f"did you mean {near[0]}?" if near else f"`{parser.prog} --help` shows the options"
            raise InputError(name, "there is no such option", mend)
        raise InputError(one, "this is one contract too many", f"`{parser.prog}` compares two")
    return given


OPTIONS = (
    *("--help", "--format", "--fail-on", "--timeout", "--lifespan", "--allow-remote-refs", "--verbose"),
    *("--confirm", "--base-url", "--header", "--all", "--all-baselines", "--strict-approvals"),
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
        metavar=METAVAR,
        action="append",
        default=[],
        help=HELP,
    )
    parser.add_argument(
        "--fail-on",
        metavar="{breaking,risky,never}",
        help="exit with 1 from this severity on; what is configured, else breaking",
    )
    parser.add_argument(
        "--all", action="store_true", help="compare every API of the configuration with its baseline, in one report"
    )
    parser.add_argument(
        "--all-baselines",
        action="store_true",
        help="compare with every stored version that is supported, not only the latest",
    )
    parser.add_argument(
        "--strict-approvals", action="store_true", help="exit with 1 for approvals that ended or match nothing, too"
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

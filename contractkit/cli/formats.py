"""The formats that `diff` and `fuzz` report in: one table, and what writes a run's reports.

A new format is a module of `contractkit.report` with a function `render_NAME`, and its name here.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from contractkit.model.records import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from contractkit.report.terminal import Terminal
    from contractkit.report.view import Report

TEXT, JSON = "text", "json"
RENDERED = ("markdown", "html", "junit", "sarif", "github", "gitlab")
"""The formats that are made of the JSON report."""
FORMATS = (TEXT, JSON, *RENDERED)
_ROOTS = {"github": "GITHUB_WORKSPACE", "sarif": "GITHUB_WORKSPACE", "gitlab": "CI_PROJECT_DIR"}
"""The variables that name the root of the checkout, for the formats that the service itself reads."""
METAVAR = "NAME[:FILE]"
HELP = f"how to report ({', '.join(FORMATS)}), and where to; may be repeated"


class Output(NamedTuple):
    """A format and the file it goes to, None for stdout."""

    form: str
    file: str | None


def outputs(given: Sequence[str]) -> list[Output]:
    """Return what `--format` asks for; text on stdout where it is not given.

    Raises:
        InputError: there is no such format, no file after a colon, or two reports for stdout.
    """
    from contractkit.model.errors import InputError

    found: list[Output] = []
    for row in given or (TEXT,):
        name, _, file = row.partition(":")
        if name not in FORMATS:
            mend = f"it may be {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
            raise InputError(f"--format {row}", f"there is no format `{name}`", mend)
        if row.endswith(":"):
            raise InputError(f"--format {row}", "no file is named after the colon", f"write {name}:FILE")
        found.append(Output(name, file or None))
    to_stdout = [one.form for one in found if one.file is None]
    if len(to_stdout) > 1:
        raise InputError(
            "--format", "two reports cannot both go to stdout", f"write {to_stdout[1]}:FILE for one of them"
        )
    return found


def write_reports(
    asked: Sequence[Output],
    *,
    text: Callable[[Terminal], str],
    values: Callable[[], Mapping[str, Any]],
    config: str = "pyproject.toml",
) -> None:
    """Write a run's reports; with `github`, the job's summary too, where GitHub names a file for it.

    Args:
        asked: the formats and their files.
        text: makes the text report for a terminal, or for a file.
        values: gives the JSON report; called only where a format needs it, and once.
        config: the file in which findings without a place of their own are shown.

    Raises:
        InputError: a file cannot be written.
    """
    from contractkit.cli.output import terminal_of, write_file, write_stdout
    from contractkit.report.terminal import Terminal

    made = functools.cache(values)
    for form, file in asked:
        if form == TEXT:
            report = text(terminal_of(sys.stdout) if file is None else Terminal())
        elif form == JSON:
            from contractkit.report.jsontext import pretty_json

            report = pretty_json(made()) + "\n"
        else:
            report = rendered(form, made(), config)
        if file is None:
            write_stdout(report)
        else:
            write_file(file, report)
        if form == "github" and (place := os.environ.get("GITHUB_STEP_SUMMARY")):
            _append(place, rendered("markdown", made(), config))


def rendered(form: str, values: Mapping[str, Any], config: str = "pyproject.toml") -> str:
    """Return a JSON report, which may hold those of several baselines, in one of the formats that are made of it."""
    from contractkit.api.pages import describe
    from contractkit.report.reading import read_reports

    render: Callable[[Sequence[Report]], str] = getattr(
        importlib.import_module(f"contractkit.report.{form}"), f"render_{form}"
    )
    return render(read_reports(values, describe=describe, config=config, folder=_folder(form)))


def _folder(form: str) -> str:
    """Return the working folder as the service that reads a format names it: from the root of the checkout.

    GitHub and GitLab say where that is; elsewhere, and for people, files are named from the working folder.
    """
    variable = _ROOTS.get(form)
    root = os.environ.get(variable, "") if variable else ""
    if not root:
        return ""
    from pathlib import Path

    here, top = Path.cwd().resolve(), Path(root).resolve()
    return here.relative_to(top).as_posix() if here != top and here.is_relative_to(top) else ""


def config_file(file: Path | None) -> str:
    """Return the configuration file as reports name it: relative to the working folder where it lies inside."""
    if file is None:
        return "pyproject.toml"
    from pathlib import Path

    here = Path.cwd()
    whole = here / file
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def _append(file: str, text: str) -> None:
    from contractkit.model.errors import InputError

    try:
        with open(file, "a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        mend = "GITHUB_STEP_SUMMARY names it; unset it to go without a summary"
        raise InputError(file, f"cannot be written ({error.strerror})", mend) from error

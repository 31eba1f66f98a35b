"""What `contractkit fuzz` writes: live progress to stderr, reports to stdout or files."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from contractkit.fuzz.pool import Progress
    from contractkit.model.fuzz import FuzzVerdict

_FORMATS = ("text", "json")
_LINE_SECONDS = 10.0
_LIVE_SECONDS = 0.2

Format = tuple[str, str | None]


def chosen_formats(given: Sequence[str]) -> list[Format]:
    """Return the formats with their files, text to stdout by default.

    Raises:
        InputError: there is no such format.
    """
    found: list[Format] = []
    for row in given or ("text",):
        form, mark, file = row.partition(":")
        if form not in _FORMATS:
            raise InputError("--format", f"`{form}` is no format", f"it may be {' or '.join(_FORMATS)}")
        found.append((form, file if mark else None))
    return found


class Reporter:
    """Tells how far a run is, and writes its reports.

    Args:
        stream: where progress goes: a bar on a terminal, a line every 10 s elsewhere.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tuple[RichProgress, TaskID] | None = None
        self._started = self._told = time.monotonic()

    def progress(self, state: Progress) -> None:
        """Tell how far the run is, now and then."""
        now = time.monotonic()
        live = self._stream.isatty()
        if now - self._told < (_LIVE_SECONDS if live else _LINE_SECONDS):
            return
        self._told = now
        told = f"{state.operations} operations, {state.requests} requests, {state.findings} findings"
        if live:
            if self._bar is None:
                self._bar = _bar(self._stream, state.units)
            bar, task = self._bar
            bar.update(task, completed=state.done, told=told)
            bar.refresh()
            return
        passed = now - self._started
        left = f", about {passed / state.done * (state.units - state.done):.0f} s left" if state.done else ""
        self._stream.write(f"contractkit: {state.done} of {state.units} parts, {told}, {passed:.0f} s{left}\n")
        self._stream.flush()

    def done(self) -> None:
        """Clear the live line."""
        if self._bar is not None:
            self._bar[0].stop()
            self._bar = None

    def report(self, verdict: FuzzVerdict, targets: Sequence[Format], target: str) -> None:
        """Write the reports."""
        import sys

        from contractkit.cli.output import terminal_of
        from contractkit.report.terminal import Terminal

        server = server_of(target, verdict)
        for form, file in targets:
            if form == "json":
                from contractkit.report.fuzz_json import render_fuzz_json

                text = render_fuzz_json(verdict, server)
            else:
                from contractkit.report.fuzz_text import render_fuzz_text

                terminal = terminal_of(sys.stdout) if file is None else Terminal()
                text = render_fuzz_text(verdict, server, terminal)
            _write(text, file)


def _bar(stream: TextIO, units: int) -> tuple[RichProgress, TaskID]:
    """Return a started bar. It is drawn when it is told something: a thread that draws would be copied by forks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        BarColumn(20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]},"),
        TimeElapsedColumn(),
        TextColumn("passed,"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=Console(file=stream),
        auto_refresh=False,
        transient=True,
    )
    task = bar.add_task("", total=units, told="")
    bar.start()
    return bar, task


def server_of(target: str, verdict: FuzzVerdict) -> str:
    """Return the address that curl lines are written for; their paths are whole, so its own path is left out."""
    from urllib.parse import urlsplit

    from contractkit.report.curl import server_url

    parts = urlsplit(target if "://" in target else server_url(verdict.contract.contract))
    return f"{parts.scheme}://{parts.netloc}"


def _write(text: str, file: str | None) -> None:
    from contractkit.cli.output import write_file, write_stdout

    if file is None:
        write_stdout(text)
    else:
        write_file(file, text)


def merged(files: Sequence[str], targets: Sequence[Format], fail_on: str | None) -> int:
    """Merge the JSON reports of the shards of one run, write the whole, and return the exit code."""
    from contractkit.model.finding import Severity
    from contractkit.report.fuzz_merge import merge_reports
    from contractkit.report.jsontext import pretty_json

    whole = merge_reports([(file, _read(file)) for file in files])
    for form, file in targets:
        if form == "json":
            _write(pretty_json(whole) + "\n", file)
        else:
            from contractkit.report.fuzz_merge import summary_text

            _write(summary_text(whole), file)
    failing = [finding for finding in whole["findings"] if finding["fails"]]
    if fail_on is not None:  # the command line says something else than the shards were told
        rank = 3 if fail_on == "never" else Severity(fail_on).rank
        open_ = [one for one in whole["findings"] if not one["approval"] and not one["ignored"]]
        failing = [finding for finding in open_ if Severity(finding["severity"]).rank >= rank]
    if failing:
        return 1
    return 0 if whole["complete"] and not _untested(whole) else 2


def _untested(report: dict[str, Any]) -> list[Any]:
    return [one for one in report["operations"]["untested"] if not one["allowed"]]


def _read(file: str) -> dict[str, Any]:
    try:
        value = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(file, f"cannot be read ({error.strerror})", "name a report of `fuzz --format json`") from error
    except ValueError as error:
        raise InputError(file, f"no JSON ({error})", "name a report of `fuzz --format json`") from error
    if not isinstance(value, dict) or value.get("kind") != "fuzz" or "unused_approvals" not in value:
        raise InputError(file, "no report of `contractkit fuzz`", "write one with --format json:FILE")
    return value

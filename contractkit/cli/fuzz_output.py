"""What `contractkit fuzz` writes: live progress to stderr, reports to stdout or files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from contractkit.cli.formats import Output, write_reports
from contractkit.model.errors import InputError
from contractkit.report.curl import server_of

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from contractkit.fuzz.pool import Progress
    from contractkit.model.fuzz import FuzzVerdict
    from contractkit.report.terminal import Terminal
    from contractkit.sources.config import Config

_LINE_SECONDS = 10.0
_LIVE_SECONDS = 0.2


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
        left = (
            f", about {passed / state.done * (state.units - state.done):.0f} s left"
            if 0 < state.done < state.units
            else ""
        )
        self._stream.write(f"contractkit: {state.done} of {state.units} parts, {told}, {passed:.0f} s{left}\n")
        self._stream.flush()

    def done(self) -> None:
        """Clear the live line."""
        if self._bar is not None:
            self._bar[0].stop()
            self._bar = None

    def report(self, verdict: FuzzVerdict, asked: Sequence[Output], target: str, config: str) -> None:
        """Write the reports; findings without a place are shown in the file `config`."""
        server = server_of(target, verdict)

        def text(terminal: Terminal) -> str:
            from contractkit.report.fuzz_text import render_fuzz_text

            return render_fuzz_text(verdict, server, terminal)

        def values() -> dict[str, Any]:
            from contractkit.report.fuzz_json import report

            return report(verdict, server)

        write_reports(asked, text=text, values=values, config=config)


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


def merged(files: Sequence[str], asked: Sequence[Output], config: Config, fail_on: str | None, *, strict: bool) -> int:
    """Merge the JSON reports of the shards of one run, write the whole, and return the exit code.

    Args:
        files: the reports.
        asked: the formats to write.
        config: the project's configuration, whose policy and approvals count for the whole.
        fail_on: the severity from which on a finding fails, where the command line says it.
        strict: whether approvals that do not count fail, too.

    Raises:
        InputError: a file is no report of `contractkit fuzz`, or they are of different runs.
    """
    from contractkit.api.project import policy_of
    from contractkit.api.reviewing import decided
    from contractkit.report.fuzz_merge import merge_reports, summary_text

    whole = merge_reports([(file, _read(file)) for file in files])
    whole = decided(config, policy_of(config, fail_on), whole, anew=fail_on is not None)
    write_reports(asked, text=lambda terminal: summary_text(whole), values=lambda: whole)
    if any(finding["fails"] for finding in whole["findings"]) or (strict and whole["unused_approvals"]):
        return 1
    return 0 if whole["complete"] and not _untested(whole) else 2


def _untested(report: dict[str, Any]) -> list[Any]:
    return [one for one in report["operations"]["untested"] if not one["allowed"]]


def _read(file: str) -> dict[str, Any]:
    from contractkit.api.project import read_reports

    (value,) = read_reports(Path(file), file)[:1]
    if value["kind"] != "fuzz":
        raise InputError(file, "is a report of `contractkit diff`", "merge those of `contractkit fuzz`")
    return value

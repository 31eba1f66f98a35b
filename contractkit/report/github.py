"""GitHub's workflow commands: lines on standard output that its runner shows at the line of the file they name.

The runner shows ten errors, ten warnings and ten notices of a step, so that what fails comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contractkit.model.finding import Severity
from contractkit.report.lines import decided
from contractkit.report.terminal import visible
from contractkit.report.view import Entry, Report, State, headline, unused_line


def render_github(reports: Sequence[Report]) -> str:
    """Return a command a line, with a newline at its end, and a last line that is none; safe findings are left out."""
    rows = [(report, entry) for report in reports for entry in report.entries if entry.severity is not Severity.SAFE]
    order = (State.FAILS, State.PASSES, State.APPROVED, State.IGNORED)
    rows.sort(key=lambda row: (order.index(row[1].state), -row[1].severity.rank))
    lines = [_command(report, entry) for report, entry in rows]
    for report in reports:
        lines += _others(report)
    return "\n".join([*lines, f"contractkit: {headline(reports)}"]) + "\n"


def _command(report: Report, entry: Entry) -> str:
    decision = decided(entry)
    name = "notice" if decision is not None else "error" if entry.fails else "warning"
    place = report.place(entry)
    properties = {"file": place.file}
    if place.line is not None:
        properties["line"] = str(place.line)
    if place.column is not None:
        properties["col"] = str(place.column)
    properties["title"] = f"{entry.severity}: {entry.rule}"
    text = f"{entry.about}: {entry.message}"
    if decision is not None:
        text += f" ({entry.state} {decision})"
    return _line(name, properties, f"{text} [{entry.id}]")


def _others(report: Report) -> Iterator[str]:
    """Yield what fails a run, or should be known, beside its findings."""
    if report.version is not None and report.version.fails:
        text = f"the version is {report.revision.version} and should be {report.version.needed} or later"
        yield _line("error", {"file": report.config, "title": "version"}, text)
    for one in report.run.untested if report.run is not None else ():
        if not one.allowed:
            yield _line("error", {"file": report.config, "title": "not tested"}, f"{one.operation}: {one.reason}")
    for unused in report.unused:
        yield _line("warning", {"file": report.config, "title": "approval that does not count"}, unused_line(unused))


def _line(name: str, properties: dict[str, str], text: str) -> str:
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(text)}"


def _data(text: str) -> str:
    """Return a text as the runner reads it behind the second `::` (actions/toolkit, command.ts, escapeData)."""
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    """Return a value of a property (actions/toolkit, command.ts, escapeProperty)."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")

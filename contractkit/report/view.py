"""A report as the formats read it: typed objects, made from the values of the JSON report of `diff` or `fuzz`.

One shape serves both kinds, reports that were written to a file (a CI artefact) and the runs of all baselines alike.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from contractkit.model.finding import Severity
from contractkit.model.verdict import VersionStep
from contractkit.report.pages import RulePage


class State(StrEnum):
    """What is done about a finding: the second axis beside its severity."""

    FAILS = "fails"
    PASSES = "passes"
    APPROVED = "approved"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two contracts of a report."""

    source: str
    title: str
    version: str
    digest: str

    @property
    def name(self) -> str:
        """Title, version and source, as far as they are known."""
        known = f"{self.title} {self.version}".strip()
        return f"{known} ({self.source})" if known else self.source


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: its path relative to the working folder, line and column counted from 1."""

    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a finding, why, when (ISO 8601), and until which day."""

    by: str
    reason: str
    at: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Unused:
    """An approval that does not count: the id of its finding, the approval, and why."""

    finding: str
    approval: Approval
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to a request that was really sent: status (None for none), header fields, body (JSON)."""

    status: int | None
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Message:
    """A request or response that shows a finding.

    Attributes:
        method: the HTTP method of a request; None for a response.
        url: path and query of a request.
        headers: header fields as sent.
        has_body: whether there is a body.
        body: its JSON value, or its text.
        raw: the bytes of a body that is no JSON value.
        truncated: whether `body` is only the beginning of such a body.
        curl: the request as a line for a shell.
        status: the status of a response; None for a request.
        refusal: what the receiving side says to it.
        answer: what the app answered, where it was asked.
        earlier: the requests that come before it.
    """

    method: str | None = None
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    has_body: bool = False
    body: Any = None
    raw: bytes | None = None
    truncated: bool = False
    curl: str | None = None
    status: str | None = None
    refusal: str | None = None
    answer: Answer | None = None
    earlier: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the running app said to a break: `confirmed`, `accepted` or `unclear`, why, and the request sent."""

    answer: str
    note: str
    sent: Message | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding of a report; the keys of the JSON report by the same names where they mean the same."""

    id: str
    rule: str
    severity: Severity
    proof: str
    operation: str
    direction: str | None
    location: str
    component: str | None
    operations: tuple[str, ...]
    message: str
    before: Any
    after: Any
    witness: Message | None
    source: Place | None
    approval: Approval | None
    ignored: str | None
    fails: bool
    reason: str | None
    confirmation: Confirmation | None
    mend: str
    notes: tuple[str, ...]

    @property
    def state(self) -> State:
        """What is done about it."""
        if self.approval is not None:
            return State.APPROVED
        if self.ignored is not None:
            return State.IGNORED
        return State.FAILS if self.fails else State.PASSES

    @property
    def about(self) -> str:
        """The operation it is about, or words for the whole."""
        return self.operation or "the whole API"

    @property
    def where(self) -> str:
        """Direction, location and component, as far as it has them."""
        place = f"{self.direction or ''} {self.location}".strip() if self.location else ""
        if self.component is None:
            return place
        return f"{place}, in {self.component}" if place else self.component


@dataclass(frozen=True, slots=True)
class Untested:
    """An operation that a fuzzing run did not test, why, and whether the user allowed it."""

    operation: str
    reason: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What a fuzzing run did.

    Attributes:
        operations: all operations of the run, as far as the report names them.
        total: how many operations there are.
        tested: how many of them were tested.
        untested: the others.
        unstable: what was seen once and not again.
        requests: requests sent.
        seconds: how long it took.
        seed: the seed of its random choices.
        complete: whether it came to its end.
    """

    operations: tuple[str, ...]
    total: int
    tested: int
    untested: tuple[Untested, ...]
    unstable: tuple[Entry, ...]
    requests: int
    seconds: float
    seed: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A report of `diff`, or of `fuzz` where `run` is set.

    Attributes:
        kind: `diff` or `fuzz`.
        outcome: the highest severity found: `breaking`, `risky`, `compatible` or `identical`.
        bump: the version step that is required: `major`, `minor`, `patch` or `none`.
        base: the contract that clients were built on.
        revision: what was held against it.
        version: the version that the changes ask for, where versions are numbers.
        entries: the findings, in the order of the report.
        unused: the approvals that do not count.
        run: what a fuzzing run did.
        notes: what the reader should know besides: parts of a document that were set aside, notes of a run.
        pages: the pages of the rules that the findings name, as far as they are known.
        config: the file that findings without any other place are shown in, as seen from the root.
        folder: the working folder as seen from the root that places are named from; empty where it is that root.
    """

    kind: str
    outcome: str
    bump: str
    base: Side
    revision: Side
    version: VersionStep | None
    entries: tuple[Entry, ...]
    unused: tuple[Unused, ...]
    run: Run | None
    notes: tuple[str, ...]
    pages: Mapping[str, RulePage]
    config: str
    folder: str = ""

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(entry.severity is severity for entry in self.entries)

    def of(self, *states: State) -> list[Entry]:
        """Return the findings in these states, the worst first, else in their order."""
        return sorted((one for one in self.entries if one.state in states), key=lambda one: -one.severity.rank)

    def place(self, entry: Entry) -> Place:
        """Return where a finding is shown: its source, else the document it comes from, else the configuration."""
        if entry.source is not None:
            return replace(entry.source, file=self._from_root(entry.source.file))
        for side in (self.revision, self.base):
            if (file := _document(side.source)) is not None:
                return Place(file if side.source.startswith("git:") else self._from_root(file))
        return Place(self.config)

    def _from_root(self, file: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, file))


def _document(source: str) -> str | None:
    """Return the file of a source inside the working folder, where it is one."""
    file = source.split(":", 2)[-1] if source.startswith("git:") else source
    inside = not file.startswith(("/", "@", "../")) and "://" not in file and "/../" not in file
    return file if inside and file.endswith((".json", ".yaml", ".yml")) else None


def headline(reports: Sequence[Report]) -> str:
    """Return one plain sentence about all reports together."""
    entries = [entry for report in reports for entry in report.entries]
    failing = sum(entry.state is State.FAILS for entry in entries)
    untested = sum(not one.allowed for report in reports if report.run for one in report.run.untested)
    if failing:
        text = f"{counted(failing, 'finding')} {'fails' if failing == 1 else 'fail'} the check"
    elif any(report.version is not None and report.version.fails for report in reports):
        text = "No finding fails the check, but the version is too low"
    elif any(report.run is not None and not report.run.complete for report in reports):
        text = "Nothing that was found fails the check, but the run was cut short"
    elif untested:
        text = f"Nothing that was found fails the check, but {counted(untested, 'operation')} could not be tested"
    elif entries:
        text = "Nothing that was found fails the check"
    elif all(report.kind == "diff" for report in reports):
        text = "The contracts say the same"
    else:
        text = "Nothing was found"
    approved = sum(entry.state is State.APPROVED for entry in entries)
    return text + (f"; {counted(approved, 'finding')} approved" if approved else "")


def summary(report: Report) -> str:
    """Return the figures of a report on one line, as the text report ends."""
    parts = [", ".join(f"{report.count(severity)} {severity}" for severity in Severity)]
    if report.run is None:
        parts.append("needs no new version" if report.bump == "none" else f"needs a {report.bump} version")
        if report.version is not None and not report.version.enough:
            parts.append(f"the version should be {report.version.needed} or later")
    else:
        run = report.run
        parts += [
            f"{run.tested} of {run.total} operations tested",
            f"{run.requests} requests",
            f"{run.seconds:.1f} s",
            f"seed {run.seed}",
        ]
    return " · ".join(parts)


def unused_line(unused: Unused) -> str:
    """Return one sentence about an approval that does not count."""
    return f"the approval of {unused.finding} by {unused.approval.by} {unused.why}: {unused.approval.reason}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


Describe = Callable[[str], RulePage | None]
"""Gives the page of a rule or check by its id."""

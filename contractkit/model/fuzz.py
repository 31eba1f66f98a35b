"""The one answer of a fuzzing run, or of a replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contractkit.model.finding import Severity
from contractkit.model.verdict import Outcome, SideInfo

if TYPE_CHECKING:
    from contractkit.model.standing import Standing, Unused


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a finding, and what came back; secrets are masked already.

    Attributes:
        method: HTTP method.
        url: path and query as sent, relative to the server.
        headers: header fields as sent, without those that carry credentials.
        credentials: header fields that carry credentials, with shell variables in place of what is secret.
        user: whose credentials went with it; None for nobody's.
        has_body: whether there was a body.
        body: its JSON value, or its text.
        raw: the bytes of a body that is no JSON value; None for others.
        status: the status of the answer; None where none came.
        answer_headers: header fields of the answer.
        answer: the JSON value of the answer's body, or its text.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    has_body: bool = False
    body: Any = None
    raw: bytes | None = None
    status: int | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """A promise that the app broke.

    Attributes:
        id: fingerprint `ck1-...` of check, operation and cause.
        check: the check's id.
        severity: what it means for clients.
        operation: the operation's key; empty where it concerns the whole app.
        operations: keys of all operations that show it, sorted.
        location: where in the request or answer it shows.
        message: one sentence.
        mend: what to do about it; may be empty.
        steps: the requests that show it, in order; the last one is where it shows.
        file: the app's file that it comes from, where that is known.
        line: the line there.
        standing: what it means for the run; None as long as nobody decided.
        before: what was recorded there (JSON), for a finding of `replay`.
        after: what is answered now.
    """

    id: str
    check: str
    severity: Severity
    operation: str
    operations: tuple[str, ...]
    location: str
    message: str
    mend: str
    steps: tuple[Step, ...]
    file: str | None = None
    line: int | None = None
    standing: Standing | None = None
    before: Any = None
    after: Any = None

    @property
    def fails(self) -> bool:
        """Whether it makes the run exit with 1."""
        return self.standing is not None and self.standing.fails


@dataclass(frozen=True, slots=True)
class OperationResult:
    """What became of one operation.

    Attributes:
        operation: its key.
        requests: how many requests were sent to it.
        statuses: how often each status came.
        reason: why it does not count as tested; empty where it does.
        allowed: whether the user said beforehand that it need not be tested.
        partial: whether its time ran out before all was done.
        left_out: whether the user chose to leave it out of the run.
    """

    operation: str
    requests: int
    statuses: Mapping[int, int]
    reason: str = ""
    allowed: bool = False
    partial: bool = False
    left_out: bool = False

    @property
    def tested(self) -> bool:
        """Whether it was really exercised."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class FuzzVerdict:
    """Outcome and findings of a run: of a fuzzing run, or of a replay.

    Attributes:
        contract: the promise that was checked; for a replay, the contract of the version that was recorded.
        target: what was called, as the user wrote it.
        findings: sorted by operation, location, check, id.
        unstable: what did not show again when it was tried again; it does not fail a run.
        operations: what became of each operation, in the order of the contract.
        requests: requests sent while exploring.
        seconds: how long the run took.
        seed: the seed of all random choices.
        notes: what the user should know about the run.
        complete: whether all units were worked on.
        unused: approvals that do not count.
        kind: `fuzz` or `replay`.
        revision: the contract of what was called, where that is another one.
    """

    contract: SideInfo
    target: str
    findings: tuple[FuzzFinding, ...]
    unstable: tuple[FuzzFinding, ...]
    operations: tuple[OperationResult, ...]
    requests: int
    seconds: float
    seed: int
    notes: tuple[str, ...] = ()
    complete: bool = True
    unused: tuple[Unused, ...] = ()
    kind: str = "fuzz"
    revision: SideInfo | None = None

    @property
    def outcome(self) -> Outcome:
        """The highest severity found; `compatible` where nothing was."""
        found = {finding.severity for finding in self.findings}
        if Severity.BREAKING in found:
            return Outcome.BREAKING
        return Outcome.RISKY if Severity.RISKY in found else Outcome.COMPATIBLE

    @property
    def untested(self) -> tuple[OperationResult, ...]:
        """The operations that were not really exercised, without a word that this is all right."""
        return tuple(one for one in self.operations if not one.tested and not one.allowed)

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def approved(self) -> int:
        """How many findings are approved."""
        return sum(one.standing is not None and one.standing.approval is not None for one in self.findings)

    @property
    def fails(self) -> bool:
        """Whether a finding makes the run exit with 1."""
        return any(one.fails for one in self.findings)

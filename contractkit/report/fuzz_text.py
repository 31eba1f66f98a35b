"""The report of a fuzzing run for a person."""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.model.finding import Severity
from contractkit.model.fuzz import FuzzFinding, FuzzVerdict, OperationResult, Step
from contractkit.report.fuzz_json import step_curl
from contractkit.report.standing import standing_lines
from contractkit.report.terminal import MOST_SHOWN, Terminal, shortened, visible

_COLOURS = {Severity.BREAKING: "red", Severity.RISKY: "yellow", Severity.SAFE: "green"}
_SEVERITY = 10
_LABEL = 11
_MESSAGE_MARGIN = " " * (2 + _SEVERITY)
_MARGIN = " " * (4 + _LABEL)
_REACHED_SHOWN = 3
_ANSWER = 300


def render_fuzz_text(verdict: FuzzVerdict, server: str, terminal: Terminal | None = None) -> str:
    """Return the report of a run as text, with a newline at its end.

    Args:
        verdict: the run.
        server: the address that curl lines are written for.
        terminal: width and colour; without it plain text in lines of any length.
    """
    page = _Page(verdict, server, terminal or Terminal())
    lines = [*page.heading(), *page.findings(), *page.unstable(), *page.untested(), *page.summary()]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Page:
    def __init__(self, verdict: FuzzVerdict, server: str, terminal: Terminal) -> None:
        self._verdict = verdict
        self._server = server
        self._terminal = terminal

    def heading(self) -> Iterator[str]:
        side = self._verdict.contract
        name = visible(f"{side.title} {side.version} ({side.source})".strip())
        label = "recorded" if self._verdict.kind == "replay" else "contract"
        yield from self._terminal.folded(name, f"{label}  ", " " * _SEVERITY)
        yield from self._terminal.folded(visible(self._verdict.target), "target    ", " " * _SEVERITY)
        yield ""

    def findings(self) -> Iterator[str]:
        grouped: dict[str, list[FuzzFinding]] = {}
        for finding in self._verdict.findings:
            grouped.setdefault(finding.operation, []).append(finding)
        order = sorted(grouped.items(), key=lambda item: (-max(one.severity.rank for one in item[1]), item[0]))
        for operation, rows in order:
            yield self._terminal.style(visible(operation or "The whole app"), "bold")
            for finding in sorted(rows, key=lambda one: -one.severity.rank):
                yield from self._finding(finding)
            yield ""

    def _finding(self, finding: FuzzFinding) -> Iterator[str]:
        label = self._terminal.style(f"{finding.severity:<{_SEVERITY}}", _COLOURS[finding.severity])
        yield from self._terminal.folded(visible(finding.message), "  " + label, _MESSAGE_MARGIN)
        if finding.file is not None:
            yield from self._labelled("raised at", visible(f"{finding.file}:{finding.line}"))
        if len(finding.operations) > 1:
            shown = ", ".join(finding.operations[:_REACHED_SHOWN])
            rest = len(finding.operations) - _REACHED_SHOWN
            yield from self._labelled("reaches", visible(shown + (f" and {rest} more" if rest > 0 else "")))
        if finding.before is not None:
            yield self._label("recorded") + self._terminal.value(finding.before, len(_MARGIN))
        for index, step in enumerate(finding.steps):
            last = index == len(finding.steps) - 1
            yield from self._step(step, "proof" if last else "first" if index == 0 else "then", full=last)
        if finding.mend:
            yield from self._labelled("mend", visible(finding.mend))
        for label, text in standing_lines(finding.standing):
            yield from self._labelled(label, visible(text))
        yield self._terminal.style(f"    {'id':<{_LABEL}}{finding.id} {finding.check}", "dim")

    def _step(self, step: Step, label: str, *, full: bool) -> Iterator[str]:
        line = step_curl(step, self._server)
        if line is not None and len(line) <= MOST_SHOWN:
            yield self._label(label) + visible(line)  # never folded: it is made to be copied
        else:
            yield from self._labelled(label, shortened(f"{step.method} {step.url}"))
            if step.has_body:
                yield self._label("body") + self._terminal.value(step.body, len(_MARGIN))
        status = "none came" if step.status is None else str(step.status)
        if not full or step.answer in (None, ""):
            yield self._label("answer") + status
            return
        yield self._label("answer") + status + " " + self._terminal.value(step.answer, len(_MARGIN) + 4, _ANSWER)

    def unstable(self) -> Iterator[str]:
        if not self._verdict.unstable:
            return
        yield self._terminal.style("Unstable: seen once, not when tried again", "bold")
        for finding in self._verdict.unstable:
            yield f"  {visible(finding.operation or 'the whole app')}: {visible(finding.message)} ({finding.check})"
        yield ""

    def untested(self) -> Iterator[str]:
        rows = [one for one in self._verdict.operations if not one.tested]
        if rows:
            yield self._terminal.style("Not tested", "bold")
            left_out = sum(one.left_out for one in rows)
            if left_out:
                yield f"  {left_out} operation{'' if left_out == 1 else 's'} by choice (--only)"
            for one in rows:
                if one.left_out:
                    continue
                allowed = " (allowed)" if one.allowed else ""
                yield f"  {visible(one.operation)}: {visible(one.reason)}{allowed}"
            yield ""
        partial = [one for one in self._verdict.operations if one.partial]
        if partial:
            yield self._terminal.style("Out of time before all was tried", "bold")
            yield from (f"  {visible(one.operation)}: {_requests(one)}" for one in partial)
            yield ""
        for note in self._verdict.notes:
            yield from self._terminal.folded(visible(note), "note      ", " " * _SEVERITY)

    def summary(self) -> Iterator[str]:
        counts = []
        is_replay = self._verdict.kind == "replay"
        for severity in (Severity.BREAKING, Severity.RISKY, *((Severity.SAFE,) if is_replay else ())):
            count = self._verdict.count(severity)
            text = f"{count} {severity}"
            counts.append(self._terminal.style(text, _COLOURS[severity]) if count else text)
        if self._verdict.approved:
            counts.append(f"{self._verdict.approved} of them approved")
        tested = sum(one.tested for one in self._verdict.operations)
        parts = [
            ", ".join(counts),
            f"{tested} of {len(self._verdict.operations)} operations {'replayed' if is_replay else 'tested'}",
            f"{self._verdict.requests} requests",
            f"{self._verdict.seconds:.1f} s",
            *(() if is_replay else (f"seed {self._verdict.seed}",)),
        ]
        yield " · ".join(parts)

    def _label(self, label: str) -> str:
        return "    " + self._terminal.style(f"{label:<{_LABEL}}", "dim")

    def _labelled(self, label: str, text: str) -> Iterator[str]:
        yield from self._terminal.folded(text, self._label(label), _MARGIN)


def _requests(one: OperationResult) -> str:
    return f"{one.requests} request{'' if one.requests == 1 else 's'}"

"""The report for a person: grouped by operation, what hurts first, each break with its proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from contractkit.model.change import Change, Direction, Proof, Witness
from contractkit.model.finding import Finding, Severity
from contractkit.model.verdict import Bump, SideInfo, Verdict
from contractkit.report.curl import curl_line, server_url
from contractkit.report.standing import standing_lines
from contractkit.report.terminal import MOST_SHOWN, Terminal, shortened, visible
from contractkit.report.words import may_come

if TYPE_CHECKING:
    from contractkit.model.confirmation import Confirmation

_COLOURS = {Severity.BREAKING: "red", Severity.RISKY: "yellow", Severity.SAFE: "green"}
_RELEASES = {
    Bump.MAJOR: "needs a major version",
    Bump.MINOR: "needs a minor version",
    Bump.PATCH: "needs a patch version",
    Bump.NONE: "needs no new version",
}
_SEVERITY = 10  # columns of the severity before its message
_LABEL = 11  # columns of the labels below it
_MESSAGE_MARGIN = " " * (2 + _SEVERITY)
_MARGIN = " " * (4 + _LABEL)
_SAFE_SHOWN = 20
_REACHED_SHOWN = 3


def render_text(
    verdict: Verdict, terminal: Terminal | None = None, *, seconds: float | None = None, verbose: bool = False
) -> str:
    """Return the report of a comparison as text, with a newline at its end.

    Args:
        verdict: what to report.
        terminal: width and colour; without it plain text in lines of any length.
        seconds: how long the comparison took, for the last line.
        verbose: show safe findings in full and all of them, not one line each and the first 20.
    """
    page = _Page(verdict, terminal or Terminal(), verbose)
    lines = [*page.heading(), *page.groups(), *page.refresh(), page.summary(seconds)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Page:
    def __init__(self, verdict: Verdict, terminal: Terminal, verbose: bool) -> None:
        self._verdict = verdict
        self._terminal = terminal
        self._verbose = verbose
        self._server = server_url(verdict.revision.contract)
        self._safe_left = len(verdict.findings) if verbose else _SAFE_SHOWN

    def heading(self) -> Iterator[str]:
        yield from self._terminal.folded(_side(self._verdict.base), "base      ", " " * _SEVERITY)
        yield from self._terminal.folded(_side(self._verdict.revision), "revision  ", " " * _SEVERITY)
        yield ""

    def groups(self) -> Iterator[str]:
        if not self._verdict.findings:
            yield "The two contracts say the same."
            yield ""
            return
        grouped: dict[str, list[Finding]] = {}
        for finding in self._verdict.findings:
            grouped.setdefault(finding.change.operation, []).append(finding)
        for operation, findings in sorted(grouped.items(), key=lambda item: (-_worst(item[1]), item[0])):
            blocks = [list(self._finding(finding)) for finding in sorted(findings, key=lambda one: -one.severity.rank)]
            if any(blocks):
                yield self._terminal.style(visible(operation or "The whole document"), "bold")
                yield from _spaced([block for block in blocks if block])
                yield ""
        hidden = self._verdict.count(Severity.SAFE) - _SAFE_SHOWN
        if hidden > 0 and not self._verbose:
            yield f"… and {_counted(hidden, 'more safe change')} (--verbose shows all)"
            yield ""

    def refresh(self) -> Iterator[str]:
        """Yield how a stored contract takes over what only its text differs in."""
        if self._verdict.base.source.startswith("@") and self._verdict.only_text:
            yield "Only the text of the document differs; `contractkit baseline save --force` stores it as it is now."
            yield ""

    def summary(self, seconds: float | None) -> str:
        counts = []
        for severity in Severity:
            count = self._verdict.count(severity)
            text = f"{count} {severity}"
            counts.append(self._terminal.style(text, _COLOURS[severity]) if count else text)
        if self._verdict.approved:
            counts.append(f"{self._verdict.approved} of them approved")
        parts = [", ".join(counts), _RELEASES[self._verdict.required_bump] + self._missing()]
        told = Counter(str(one.confirmation.answer) for one in self._verdict.findings if one.confirmation is not None)
        if told:
            parts.append("on the app: " + ", ".join(f"{told[answer]} {answer}" for answer in sorted(told)))
        if seconds is not None:
            parts.append(f"{seconds:.2f} s")
        return " · ".join(parts)

    def _missing(self) -> str:
        """Return the version that is needed, where `info.version` took too small a step."""
        step = self._verdict.version
        if step is None or step.enough or self._verdict.required_bump is Bump.NONE:
            return ""
        text = f", {step.needed} or later"
        return self._terminal.style(text, "red") if step.fails else text

    def _finding(self, finding: Finding) -> Iterator[str]:
        settled = finding.standing is not None and finding.standing.ignored is not None
        brief = (finding.severity is Severity.SAFE or settled) and not self._verbose
        if finding.severity is Severity.SAFE:
            if self._safe_left == 0:
                return
            self._safe_left -= 1
        label = f"{finding.severity:<{_SEVERITY}}"
        message = visible(finding.message)
        change = finding.change
        if brief and settled:
            message += " (ignored)"
        elif brief:
            others = len(change.operations) - 1
            message += f" (and in {_counted(others, 'more operation')})" if others > 0 else ""
        first = "  " + self._terminal.style(label, _COLOURS[finding.severity])
        yield from self._terminal.folded(message, first, _MESSAGE_MARGIN)
        if brief:
            return
        if place := _place(change):
            yield from self._labelled("where", visible(place))
        if finding.source is not None:
            yield from self._labelled("file", visible(f"{finding.source.file}:{finding.source.line}"))
        if len(change.operations) > 1:
            yield from self._labelled("reaches", visible(_reached(change.operations)))
        if change.before is not None or change.after is not None:
            yield from self._value("before", change.before)
            yield from self._value("after", change.after)
        if self._verbose and "null_everywhere" in change.facts:
            yield from self._labelled("places", visible(", ".join(change.after)))
        if change.proof is Proof.UNDECIDED:
            yield from self._labelled("undecided", visible(change.reason or "could be neither proved nor refuted"))
        if change.witness is not None:
            yield from self._witness(change.witness)
        if finding.confirmation is not None:
            yield from self._confirmation(finding.confirmation)
        for label, text in standing_lines(finding.standing):
            yield from self._labelled(label, visible(text))
        yield self._terminal.style(f"    {'id':<{_LABEL}}{finding.id} {finding.rule}", "dim")

    def _witness(self, witness: Witness) -> Iterator[str]:
        if witness.status is None:
            yield from self._request(witness)
        else:
            yield from self._response(witness)

    def _request(self, witness: Witness) -> Iterator[str]:
        line = curl_line(witness, self._server)
        if line is not None and len(line) <= MOST_SHOWN:
            # Never folded: it is made to be copied.
            yield self._label("proof") + visible(line)
        else:
            headers = _headers({name: text for name, text in witness.headers.items() if name != "Content-Type"})
            yield from self._labelled(
                "proof", shortened(f"{witness.method or ''} {witness.url or ''}{headers}".strip())
            )
            if witness.has_body:
                yield from self._value("body", witness.body)
        yield from self._labelled("answer", visible(f"refused: {witness.refusal}"))

    def _response(self, witness: Witness) -> Iterator[str]:
        yield from self._labelled("proof", shortened(may_come(witness.status) + _headers(witness.headers)))
        if witness.has_body:
            yield from self._value("body", witness.body)
        yield from self._labelled("client", visible(f"refuses it: {witness.refusal}"))

    def _confirmation(self, confirmation: Confirmation) -> Iterator[str]:
        yield from self._labelled(str(confirmation.answer), visible(confirmation.note))
        step = confirmation.step
        if step is not None:
            yield from self._labelled("sent", shortened(f"{step.method} {step.url}"))
            if step.answer not in (None, ""):
                yield from self._value("got", step.answer)

    def _label(self, label: str) -> str:
        return "    " + self._terminal.style(f"{label:<{_LABEL}}", "dim")

    def _labelled(self, label: str, text: str) -> Iterator[str]:
        yield from self._terminal.folded(text, self._label(label), _MARGIN)

    def _value(self, label: str, value: object) -> Iterator[str]:
        text = "-" if value is None and label in ("before", "after") else self._terminal.value(value, len(_MARGIN))
        yield self._label(label) + text


def _spaced(blocks: list[list[str]]) -> Iterator[str]:
    """Yield the lines of all blocks, those of more than a line set apart."""
    for index, block in enumerate(blocks):
        if index and len(blocks[index - 1]) > 1:
            yield ""
        yield from block


def _side(side: SideInfo) -> str:
    name = f"{side.title} {side.version}".strip()
    return visible(f"{name} ({side.source})" if name else side.source)


def _headers(headers: Mapping[str, str]) -> str:
    text = ", ".join(f"{name}: {value}" for name, value in headers.items())
    return f" with {text}" if text else ""


def _place(change: Change) -> str:
    """Return the direction, location and component of a change, as far as it has them."""
    direction = {Direction.REQUEST: "request", Direction.RESPONSE: "response", None: ""}[change.direction]
    place = f"{direction} {change.location}".strip() if change.location else ""
    if change.component is not None:
        place = f"{place}, in {change.component}" if place else change.component
    return place


def _reached(operations: Iterable[str]) -> str:
    names = list(operations)
    shown = names[:_REACHED_SHOWN]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _worst(findings: Iterable[Finding]) -> int:
    return max(finding.severity.rank for finding in findings)

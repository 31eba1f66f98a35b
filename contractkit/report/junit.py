"""The JUnit report, an XML file that CI servers show as tests (the schema of Jenkins' xUnit plugin, junit-10.xsd).

`diff`: a test for each finding, and a passing one where nothing is found. `fuzz`: a test for each operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from contractkit.report.lines import decided, detail_lines
from contractkit.report.terminal import visible
from contractkit.report.view import Entry, Report, State


@dataclass(frozen=True, slots=True)
class _Case:
    """A test: its name, what became of it (`failure`, `error`, `skipped`, or `` for passed), why, and the details."""

    name: str
    result: str = ""
    why: str = ""
    details: str = ""


def render_junit(reports: Sequence[Report]) -> str:
    """Return the reports as one XML document, a suite each, with a newline at its end.

    Text is made visible first, so that no character is left that XML 1.0 (section 2.2) forbids.
    """
    suites = [(report, _cases(report)) for report in reports]
    totals = _totals([case for _, cases in suites for case in cases])
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _tag("testsuites", {"name": "contractkit", **totals})]
    for report, cases in suites:
        lines += _suite(report, cases)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(report: Report, cases: Sequence[_Case]) -> Iterator[str]:
    name = f"contractkit {report.kind}: {report.base.name} → {report.revision.name}"
    skipped = str(sum(case.result == "skipped" for case in cases))
    seconds = f"{report.run.seconds if report.run else 0:.3f}"
    yield "  " + _tag("testsuite", {"name": name, **_totals(cases), "skipped": skipped, "time": seconds})
    for case in cases:
        head = _tag("testcase", {"classname": f"contractkit.{report.kind}", "name": case.name, "time": "0"})
        if not case.result and not case.details:
            yield f"    {head[:-1]}/>"
            continue
        yield f"    {head}"
        if not case.result:
            yield f"      <system-out>{escape(case.details)}</system-out>"
        elif case.result == "skipped":
            yield f"      {_tag('skipped', {'message': case.why})[:-1]}/>"
        else:
            yield f"      {_tag(case.result, {'message': case.why})}{escape(case.details)}</{case.result}>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _totals(cases: Sequence[_Case]) -> dict[str, str]:
    counts = {
        key: sum(case.result == one for case in cases) for key, one in (("failures", "failure"), ("errors", "error"))
    }
    return {"tests": str(len(cases)), **{key: str(count) for key, count in counts.items()}}


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}" + "".join(f" {key}={quoteattr(visible(value))}" for key, value in attributes.items()) + ">"


def _cases(report: Report) -> list[_Case]:
    if report.run is not None:
        return [*_operations(report)]
    cases = [_finding(entry) for entry in report.entries] or [_Case("the contracts say the same")]
    if report.version is not None and report.version.fails:
        why = f"the version is {report.revision.version} and should be {report.version.needed} or later"
        cases.append(_Case("the version", "failure", why))
    return cases


def _finding(entry: Entry) -> _Case:
    name = " ".join(part for part in (entry.about + ":", entry.rule, entry.location, f"[{entry.id}]") if part)
    text = "\n".join([visible(entry.message), *detail_lines(entry)])
    if entry.state is State.FAILS:
        return _Case(name, "failure", f"{entry.severity}: {entry.message}", text)
    if (decision := decided(entry)) is not None:
        return _Case(name, "skipped", f"{entry.state} {decision}: {entry.message}")
    return _Case(name, details=f"{entry.severity}: {text}")


def _operations(report: Report) -> Iterator[_Case]:
    """Yield a test for each operation; findings stand at the operation where they were seen first."""
    assert report.run is not None
    found: dict[str, list[Entry]] = {}
    for entry in report.entries:
        found.setdefault(entry.about, []).append(entry)
    untested = {one.operation: one for one in report.run.untested}
    for name in dict.fromkeys([*report.run.operations, *found, *untested]):
        entries = found.get(name, [])
        failing = [entry for entry in entries if entry.state is State.FAILS]
        text = "\n\n".join("\n".join([visible(one.message), *detail_lines(one)]) for one in failing or entries)
        if failing:
            more = f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""
            yield _Case(name, "failure", f"{failing[0].severity}: {failing[0].message}{more}", text)
        elif name in untested:
            one = untested[name]
            yield _Case(name, "skipped" if one.allowed else "error", f"not tested: {one.reason}", text)
        else:
            yield _Case(name, details=text)
    if not report.run.complete:
        yield _Case("the whole run", "error", "the run was cut short before all was tried")

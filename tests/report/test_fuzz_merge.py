"""Reports that are put together, older ones with less in them included."""

from __future__ import annotations

from typing import Any

from contractkit.report.fuzz_merge import merge_reports


def finding(severity: str, **more: Any) -> dict[str, Any]:
    place = {"id": "ck1-0123456789abcdef", "rule": "server-error", "operation": "GET /a", "location": "500"}
    return {**place, "severity": severity, "operations": ["GET /a"], **more}


def report(*findings: dict[str, Any], **operations: Any) -> dict[str, Any]:
    return {
        "base": {"digest": "sha256:0"},
        "seed": 1,
        "findings": list(findings),
        "unstable": [],
        "operations": {"total": 1, "tested": 1, "untested": [], **operations},
        "requests": 2,
        "seconds": 0.5,
        "complete": True,
    }


def test_what_an_older_report_left_out_is_what_it_meant() -> None:
    approval = {"approval": {"by": "ann"}, "ignored": None, "fails": False}
    merged = merge_reports(
        [
            ("one.json", report(finding("risky", **approval), partial=["GET /a"])),
            ("two.json", report(finding("breaking"))),
        ]
    )
    assert merged["findings"] == [finding("breaking", approval=None, ignored=None, fails=True)]
    assert merged["operations"] == {"total": 2, "tested": 2, "names": [], "untested": [], "partial": ["GET /a"]}
    assert (merged["notes"], merged["unused_approvals"], merged["counts"]["breaking"]) == ([], [], 1)


def test_what_is_ignored_everywhere_does_not_fail() -> None:
    ignored = finding("breaking", ignored="the level of the rule")
    merged = merge_reports([(f"{number}.json", report(ignored)) for number in range(2)])
    assert merged["findings"] == [{**ignored, "approval": None, "fails": False}]

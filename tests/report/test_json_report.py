"""The JSON report: its keys, their order, and what is left out."""

import json
from dataclasses import replace

from contractkit.model.change import Change
from contractkit.model.finding import Finding, Severity
from contractkit.model.verdict import Verdict
from contractkit.report.json_report import render_json

FINDING_KEYS = [
    "id",
    "rule",
    "severity",
    "proof",
    "operation",
    "direction",
    "location",
    "component",
    "operations",
    "message",
    "before",
    "after",
    "witness",
    "source",
    "approval",
    "ignored",
    "fails",
]


def test_the_keys_and_their_order(verdict: Verdict) -> None:
    report = json.loads(render_json(verdict))
    assert list(report) == [
        "schema_version",
        "kind",
        "outcome",
        "required_bump",
        "base",
        "revision",
        "counts",
        "version",
        "only_text",
        "findings",
        "unused_approvals",
        "warnings",
    ]
    assert list(report["base"]) == list(report["revision"]) == ["source", "title", "version", "digest"]
    assert list(report["counts"]) == ["breaking", "risky", "safe", "approved"]
    for finding in report["findings"]:
        undecided = finding["proof"] == "undecided"
        assert list(finding) == [*FINDING_KEYS, *(["reason"] if undecided else [])]


def test_the_values(verdict: Verdict) -> None:
    report = json.loads(render_json(verdict))
    assert (report["schema_version"], report["kind"]) == (1, "diff")
    assert (report["outcome"], report["required_bump"]) == ("breaking", "major")
    assert report["revision"] == {
        "source": "new.json",
        "title": "Orders",
        "version": "1.1.0",
        "digest": verdict.revision.contract.digest,
    }
    assert report["counts"] == {"breaking": 3, "risky": 1, "safe": 2, "approved": 0}
    assert report["warnings"] == {
        "base": [
            {
                "place": "/paths/~1a",
                "text": "an object was expected where 3 stands; it is read as if it said nothing",
            }
        ],
        "revision": [],
    }
    (required,) = [f for f in report["findings"] if f["rule"] == "request-property-became-required"]
    assert required == {
        "id": required["id"],
        "rule": "request-property-became-required",
        "severity": "breaking",
        "proof": "witness",
        "operation": "POST /orders",
        "direction": "request",
        "location": "body.qty",
        "component": "OrderIn",
        "operations": ["POST /orders", "PUT /orders/{}"],
        "message": "`qty` became required",
        "before": None,
        "after": None,
        "witness": {
            "method": "POST",
            "url": "/orders?a",
            "headers": {"Content-Type": "text/json"},
            "body": {"n": "i's"},
            "curl": "curl -X POST 'http://a.b/api/orders?a' -H 'Content-Type: text/json' "
            """--data-raw '{"n": "i'"'"'s"}'""",
            "refusal": "'qty' is a required property",
        },
        "source": None,
        "approval": None,
        "ignored": None,
        "fails": False,
    }
    (null,) = [f for f in report["findings"] if f["rule"] == "response-null-added"]
    assert null["witness"] == {
        "headers": {"Content-Type": "application/json"},
        "body": {"id": None},
        "status": "200",
        "refusal": "null is not of type 'string'",
    }
    (pattern,) = [f for f in report["findings"] if f["rule"] == "request-pattern-changed"]
    assert (pattern["reason"], pattern["witness"]) == ("a lookahead in a regular expression", None)
    (version,) = [f for f in report["findings"] if f["rule"] == "document-version-changed"]
    assert (version["operation"], version["direction"], version["location"]) == ("", None, "")


def test_the_text_is_ascii_and_valid_whatever_the_document_says(identical: Verdict) -> None:
    change = Change(
        "schema", "default", "changed", "GET /ä", before=float("nan"), after=["\ud800\x1b", float("-inf"), 1e300]
    )
    finding = Finding("ck1-1", "default-changed", Severity.SAFE, "ü", change)
    text = render_json(replace(identical, findings=(finding,)))
    assert text.isascii()
    assert text.endswith("}\n")
    (read,) = json.loads(text, parse_constant=refuse)["findings"]
    assert (read["before"], read["after"]) == ("nan", ["\ud800\x1b", "-inf", 1e300])


def refuse(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")

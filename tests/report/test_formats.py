"""The formats that are made of the JSON report: whole reports, and the schemas of those who read them."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema

from contractkit.judge.verdict import judge
from contractkit.model.change import Change
from contractkit.model.contract import Contract
from contractkit.model.finding import Severity
from contractkit.model.fuzz import FuzzFinding, FuzzVerdict, OperationResult, Step
from contractkit.model.verdict import SideInfo, Verdict
from contractkit.report.fuzz_json import report as fuzz_report
from contractkit.report.github import render_github
from contractkit.report.gitlab import render_gitlab
from contractkit.report.html import render_html
from contractkit.report.json_report import report
from contractkit.report.junit import render_junit
from contractkit.report.markdown import render_markdown
from contractkit.report.reading import read_report
from contractkit.report.sarif import render_sarif
from contractkit.report.view import Report

SCHEMAS = Path(__file__).parent / "schemas"


def small() -> dict[str, Any]:
    """A comparison with a finding that fails, one approved, one ignored, and a safe one, as JSON values."""
    document = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {}}
    changes = [
        Change("operation", "presence", "removed", f"GET /{name}", operations=(f"GET /{name}",)) for name in "abc"
    ]
    changes.append(Change("document", "version", "changed", before="1", after="2"))
    values = report(
        judge(
            changes,
            SideInfo(Contract("old.json", document)),
            SideInfo(Contract("new.json", {**document, "info": {"title": "Shop", "version": "2"}})),
        )
    )
    by = {one["operation"]: one for one in values["findings"]}
    by["GET /a"].update(fails=True, source={"file": "shop/main.py", "line": 12, "column": 5})
    by["GET /b"]["approval"] = {
        "by": "Ann",
        "reason": "nobody, uses: it",
        "at": "2030-01-01T00:00:00Z",
        "until": "2030-06-01",
    }
    by["GET /c"]["ignored"] = "internal"
    for number, name in enumerate(("", "GET /a", "GET /b", "GET /c")):
        by[name]["id"] = f"ck1-{number:016x}"
    return values


def fuzzed() -> dict[str, Any]:
    """A run with a finding in one of four operations; one more passed, and two were not tested."""
    side = SideInfo(Contract("shop:app", {"info": {"title": "Shop", "version": "1"}, "paths": {}}))
    finding = FuzzFinding(
        "ck1-00000000000000ff",
        "server-error",
        Severity.BREAKING,
        "GET /a",
        ("GET /a",),
        "500",
        "the app fails with ZeroDivisionError",
        "check for 0",
        (
            Step("POST", "/b", has_body=True, body={"n": 1}, status=201),
            Step("GET", "/a?n=0", status=500, answer="oops"),
        ),
        "shop/main.py",
        7,
    )
    verdict = FuzzVerdict(
        side,
        "shop:app",
        (finding,),
        (replace(finding, id="ck1-00000000000000fe", operation="POST /b"),),
        (
            OperationResult("GET /a", 9, {500: 1}),
            OperationResult("POST /b", 9, {201: 9}),
            OperationResult("GET /c", 0, {}, "no identifier was found"),
            OperationResult("GET /d", 0, {}, "it only answers 401", allowed=True),
        ),
        18,
        1.25,
        3,
        ("users sign in at `POST /login`",),
    )
    values = fuzz_report(verdict, "http://127.0.0.1:8000")
    values["findings"][0]["fails"] = True
    return values


FUZZED = """\
<!-- contractkit -->
**contractkit: 1 finding fails the check.**

`Shop 1 (shop:app)`, fuzzed at `shop:app`

1 breaking, 0 risky, 0 safe · 2 of 4 operations tested · 18 requests · 1.2 s · seed 3

| | Operation | What | Id |
|---|---|---|---|
| breaking | `GET /a` | the app fails with ZeroDivisionError (`shop/main.py:7`) | `ck1-00000000000000ff` |

<details>
<summary>What fails the check (1)</summary>

```text
breaking: GET /a: the app fails with ZeroDivisionError
where     response 500
file      shop/main.py:7
first     curl -X POST http://127.0.0.1:8000/b --data-raw '{"n": 1}'
answer    201
proof     curl 'http://127.0.0.1:8000/a?n=0'
answer    500 "oops"
mend      check for 0
id        ck1-00000000000000ff server-error
```


</details>

<details>
<summary>Not tested (2)</summary>

- `GET /c`: no identifier was found
- `GET /d`: it only answers 401 (allowed)

</details>

<details>
<summary>Notes (1)</summary>

- users sign in at `POST /login`

</details>
"""

REPORTS = {"diff": small, "fuzz": fuzzed}


def read(values: dict[str, Any]) -> list[Report]:
    return [read_report(values)]


@pytest.fixture(scope="module")
def sarif_schema() -> Any:
    return json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


@pytest.mark.parametrize("kind", REPORTS)
def test_sarif_is_valid(kind: str, sarif_schema: Any) -> None:
    for reports in (read(REPORTS[kind]()), read(REPORTS[kind]()) * 2):
        jsonschema.Draft4Validator(sarif_schema).validate(json.loads(render_sarif(reports)))


@pytest.mark.parametrize("kind", REPORTS)
def test_junit_is_valid(kind: str, junit_schema: xmlschema.XMLSchema) -> None:
    junit_schema.validate(render_junit(read(REPORTS[kind]()) * 2))


def test_reports_of_every_kind_of_change_are_valid(
    verdict: Verdict, identical: Verdict, sarif_schema: Any, junit_schema: xmlschema.XMLSchema
) -> None:
    reports = [read_report(report(one)) for one in (verdict, identical)]
    jsonschema.Draft4Validator(sarif_schema).validate(json.loads(render_sarif(reports)))
    junit_schema.validate(render_junit(reports))


def test_sarif() -> None:
    (run,) = json.loads(render_sarif(read(small())))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["defaultConfiguration"]) == ("operation-removed", {"level": "error"})
    assert rule["help"]["text"].endswith("`contractkit rules show operation-removed` shows examples.")
    results = run["results"]
    assert results[0] == {
        "ruleId": "operation-removed",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "GET /a: `GET /a` was removed without having been deprecated"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "shop/main.py"},
                    "region": {"startLine": 12, "startColumn": 5},
                },
                "logicalLocations": [{"fullyQualifiedName": "GET /a", "kind": "member"}],
            }
        ],
        "partialFingerprints": {"contractkit/v1": "ck1-0000000000000001"},
        "properties": {"id": "ck1-0000000000000001", "severity": "breaking", "proof": "definition"},
    }
    assert [(one["level"], one.get("suppressions")) for one in results[1:]] == [
        (
            "note",
            [{"kind": "external", "status": "accepted", "justification": "by Ann until 2030-06-01: nobody, uses: it"}],
        ),
        ("note", [{"kind": "external", "status": "accepted", "justification": "internal"}]),
    ]
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
    assert uris == ["shop/main.py", "new.json", "new.json"]


def test_github() -> None:
    gone = "was removed without having been deprecated"
    assert render_github(read(small())).splitlines() == [
        f"::error file=shop/main.py,line=12,col=5,title=breaking%3A operation-removed::GET /a: `GET /a` {gone} "
        "[ck1-0000000000000001]",
        f"::notice file=new.json,title=breaking%3A operation-removed::GET /b: `GET /b` {gone} "
        "(approved by Ann until 2030-06-01: nobody, uses: it) [ck1-0000000000000002]",
        f"::notice file=new.json,title=breaking%3A operation-removed::GET /c: `GET /c` {gone} (ignored internal) "
        "[ck1-0000000000000003]",
        "contractkit: 1 finding fails the check; 1 finding approved",
    ]
    assert render_github(read(fuzzed())).splitlines() == [
        "::error file=shop/main.py,line=7,title=breaking%3A server-error::GET /a: the app fails with ZeroDivisionError "
        "[ck1-00000000000000ff]",
        "::error file=pyproject.toml,title=not tested::GET /c: no identifier was found",
        "contractkit: 1 finding fails the check",
    ]


def test_gitlab() -> None:
    (row,) = json.loads(render_gitlab(read(small()) * 2))
    assert row == {
        "description": "GET /a: `GET /a` was removed without having been deprecated (ck1-0000000000000001)",
        "check_name": "operation-removed",
        "fingerprint": row["fingerprint"],
        "severity": "blocker",
        "location": {"path": "shop/main.py", "lines": {"begin": 12}},
    }
    assert re.fullmatch("[0-9a-f]{64}", row["fingerprint"])


def cases(text: str) -> list[tuple[str, str, str]]:
    """Name, result and message of each test."""
    found = []
    for case in ElementTree.fromstring(text).iter("testcase"):
        results = [one for one in case if one.tag != "system-out"]
        assert len(results) <= 1
        result = results[0] if results else None
        name = case.get("name", "")
        found.append((name, "passed", "") if result is None else (name, result.tag, result.get("message", "")))
    return found


def test_junit(identical: Verdict) -> None:
    gone = "was removed without having been deprecated"
    assert cases(render_junit(read(small()))) == [
        ("the whole API: document-version-changed [ck1-0000000000000000]", "passed", ""),
        ("GET /a: operation-removed [ck1-0000000000000001]", "failure", f"breaking: `GET /a` {gone}"),
        (
            "GET /b: operation-removed [ck1-0000000000000002]",
            "skipped",
            f"approved by Ann until 2030-06-01: nobody, uses: it: `GET /b` {gone}",
        ),
        ("GET /c: operation-removed [ck1-0000000000000003]", "skipped", f"ignored internal: `GET /c` {gone}"),
    ]
    assert cases(render_junit([read_report(report(identical))])) == [("the contracts say the same", "passed", "")]
    suite = ElementTree.fromstring(render_junit(read(fuzzed())))[0]
    assert suite.attrib == {
        "name": "contractkit fuzz: Shop 1 (shop:app) → Shop 1 (shop:app)",
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
        "time": "1.250",
    }
    assert cases(render_junit(read(fuzzed()))) == [
        ("GET /a", "failure", "breaking: the app fails with ZeroDivisionError"),
        ("POST /b", "passed", ""),
        ("GET /c", "error", "not tested: no identifier was found"),
        ("GET /d", "skipped", "not tested: it only answers 401"),
    ]


def test_a_version_that_is_too_low_fails_where_it_is_required() -> None:
    values = {**small(), "findings": [], "version": {"needed": "3.0.0", "enough": False, "fails": True}}
    why = "the version is 2 and should be 3.0.0 or later"
    assert cases(render_junit(read(values))) == [
        ("the contracts say the same", "passed", ""),
        ("the version", "failure", why),
    ]
    assert render_github(read(values)).splitlines() == [
        f"::error file=pyproject.toml,title=version::{why}",
        "contractkit: No finding fails the check, but the version is too low",
    ]


def test_markdown() -> None:
    assert render_markdown(read(fuzzed())) == FUZZED


def test_a_comment_is_cut_below_the_limit_of_github_and_says_so() -> None:
    values = small()
    (one,) = [finding for finding in values["findings"] if finding["operation"] == "GET /a"]
    values["findings"] = [{**one, "id": f"ck1-{number:016x}", "message": "x" * 200} for number in range(2_000)]
    text = render_markdown(read(values))
    assert 60_000 < len(text) < 65_536
    lines = text.splitlines()
    assert lines[:2] == ["<!-- contractkit -->", "**contractkit: 2000 findings fail the check.**"]
    assert lines.count("<details>") == lines.count("</details>") == 1
    assert re.fullmatch(r"\*\d+ parts left out to stay below the size of a comment; .+\*", lines[-1])


def test_html_is_one_file_that_runs_nothing_and_has_landmarks() -> None:
    text = render_html([*read(small()), *read(fuzzed())])
    assert re.findall(r"(?:src|href|action)=\S+", text) == ['href="#main">To']
    assert re.findall("<script|<img|<link|<iframe|@import|url\\(", text) == []
    style = files("contractkit.report").joinpath("html.css").read_text(encoding="utf-8")
    assert f"<style>{style}</style>" in text
    titles = re.findall(r"<h2 id=\"([\w-]+)\">(.+?)</h2>", text)
    assert titles == [
        ("fails-0", "1 → 2: Fails the check (1)"),
        ("approved-0", "1 → 2: Approved (1)"),
        ("ignored-0", "1 → 2: Ignored by the configuration (1)"),
        ("safe-0", "1 → 2: Safe (1)"),
        ("fails-1", "1 → 1: Fails the check (1)"),
        ("untested-1", "1 → 1: Not tested (2)"),
        ("unstable-1", "1 → 1: Unstable: seen once, not when tried again (1)"),
        ("notes-1", "1 → 1: Notes (1)"),
    ]
    assert re.findall(r'aria-labelledby="([\w-]+)"', text) == [key for key, _ in titles]

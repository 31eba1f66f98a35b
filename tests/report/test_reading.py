"""Reading a JSON report back: what is none is refused in one line that names the place."""

from typing import Any

import pytest

from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.model.finding import Severity
from contractkit.model.fuzz import FuzzFinding, FuzzVerdict, Step
from contractkit.model.verdict import SideInfo, Verdict
from contractkit.report.fuzz_json import report as fuzz_report
from contractkit.report.json_report import report, whole_report
from contractkit.report.reading import read_report, read_reports
from contractkit.report.view import Place, State

MEND = "write one with `contractkit diff --format json:FILE` or `contractkit fuzz --format json:FILE`"


def changed(values: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    target: Any = values
    for key in path[:-1]:
        target = target[key]
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return values


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("kind",), "difference", "this is no report: `kind` should be `diff`, `fuzz` or `replay`"),
        (("schema_version",), 2, "its schema_version is 2; this contractkit reads 1"),
        (("findings",), {}, "this is no report: `findings` should be a list"),
        (("findings",), [3], "this is no report: findings[0] is no object"),
        (
            ("findings", 1, "severity"),
            "bad",
            "this is no report: `findings[1].severity` should be `breaking`, `risky` or `safe`",
        ),
        (("findings", 1, "message"), None, "this is no report: `findings[1].message` is missing"),
        (("findings", 0, "fails"), 1, "this is no report: `findings[0].fails` should be true or false"),
        (
            ("findings", 0, "operations"),
            "GET /",
            "this is no report: `findings[0].operations` should be a list of texts",
        ),
        (("base",), "x", "this is no report: `base` should be an object"),
    ],
)
def test_what_is_no_report_is_refused(verdict: Verdict, path: tuple[str | int, ...], value: Any, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        read_report(changed(report(verdict), path, value), "a.json")
    assert str(caught.value) == f"a.json: {problem}; {MEND}"


@pytest.mark.parametrize("value", [None, [], 3, {"kind": "diffs"}, {"kind": "diffs", "reports": [1]}])
def test_no_value_of_another_kind_is_a_report(value: Any) -> None:
    with pytest.raises(InputError, match=r"^a\.json: this is no report: "):
        read_reports(value, "a.json")


def test_the_reports_of_several_baselines(verdict: Verdict, identical: Verdict) -> None:
    both = read_reports(whole_report([verdict, identical]))
    assert both == [read_report(report(verdict)), read_report(report(identical))]
    assert [len(one.entries) for one in both] == [6, 0]


def test_a_body_that_is_no_json_keeps_its_bytes() -> None:
    side = SideInfo(Contract("shop:app", {"info": {"title": "Shop", "version": "1"}, "paths": {}}))
    steps = (
        Step("POST", "/a", has_body=True, body="\\xb9", raw=b"\xb9"),
        Step("POST", "/a", has_body=True, body="a", raw=b"a" * 4_001),
        Step("POST", "/a", has_body=True, body="a"),
    )
    where = ("POST /a", ("POST /a",), "500", "it fails", "")
    finding = FuzzFinding("ck1-00000000000000ff", "server-error", Severity.BREAKING, *where, steps)
    values = fuzz_report(FuzzVerdict(side, "shop:app", (finding,), (), (), 3, 1.0, 0), "http://h")
    witness = values["findings"][0]["witness"]
    assert [one.get("base64") for one in (*witness["sequence"], witness)] == ["uQ==", None, None]
    assert [one.get("curl") for one in (*witness["sequence"], witness)] == [
        "printf '\\271' | curl -X POST http://h/a -H Content-Type: --data-binary @-",
        None,
        "curl -X POST http://h/a --data-raw '\"a\"'",
    ]
    (entry,) = read_report(values).entries
    assert entry.witness is not None
    assert [one.get("truncated") for one in (*witness["sequence"], witness)] == [None, True, None]
    assert [one.truncated for one in (*entry.witness.earlier, entry.witness)] == [False, True, False]
    assert [one.raw for one in (*entry.witness.earlier, entry.witness)] == [b"\xb9", None, None]
    witness["base64"] = "?"
    with pytest.raises(InputError, match=r"`findings\[0\]\.witness\.base64` should be base64"):
        read_report(values)


def test_what_earlier_versions_did_not_write_may_be_absent(verdict: Verdict) -> None:
    values = report(verdict)
    del values["unused_approvals"], values["version"]
    for finding in values["findings"]:
        for key in ("approval", "ignored", "fails", "source"):
            del finding[key]
    states = [entry.state for entry in read_report(values).of(*State)]
    assert states == [State.FAILS] * 3 + [State.PASSES] * 3


@pytest.mark.parametrize(
    ("revision", "base", "file"),
    [
        ("new.json", "old.yaml", "new.json"),
        ("shop.main:app", "git:main:docs/old.yaml", "docs/old.yaml"),
        ("https://a.example/openapi.json", "@shop", "pyproject.toml"),
        ("/tmp/new.json", "../old.json", "pyproject.toml"),
        ("-", "a/../../old.json", "pyproject.toml"),
    ],
)
def test_a_finding_without_source_is_shown_in_a_document_or_the_configuration(
    verdict: Verdict, revision: str, base: str, file: str
) -> None:
    values = report(verdict)
    values["revision"]["source"], values["base"]["source"] = revision, base
    found = read_report(values)
    assert {found.place(entry) for entry in found.entries} == {Place(file)}


def test_what_was_set_aside_is_a_note(verdict: Verdict) -> None:
    assert read_report(report(verdict)).notes == (
        "set aside in the base, /paths/~1a: an object was expected where 3 stands; it is read as if it said nothing",
    )

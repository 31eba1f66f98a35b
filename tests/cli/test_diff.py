"""`contractkit diff` as a process: what it prints and how it exits."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DONE = {"responses": {"200": {"description": "done"}}}


def document(version: str = "1.0.0", **operations: Any) -> dict[str, Any]:
    """Return a document whose operations on /orders are given by method."""
    return {"openapi": "3.1.0", "info": {"title": "Orders", "version": version}, "paths": {"/orders": operations}}


OLD = document(get=DONE, post=DONE)
GONE = document(get=DONE)
RISKY = document(get=DONE, post={**DONE, "responses": {**DONE["responses"], "202": {"description": "accepted"}}})
REMOVED_ID = "ck1-a248288f2d873305"


def run(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "contractkit", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in (("old", OLD), ("gone", GONE), ("risky", RISKY)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def timeless(text: str) -> str:
    return re.sub(r"\d+\.\d\d s$", "T s", text, flags=re.MULTILINE)


def test_a_break_is_named_with_its_request(folder: Path) -> None:
    done = run(folder, "diff", "old.json", "gone.json")
    assert (done.returncode, done.stderr) == (1, "")
    assert (
        timeless(done.stdout)
        == f"""\
base      Orders 1.0.0 (old.json)
revision  Orders 1.0.0 (gone.json)

POST /orders
  breaking  `POST /orders` was removed without having been deprecated
    file       gone.json:1
    before     "/orders"
    after      -
    proof      curl -X POST http://127.0.0.1:8000/orders
    answer     refused: there is no POST on this path any more
    id         {REMOVED_ID} operation-removed

1 breaking, 0 risky, 0 safe · needs a major version, 2.0.0 or later · T s
"""
    )


def test_the_same_contract_is_identical(folder: Path) -> None:
    done = run(folder, "diff", "old.json", "old.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        timeless(done.stdout)
        == """\
base      Orders 1.0.0 (old.json)
revision  Orders 1.0.0 (old.json)

The two contracts say the same.

0 breaking, 0 risky, 0 safe · needs no new version · T s
"""
    )


@pytest.mark.parametrize(
    ("revision", "fail_on", "code"),
    [
        ("gone.json", [], 1),
        ("gone.json", ["--fail-on", "breaking"], 1),
        ("gone.json", ["--fail-on", "risky"], 1),
        ("gone.json", ["--fail-on", "never"], 0),
        ("risky.json", [], 0),
        ("risky.json", ["--fail-on", "risky"], 1),
        ("risky.json", ["--fail-on=never"], 0),
        ("old.json", ["--fail-on", "risky"], 0),
    ],
)
def test_exit_codes(folder: Path, revision: str, fail_on: list[str], code: int) -> None:
    assert run(folder, "diff", "old.json", *fail_on, revision).returncode == code


def test_fail_on_may_be_configured(folder: Path) -> None:
    (folder / "contractkit.toml").write_text('fail-on = "risky"\n', encoding="utf-8")
    assert run(folder, "diff", "old.json", "risky.json").returncode == 1
    assert run(folder, "diff", "old.json", "risky.json", "--fail-on", "breaking").returncode == 0


def test_json_goes_to_stdout_or_a_file_and_is_the_same(folder: Path) -> None:
    shown = run(folder, "diff", "old.json", "gone.json", "--format", "json")
    written = run(folder, "diff", "--format", "json:report.json", "old.json", "gone.json")
    both = run(folder, "diff", "--format", "text", "old.json", "gone.json", "--format", "json:second.json")
    assert (shown.returncode, written.returncode, both.returncode) == (1, 1, 1)
    assert written.stdout == ""
    assert both.stdout.startswith("base      Orders 1.0.0 (old.json)\n")
    assert (folder / "report.json").read_text(encoding="utf-8") == shown.stdout
    assert (folder / "second.json").read_text(encoding="utf-8") == shown.stdout
    report = json.loads(shown.stdout)
    assert [(f["id"], f["rule"], f["severity"], f["proof"], f["operations"]) for f in report["findings"]] == [
        (REMOVED_ID, "operation-removed", "breaking", "definition", ["POST /orders"])
    ]
    assert (report["outcome"], report["base"]["source"], report["revision"]["source"]) == (
        "breaking",
        "old.json",
        "gone.json",
    )
    assert sorted(os.listdir(folder)) == ["gone.json", "old.json", "report.json", "risky.json", "second.json"]


def test_the_same_files_give_the_same_bytes_under_any_hash_seed(folder: Path) -> None:
    schemes = {name: {"type": "apiKey", "in": "header", "name": f"X-{name}"} for name in "abcdef"}
    many = {"components": {"securitySchemes": schemes}, "security": [{name: []} for name in "abc"]}
    (folder / "many.json").write_text(json.dumps({**GONE, **many}), encoding="utf-8")
    reports = {
        run(folder, "diff", "many.json", "risky.json", "--format", "json", PYTHONHASHSEED=seed).stdout
        for seed in "0123"
    }
    assert len(reports) == 1
    assert json.loads(reports.pop())["findings"] != []


def test_a_source_may_come_from_stdin(folder: Path) -> None:
    done = run(folder, "diff", "-", "gone.json", "--format", "json", stdin=json.dumps(OLD))
    assert (done.returncode, json.loads(done.stdout)["base"]["source"]) == (1, "-")


def test_configured_baseline_and_app(folder: Path) -> None:
    saved = run(folder, "baseline", "save", "old.json", "--api", "shop")
    assert saved.returncode == 0
    (folder / "contractkit.toml").write_text('api = "shop"\napp = "gone.json"\n', encoding="utf-8")
    below = folder / "below"
    below.mkdir()
    (below / "old.json").write_text(json.dumps(OLD), encoding="utf-8")
    sources = []
    for arguments, code in (((), 1), (("old.json",), 0)):
        done = run(below, "diff", *arguments, "--format", "json")
        assert (done.returncode, done.stderr) == (code, "")
        report = json.loads(done.stdout)
        sources.append((report["base"]["source"], report["revision"]["source"], report["outcome"]))
    assert sources == [("@shop", "gone.json", "breaking"), ("@shop", "old.json", "identical")]


def test_warnings_follow_on_stderr(folder: Path) -> None:
    odd = {**OLD, "paths": {**OLD["paths"], **{f"/odd{number:02}": [] for number in range(11)}}}
    (folder / "odd.json").write_text(json.dumps(odd), encoding="utf-8")
    done = run(folder, "diff", "odd.json", "odd.json", "--format", "json:report.json")
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (0, "", 11)
    assert lines[0].startswith("contractkit: warning: odd.json#/paths/~1odd00: ")
    assert lines[-1] == "contractkit: and 1 more warnings, --verbose shows all"
    assert len(run(folder, "diff", "odd.json", "odd.json", "--verbose").stderr.splitlines()) == 11
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert [len(report["warnings"][side]) for side in ("base", "revision")] == [11, 11]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["old.json", "gone.json", "--format", "xml"],
            "--format xml: there is no format `xml`; it may be text, json, markdown, html, "
            "junit, sarif, github or gitlab",
        ),
        (
            ["old.json", "gone.json", "--format", "json:"],
            "--format json:: no file is named after the colon; write json:FILE",
        ),
        (
            ["old.json", "gone.json", "--format", "json", "--format", "text"],
            "--format: two reports cannot both go to stdout; write text:FILE for one of them",
        ),
        (
            ["old.json", "gone.json", "--format", "json:missing/report.json"],
            "missing/report.json: cannot be written (No such file or directory); does its folder exist?",
        ),
        (
            ["old.json", "gone.json", "risky.json"],
            "risky.json: this is one contract too many; `contractkit diff` compares two",
        ),
        (
            ["old.json", "--fail-on", "ever"],
            "--fail-on ever: there is no severity `ever`; it may be breaking, risky or never",
        ),
        (
            ["--timeout", "-1"],
            "--timeout -1: this is no number of seconds above 0; write --timeout 90, for example",
        ),
        (["--fail-on"], "diff: argument --fail-on: expected one argument; `contractkit diff --help` shows the options"),
        (["old.json", "--formt", "json"], "--formt: there is no such option; did you mean --format?"),
        (["old.json", "--qq=1"], "--qq: there is no such option; `contractkit diff --help` shows the options"),
        (["-", "-"], "-: stdin can be read only once; write one of the two contracts to a file"),
        (
            [],
            "diff: two sources are needed where no baseline and app are configured; name them, or set `api` "
            "(the name of a baseline) and `app` (the source of the current contract) "
            "in [tool.contractkit] of pyproject.toml",
        ),
        (
            ["old.json"],
            "diff: two sources are needed where no baseline and app are configured; name them, or set `api` "
            "(the name of a baseline) in [tool.contractkit] of pyproject.toml",
        ),
        (["old.json", "goone.json"], "goone.json: no such file; did you mean gone.json?"),
    ],
)
def test_bad_input_is_one_line(folder: Path, arguments: list[str], line: str) -> None:
    done = run(folder, "diff", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"contractkit: {line}\n")
    assert sorted(os.listdir(folder)) == ["gone.json", "old.json", "risky.json"]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_document_nested_without_end_is_one_line(folder: Path, opening: str, closing: str) -> None:
    depth = 300_000
    (folder / "deep.json").write_text(opening * depth + "1" + closing * depth, encoding="utf-8")
    done = run(folder, "diff", "deep.json", "old.json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("contractkit: ")


def test_a_deeply_nested_schema_is_compared(folder: Path) -> None:
    def nested(kind: str) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": kind}
        for _ in range(400):
            schema = {"type": "array", "items": schema}
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        return document(post={**DONE, "requestBody": body})

    (folder / "number.json").write_text(json.dumps(nested("number")), encoding="utf-8")
    (folder / "integer.json").write_text(json.dumps(nested("integer")), encoding="utf-8")
    done = run(folder, "diff", "number.json", "integer.json", "--format", "json")
    assert done.stderr == ""
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["location"]) == ("request-type-changed", "body" + "[]" * 400)

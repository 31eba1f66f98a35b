"""A contract made to hurt whoever reads a report: well-formed and harmless in every format."""

import copy
import html.parser
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from markdown_it import MarkdownIt

from contractkit.cli.formats import RENDERED, rendered

SCHEMAS = Path(__file__).parents[1] / "report" / "schemas"
NASTY = (
    "|a\\|b` "
    "<script>alert(1)</script><img src=x onerror=alert(1)> &lt; ]]> --> </code></style></details>\n"
    "::error file=a,line=1::b\n::stop-commands::x\n##[error]no ##vso[task.complete]\r\n"
    "\x1b[31mred\x1b]8;;http://evil.example\x07 \x00 \x9b31m \ud800 \udfff \ufffe \u202eevil\u2066 \u2028\u2029\n"
    "@everyone #123 GH-1 org/repo#5 https://evil.example www.evil.example a@b.example 0123456789abcdef0123\n"
    "| a | b |\n|---|---|\n```\n````\n` `` \\| [x](javascript:alert(1)) ![x](y) $(id) %0A::error::x %25 ${{ x }}\n"
    "=cmd|' /C calc'!A1"
)
NAME = NASTY.replace("/", "~")


def contract(schema: dict[str, Any], *, more: bool = True) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/" + "Nasty"}}}
    operation = {
        "operationId": NASTY,
        "summary": NASTY,
        "tags": [NASTY],
        "parameters": [{"name": NAME, "in": "query", "description": NASTY, "schema": schema}],
        "requestBody": {"description": NASTY, "content": content},
        "responses": {"200": {"description": NASTY, "content": content, "headers": {"X-A": {"schema": schema}}}},
    }
    paths: dict[str, Any] = {f"/{NAME}": {"post": operation}}
    if more:
        paths[f"/gone{NAME}"] = {"get": {"responses": {"200": {"description": NASTY}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": NASTY, "version": NASTY, "description": NASTY},
        "servers": [{"url": f"http://a.example/{NAME}", "description": NASTY}],
        "paths": paths,
        "components": {"schemas": {"Nasty": {"type": "object", "properties": {NAME: schema, f"b{NAME}": schema}}}},
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two hostile contracts."""
    folder = tmp_path_factory.mktemp("hostile")
    base = contract({"enum": [NASTY, "a"], "title": NASTY, "description": NASTY})
    revision = contract({"enum": [NASTY + "b", "a"], "title": NASTY, "description": "x", "default": NASTY}, more=False)
    revision["info"]["title"] += "2"
    for name, document in (("base", base), ("revision", revision)):
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="ascii")
    return folder


def contractkit(folder: Path, *words: str) -> str:
    """What a command prints about the two contracts."""
    command, *options = words
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", command, "base.json", "revision.json", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (int(command == "diff"), "")
    return done.stdout


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    """The JSON report of their comparison, its findings decided by hostile hands."""
    text = contractkit(folder, "diff", "--format", "json", "--fail-on", "risky")
    assert (text.isascii(), "##[" in text) == (True, False)
    values: dict[str, Any] = json.loads(text)
    assert len(values["findings"]) > 5
    failing = [one for one in values["findings"] if one["fails"]]
    assert len(failing) > 2
    approval = {"by": NASTY, "reason": NASTY, "at": NASTY, "until": NASTY}
    failing[0].update(approval=approval, fails=False)
    failing[1].update(ignored=NASTY, fails=False)
    failing[2].update(source={"file": NASTY, "line": 3}, notes=[NASTY], component=NASTY)
    values["unused_approvals"] = [{"finding": NASTY, **approval, "why": NASTY}]
    values["base"]["source"] = NASTY
    values["warnings"]["base"] = [{"place": NASTY, "text": NASTY}]
    return values


@pytest.fixture(scope="module")
def run(report: dict[str, Any]) -> dict[str, Any]:
    """The JSON report of a fuzzing run whose app answers, and whose contract says, the same things."""
    finding = {**copy.deepcopy(report["findings"][-1]), "mend": NASTY, "rule": "server-error", "message": NASTY}
    step = {
        "method": "POST",
        "url": NASTY,
        "headers": {NASTY: NASTY},
        "body": NASTY,
        "response": {"status": 500, "headers": {NASTY: NASTY}, "body": {NASTY: NASTY}},
    }
    finding.update(witness={**step, "sequence": [step]}, severity="breaking", fails=True, approval=None, ignored=None)
    finding["operation"] = NASTY
    untested = {"operation": NASTY, "reason": NASTY, "allowed": False, "requests": 0}
    kept = {key: report[key] for key in ("schema_version", "outcome", "base", "revision", "counts", "unused_approvals")}
    return {
        **kept,
        "kind": "fuzz",
        "required_bump": "none",
        "findings": [finding],
        "unstable": [finding],
        "operations": {"total": 2, "tested": 1, "names": [NASTY, "GET /a"], "untested": [untested], "partial": []},
        "requests": 1,
        "seconds": 1.0,
        "seed": 0,
        "complete": True,
        "notes": [NASTY],
    }


@pytest.fixture(params=["diff", "fuzz", "diffs"])
def values(request: pytest.FixtureRequest, report: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    several = {**{key: report[key] for key in ("schema_version", "outcome", "required_bump")}, "kind": "diffs"}
    return {"diff": report, "fuzz": run, "diffs": {**several, "reports": [report, report]}}[request.param]


def assert_harmless_in_a_log(text: str) -> None:
    """Nothing that a terminal obeys, and nothing that a runner takes for a command but our own."""
    assert re.findall(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text) == []
    assert re.findall("[\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufffe]", text) == []
    assert re.findall(r"##\w*\[", text) == []
    text.encode("utf-8")


@pytest.mark.parametrize("form", RENDERED)
def test_nothing_is_raw_in_any_format(values: dict[str, Any], form: str) -> None:
    text = rendered(form, values)
    assert_harmless_in_a_log(text)
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    ours = [line for line in commands if re.match(r"::(error|warning|notice) file=[^,:]+,[^:]*::", line)]
    assert commands == (ours if form == "github" else [])


def test_workflow_commands_have_their_own_properties_only(values: dict[str, Any]) -> None:
    lines = [line for line in rendered("github", values).splitlines() if line.startswith("::")]
    assert len(lines) > 1
    for line in lines:
        _, head, _ = line.split("::", 2)
        _, _, properties = head.partition(" ")
        names = [one.partition("=")[0] for one in properties.split(",")]
        assert names in (["file", "title"], ["file", "line", "title"], ["file", "line", "col", "title"])
        assert re.findall("%(?!25|3A|2C)", line) == []


class _Tags(html.parser.HTMLParser):
    """Collects the tags and attributes of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


OURS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "main", "footer", "section", "article"),
    *("h1", "h2", "h3", "p", "span", "code", "dl", "dt", "dd", "details", "summary", "ul", "li"),
}


def assert_own_html(text: str) -> None:
    found = _Tags()
    found.feed(text)
    assert found.open == []
    assert found.tags - OURS == set()
    assert {name for tag, name in found.attributes if tag != "meta"} <= {
        "lang",
        "class",
        "href",
        "id",
        "aria-labelledby",
    }


def test_html_has_no_tag_or_attribute_of_a_document(values: dict[str, Any]) -> None:
    assert_own_html(rendered("html", values))


def assert_inert_markdown(text: str) -> None:
    """As CommonMark with tables reads it: no HTML but ours, no link or image, and no mention outside of code."""
    allowed = r"<!-- contractkit -->|</?details>|<summary>[A-Z][a-z ]+ \(\d+\)</summary>"
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "html_block":
            assert re.sub(allowed, "", token.content).strip() == ""
        for one in token.children or ():
            assert one.type in (
                "text",
                "code_inline",
                "softbreak",
                "strong_open",
                "strong_close",
                "em_open",
                "em_close",
            )
            if one.type == "text":
                assert re.findall(r"[@#]|://|www\.|GH-|[0-9a-f]{7}|<", one.content) == []


def test_markdown_is_inert(values: dict[str, Any]) -> None:
    assert_inert_markdown(rendered("markdown", values))


def test_every_row_of_a_table_has_its_four_cells(report: dict[str, Any]) -> None:
    rows = [row for row in rendered("markdown", report).splitlines() if row.startswith("| ")]
    assert len(rows) > 1
    # The cells as GFM splits them: a backslash and what follows is one mark, whatever code spans there are.
    assert {re.sub(r"\\.", "", row).count("|") for row in rows} == {5}


def test_xml_and_json_are_valid(values: dict[str, Any]) -> None:
    xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(rendered("junit", values))
    assert ElementTree.fromstring(rendered("junit", values)).tag == "testsuites"
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    sarif = json.loads(rendered("sarif", values))
    jsonschema.Draft4Validator(schema).validate(sarif)
    messages = [one["message"]["text"] for row in sarif["runs"] for one in row["results"]]
    assert [one for one in messages if re.search(r"(?<!\\)(\\\\)*\]\(", one)] == []
    rows = json.loads(rendered("gitlab", values))
    assert {tuple(row) for row in rows} == {("description", "check_name", "fingerprint", "severity", "location")}


@pytest.mark.parametrize("options", [[], ["--verbose"]])
def test_the_text_report_is_harmless(folder: Path, options: list[str]) -> None:
    text = contractkit(folder, "diff", *options)
    assert_harmless_in_a_log(text)
    assert [line for line in text.splitlines() if line.lstrip().startswith("::")] == []


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_the_changelog_is_harmless(folder: Path, form: str) -> None:
    text = contractkit(folder, "changelog", "--format", form)
    assert_harmless_in_a_log(text)
    if form == "html":
        assert_own_html(text)
    elif form == "markdown":
        assert_inert_markdown(text)
    else:
        assert json.loads(text)["kind"] == "changelog"

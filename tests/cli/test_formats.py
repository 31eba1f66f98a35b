"""`--format`: several at once, into files, and the job summary of GitHub."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contractkit.api.pages import describe
from contractkit.cli.formats import RENDERED, Output, outputs, rendered
from contractkit.model.errors import InputError

BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {"/orders": {"get": {"responses": {"200": {"description": "done"}}}}},
}
REVISION: dict[str, Any] = {**BASE, "paths": {}}


def diff(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    for name, document in (("old", BASE), ("new", REVISION)):
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
    return subprocess.run(
        [sys.executable, "-m", "contractkit", "diff", "old.json", "new.json", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, "PYTHONUTF8": "1", **environment},
        timeout=120,
        check=False,
    )


def test_all_formats_at_once_each_into_its_file(tmp_path: Path) -> None:
    names = ("json", *RENDERED)
    options = [option for name in names for option in ("--format", f"{name}:out.{name}")]
    done = diff(tmp_path, *options, "--format", "text")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("base      Orders 1 (old.json)\n")
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    made = {name: (tmp_path / f"out.{name}").read_text(encoding="utf-8") for name in RENDERED}
    assert made == {name: rendered(name, report) for name in RENDERED}


def test_the_summary_of_a_github_job_is_added_to(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    done = diff(tmp_path, "--format", "github", "--format", "json:out.json", GITHUB_STEP_SUMMARY=str(summary))
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (done.returncode, done.stdout, done.stderr) == (1, rendered("github", report), "")
    assert summary.read_text(encoding="utf-8") == "before\n" + rendered("markdown", report)


def test_a_summary_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    done = diff(tmp_path, "--format", "github:out.txt", GITHUB_STEP_SUMMARY=str(tmp_path / "no" / "summary.md"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"contractkit: {tmp_path}/no/summary.md: cannot be written (No such file or directory); "
        "GITHUB_STEP_SUMMARY names it; unset it to go without a summary\n"
    )


def test_what_is_asked_for() -> None:
    assert outputs([]) == [Output("text", None)]
    assert outputs(["junit:a:b.xml", "github"]) == [Output("junit", "a:b.xml"), Output("github", None)]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (["json", "html"], "--format: two reports cannot both go to stdout; write html:FILE for one of them"),
        (["sarif:"], "--format sarif:: no file is named after the colon; write sarif:FILE"),
    ],
)
def test_what_cannot_be_asked_for(given: list[str], error: str) -> None:
    with pytest.raises(InputError) as caught:
        outputs(given)
    assert str(caught.value) == error


def test_rules_checks_and_neither_are_described() -> None:
    names = ("operation-removed", "server-error", "nothing")
    assert [page and page.id for page in map(describe, names)] == ["operation-removed", "server-error", None]


@pytest.mark.parametrize(("form", "variable"), [("github", "GITHUB_WORKSPACE"), ("gitlab", "CI_PROJECT_DIR")])
def test_services_name_files_from_the_root_of_the_checkout(
    form: str, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apps" / "shop").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "apps" / "shop")
    values = json.loads(diff(tmp_path, "--format", "json").stdout)
    for finding in values["findings"]:
        finding["source"] = {"file": "shop.yaml", "line": 3}
    assert "apps/shop" not in rendered(form, values)
    monkeypatch.setenv(variable, str(tmp_path))
    assert "apps/shop/shop.yaml" in rendered(form, values)
    assert "apps/shop" not in rendered("markdown", values)
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    assert "apps/shop" not in rendered(form, values)

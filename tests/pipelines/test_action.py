"""The GitHub action: its steps are run here as a runner would, in a shallow clone; `gh` and `pip` are recorded."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.pipelines.conftest import Clone

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["id"]: step for step in ACTION["runs"]["steps"] if "id" in step}
MARKER = "<!-- contractkit -->"
BOT = "github-actions[bot]"
RECORDER = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
here = Path(__file__).parent
body = sys.stdin.read()
with (here / "calls.jsonl").open("a") as file:
    file.write(json.dumps([sys.argv[1:], json.loads(body) if body else None]) + "\\n")
if (here / "refused").exists():
    sys.exit("HTTP 403: Resource not accessible\\nby integration")
if "GET" in sys.argv:
    print((here / "comments.json").read_text())
"""


class Call(NamedTuple):
    """One call of `gh`: method, path, and the text of the comment that it sends."""

    method: str
    path: str
    body: str | None = None


class Runner:
    """What runs the steps, and what they may see of the outside."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.project, self.bin, self.change = clone.folder, clone.bin, clone.change
        clone.program("gh", RECORDER)
        self.comments()

    def comments(self, *pages: list[dict[str, Any]]) -> None:
        (self.bin / "comments.json").write_text("\n".join(json.dumps(page) for page in pages or ([],)))

    def calls(self) -> list[Call]:
        """What `gh` was called with since the last time; the body's first line and headline only."""
        file = self.bin / "calls.jsonl"
        rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        file.unlink(missing_ok=True)
        found = []
        for words, sent in rows:
            assert words[:2] == ["api", "--method"]
            found.append(Call(words[2], words[-1], "\n".join(sent["body"].splitlines()[:2]) if sent else None))
        return found

    def run(self, **inputs: str) -> tuple[int, str]:
        """Run the steps behind the installation; return how the job ended and what it printed."""
        given = {name: one["default"] for name, one in ACTION["inputs"].items()} | {
            name.replace("_", "-"): value for name, value in inputs.items()
        }
        outputs: dict[str, str] = {}
        printed = ""
        for name in ("check", "comment", "verdict"):
            if name == "comment" and (given["comment"] != "true" or outputs["exit-code"] == "2"):
                continue
            code, text, more = self.step(name, given, outputs)
            outputs |= more
            printed += text
            if code:
                return code, printed
        return 0, printed

    def step(self, name: str, given: dict[str, str], outputs: dict[str, str]) -> tuple[int, str, dict[str, str]]:
        known = {
            **{f"inputs.{key}": value for key, value in given.items()},
            **{f"steps.check.outputs.{key}": value for key, value in outputs.items()},
            "github.action_path": str(ROOT),
            "github.repository": "ann/shop",
            "github.event.pull_request.number": "7",
        }

        def filled(text: str) -> str:
            return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: known[match[1]], text)

        written = self.bin / "output"
        written.write_text("")
        step = STEPS[name]
        done = self.clone.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            filled(step.get("working-directory", ".")),
            RUNNER_TEMP=str(self.bin),
            GITHUB_OUTPUT=str(written),
            **{key: filled(value) for key, value in step["env"].items()},
        )
        rows = [line.partition("=") for line in written.read_text().splitlines()]
        return done.returncode, done.stdout, {key: value for key, _, value in rows}


@pytest.fixture
def runner(clone: Clone) -> Runner:
    return Runner(clone)


def comment(number: int, text: str = MARKER, author: str = BOT) -> dict[str, Any]:
    return {"id": number, "body": f"{text}\nold", "user": {"login": author}}


COMMENTS = "repos/ann/shop/issues/7/comments"
LISTED = Call("GET", f"{COMMENTS}?per_page=100")
BASE = "origin/main!shop:app"


def test_one_comment_is_written_updated_and_taken_away(runner: Runner) -> None:
    body = f"{MARKER}\n**contractkit: 1 finding fails the check.**"
    given = {"base": BASE}
    runner.change("most: int = 10", "most: int")
    code, printed = runner.run(**given)
    assert (code, printed.count("::error file=shop.py,line=8")) == (1, 1)
    assert runner.calls() == [LISTED, Call("POST", COMMENTS, body)]

    theirs = comment(3, author="mallory")
    runner.comments([comment(2, "hello"), theirs], [comment(12), comment(11)])
    assert runner.run(**given)[0] == 1
    first, second = "repos/ann/shop/issues/comments/11", "repos/ann/shop/issues/comments/12"
    assert runner.calls() == [LISTED, Call("DELETE", second), Call("PATCH", first, body)]

    runner.change("teas(most", "more_teas(most")
    runner.comments([theirs, comment(11)])
    assert runner.run(**given)[0] == 0
    assert runner.calls() == [LISTED, Call("DELETE", first)]
    runner.comments([theirs])
    assert runner.run(**given)[0] == 0
    assert runner.calls() == [LISTED]


def test_reports_and_options_are_handed_on(runner: Runner) -> None:
    runner.change("most: int = 10", "most: int")
    given = {"base": BASE, "revision": "shop:app", "fail_on": "never", "comment": "false"}
    assert runner.run(**given, format="junit:a b.xml\ngitlab:q.json\n", args="--timeout\n90")[0] == 0
    assert runner.calls() == []
    assert sorted(file.name for file in runner.project.glob("*.[xj]*")) == ["a b.xml", "q.json"]
    (folder,) = runner.bin.glob("contractkit.*")
    assert sorted(file.name for file in folder.iterdir()) == ["contract.json", "contract.markdown", "contract.sarif"]


@pytest.mark.parametrize(
    ("base", "revision", "said"),
    [
        ("$(touch hacked)", "shop:app", "contractkit: $(touch hacked): no such file"),
        ("old.json", "", "contractkit: base old.json: no revision is named; give the input `revision`, too"),
    ],
)
def test_what_cannot_be_decided_ends_with_2_and_without_a_comment(
    runner: Runner, base: str, revision: str, said: str
) -> None:
    code, printed = runner.run(base=base, revision=revision)
    assert (code, printed.startswith(said), len(printed.splitlines())) == (2, True, 1)
    assert (runner.calls(), (runner.project / "hacked").exists()) == ([], False)


def test_a_token_that_may_not_write_is_a_warning(runner: Runner) -> None:
    runner.change("most: int = 10", "most: int")
    (runner.bin / "refused").touch()
    code, printed = runner.run(base=BASE, revision="shop:app")
    assert (code, printed.splitlines()[-1]) == (
        1,
        "::warning title=contractkit::the comment could not be written: "
        "HTTP 403: Resource not accessible by integration",
    )


def test_each_folder_has_its_own_comment(runner: Runner) -> None:
    (runner.project / "shops").mkdir()
    (runner.project / "shop.py").rename(runner.project / "shops" / "shop.py")
    (runner.project / "shops" / "old.json").write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {"/a": {"get": {}}}})
    )
    runner.comments([comment(1), comment(2, "<!-- contractkit shops -->")])
    assert runner.run(base="old.json", revision="shop:app", working_directory="./shops/")[0] == 1
    body = "<!-- contractkit shops -->\n**contractkit: 1 finding fails the check.**"
    assert runner.calls() == [LISTED, Call("PATCH", "repos/ann/shop/issues/comments/2", body)]


def test_what_is_installed(runner: Runner) -> None:
    runner.clone.program("python", RECORDER)
    given = {"working-directory": ".", "install": "-r requirements.txt\n ./lib[web]"}
    assert runner.step("install", given, {})[:2] == (0, "")
    (row,) = (runner.bin / "calls.jsonl").read_text().splitlines()
    quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    assert json.loads(row)[0] == [*quiet, "-r", "requirements.txt", "./lib[web]", str(ROOT)]


def test_nothing_is_put_into_a_script(runner: Runner) -> None:
    steps = ACTION["runs"]["steps"]
    assert [step for step in steps if "${{" in step.get("run", "")] == []
    assert [step["uses"] for step in steps if "uses" in step] == ["actions/setup-python@v5"]
    named = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))
    assert named == set(ACTION["inputs"])
    assert STEPS["comment"]["if"] == (
        "inputs.comment == 'true' && github.event.pull_request.number && steps.check.outputs.exit-code != '2'"
    )

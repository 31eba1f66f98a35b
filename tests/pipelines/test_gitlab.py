"""The GitLab template: its script is run as GitLab's runner would, line by line in one shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipelines.conftest import Clone

FILE = Path(__file__).parents[2] / ".gitlab" / "contractkit.yml"
JOB: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))[".contractkit"]


def run(clone: Clone, lines: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    script = "\n".join(["set -eu", *lines])
    return clone.run(["bash", "-o", "pipefail", "-c", script], **{**JOB["variables"], **variables})


def test_a_branch_is_compared_with_main(clone: Clone) -> None:
    clone.change("most: int = 10", "most: int")
    given = {"CONTRACTKIT_BASE": "origin/main!shop:app"}
    done = run(clone, JOB["script"], **given)
    assert (done.returncode, "query parameter `most` became required" in done.stdout) == (1, True)
    artifacts = JOB["artifacts"]
    kept = [*artifacts["paths"], *artifacts["reports"].values()]
    assert [file for file in kept if not (clone.folder / file).is_file()] == []
    (row,) = json.loads((clone.folder / artifacts["reports"]["codequality"]).read_text())
    assert row["location"] == {"path": "shop.py", "lines": {"begin": 8}}
    assert run(clone, JOB["script"], **given, CONTRACTKIT_FAIL_ON="never").returncode == 0


def test_a_folder_with_its_own_configuration(clone: Clone) -> None:
    (clone.folder / "shops").mkdir()
    (clone.folder / "shop.py").rename(clone.folder / "shops" / "shop.py")
    assert clone.run(["contractkit", "init"], "shops").returncode == 0
    done = run(clone, JOB["script"], CONTRACTKIT_FOLDER="shops")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "base      Shop 1.0.0 (@shop)")
    assert json.loads((clone.folder / "contract.json").read_text())["outcome"] == "identical"


@pytest.mark.parametrize("base", ["$(touch hacked)", "git:origin/nowhere:api.json"])
def test_a_base_that_is_none_fails(clone: Clone, base: str) -> None:
    done = run(clone, JOB["script"], CONTRACTKIT_BASE=base, CONTRACTKIT_REVISION="shop:app")
    assert (done.returncode != 0, (clone.folder / "hacked").exists()) == (True, False)


def test_what_is_installed(clone: Clone) -> None:
    clone.program("python", f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    done = run(clone, JOB["before_script"], CONTRACTKIT_INSTALL="-r requirements.txt .")
    quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    assert json.loads(done.stdout) == [*quiet, "-r", "requirements.txt", ".", "contractkit"]

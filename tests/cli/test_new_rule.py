"""`contractkit rules new`: the file of a rule, in a checkout alone, whose tests fail until it is filled in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ID = "link-became-loud"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a rule and its tests need."""
    folder = tmp_path / "checkout"
    for name in ("contractkit", "tests/rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def new(rule_id: str, folder: Path) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "contractkit", "rules", "new", rule_id]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_new_rule_fails_its_tests_and_says_what_to_fill_in(checkout: Path) -> None:
    code, out, err = new(ID, checkout / "tests")
    file = checkout / "contractkit/rules/link_became_loud.py"
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"wrote {file}",
        f'fill in what is marked TODO, and try it: make test ARGS="tests/rules -k {ID}"',
    ]
    compile(file.read_text(encoding="utf-8"), str(file), "exec")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/rules", "-k", ID],
        cwd=checkout,
        env={**environment, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "passed" not in done.stdout.splitlines()[-1]
    assert "contractkit/rules/link_became_loud.py:1: fill in: " in done.stdout
    assert 'CONTRIBUTING.md, "Add a rule", says what belongs there' in done.stdout


@pytest.mark.parametrize(
    ("rule_id", "line"),
    [
        ("operation-removed", "there is such a rule already; `contractkit rules show operation-removed` shows it"),
        ("server-error", "there is such a rule already; `contractkit rules show server-error` shows it"),
        ("Link_Gone", "is no id of a rule; write lower-case words with dashes: link-became-optional"),
        ("../x-y", "is no id of a rule; write lower-case words with dashes: link-became-optional"),
    ],
)
def test_an_id_that_cannot_be_used_is_refused(rule_id: str, line: str) -> None:
    assert new(rule_id, ROOT) == (2, "", f"contractkit: {rule_id}: {line}\n")


def test_a_file_that_is_there_is_left_alone(checkout: Path) -> None:
    file = checkout / "contractkit/rules/link_became_loud.py"
    file.write_text("# mine\n", encoding="utf-8")
    assert new(ID, checkout) == (2, "", f"contractkit: {file}: is there already; fill it in, or choose another id\n")
    assert file.read_text(encoding="utf-8") == "# mine\n"


def test_elsewhere_nothing_is_written(tmp_path: Path) -> None:
    line = "rules new: this folder is in no checkout of contractkit; clone the repository and run this there"
    assert new(ID, tmp_path) == (2, "", f"contractkit: {line}\n")
    assert [*tmp_path.iterdir()] == []

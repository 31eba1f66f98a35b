"""The hooks of pre-commit: each entry is run in a project that has a stored contract."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipelines.conftest import Clone

FILE = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
HOOKS: dict[str, Any] = {hook["id"]: hook for hook in yaml.safe_load(FILE.read_text(encoding="utf-8"))}


def code(clone: Clone, hook: str) -> int:
    assert HOOKS[hook]["pass_filenames"] is False
    return clone.run(shlex.split(HOOKS[hook]["entry"])).returncode


@pytest.fixture
def project(clone: Clone) -> Clone:
    assert clone.run(["contractkit", "init"]).returncode == 0
    return clone


def test_the_hooks() -> None:
    assert {hook: one["language"] for hook, one in HOOKS.items()} == {
        "contractkit-diff": "system",
        "contractkit-baseline-verify": "python",
    }


def test_a_break_stops_the_commit(project: Clone) -> None:
    assert code(project, "contractkit-diff") == 0
    project.change("most: int = 10", "most: int")
    assert code(project, "contractkit-diff") == 1


def test_a_stored_contract_that_was_edited_stops_the_commit(project: Clone) -> None:
    assert code(project, "contractkit-baseline-verify") == 0
    (stored,) = project.folder.glob("baselines/*/*/openapi.json")
    stored.write_text(stored.read_text().replace("/teas", "/tea"))
    assert code(project, "contractkit-baseline-verify") == 1

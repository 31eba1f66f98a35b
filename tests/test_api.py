"""The flows for Python users, and the thread they run in."""

import json
import sys
import threading
from pathlib import Path

import pytest

from contractkit.api import diff, find_breaking_changes, run_deep
from contractkit.model.errors import InputError
from contractkit.model.verdict import Bump, Outcome
from contractkit.sources.options import LoadOptions

DONE = {"responses": {"200": {"description": "done"}}}
OLD = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1.0.0"},
    "paths": {"/orders": {"get": DONE, "post": DONE}},
}
NEW = {**OLD, "info": {"title": "Orders", "version": "2.0.0"}, "paths": {"/orders": {"get": DONE}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.json").write_text(json.dumps(OLD), encoding="utf-8")
    (tmp_path / "new.json").write_text(json.dumps(NEW), encoding="utf-8")
    return tmp_path


def test_diff_gives_the_verdict(folder: Path) -> None:
    verdict = diff("old.json", "new.json", options=LoadOptions(root=folder))
    assert (verdict.outcome, verdict.required_bump) == (Outcome.BREAKING, Bump.MAJOR)
    assert [finding.rule for finding in verdict.findings] == ["document-version-changed", "operation-removed"]
    assert (verdict.base.source, verdict.revision.version) == ("old.json", "2.0.0")


def test_find_breaking_changes_leaves_out_the_rest(folder: Path) -> None:
    found = find_breaking_changes(str(folder / "old.json"), str(folder / "new.json"))
    assert [(finding.rule, finding.change.operation) for finding in found] == [("operation-removed", "POST /orders")]
    assert find_breaking_changes(str(folder / "new.json"), str(folder / "old.json")) == ()


def test_a_bad_source_is_an_input_error(folder: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        diff("old.json", "missing.json", options=LoadOptions(root=folder))


def depth(levels: int) -> int:
    return 0 if levels == 0 else 1 + depth(levels - 1)


def test_recursion_goes_deep_and_the_limit_comes_back() -> None:
    limit = sys.getrecursionlimit()
    assert run_deep(lambda: depth(10_000)) == 10_000
    assert sys.getrecursionlimit() == limit


def test_errors_come_out_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError):
        run_deep(lambda: 1 // 0)
    with pytest.raises(SystemExit) as raised:
        run_deep(lambda: sys.exit(3))
    assert raised.value.code == 3


def test_a_call_inside_such_a_thread_stays_in_it() -> None:
    outer, inner = run_deep(lambda: (threading.get_ident(), run_deep(threading.get_ident)))
    assert outer == inner != threading.get_ident()

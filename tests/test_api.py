"""The flows for Python users, and the thread they run in."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI

import contractkit
from contractkit.api.comparing import diff, find_breaking_changes
from contractkit.api.deep import run_deep
from contractkit.api.fuzzing import fuzz
from contractkit.model.contract import Contract
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


def project(folder: Path, text: str) -> None:
    (folder / "contractkit.toml").write_text(text, encoding="utf-8")


def test_the_default_policy_says_what_fails(folder: Path) -> None:
    options = LoadOptions(root=folder)
    assert diff("old.json", "new.json", options=options).fails
    assert not diff("new.json", "old.json", options=options).fails
    assert not diff("old.json", "new.json", fail_on="never", options=options).fails


def test_the_configuration_counts_unless_it_is_left_out(folder: Path) -> None:
    project(folder, '[ignore]\n"POST /orders" = "nobody calls it"\n')
    options = LoadOptions(root=folder)
    assert not diff("old.json", "new.json", options=options).fails
    assert diff("old.json", "new.json", config=False, options=options).fails


def test_what_is_configured_need_not_be_named(folder: Path) -> None:
    project(folder, 'api = "orders"\napp = "new.json"\n')
    command = [sys.executable, "-m", "contractkit", "baseline", "save", "old.json", "--api", "orders"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    verdict = diff(options=LoadOptions(root=folder))
    assert (verdict.base.source, verdict.revision.source, verdict.fails) == ("@orders", "new.json", True)


def test_an_approval_counts(folder: Path) -> None:
    project(folder, 'api = "orders"\napp = "new.json"\n')
    (removed,) = find_breaking_changes("old.json", "new.json", options=LoadOptions(root=folder))
    sign = ["approve", removed.id, "--by", "Ann", "--reason", "agreed"]
    for words in (["baseline", "save", "old.json"], ["diff"], sign):
        command = [sys.executable, "-m", "contractkit", *words]
        subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=60)
    verdict = diff(options=LoadOptions(root=folder))
    assert (verdict.outcome, verdict.approved, verdict.fails) == (Outcome.BREAKING, 1, False)


def test_nothing_named_and_nothing_configured_is_an_input_error(folder: Path) -> None:
    mend = "set `api` (the name of a baseline) in [tool.contractkit] of pyproject.toml"
    with pytest.raises(InputError) as raised:
        diff(options=LoadOptions(root=folder))
    assert str(raised.value) == f"diff: no api is named and none is configured; {mend}"


def shop(*, least: int = 1) -> FastAPI:
    """An app that fails for one item that its document allows, unless its dependency is overridden."""
    app = FastAPI(title="Shop", version="1.0.0")

    def stock() -> int:
        return 0

    @app.get("/items/{item}")
    def item(item: int, left: Annotated[int, Depends(stock)]) -> dict[str, int]:
        return {"price": 100 // left}

    @app.get("/health")
    def health(level: int = least) -> dict[str, int]:
        return {"level": level}

    app.state.stock = stock
    return app


def test_an_app_and_a_contract_may_be_given_themselves() -> None:
    app = shop()
    base = Contract("before", shop().openapi())
    assert diff(base, app, config=False).outcome is Outcome.IDENTICAL
    del app.router.routes[-1]
    app.openapi_schema = None
    assert [one.rule for one in find_breaking_changes(base, app, config=False)] == ["operation-removed"]


def test_something_that_is_no_app_is_an_input_error() -> None:
    nothing: Any = []
    with pytest.raises(InputError) as raised:
        diff(Contract("before", OLD), nothing, config=False)
    assert str(raised.value) == "the app: it is a value of type list, not a FastAPI app; give the app itself"


def test_an_app_is_fuzzed_as_it_is_here(tmp_path: Path) -> None:
    app, options = shop(), LoadOptions(root=tmp_path)
    verdict = fuzz(app, max_examples=5, config=False, failures=False, options=options)
    assert [(one.check, one.operation) for one in verdict.findings] == [("server-error", "GET /items/{}")]
    assert (verdict.fails, verdict.target, [one.tested for one in verdict.operations]) == (
        True,
        "the app",
        [True, True],
    )

    app.dependency_overrides[app.state.stock] = lambda: 4
    verdict = fuzz(app, max_examples=5, config=False, failures=False, options=options)
    assert (verdict.findings, verdict.fails, verdict.complete) == ((), False, True)


def test_only_some_operations_are_fuzzed(tmp_path: Path) -> None:
    only = ["GET /health"]
    verdict = fuzz(shop(), only=only, max_examples=5, config=False, failures=False, options=LoadOptions(root=tmp_path))
    assert (verdict.findings, verdict.untested) == ((), ())
    assert [one.operation for one in verdict.operations if one.tested] == ["GET /health"]


@pytest.mark.parametrize("first", ["contractkit.diff.walk", "contractkit.fuzz.options", "contractkit.api"])
def test_the_functions_are_there_whatever_was_imported_before(first: str) -> None:
    script = (
        f"import contractkit, {first}\n"
        "from contractkit.diff.walk import compare\n"
        "from contractkit import diff, fuzz\n"
        "import contractkit.fuzz.options\n"
        "print([one.__module__ for one in (contractkit.diff, contractkit.fuzz, diff, fuzz, compare)])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    apis = ["contractkit.api.comparing", "contractkit.api.fuzzing"]
    assert done.stdout == f"{[*apis, *apis, 'contractkit.diff.walk']}\n"


def test_the_package_itself_imports_nothing() -> None:
    script = "import sys, contractkit; print({one for one in sys.modules if one.startswith('contractkit')})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "{'contractkit'}\n"


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError) as raised:
        getattr(contractkit, "dif")  # noqa: B009  (type checkers know that it is not there)
    assert str(raised.value) == "module `contractkit` has no attribute `dif`"


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

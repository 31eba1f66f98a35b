"""The pytest plugin: real runs of pytest, as processes, in projects of their own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

APP = """
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field

app = FastAPI(title="My shop", version="1.0.0")
placed = []


def stock() -> int:
    return {stock}


class Order(BaseModel):
    sku: str = Field(examples=["TEA-001"])
    quantity: int = Field(ge=1, le={most})


@app.post("/orders", status_code=201)
def place_order(order: Order, left: Annotated[int, Depends(stock)]) -> dict[str, int]:
    placed.append(order)
    return {{"id": 100 // left}}


@app.get("/orders/{{order_id}}")
def read_order(order_id: int) -> dict[str, int]:
    return {{"id": order_id}}
"""
CONFIG = """
[tool.contractkit]
app = "my_shop.main:app"
api = "my-shop"

[tool.contractkit.fuzz]
max-examples = 5

[tool.pytest.ini_options]
pythonpath = ["."]
"""
BROKEN = """\
POST /orders: `maximum` of `quantity` fell from 100 to 50

base      My shop 1.0.0 (@my-shop)
revision  My shop 1.0.0 (my_shop.main:app)

POST /orders
  breaking  `maximum` of `quantity` fell from 100 to 50
    where      request body.quantity, in Order
    file       my_shop/main.py:17
    before     100
    after      50
    proof      curl -X POST http://127.0.0.1:8000/orders -H 'Content-Type: application/json' --data-raw \
'{"quantity": 51, "sku": "TEA-001"}'
    answer     refused: quantity: 51 is greater than the maximum of 50
    id         ck1-523b8dea6733fb09 request-maximum-decreased

1 breaking, 0 risky, 0 safe · needs a major version, 2.0.0 or later

to allow it: contractkit approve ck1-523b8dea6733fb09 --reason TEXT
my_shop/main.py:17: request-maximum-decreased
"""
CONFTEST = """
import pytest

from my_shop.main import app, stock


@pytest.fixture
def shop():
    app.dependency_overrides[stock] = lambda: {left}
    yield app
    app.dependency_overrides.clear()


@pytest.fixture
def contractkit_app(shop):
    return shop


def pytest_collection_modifyitems(items):
    items.reverse()
"""


class Shop:
    """A project with a stored contract and one test of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self.write("pyproject.toml", CONFIG)
        self.write("tests/test_own.py", "def test_own():\n    pass\n")
        self.app()
        self.run("contractkit", "baseline", "save")

    def app(self, *, most: int = 100, stock: int = 1) -> None:
        self.write("my_shop/main.py", APP.format(most=most, stock=stock))

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        # Python takes an old .pyc for a file that keeps its size and is changed within a second. Without .pyc files
        # pytest would rewrite its assertions in all of schemathesis each time.
        self.written += 1
        os.utime(file, (self.written, self.written))

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        env = {**kept, "COLUMNS": "100"}
        if "-n" not in words:
            env["PYTEST_ADDOPTS"] = "-p no:schemathesis -p no:hypothesispytest"  # slow to import, and nothing to us
        command = [sys.executable, "-m", *words]
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=120, check=False
        )

    def pytest(self, *words: str) -> tuple[int, list[str]]:
        """The exit code, and what became of each test, sorted by name."""
        done = self.run("pytest", "-rA", "-p", "no:cacheprovider", *words)
        rows = re.findall(r"^(PASSED|FAILED|SKIPPED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
        return done.returncode, sorted(f"{name} {outcome.lower()}" for outcome, name in rows)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def failure(output: str, name: str) -> str:
    """What stands below the heading of a failed test, up to the next heading."""
    found = re.search(rf"^_+ {re.escape(name)} _+\n(.*?)^[_=]{{5}}", output, re.MULTILINE | re.DOTALL)
    return found[1] if found else output


def test_nothing_happens_and_nothing_is_imported_unless_it_is_asked_for(shop: Shop) -> None:
    shop.app(most=50)
    script = (
        "import sys\n\ndef test_own():\n    names = {one for one in sys.modules if one.startswith('contractkit')}\n"
    )
    shop.write("tests/test_own.py", script + "    assert names == {'contractkit', 'contractkit.pytest_plugin'}\n")
    assert shop.pytest() == (0, ["tests/test_own.py::test_own passed"])


def test_a_break_is_red_and_told_as_the_report_tells_it(shop: Shop) -> None:
    assert shop.pytest("--contractkit") == (0, ["contractkit::diff passed", "tests/test_own.py::test_own passed"])
    shop.app(most=50)
    done = shop.run("pytest", "--contractkit")
    assert (done.returncode, failure(done.stdout, "contractkit::diff")) == (1, BROKEN)
    # pytest cuts this line to the terminal's width, and does not where the variable CI is set.
    summary = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    assert len(summary) == 1
    assert summary[0].startswith("FAILED contractkit::diff - Failed: POST /orders: `maximum` of `quant")


def test_a_break_that_is_approved_is_green(shop: Shop) -> None:
    shop.app(most=50)
    assert shop.pytest("--contractkit")[0] == 1
    done = shop.run("contractkit", "approve", "ck1-523b8dea6733fb09", "--by", "Ann", "--reason", "agreed")
    assert (done.returncode, done.stderr) == (0, "")
    assert shop.pytest("--contractkit") == (0, ["contractkit::diff passed", "tests/test_own.py::test_own passed"])


def test_an_approval_that_matches_nothing_is_a_warning_or_an_error_as_asked(shop: Shop) -> None:
    shop.app(most=50)
    shop.run("contractkit", "diff")
    shop.run("contractkit", "approve", "ck1-523b8dea6733fb09", "--by", "Ann", "--reason", "agreed")
    shop.app()
    said = (
        "the approval of ck1-523b8dea6733fb09 (request-maximum-decreased) by Ann matches no finding any more; "
        "`contractkit approvals prune` removes it"
    )
    done = shop.run("pytest", "--contractkit")
    assert (done.returncode, f"ContractkitWarning: {said}\n" in done.stdout) == (0, True)
    done = shop.run("pytest", "--contractkit", "-W", "error::contractkit.pytest_plugin.ContractkitWarning")
    assert (done.returncode, failure(done.stdout, "contractkit::diff")) == (1, f"{said}\n")


def test_each_operation_is_fuzzed_by_a_test_of_its_own(shop: Shop) -> None:
    assert shop.pytest("--contractkit-fuzz") == (
        0,
        [
            "contractkit::GET /orders/{order_id} passed",
            "contractkit::POST /orders passed",
            "contractkit::diff passed",
            "tests/test_own.py::test_own passed",
        ],
    )
    shop.app(stock=0)
    done = shop.run("pytest", "--contractkit-fuzz", "-rA")
    text = failure(done.stdout, "contractkit::POST /orders").splitlines()
    place = "my_shop/main.py:23"
    raised = "integer division or modulo by zero"
    assert text[0] == f"POST /orders: the app fails with ZeroDivisionError at {place} in place_order: {raised}"
    assert text[-1] == f"{place}: server-error"
    assert re.findall(r"^FAILED (\S+ \S+)", done.stdout, re.MULTILINE) == ["contractkit::POST /orders"]
    report = json.loads((shop.folder / ".contractkit/last/fuzz.json").read_text(encoding="utf-8"))
    assert ([one["rule"] for one in report["findings"]], report["operations"]["total"]) == (["server-error"], 2)


def test_processes_share_the_operations(shop: Shop) -> None:
    shop.app(stock=0, most=50)
    alone = shop.pytest("--contractkit-fuzz")
    assert alone == (
        1,
        [
            "contractkit::GET /orders/{order_id} passed",
            "contractkit::POST /orders failed",
            "contractkit::diff failed",
            "tests/test_own.py::test_own passed",
        ],
    )
    (shop.folder / ".contractkit/last/fuzz.json").unlink()
    assert shop.pytest("--contractkit-fuzz", "-n", "2") == alone
    report = json.loads((shop.folder / ".contractkit/last/fuzz.json").read_text(encoding="utf-8"))
    assert (report["operations"]["total"], report["operations"]["tested"]) == (2, 2)


def test_the_app_of_the_project_is_tested_as_its_fixture_gives_it(shop: Shop) -> None:
    shop.app(stock=0)
    shop.write("tests/conftest.py", CONFTEST.format(left=4))
    check = "from my_shop.main import placed\n\n\ndef test_nothing_was_placed_here():\n    assert placed == []\n"
    shop.write("tests/test_own.py", check)
    passed = [
        "contractkit::GET /orders/{order_id} passed",
        "contractkit::POST /orders passed",
        "contractkit::diff passed",
        "tests/test_own.py::test_nothing_was_placed_here passed",
    ]
    assert shop.pytest("--contractkit-fuzz") == (0, passed)
    assert shop.pytest("--contractkit-fuzz", "-n", "2") == (0, passed)
    shop.write("tests/conftest.py", CONFTEST.format(left=0))
    assert shop.pytest("--contractkit-fuzz")[0] == 1


def test_an_app_that_has_other_operations_than_the_configured_one(shop: Shop) -> None:
    app = (
        "from fastapi import FastAPI\n\nother = FastAPI(title='My shop', version='1.0.0')\n\n\n@other.get('/health')\n"
    )
    fixture = "\n\n@pytest.fixture\ndef contractkit_app():\n    return other\n"
    shop.write("tests/conftest.py", "import pytest\n" + app + "def health() -> int:\n    return 1\n" + fixture)
    done = shop.run("pytest", "--contractkit-fuzz", "-rs", "-k", "orders")
    assert "2 skipped, 2 deselected, 2 warnings" in done.stdout.splitlines()[-1]
    said = "ContractkitWarning: GET /health is not fuzzed: only the app of `contractkit_app` has it\n"
    skipped = re.findall(r"^SKIPPED .*: (.*)$", done.stdout, re.MULTILINE)
    assert (said in done.stdout, skipped) == (True, ["the app of `contractkit_app` has no such operation"])


def test_the_fixtures(shop: Shop) -> None:
    shop.app(most=50)
    shop.write(
        "tests/test_own.py",
        "import contractkit\n\n\n"
        "def test_contract(contract):\n"
        "    assert isinstance(contract, contractkit.Contract)\n"
        "    assert list(contract.document['paths']) == ['/orders', '/orders/{order_id}']\n\n\n"
        "def test_diff(contract_diff):\n"
        "    assert isinstance(contract_diff, contractkit.Verdict)\n"
        "    assert (contract_diff.fails, [one.rule for one in contract_diff.findings]) == (\n"
        "        True, ['request-maximum-decreased']\n"
        "    )\n",
    )
    assert shop.pytest() == (0, ["tests/test_own.py::test_contract passed", "tests/test_own.py::test_diff passed"])


def test_tests_are_chosen_as_all_others_are(shop: Shop) -> None:
    done = shop.run("pytest", "--contractkit-fuzz", "--collect-only", "-q")
    assert done.stdout.splitlines() == [
        "tests/test_own.py::test_own",
        "contractkit::diff",
        "contractkit::POST /orders",
        "contractkit::GET /orders/{order_id}",
        "",
        done.stdout.splitlines()[-1],
    ]
    assert done.stdout.splitlines()[-1].startswith("4 tests collected in ")
    chosen = shop.pytest("--contractkit-fuzz", "-k", "GET and orders")
    assert chosen == (0, ["contractkit::GET /orders/{order_id} passed"])
    assert shop.pytest("--contractkit-fuzz", "-m", "not contractkit") == (0, ["tests/test_own.py::test_own passed"])
    shop.app(most=50)
    stopped = (1, ["contractkit::diff failed", "tests/test_own.py::test_own passed"])
    assert shop.pytest("--contractkit-fuzz", "-x", "--strict-markers") == stopped


def test_a_test_is_run_by_its_id(shop: Shop) -> None:
    shop.app(stock=0)
    shop.write("tests/conftest.py", CONFTEST.format(left=4))  # is heard, although no other test is run
    assert shop.pytest("contractkit::POST /orders") == (0, ["contractkit::POST /orders passed"])
    assert shop.pytest("contractkit::POST /orders", "-n", "2") == (0, ["contractkit::POST /orders passed"])
    two = ["contractkit::diff passed", "tests/test_own.py::test_own passed"]
    assert shop.pytest("contractkit::diff", "tests/test_own.py") == (0, two)
    done = shop.run("pytest", "contractkit::POST /order")
    said = "contractkit::POST /order: there is no such test; did you mean `contractkit::POST /orders`?\n"
    assert (done.returncode, failure(done.stdout, "contractkit::POST /order")) == (1, said)


def test_the_ini_file_asks_for_whole_runs(shop: Shop) -> None:
    shop.write("pyproject.toml", CONFIG + "contractkit = true\n")
    both = (0, ["contractkit::diff passed", "tests/test_own.py::test_own passed"])
    own = (0, ["tests/test_own.py::test_own passed"])
    assert shop.pytest() == both
    assert shop.pytest("tests") == both
    assert shop.pytest("tests/test_own.py") == own
    assert shop.pytest("tests/test_own.py::test_own") == own
    assert shop.pytest("--contractkit", "tests/test_own.py") == both
    assert shop.pytest("-o", "contractkit=false") == own
    assert shop.pytest("-o", "testpaths=tests/test_own.py") == both


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_a_bad_configuration_is_one_usage_error(shop: Shop, more: tuple[str, ...]) -> None:
    shop.write("pyproject.toml", CONFIG.replace("api =", "ap ="))
    done = shop.run("pytest", "--contractkit", *more)
    said = f"ERROR: {shop.folder / 'pyproject.toml'}: unknown key `tool.contractkit.ap`; did you mean `app`?\n\n"
    assert (done.returncode, done.stdout, done.stderr) == (4, "", said)


def test_a_baseline_is_needed(shop: Shop) -> None:
    shop.write("pyproject.toml", CONFIG.replace('api = "my-shop"', ""))
    done = shop.run("pytest", "--contractkit")
    file = shop.folder / "pyproject.toml"
    said = f"ERROR: --contractkit: no baseline is configured; set `api` (the name of one) in {file}\n\n"
    assert (done.returncode, done.stdout, done.stderr) == (4, "", said)
    passed = ["contractkit::GET /orders/{order_id} passed", "contractkit::POST /orders passed"]
    assert shop.pytest("--contractkit-fuzz", "-m", "contractkit") == (0, passed)


def test_an_app_that_cannot_be_imported_fails_with_its_own_traceback(shop: Shop) -> None:
    shop.write("my_shop/main.py", "import nothing_of_this_name\n")
    done = shop.run("pytest", "--contractkit-fuzz")
    problem = "`my_shop.main` cannot be imported: ModuleNotFoundError: No module named 'nothing_of_this_name'"
    for name in ("diff", "fuzz"):
        told = failure(done.stdout, f"contractkit::{name}").splitlines()
        assert (told[0], told[-1]) == (
            f"my_shop.main:app: {problem}",
            "ModuleNotFoundError: No module named 'nothing_of_this_name'",
        )
    assert " 2 failed, 1 passed in " in done.stdout.splitlines()[-1]

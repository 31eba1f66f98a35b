"""The registry of the faults, its list, and its table in the README. What each fault does is tried in
`test_contract_faults.py` and `test_promise_faults.py`.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import WebSocketRoute

import sample_app
from sample_app import faults
from sample_app.faults.__main__ import main
from sample_app.main import create_app
from tests.sample_app.observing import OBSERVATIONS

ROOT = Path(__file__).parents[2]
PACKAGE = Path(sample_app.__file__).parent
SOCKET = faults.Kind.SOCKET


def run(*arguments: str, fault: str | None = None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMPLE_APP_")}
    environment = {**kept, **({"SAMPLE_APP_FAULT": fault} if fault else {})}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_every_fault_is_tried() -> None:
    assert list(OBSERVATIONS) == [fault.name for fault in faults.REGISTRY.values() if fault.kind is not SOCKET]
    assert [name for name, observation in OBSERVATIONS.items() if observation.right == observation.wrong] == []


def test_contract_faults_are_for_diff_and_all_others_for_fuzz() -> None:
    found = Counter((fault.kind, fault.found_by) for fault in faults.REGISTRY.values())
    assert set(found) == {
        (faults.Kind.CONTRACT, faults.Tool.DIFF),
        (faults.Kind.PROMISE, faults.Tool.FUZZ),
        (SOCKET, faults.Tool.FUZZ),
    }
    assert found[faults.Kind.CONTRACT, faults.Tool.DIFF] >= 12
    assert found[faults.Kind.PROMISE, faults.Tool.FUZZ] >= 24


def sockets() -> set[str]:
    contexts = iter_route_contexts(create_app().routes)
    return {f"WS {context.path}" for context in contexts if isinstance(context.original_route, WebSocketRoute)}


def test_every_fault_is_where_an_operation_is() -> None:
    paths = create_app().openapi()["paths"]
    existing = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    places = {place for fault in faults.REGISTRY.values() for place in fault.where}
    assert {place for place in places if not place.startswith("WS ")} <= existing | {"*"}
    assert {place for place in places if place.startswith("WS ")} == sockets()


def test_every_fault_is_asked_for_in_the_app_and_nothing_else_is() -> None:
    sources = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "faults"]
    asked = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert set(re.findall(r'faults\.(?:is_on|pick|dawdle)\(\s*"([^"]+)"', asked)) == set(faults.REGISTRY)


def test_the_table_of_the_readme() -> None:
    section = (PACKAGE / "README.md").read_text(encoding="utf-8").split("\n## Faults\n")[1]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    assert lines == [
        f"| `{fault.name}` | {', '.join(f'`{place}`' for place in fault.where)} | {fault.client_sees} |"
        for fault in faults.REGISTRY.values()
    ]


def test_the_list_for_machines() -> None:
    listed = run("-m", "sample_app.faults", "--json")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert json.loads(listed.stdout) == [
        {
            "name": fault.name,
            "where": list(fault.where),
            "client_sees": fault.client_sees,
            "finding": fault.finding,
            "kind": fault.kind.value,
            "found_by": fault.found_by.value,
        }
        for fault in faults.REGISTRY.values()
    ]


def test_the_list_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert heads == [f"{fault.name} ({fault.kind})" for fault in faults.REGISTRY.values()]


@pytest.mark.parametrize(
    ("name", "hint"), [("product-stok-dropped", "did you mean 'product-stock-dropped'? "), ("xyz", "")]
)
def test_an_unknown_name_is_refused_before_anything_else(name: str, hint: str) -> None:
    child = run("-c", "import sample_app.main", fault=name)
    assert child.returncode == 1
    assert child.stderr.splitlines()[-1] == (
        f"sample_app.faults.UnknownFaultError: SAMPLE_APP_FAULT: no fault is called {name!r}; "
        f"{hint}`python -m sample_app.faults` lists them all"
    )


def test_the_list_does_not_mind_an_unknown_name() -> None:
    assert run("-m", "sample_app.faults", fault="xyz").returncode == 0


def test_a_place_that_asks_for_an_unregistered_fault_is_a_bug() -> None:
    with pytest.raises(KeyError):
        faults.pick("no-such-fault", right=1, wrong=2)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_reader_that_has_gone_away_is_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sample_app.faults", *arguments],
            cwd=ROOT,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")

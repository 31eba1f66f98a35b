"""Work beside other work: its result, what it raises, what it must not touch, and that a comparison says the same."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from contractkit.api.aside import aside
from contractkit.api.deep import run_deep
from contractkit.diff.walk import Comparison, compare
from contractkit.model.aside import at_once
from contractkit.model.change import Direction, Proof
from contractkit.model.contract import Contract, Notice
from contractkit.schema import contain

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="forks are used on Linux with two processors"
)


OPERATIONS = 15


def test_the_result_comes_from_another_process() -> None:
    here = os.getpid()
    process, parent, value = aside(lambda: (os.getpid(), os.getppid(), {"a": [1, None, "ä"]}))()
    assert process != here
    assert (parent, value) == (here, {"a": [1, None, "ä"]})


def test_a_result_of_own_classes_is_handed_over() -> None:
    contract = Contract("a.json", {"openapi": "3.1.0"})
    assert aside(lambda: contract)() == contract


def test_two_go_on_at_once() -> None:
    waiting = [aside(lambda: os.getpid()) for _ in range(2)]
    assert len({one() for one in waiting} | {os.getpid()}) == 3


def test_what_the_work_raises_is_raised_here() -> None:
    def work() -> None:
        raise LookupError("no such thing")

    waiting = aside(work)
    with pytest.raises(LookupError, match="no such thing"):
        waiting()


def test_work_of_a_process_that_was_killed_is_done_here() -> None:
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return 7

    assert aside(work)() == 7


def test_a_result_that_cannot_be_handed_over_is_made_here() -> None:
    assert aside(lambda: lambda: 3)()() == 3


def test_no_process_is_left() -> None:
    """It is waited for beside what follows; for a process that is waited for already there is nothing to wait for."""
    process = Path("/proc", str(aside(os.getpid)()))
    for _ in range(600):
        if not process.exists():
            return
        time.sleep(0.1)
    pytest.fail("the process was not waited for")


def test_where_children_are_not_waited_for_the_result_is_there_all_the_same() -> None:
    script = "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); print(aside(os.getpid)() != os.getpid())"
    assert _printed(script) == "True\n"


def test_without_descriptors_the_work_is_done_here() -> None:
    script = (
        "import resource\n"
        "free = os.dup(0)\n"
        "os.close(free)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, free + 1))\n"
        "print(aside(os.getpid)() == os.getpid())\n"
    )
    assert _printed(script) == "True\n"


def test_a_process_ends_with_its_parent(tmp_path: Path) -> None:
    """Nothing else would end it: its work takes longer than the test may."""
    note = tmp_path / "pid"
    script = (
        "import pathlib, sys, time\n"
        f"note = pathlib.Path({str(note)!r})\n"
        "def work():\n"
        "    note.write_text(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "aside(work)\n"
        "while not note.exists() or not note.read_text():\n"
        "    time.sleep(0.01)\n"
        "os._exit(0)\n"
    )
    _printed(script)
    process = Path("/proc", note.read_text())
    for _ in range(600):
        if not process.exists():
            return
        time.sleep(0.1)
    pytest.fail("the process is still there after a minute")


def _printed(script: str) -> str:
    command = [sys.executable, "-c", f"import os\nfrom contractkit.api.aside import aside\n{script}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_with_one_processor_the_work_is_done_here() -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert aside(os.getpid)() == os.getpid()
    finally:
        os.sched_setaffinity(0, before)


def test_nothing_is_printed_and_nobody_waits_for_the_streams_of_the_other_process() -> None:
    assert aside(lambda: [os.readlink(f"/proc/self/fd/{number}") for number in range(3)])() == 3 * [os.devnull]


@pytest.mark.parametrize("marked", [False, True])
def test_a_comparison_says_the_same(*, marked: bool) -> None:
    """Warnings that are seen by one of the processes alone included, and with directions that share no nodes."""
    base, revision = (Contract(f"{year}.json", _document(year, marked=marked)) for year in (0, 1))
    used = []

    def spied(work: Any) -> Any:
        used.append(work)
        return aside(work)

    found = [_compared(base, revision, one) for one in (at_once, spied)]
    assert found[0] == found[1]
    assert len(used) == 1
    assert {change.direction for change in found[0].changes} >= {*Direction}
    only_sampled = Notice(
        "#/components/schemas/Id", "nothing stands at this $ref; what should stand there is not compared"
    )
    assert only_sampled in found[0].base_warnings


def later(work: Any) -> Any:
    """Begin nothing: the other way comes first then, in the same process."""
    return work


def test_what_goes_one_way_does_not_depend_on_the_other() -> None:
    """On which of both is done first, and on whether that is in the same process.

    What a witness is filled up with has unions that no contract point has, and these have discriminators.
    """
    base, revision = (Contract(f"{year}.json", _tagged(year)) for year in (0, 1))
    found = [_compared(base, revision, one) for one in (at_once, later, aside)]
    assert found[0] == found[1] == found[2]
    assert {change.proof for change in found[0].changes} >= {Proof.UNDECIDED, Proof.WITNESS}


def test_callbacks_and_webhooks_are_compared_in_the_half_of_who_sends() -> None:
    """And what nobody can read is told at the first of its places, whichever half reads it."""
    base, revision = (Contract(f"{year}.json", _turned(year)) for year in (0, 1))
    found = [_compared(base, revision, one) for one in (at_once, later, aside)]
    assert found[0] == found[1] == found[2]
    turned = [one for one in found[0].changes if one.operation.startswith(("webhook", "POST /jobs0 callback"))]
    assert [(one.operation, one.location, one.direction, one.proof) for one in turned] == [
        ("POST /jobs0 callback done POST {$request.body#/url}", "200.body", Direction.REQUEST, Proof.WITNESS),
        ("POST /jobs0 callback done POST {$request.body#/url}", "body", Direction.RESPONSE, Proof.WITNESS),
        ("webhook POST told", "200.body", Direction.REQUEST, Proof.WITNESS),
        ("webhook POST told", "body", Direction.RESPONSE, Proof.WITNESS),
    ]
    unread = [(one.aspect, one.location) for one in found[0].changes if one.proof is Proof.UNDECIDED]
    assert unread == [("$ref", "/paths/~1jobs0/post/responses/404")]


def test_the_steps_of_one_way_are_not_counted_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first point of each takes all that goes beyond a little, as its components lead to all others."""
    monkeypatch.setattr(contain, "TIERS", ((60, 1),))
    base, revision = (Contract(f"{year}.json", _document(year, marked=False)) for year in (0, 1))
    found = [_compared(base, revision, one) for one in (at_once, later, aside)]
    assert found[0] == found[1] == found[2]


def _compared(base: Contract, revision: Contract, beside: Any) -> Comparison:
    return run_deep(lambda: compare(base, revision, beside))


@pytest.mark.parametrize("prefix", ["", "/v2"])
def test_the_command_writes_the_same_bytes_on_one_processor(tmp_path: Path, prefix: str) -> None:
    """So many entries that the digests are made aside, too; and the places in files are those of where paths moved."""
    for year in (0, 1):
        document = _document(year, marked=False)
        if year:
            document["paths"] = {f"{prefix}{path}": item for path, item in document["paths"].items()}
        document["components"]["schemas"] |= {f"Same{number}": {"type": "integer"} for number in range(300)}
        for number, item in enumerate(document["paths"].values()):
            item["post"]["responses"]["200"]["headers"] = {"X-A": {"schema": {"maximum": number + year}}}
        (tmp_path / f"{year}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    script = (
        "import os, sys\n"
        "os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:int(sys.argv.pop(1))]))\n"
        "from contractkit.cli.main import main\n"
        "main()\n"
    )

    def run(processors: int) -> bytes:
        command = [sys.executable, "-c", script, str(processors), "diff", "0.json", "1.json", "--format", "json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
        assert done.returncode == 1, done.stderr
        return done.stdout

    report = run(1)
    assert run(2) == report
    headers = [one for one in json.loads(report)["findings"] if one["location"] == "200.header.X-A"]
    written = (tmp_path / "1.json").read_text().splitlines()
    assert [one["source"]["line"] for one in sorted(headers, key=lambda one: one["after"])] == [
        number for number, line in enumerate(written, 1) if '"X-A"' in line
    ]
    assert len(headers) == OPERATIONS
    sides = [json.loads(report)[side]["digest"] for side in ("base", "revision")]
    assert sides == [Contract("", json.loads((tmp_path / f"{year}.json").read_text())).digest for year in (0, 1)]


def _document(year: int, *, marked: bool) -> dict[str, Any]:
    """Return a document of operations whose requests and responses all change from one year to the next."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for number in range(OPERATIONS):
        for direction in ("In", "Out"):
            properties: dict[str, Any] = {
                "code": {"type": "string", "maxLength": number + (1 + year if direction == "Out" else 2 - year)},
                "kind": {"anyOf": [{"type": "integer"}, {"type": "null"}][: 1 + year]},
                "next": {"$ref": f"#/components/schemas/{direction}{(number + 1) % OPERATIONS}"},
                "gone": {"$ref": f"#/components/schemas/Missing{direction}{number}{year}"},
            }
            if marked:
                properties["made"] = {"type": "string", "readOnly": bool(year)}
            schemas[f"{direction}{number}"] = {
                "type": "object",
                "properties": properties,
                "required": ["code", "kind"][: 1 + year if direction == "In" else 2 - year],
            }
        content = {
            one: {"application/json": {"schema": {"$ref": f"#/components/schemas/{one}{number}"}}}
            for one in ("In", "Out")
        }
        paths[f"/things{number}/{{id}}"] = {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/Id"}}
            ],
            "post": {
                "requestBody": {"required": True, "content": content["In"]},
                "responses": {"200": {"description": "done", "content": content["Out"]}},
            },
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": str(year)},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _tagged(year: int) -> dict[str, Any]:
    """Return a document whose requests get a discriminator, and whose responses have had one."""
    pets = [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog")]
    tag = {"discriminator": {"propertyName": "kind"}}
    schemas: dict[str, Any] = {
        "Cat": {"type": "object", "properties": {"a": {"type": "integer"}}},
        "Dog": {"type": "object", "properties": {"b": {"type": "integer"}}},
        "PetOut": {"anyOf": pets, **tag},
        "PetIn": {"anyOf": pets, **(tag if year else {})},
    }
    paths: dict[str, Any] = {}
    for number in range(4 * OPERATIONS):
        header = {"required": True, "schema": {"type": "integer", "maximum": number + year}}
        content = {
            one: {"application/json": {"schema": {"$ref": f"#/components/schemas/{one}"}}}
            for one in ("PetIn", "PetOut")
        }
        paths[f"/things{number}"] = {
            "put": {
                "requestBody": {"required": True, "content": content["PetIn"]},
                "responses": {"200": {"description": "done", "headers": {"X-A": header}, "content": content["PetOut"]}},
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": str(year)},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _turned(year: int) -> dict[str, Any]:
    """Return a document whose callbacks and webhook send less each year, and take less.

    The revision refers twice to what is not there: in a response, and further down in a request.
    """

    def told(number: int) -> dict[str, Any]:
        content = {
            one: {
                "application/json": {
                    "schema": {"type": "integer", "minimum": number + (year if one == "in" else -year)}
                }
            }
            for one in ("in", "out")
        }
        return {
            "post": {
                "requestBody": {"required": True, "content": content["out"]},
                "responses": {"200": {"description": "taken", "content": content["in"]}},
            }
        }

    paths: dict[str, Any] = {
        f"/jobs{number}": {
            "post": {
                "callbacks": {"done": {"{$request.body#/url}": told(number)}},
                "responses": {"200": {"description": "begun"}},
            }
        }
        for number in range(4 * OPERATIONS)
    }
    if year:
        gone = {"$ref": "#/components/responses/Gone"}
        paths["/jobs0"]["post"]["responses"]["404"] = gone
        paths["/jobs1"]["post"]["requestBody"] = gone
    return {
        "openapi": "3.1.0",
        "info": {"title": "Jobs", "version": str(year)},
        "paths": paths,
        "webhooks": {"told": told(0)},
    }

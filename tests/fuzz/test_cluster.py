"""`contractkit fuzz --cluster`: a Dask cluster of real processes finds what a local run finds, whatever befalls it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contractkit import __version__
from contractkit.fuzz.cluster import parts_of
from contractkit.fuzz.identities import User
from contractkit.fuzz.options import Options, UrlTarget
from contractkit.fuzz.part import Part, Sealed
from contractkit.fuzz.unit import UnitResult
from contractkit.model.contract import Contract

LONG = 240
"""Seconds after which something that must come does not."""
PROGRESS = re.compile(r"contractkit: \d+ of \d+ parts, ")
SECRET = "open-sesame-77"
SHOP = '''
import os
import time
from pathlib import Path

from fastapi import FastAPI, HTTPException, Query

if Path("only-here").exists() and os.environ.get("SHOP") != "here":
    raise RuntimeError("this machine has no shop")
app = FastAPI(title="Shop", version="1.0.0")


def held() -> None:
    """Hold the first process that comes while there is a file `hold`, until the file is gone."""
    try:
        if Path("hold").exists():
            with open("held", "x") as file:
                file.write(f"{os.getpid()} ")
            while Path("hold").exists():
                time.sleep(0.05)
    except FileExistsError:
        return


@app.get("/share")
def share(people: int) -> dict[str, int]:
    held()
    return {"each": 100 // people}


@app.get("/teas/{number}", responses={404: {"description": "There is no such tea"}})
def read_tea(number: int = 1) -> dict[str, int]:
    return {"number": number}


@app.get("/teas")
def list_teas(limit: int = Query(10, ge=1, le=5)) -> list[int]:
    if limit == 4:
        raise HTTPException(418)
    return [1, 2, 3][:limit]
'''


def until(condition: Callable[[], Any]) -> Any:
    """What a condition gives as soon as it gives something."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it does not come")


def processes() -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]


def parent_of(process: int) -> int:
    """The parent of a process; 0 where there is no such process."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def ancestors_of(process: int) -> Iterator[int]:
    while process := parent_of(process):
        yield process


class Shop:
    """The folder with the app, and what is run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hold, self._held = folder / "hold", folder / "held"
        (folder / "shop.py").write_text(SHOP)

    def begin(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "contractkit", "fuzz", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, "NO_COLOR": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def fuzz(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        settings = ["--max-examples", "10", "--no-failures", "--header", f"Authorization: Bearer {SECRET}"]
        return self.begin("shop:app", *settings, "--format", "json", *arguments, **environment)

    def held(self) -> int:
        """The process of the app that is held in the middle of a request."""
        return int(
            until(lambda: self._held.exists() and self._held.read_text().endswith(" ") and self._held.read_text())
        )

    def release(self) -> None:
        """Let the next run be held anew."""
        self._held.unlink()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=LONG)
    return process.returncode, out, err


def refusal(process: subprocess.Popen[str]) -> str:
    """The one line that a run is refused with; a slow machine tells of its progress before."""
    code, out, err = ended(process)
    (line,) = [one for one in err.splitlines() if not PROGRESS.match(one)]
    assert (code, out) == (2, ""), err
    return line


def report(process: subprocess.Popen[str]) -> dict[str, Any]:
    code, out, err = ended(process)
    assert code == 1, err
    value: dict[str, Any] = json.loads(out)
    return {name: one for name, one in value.items() if name != "seconds"}


class DaskCluster:
    """A scheduler and workers on the loopback interface; all that they say goes to files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        where = folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--scheduler-file", str(where))
        self.address = str(until(lambda: where.exists() and json.loads(where.read_text() or "{}").get("address")))

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        own = [self.address, "--no-nanny", "--nthreads", "1", "--local-directory", str(self._folder)]
        process = self._start("worker", *own, **environment)
        until(lambda: "Registered to" in self.log(process))
        return process

    def log(self, process: subprocess.Popen[bytes]) -> str:
        return (self._folder / f"{self._processes.index(process)}.log").read_text()

    def logs(self) -> str:
        return "".join(map(self.log, self._processes))

    def _start(self, program: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", "--host", "127.0.0.1", "--no-dashboard"]
        with (self._folder / f"{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "--dashboard-address", "127.0.0.1:0", *arguments],
                cwd=self._folder,
                env={**os.environ, "DASK_LOGGING__DISTRIBUTED": "debug", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait(LONG)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "shop").mkdir()
    return Shop(tmp_path / "shop")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    (tmp_path / "cluster").mkdir()
    cluster = DaskCluster(tmp_path / "cluster")
    try:
        yield cluster
    finally:
        cluster.end()


def test_a_worker_that_is_killed_changes_nothing_and_ctrl_c_ends_what_runs(shop: Shop, cluster: DaskCluster) -> None:
    workers = {process.pid: process for process in (cluster.worker(), cluster.worker())}
    local = report(shop.fuzz("-n", "2"))
    shop.hold.touch()
    there = shop.fuzz("--cluster", cluster.address)
    app = shop.held()
    (killed,) = {*ancestors_of(app)} & set(workers)
    workers[killed].send_signal(signal.SIGKILL)
    workers[killed].wait(LONG)
    shop.hold.unlink()
    assert report(there) == local
    assert {(one["rule"], one["operation"]) for one in local["findings"]} == {
        ("server-error", "GET /share"),
        ("undeclared-status", "GET /teas"),
    }
    # And Ctrl-C: the next run is held on the worker that is left.
    left = next(one for one in workers if one != killed)
    shop.release()
    shop.hold.touch()
    run = shop.fuzz("--cluster", cluster.address)
    shop.held()
    run.send_signal(signal.SIGINT)
    code, out, err = ended(run)
    assert code == 2, err
    assert "Traceback" not in err
    assert json.loads(out)["complete"] is False
    shop.hold.unlink()
    until(lambda: left not in map(parent_of, processes()))
    assert SECRET not in cluster.logs()


REFUSED = """
import sys
from contractkit.fuzz.cluster import Cluster
from contractkit.model.errors import InputError
for address in sys.argv[1:]:
    try:
        Cluster(address, 1).close()
        print("connected")
    except InputError as error:
        print(error)
"""


def refusals(*addresses: str) -> list[str]:
    """What connecting to clusters is refused with, in a process without the threads that it starts."""
    command = [sys.executable, "-c", REFUSED, *addresses]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_what_cannot_be_done_on_a_cluster_is_one_line(shop: Shop, cluster: DaskCluster, tmp_path: Path) -> None:
    nobody, empty = refusals("tcp://127.0.0.1:1", cluster.address)
    assert nobody.startswith("tcp://127.0.0.1:1: no Dask cluster can be reached there (")
    start = f"the cluster has no workers; start one: dask worker {cluster.address}"
    assert empty == f"{cluster.address}: {start}"
    cluster.worker()
    (shop.folder / "only-here").touch()
    said = refusal(shop.fuzz("--cluster", cluster.address, SHOP="here"))
    assert said.startswith("contractkit: shop:app on the worker tcp://127.0.0.1:")
    assert "this machine has no shop" in said
    other = tmp_path / "other" / "contractkit-0.0.7.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: contractkit\nVersion: 0.0.7\n")
    cluster.worker(PYTHONPATH=str(other.parent))
    (said,) = refusals(cluster.address)
    mend = f"install it there: pip install 'contractkit=={__version__}'"
    assert said.startswith("the worker tcp://127.0.0.1:")
    assert said.endswith(f": has contractkit 0.0.7, here is {__version__}; {mend}")


@pytest.mark.parametrize("arguments", [("--merge", "a.json"), ("--workers", "2")])
def test_options_that_make_no_sense_with_a_cluster_are_refused(shop: Shop, arguments: tuple[str, str]) -> None:
    assert arguments[0] in refusal(shop.fuzz("--cluster", "tcp://127.0.0.1:1", *arguments))


def test_what_goes_to_a_cluster_shows_no_secret() -> None:
    user = User("alice", username="alice", password=SECRET)
    options = Options(Contract("shop", {"openapi": "3.1.0"}), UrlTarget("http://shop.example"), users=(user,))
    sealed = Sealed(options)
    assert sealed.open() == options
    assert SECRET not in f"{sealed!r} {vars(sealed)}"
    assert SECRET not in repr(Part((UnitResult(logins={"alice": SECRET}),)))


def test_dask_is_imported_with_a_cluster_only() -> None:
    code = "import contractkit.cli.fuzz, contractkit.fuzz.cluster, sys; sys.exit('distributed' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], timeout=LONG, check=True)


def test_parts_are_neighbours_of_about_the_same_size() -> None:
    units = [("a", "b"), ("c",), ("d",), ("e", "f", "g"), ("h",)]
    assert parts_of(units, 2) == [units[:3], units[3:]]
    assert parts_of(units, 100) == [[unit] for unit in units]

"""Which of the sample app's faults `contractkit fuzz` finds, beside `schemathesis run` with as many requests.

    python benchmarks/faults.py [--fault NAME ...] [--sample N] [--whole] [--against-schemathesis]

For each fault the app runs with `SAMPLE_APP_FAULT` set; only the operations that the fault names are tested (a few of
those that ask for credentials, where it is on all of them), or all with `--whole`. It is found where a finding on one
of these operations is not there without the fault. contractkit runs the app in its own processes. schemathesis, which
knows no WebSockets, calls it under uvicorn with all checks, half of the requests with alice's token and half with
bob's, and is stopped when it has sent as many as contractkit did. To be run by hand, from the root of the repository;
nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

sys.path.remove(str(Path(__file__).parent))  # `sample_app.py` there is not the app
from sample_app.faults import REGISTRY, VARIABLE, Fault, Kind

APP = "sample_app.main:app"
USERS = ("alice", "bob")
PASSWORD = "Correct-horse-7"
EVERYWHERE = 4
"""Operations that are tested for a fault that is on all of them."""
TIME_LIMIT = 900.0


@dataclass(frozen=True)
class Result:
    """One run: what was found, as (what, operation), the requests sent, and the seconds taken."""

    found: frozenset[tuple[str, str]]
    requests: int
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fault", action="append", metavar="NAME", help="only this fault (repeatable)")
    parser.add_argument("--sample", type=int, metavar="N", help="only N faults, drawn by --seed")
    parser.add_argument("--whole", action="store_true", help="test all operations, not only those of the fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--against-schemathesis", action="store_true")
    arguments = parser.parse_args()
    document = json.loads(_output([sys.executable, "-m", "contractkit", "pull", APP], {}))
    faults = _chosen(arguments)
    places = {fault.name: _operations(fault, document) for fault in faults}
    everything = None if arguments.whole else sorted({one for found in places.values() for one in found})
    options = (arguments.seed, arguments.workers)
    rival = _schemathesis if arguments.against_schemathesis else None
    clean = _contractkit("", everything, *options)
    for what, where in sorted(clean.found):
        print(f"without a fault: {what} on {where}")
    theirs_clean = rival("", everything, clean.requests, arguments.seed) if rival else None
    print(f"without a fault: {len(clean.found)} findings, {clean.requests} requests, {clean.seconds:.0f} s", flush=True)
    counts = {"contractkit": 0, "schemathesis": 0}
    times: dict[str, list[float]] = {"contractkit": [], "schemathesis": []}
    for fault in faults:
        only = None if arguments.whole else places[fault.name]
        ours = _contractkit(fault.name, only, *options)
        row = _row(fault, "contractkit", ours, clean, places, counts, times)
        if rival and theirs_clean:
            theirs = rival(fault.name, only, ours.requests, arguments.seed)
            row += _row(fault, "schemathesis", theirs, theirs_clean, places, counts, times)
        print(f"{fault.name:42}{row}", flush=True)
    for name, found in times.items():
        if name == "contractkit" or rival:
            median = f"{statistics.median(found):.1f} s" if found else "-"
            print(f"{name}: {counts[name]} of {len(faults)} found, median time of a run that finds {median}")
    if rival:
        print(f"ratio {counts['contractkit'] / max(1, counts['schemathesis']):.2f} (goal: 1.8; at least 90% found)")
    return 0


def _row(
    fault: Fault,
    program: str,
    result: Result,
    clean: Result,
    places: Mapping[str, list[str]],
    counts: dict[str, int],
    times: dict[str, list[float]],
) -> str:
    new = sorted(
        what for what, where in result.found - clean.found if where in {_erased(one) for one in places[fault.name]}
    )
    if new:
        counts[program] += 1
        times[program].append(result.seconds)
    shown = ", ".join(dict.fromkeys(new)) if new else "NOT FOUND"
    return f"  {program}: {shown} ({result.requests} requests, {result.seconds:.0f} s)"


def _chosen(arguments: argparse.Namespace) -> list[Fault]:
    faults = [fault for fault in REGISTRY.values() if fault.kind in (Kind.PROMISE, Kind.SOCKET)]
    if arguments.fault:
        faults = [REGISTRY[name] for name in arguments.fault]
    if arguments.sample:
        faults = random.Random(arguments.seed).sample(faults, min(arguments.sample, len(faults)))
    return faults


def _operations(fault: Fault, document: Mapping[str, Any]) -> list[str]:
    """Return the operations of a fault as `METHOD /path`; of one that is on all, a few and those about signing in."""
    if "*" not in fault.where:
        return list(fault.where)
    everything = [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    asking = [name for name, operation in everything if operation.get("security") and name.startswith("GET ")]
    return [*asking[:EVERYWHERE], *(name for name, _ in everything if re.search(r"auth|session|token", name))]


def _contractkit(fault: str, only: Iterable[str] | None, seed: int, workers: int) -> Result:
    command = [sys.executable, "-m", "contractkit", "fuzz", APP, "--seed", str(seed), "--workers", str(workers)]
    command += ["--format", "json", "--fail-on", "never", "--no-failures"]
    command += [part for one in only or () for part in ("--only", one)]
    started = time.perf_counter()
    report = json.loads(_output(command, {VARIABLE: fault}))
    seconds = time.perf_counter() - started
    found = {(one["rule"] + " " + one["id"][-6:], where) for one in report["findings"] for where in one["operations"]}
    return Result(frozenset(found), report["requests"], seconds)


def _schemathesis(fault: str, only: Iterable[str] | None, requests: int, seed: int) -> Result:
    found: set[tuple[str, str]] = set()
    sent, started = 0, time.perf_counter()
    for user in USERS:
        with tempfile.TemporaryDirectory() as name, _served(Path(name), fault) as (url, log):
            report = Path(name) / "report.xml"
            command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json"]
            command += ["--checks", "all", "--max-examples", "100", "--seed", str(seed), "--continue-on-failure"]
            command += ["--header", f"Authorization: Bearer {_token(url, user)}"]
            command += ["--report", "junit", "--report-junit-path", str(report)]
            for one in only or ():
                command += ["--include-name", one]
            before = _count(log)
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until = time.perf_counter() + TIME_LIMIT
            while process.poll() is None:
                if _count(log) - before >= requests / len(USERS) or time.perf_counter() > until:
                    process.send_signal(signal.SIGINT)  # it still writes its report
                    process.wait()
                time.sleep(0.05)
            sent += _count(log) - before
            found |= set(_failures(report))
    return Result(frozenset(found), sent, time.perf_counter() - started)


def _failures(report: Path) -> Iterator[tuple[str, str]]:
    """Yield the failures of a JUnit report, each with its operation."""
    if not report.exists():
        return
    for case in ElementTree.parse(report).iter("testcase"):
        operation = _erased(case.get("name", ""))
        for failure in case.iter("failure"):
            text = f"{failure.get('message', '')}\n{failure.text or ''}"
            for title in re.findall(r"^- (.+)$", text, re.MULTILINE):
                yield title, operation


@contextmanager
def _served(folder: Path, fault: str) -> Iterator[tuple[str, Path]]:
    """Serve the app on a free port; yield its address and the file that holds a line for each request."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "access.log"
    (folder / "counted.py").write_text(_COUNTED.format(log=str(log)))
    command = [sys.executable, "-m", "uvicorn", "counted:app", "--port", str(port), "--app-dir", str(folder)]
    environment = {**os.environ, VARIABLE: fault, "PYTHONPATH": os.getcwd()}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url, log
    finally:
        server.terminate()
        server.wait()


_COUNTED = """
from sample_app.main import app as served

LOG = open({log!r}, "ab", buffering=0)


async def app(scope, receive, send):
    if scope["type"] == "http":
        LOG.write(b".")
    await served(scope, receive, send)
"""


def _count(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _token(url: str, user: str) -> str:
    form = urllib.parse.urlencode({"grant_type": "password", "username": user, "password": PASSWORD}).encode()
    with urllib.request.urlopen(f"{url}/auth/token", form, timeout=30) as answer:
        token: str = json.load(answer)["access_token"]
    return token


def _erased(operation: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", operation)


def _output(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

"""How fast `contractkit fuzz` is, beside `schemathesis run --workers 2` against the same app, in one run.

    python benchmarks/fuzz.py [--case NAME ...] [--seconds N] [--app MODULE:APP --user NAME --password WORD]

Both get the same two cores: this process and all that it starts are bound to the first two. contractkit runs the app in
its own processes; schemathesis calls it under uvicorn. Requests are counted by the app itself, in both cases all that
reach it: logins and the second tries of findings included. Nothing is asserted: the figures are for people to read.

Cases: `small` (an app of 40 operations that keeps everything in memory, so that what is measured is the tool),
`sample` (the sample app, whose own time per request is a large part) and `large` (start-up to the first request, and
the memory of a worker, on an app of 1,000 operations). `--app` measures an app of your own as `small` is.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fuzz_apps import COUNTED, LARGE, SMALL

CASES = ("small", "sample", "large")
OPERATIONS = 1_000
_GOALS = {"rate": "at least 3 times", "start": "under 3 s", "memory": "under 400 MB"}


@dataclass(frozen=True)
class Subject:
    """An app to fuzz: where it lies, `module:attribute`, and a user who may sign in by the password flow."""

    folder: Path
    app: str
    username: str = ""
    password: str = ""


@dataclass(frozen=True)
class Outcome:
    """One run: requests that reached the app, seconds, MB of the largest process, seconds to the first request."""

    requests: int
    seconds: float
    memory: float
    first: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--case", action="append", choices=CASES, help="only this case (repeatable)")
    parser.add_argument("--seconds", type=float, default=60.0, help="seconds that each program gets at most; 60")
    parser.add_argument("--app", metavar="MODULE:APP", help="an app in the current folder to measure as well")
    parser.add_argument("--user", default="", help="who signs in to --app")
    parser.add_argument("--password", default="", help="the password of --user")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, cores)
    chosen = arguments.case or ([] if arguments.app else list(CASES))
    print(f"Python {sys.version.split()[0]}, {len(cores)} cores, load {os.getloadavg()[0]:.1f}")
    print(_row("case", "program", "requests", "seconds", "per second", "ratio", "MB", "first"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "small" in chosen:
            (folder / "small.py").write_text(SMALL)
            _side_by_side("small", Subject(folder, "small:app"), arguments.seconds)
        here = Path.cwd()
        if "sample" in chosen:
            subject = Subject(here, "sample_app.main:app", "alice", "Correct-horse-7")
            _side_by_side("sample", subject, arguments.seconds)
        if arguments.app:
            subject = Subject(here, arguments.app, arguments.user, arguments.password)
            _side_by_side(arguments.app, subject, arguments.seconds)
        if "large" in chosen:
            (folder / "large.py").write_text(LARGE.replace("OPERATIONS", str(OPERATIONS)))
            ours = _contractkit(Subject(folder, "large:app"), min(arguments.seconds, 20.0))
            _show("large", "contractkit", ours, "")
    print(", ".join(f"{name}: {goal}" for name, goal in _GOALS.items()))
    return 0


def _side_by_side(case: str, subject: Subject, seconds: float) -> None:
    ours = _contractkit(subject, seconds)
    _show(case, "contractkit", ours, "")
    theirs = _schemathesis(subject, seconds)
    _show("", "schemathesis", theirs, f"{ours.rate / theirs.rate:.2f}" if theirs.requests else "")


def _contractkit(subject: Subject, seconds: float) -> Outcome:
    with _counted(subject) as (environment, count):
        command = [sys.executable, "-m", "contractkit", "fuzz", "counted:app", "--workers", "2", "--seed", "1"]
        command += ["--fail-on", "never", "--format", "json"]
        return _run(command, subject.folder, environment, count, seconds)


def _schemathesis(subject: Subject, seconds: float) -> Outcome:
    with _counted(subject) as (environment, count), _served(subject, environment) as url:
        headers = _login(url, subject)
        os.truncate(count, 0)
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json"]
        command += [
            "--workers",
            "2",
            "--checks",
            "all",
            "--max-examples",
            "100",
            "--seed",
            "1",
            "--continue-on-failure",
        ]
        return _run([*command, *headers], count.parent, environment, count, seconds)  # it leaves files where it runs


def _run(command: list[str], folder: Path, environment: Mapping[str, str], count: Path, seconds: float) -> Outcome:
    """Run a program until it is done or its time is over; its progress and its report are not read."""
    began, started = time.time(), time.perf_counter()
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, env=dict(environment), stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        memory = 0.0
        while process.poll() is None:
            memory = max([memory, *(_megabytes(one) for one in [process.pid, *_descendants(process.pid)])])
            if time.perf_counter() - started > seconds:
                for one in [*_descendants(process.pid), process.pid]:
                    try:
                        os.kill(one, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                break
            time.sleep(0.1)
        taken = time.perf_counter() - started
    size = count.stat().st_size if count.exists() else 0
    first = float(Path(f"{count}.first").read_text()) - began if Path(f"{count}.first").exists() else float("nan")
    return Outcome(size, taken, memory, first)


@contextmanager
def _counted(subject: Subject) -> Iterator[tuple[dict[str, str], Path]]:
    """Make a module `counted` whose app writes a byte to a file for each request."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "counted.py").write_text(COUNTED)
        path = os.pathsep.join([name, str(subject.folder), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        count = folder / "count"
        yield {**os.environ, "PYTHONPATH": path, "COUNTED": subject.app, "COUNT": str(count)}, count


@contextmanager
def _served(subject: Subject, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the app with uvicorn, one process, on a free port."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "counted:app", "--port", str(port), "--log-level", "error"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=subject.folder, env=dict(environment), stdout=quiet, stderr=quiet) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"{url}/openapi.json", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield url
        finally:
            server.terminate()


def _login(url: str, subject: Subject) -> list[str]:
    if not subject.username:
        return []
    fields = {"grant_type": "password", "username": subject.username, "password": subject.password}
    import json

    with urllib.request.urlopen(f"{url}/openapi.json", timeout=10) as answer:
        schemes = json.load(answer)["components"]["securitySchemes"].values()
    target = next(one["flows"]["password"]["tokenUrl"] for one in schemes if one["type"] == "oauth2")
    request = urllib.request.Request(urllib.parse.urljoin(f"{url}/", target), urllib.parse.urlencode(fields).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return ["--header", f"Authorization: Bearer {json.load(answer)['access_token']}"]


def _descendants(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, open_ones = [], [root]
    while open_ones:
        below = parents.get(open_ones.pop(), [])
        found += below
        open_ones += below
    return found


def _megabytes(process: int) -> float:
    """Return the most memory that a process has held."""
    try:
        rows = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(row.split()[1]) / 1024 for row in rows if row.startswith("VmHWM:")), 0.0)


def _show(case: str, program: str, found: Outcome, ratio: str) -> None:
    row = (str(found.requests), f"{found.seconds:.1f}", f"{found.rate:.0f}", ratio, f"{found.memory:.0f}")
    print(_row(case, program, *row, f"{found.first:.1f} s"), flush=True)


def _row(case: str, program: str, *cells: str) -> str:
    return f"{case:<10} {program:<14}" + "".join(f"{cell:>12}" for cell in cells)


if __name__ == "__main__":
    sys.exit(main())

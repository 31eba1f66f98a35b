"""What more processes and a cluster bring, and what a large API costs.

    python benchmarks/scale.py [--case ways|diff|fuzz ...] [--examples N] [--operations N] [--app N]

Cases: `ways` does the same fuzzing (an app of 40 operations, one seed) with 1, 2 and 4 processes and on Dask clusters
of as many workers on this machine, in turns, and prints medians and how many times as fast as one process each is; that
the reports are the same is looked at. `diff` compares documents of a tenth of the operations and of all of them with a
release later. `fuzz` fuzzes parts of a smaller app (`--shard`), and says what as many operations would take: scaled,
not measured. Nothing else is asserted: the figures are for people to read.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from documents import api_document, release, write
from fuzz_apps import LARGE, SMALL

CASES = ("ways", "diff", "fuzz")
COUNTS = (1, 2, 4)
_LIMIT = 3_600.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--case", action="append", choices=CASES, help="only this case (repeatable)")
    parser.add_argument("--examples", type=int, default=100, help="random requests for each operation; 100")
    parser.add_argument("--operations", type=int, default=10_000, help="of the large API; 10,000")
    parser.add_argument("--app", type=int, default=2_000, help="of the app that is fuzzed in part; 2,000")
    parser.add_argument("--part", type=int, default=80, help="how many of them are fuzzed; 80")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is gone; 3")
    arguments = parser.parse_args()
    chosen = arguments.case or CASES
    cores = len(os.sched_getaffinity(0))
    print(f"Python {sys.version.split()[0]}, {cores} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "ways" in chosen:
            _ways(folder, arguments.examples, arguments.rounds)
        if "diff" in chosen:
            for operations in (arguments.operations // 10, arguments.operations):
                _diff(folder, operations)
        if "fuzz" in chosen:
            _fuzz(folder, arguments.app, arguments.operations, arguments.part, arguments.examples)
    return 0


def _ways(folder: Path, examples: int, rounds: int) -> None:
    """The same work in every way, in turns, so that a slow moment of the machine meets all of them."""
    (folder / "small.py").write_text(SMALL)
    work = ["fuzz", "small:app", "--seed", "1", "--max-examples", str(examples), "--no-failures", "--format", "json"]
    work += ["--fail-on", "never"]
    times: dict[tuple[int, str], list[float]] = {}
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        addresses = {count: stack.enter_context(_cluster(folder, count)) for count in COUNTS}
        for _ in range(rounds):
            for count in COUNTS:
                for way, option in (("processes", ["-n", str(count)]), ("workers", ["--cluster", addresses[count]])):
                    seconds, report = _timed(folder, [*work, *option])
                    times.setdefault((count, way), []).append(seconds)
                    value = {name: one for name, one in json.loads(report).items() if name != "seconds"}
                    found = found or value
                    other = sorted(name for name in found if found[name] != value[name])
                    if other:
                        print(f"with {count} {way} the report differs in {', '.join(other)}", flush=True)
    print(f"the same work: {found['operations']['total']} operations, {found['requests']} requests, one seed")
    print(_row("", "processes", "ratio", "cluster workers", "ratio", "to processes"))
    one = statistics.median(times[1, "processes"])
    for count in COUNTS:
        here, there = (statistics.median(times[count, way]) for way in ("processes", "workers"))
        cells = (f"{here:.1f} s", f"{one / here:.2f}", f"{there:.1f} s", f"{one / there:.2f}", f"{there / here:.2f}")
        print(_row(str(count), *cells), flush=True)


def _diff(folder: Path, operations: int) -> None:
    sample = api_document(1_000_000)
    size = 1_000_000 * operations // _count(sample)
    base = api_document(size)
    old, new = write(base, folder / "old.json"), write(release(base), folder / "new.json")
    megabytes = old.stat().st_size / 1e6
    for title, revision in (("a release later", new), ("itself", old)):
        command = ["diff", str(old), str(revision), "--fail-on", "never", "--format", "json"]
        seconds, report = _timed(folder, command)
        counts = json.loads(report)["counts"]
        told = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
        print(f"diff: {_count(base)} operations ({megabytes:.0f} MB) with {title}: {seconds:.1f} s;", told or "nothing")


def _fuzz(folder: Path, app: int, operations: int, part: int, examples: int) -> None:
    """Two parts, one twice the other: their difference is what operations cost, the rest is the start."""
    (folder / "large.py").write_text(LARGE.replace("OPERATIONS", str(app)))
    work = ["fuzz", "large:app", "--seed", "1", "--max-examples", str(examples), "--no-failures", "--format", "json"]
    work += ["--fail-on", "never", "-n", "1", "--timeout", "600"]
    measured = []
    for size in (part, 2 * part):
        seconds, report = _timed(folder, [*work, "--shard", f"1/{app // size}"])
        value = json.loads(report)
        measured.append((value["operations"]["tested"], seconds))
        told = f"{measured[-1][0]} of an app of {app} operations, one process: {seconds:.1f} s"
        print(f"fuzz: {told}, {value['requests']} requests", flush=True)
    (few, short), (many, long) = measured
    each = (long - short) / (many - few)
    start = short - few * each
    whole = (start * operations / app + each * operations) / 3600
    print(f"fuzz: {start:.1f} s to start, {each:.2f} s for each operation; scaled, not measured:", end=" ")
    print(f"{whole:.1f} hours for {operations} operations with one process")


def _count(document: dict[str, Any]) -> int:
    return sum(map(len, document["paths"].values()))


def _timed(folder: Path, arguments: Sequence[str]) -> tuple[float, str]:
    """Run contractkit; its seconds, and what it printed."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "contractkit", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_LIMIT, check=False)
    if done.returncode not in (0, 2) or not done.stdout:
        raise SystemExit(f"contractkit {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - started, done.stdout


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a scheduler and workers of one thread each on this machine; its address."""
    file = folder / f"scheduler-{workers}.json"
    own = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(file)]
    worker = ["worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(folder)]
    commands = [["scheduler", "--port", "0"], *[worker] * workers]
    with ExitStack() as stack:
        for program, *options in commands:
            command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *own, *options]
            process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            while not (file.exists() and file.read_text()):
                time.sleep(0.05)
        address = str(json.loads(file.read_text())["address"])
        _joined(address, workers)
        yield address


def _joined(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


def _row(title: str, *cells: str) -> str:
    return f"{title:<4}" + "".join(f"{cell:>17}" for cell in cells)


if __name__ == "__main__":
    sys.exit(main())

"""How long `contractkit diff` takes, as ratios to other programs that run beside it.

    python benchmarks/diff.py [--quick] [--case NAME ...] [--pair OLD NEW ...]

Everything is measured as a process, from its start to its end, in turns: one run of each program, then the next round,
so that a slow moment of the machine meets all of them. Printed are medians, subject / rival as a ratio, and the goal.
Nothing is asserted: the figures are for people to read.

Cases: `change` (one property made required in a document of 2 MB), `project` (the same where there is a configuration,
so that the report is kept for `approve`; the others run in a folder without one), `release` (generated documents of 1,
3 and 11 MB, about 15% of their components and operations changed), `chain` (500 components that refer to each other,
every one changed), `nested` (500 components, each required by the one before) and `help` (start-up). `--pair` measures
two files of your own as a release.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents import api_document, chain, nested, pull_request, release, write

CASES = ("change", "project", "release", "chain", "nested", "help")
TIME_LIMIT = 120.0
"""Seconds after which one run of a program is ended and shown as `failed`."""
PARSE_ONLY = "import json, sys\nfor path in sys.argv[1:]:\n    json.load(open(path, 'rb'))"


@dataclass(frozen=True)
class Program:
    """A program to time: its name in the table, its command line and its working folder.

    Its exit code is 0 when it did its work.
    """

    name: str
    command: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Case:
    """The program under test, the ones it is compared with, and what it should reach, in words."""

    title: str
    subject: Program
    rivals: tuple[Program, ...]
    goal: str


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 7, no document above 3 MB")
    parser.add_argument("--case", action="append", choices=CASES, help="only this case (repeatable)")
    parser.add_argument("--pair", action="append", nargs=2, type=Path, metavar=("OLD", "NEW"), help="two OpenAPI files")
    arguments = parser.parse_args()
    for path in (path for pair in arguments.pair or [] for path in pair):
        if not path.is_file():
            parser.error(f"--pair: there is no file {path}")
    chosen = arguments.case or ([] if arguments.pair else list(CASES))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, oasdiff {shutil.which('oasdiff') or 'missing'}")
    print(_row("case", "program", "median", "ratio", "goal"))
    with tempfile.TemporaryDirectory() as folder:
        for case in _cases(chosen, arguments.pair or [], Path(folder), quick=arguments.quick):
            _report(case, rounds=3 if arguments.quick else 7)
    return 0


def _cases(chosen: list[str], pairs: list[list[Path]], folder: Path, *, quick: bool) -> Iterator[Case]:
    """Make the documents of each case when its turn comes, and yield the case."""
    for name in ("change", "project"):
        if name not in chosen:
            continue
        place = folder / name
        place.mkdir()
        if name == "project":
            (place / "contractkit.toml").write_text('fail-on = "never"\n', encoding="utf-8")
        document = api_document(2_000_000)
        files = write(document, place / "base.json"), write(pull_request(document), place / "revision.json")
        yield Case(_title(name, *files), _diff(*files, place), (_parse(*files, place),), "at most 2.5 times parsing")
    if "release" in chosen:
        for size in (1, 3) if quick else (1, 3, 11):
            document = api_document(size * 1_000_000)
            files = write(document, folder / "base.json"), write(release(document), folder / "revision.json")
            yield _release(*files, folder)
    for old, new in pairs:
        yield _release(old.absolute(), new.absolute(), folder)
    for name, make in (("chain", chain), ("nested", nested)):
        if name in chosen:
            files = write(make(500, 100), folder / "base.json"), write(make(500, 80), folder / "revision.json")
            yield Case(f"{name}, 500 links", _diff(*files, folder), (_parse(*files, folder),), "under 3 s")
    if "help" in chosen:
        subject = Program("contractkit --help", (*_contractkit(), "--help"), folder)
        rival = Program("python -c pass", (sys.executable, "-c", "pass"), folder)
        yield Case("help", subject, (rival,), "under 0.25 s where the other takes 0.02 s")


def _release(old: Path, new: Path, folder: Path) -> Case:
    oasdiff = shutil.which("oasdiff")
    rivals = [_parse(old, new, folder)]
    if oasdiff:
        rivals.append(Program("oasdiff breaking", (oasdiff, "breaking", str(old), str(new)), folder))
    return Case(_title("release", old, new), _diff(old, new, folder), tuple(rivals), "at most half of oasdiff's time")


def _title(name: str, old: Path, new: Path) -> str:
    return f"{name}, {max(old.stat().st_size, new.stat().st_size) / 1e6:.1f} MB"


def _contractkit() -> tuple[str, ...]:
    """Return the command line of the contractkit of this Python: its script where it is installed, else the module."""
    script = Path(sys.executable).with_name("contractkit")
    return (str(script),) if script.exists() else (sys.executable, "-m", "contractkit")


def _diff(old: Path, new: Path, folder: Path) -> Program:
    # Most of these pairs hold breaks. With `never` they give exit code 0, so that 1 can only be a crash.
    command = (*_contractkit(), "diff", str(old), str(new), "--fail-on", "never")
    return Program("contractkit diff", command, folder)


def _parse(old: Path, new: Path, folder: Path) -> Program:
    return Program("json.load of both", (sys.executable, "-c", PARSE_ONLY, str(old), str(new)), folder)


def _report(case: Case, rounds: int) -> None:
    """Measure the case and print a line for each of its programs."""
    programs = (case.subject, *case.rivals)
    results = _measure(programs, rounds)
    subject = results[case.subject]
    for program in programs:
        result = results[program]
        ratio = ""
        if program is not case.subject and isinstance(subject, float) and isinstance(result, float):
            ratio = f"{subject / result:.2f}"
        median = f"{result:.3f} s" if isinstance(result, float) else "failed"
        first = program is case.subject
        print(_row(case.title if first else "", program.name, median, ratio, case.goal if first else ""), flush=True)
        if isinstance(result, str):
            print(f"    {program.name}: {result}", flush=True)


def _measure(programs: tuple[Program, ...], rounds: int) -> dict[Program, float | str]:
    """Run the programs in turns, after a round that only warms the caches; return each one's median or its failure."""
    times: dict[Program, list[float]] = {program: [] for program in programs}
    failures: dict[Program, str] = {}
    for number in range(rounds + 1):
        for program in programs:
            if program in failures:
                continue
            try:
                seconds = _run(program)
            except RuntimeError as error:
                failures[program] = str(error)
            else:
                if number:
                    times[program].append(seconds)
    return {program: failures.get(program) or statistics.median(times[program]) for program in programs}


def _run(program: Program) -> float:
    """Run the program once and return its seconds; raise RuntimeError if it could not do its work."""
    # What is installed has its bytecode; a setting of the shell must not have it compiled afresh in every run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    try:
        process = subprocess.run(
            program.command,
            cwd=program.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=TIME_LIMIT,
            check=False,
            text=True,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"not done after {TIME_LIMIT:.0f} s") from None
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        lines = process.stderr.strip().splitlines()
        raise RuntimeError(f"exit code {process.returncode}: {lines[-1] if lines else 'nothing on stderr'}")
    return seconds


def _row(case: str, program: str, median: str, ratio: str, goal: str) -> str:
    return f"{case:<18} {program:<20} {median:>10} {ratio:>7}  {goal}".rstrip()


if __name__ == "__main__":
    sys.exit(main())

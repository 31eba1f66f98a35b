"""`python -m tests.selffuzz --minutes 20 --seed 1`: inputs by the thousand; exit code 1 for what is no clean refusal.

Atheris (libFuzzer) keeps what reaches new code and changes it further. Each target runs in processes of its own, so
that what hangs for more than 20 seconds or takes more than a gigabyte ends one of them, and is told like any find.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_HANG = 200
"""Seconds after which libFuzzer ends a process; one that is only slow says so itself, by its processor time."""
MEGABYTES = 1_024
"""What a process may hold: all of Python and contractkit, and what an input asks for."""
_NAMES = ("json", "yaml", "asyncapi", "cassette", "har", "report", "config", "approval", "baseline", "failure")
_LARGE = {"json": 6, "yaml": 4, "asyncapi": 3, "report": 2, "har": 2}
"""How many shares of the time a target gets, if not one."""


def main() -> int:
    """Fuzz every target for its share of the time, print what was found and how many inputs were tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.selffuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", choices=_NAMES, help="only this one (repeatable)")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that were found, and for the corpus")
    options = parser.parse_args()
    chosen: Sequence[str] = options.target or _NAMES
    shares = sum(_LARGE.get(name, 1) for name in chosen)
    total, finds = 0, 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.keep or temporary).absolute()
        for name in chosen:
            seconds = options.minutes * 60 * _LARGE.get(name, 1) / shares
            runs, found = _fuzz(name, folder / name, seconds, options.seed)
            print(f"{name}: {runs} inputs, {found} finds", flush=True)
            total, finds = total + runs, finds + found
    print(f"{total} inputs, {finds} finds")
    return 1 if finds else 0


def _fuzz(name: str, folder: Path, seconds: float, seed: int) -> tuple[int, int]:
    """Fuzz a target; how many inputs were tried, and how many different finds there are."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    end, runs, told = time.monotonic() + seconds, 0, set[str]()
    while (left := int(end - time.monotonic())) > 0:
        command = [sys.executable, "-m", "tests.selffuzz.process", name, str(folder), f"-max_total_time={left}"]
        command += [f"-seed={seed}", f"-timeout={_HANG}", f"-rss_limit_mb={MEGABYTES}", "-max_len=60000"]
        command += [f"-artifact_prefix={folder}/", str(corpus)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        runs += max([0, *(int(one) for one in re.findall(r"^#(\d+)\s", done.stderr, re.MULTILINE))])
        for find in re.findall(r"^FIND .*?^END$", done.stderr, re.MULTILINE | re.DOTALL):
            if find.partition("\n")[0] not in told:
                told.add(find.partition("\n")[0])
                print(f"[{name}] {find.removeprefix('FIND ').removesuffix('END')}", flush=True)
        ended = re.search(r"ERROR: libFuzzer: (.*)", done.stderr)
        if ended:
            place = re.search(r"Test unit written to (\S*(?:timeout|oom|crash|leak)-\S+)", done.stderr)
            told.add(f"{ended[1]} {place and place[1]}")
            print(f"[{name}] {ended[1]}: {place[1] if place else 'no input'}\n", flush=True)
        elif done.returncode:
            told.add("the process")
            print(f"[{name}] ended with {done.returncode}:\n{done.stderr[-3000:]}", flush=True)
            break
        seed += 1_000_003
    return runs, len(told)


if __name__ == "__main__":
    sys.exit(main())

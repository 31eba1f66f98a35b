"""What `contractkit replay` finds on the sample app, and how fast it is.

    python benchmarks/recorded.py [--runs N] [--faults] [--fault NAME ...] [--requests N]

The sample app is recorded once, into a folder of its own. Then it is replayed unchanged `--runs` times, which should
find nothing; with each promise fault of `sample_app.faults` (`--faults`, or those named), in a table; and timed: of a
replay of `--requests` requests in one process, the part that passes inside of the app is the rate of the replay as a
part of that of the bare app. Nothing is asserted: the figures are for people to read.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.remove(str(Path(__file__).parent))  # `sample_app.py` there is not the app

from contractkit.api.recording import record, replay
from contractkit.api.users import users_of
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.run import cores
from contractkit.fuzz.unit import Workbench
from contractkit.openapi.endpoint import erased
from contractkit.replay.cassette import Cassette, from_text
from contractkit.replay.masking import Masks
from contractkit.replay.replay import Cause, Replaying
from contractkit.replay.replay import replay as play
from contractkit.sources.config import Config, load_config
from contractkit.sources.load import load
from sample_app.faults import REGISTRY, VARIABLE, Kind

APP = "sample_app.main:app"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20, help="replays of the unchanged app; 20")
    parser.add_argument("--faults", action="store_true", help="replay each promise fault")
    parser.add_argument("--fault", action="append", default=[], choices=sorted(REGISTRY), help="this one (repeatable)")
    parser.add_argument("--requests", type=int, default=10_000, help="requests of the replay that is timed; 10,000")
    parser.add_argument("--most", type=int, help="requests of one kind for each operation, as `record --requests`")
    parser.add_argument("--recording", type=Path, metavar="FOLDER", help="time and try faults on this one; --runs 0")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        config = load_config(Path.cwd())._replace(baselines=Path(name))
        folder = arguments.recording or recorded_in(config, arguments.most)
        unchanged(config, arguments.runs)
        chosen = [fault.name for fault in REGISTRY.values() if fault.kind is Kind.PROMISE] if arguments.faults else []
        faulty(config, [*cassettes(folder)], [*chosen, *arguments.fault])
        if arguments.requests:
            timed(config, [*cassettes(folder)], arguments.requests)
    return 0


def recorded_in(config: Config, most: int | None) -> Path:
    """Record the app, and return the folder of the recording."""
    started = time.perf_counter()
    done = record(APP, config=config, requests=most)
    held = f"{done.requests} requests in {done.cassettes} cassettes, {done.steady} compared"
    print(f"recorded {held}, {time.perf_counter() - started:.0f} s", flush=True)
    return done.folder


def unchanged(config: Config, runs: int) -> None:
    found = unstable = requests = 0
    started = time.perf_counter()
    for _ in range(runs):
        verdict = replay(APP, config=config, fail_on="never")
        found, unstable = found + len(verdict.findings), unstable + len(verdict.unstable)
        requests += verdict.requests
        for one in (*verdict.findings, *verdict.unstable):
            print(f"  {one.operation} {one.location} {one.check}: {one.message}", flush=True)
    if runs:
        seconds = (time.perf_counter() - started) / runs
        print(
            f"unchanged: {found} differences in {runs} replays ({unstable} unstable), {seconds:.1f} s each", flush=True
        )


def faulty(config: Config, recorded: list[Cassette], names: list[str]) -> None:
    """Replay each fault, in the cassettes that call its operations."""
    users = users_of((), (), config.fuzz())
    options = Options(load(APP), AppTarget("sample_app.main", "app", str(Path.cwd())), users=users)
    count = 0
    clean = play(options, recorded, masks=Masks(users), workers=cores())[0].causes if names else {}
    for name in names:
        os.environ[VARIABLE] = name
        where = {f"{method} {erased(path)}" for method, _, path in (one.partition(" ") for one in REGISTRY[name].where)}
        calling = [one for one in recorded if "* " in where or any(step.operation in where for step in one.steps)]
        outcome, _ = play(options, calling, masks=Masks(users), workers=cores())
        new = [cause for cause in outcome.causes if cause not in clean]
        count += bool(new)
        print(f"{name:42}  {_shown(new)}", flush=True)
    os.environ.pop(VARIABLE, None)
    if names:
        print(f"{count} of {len(names)} found", flush=True)


def _shown(causes: list[Cause]) -> str:
    rules = dict.fromkeys(f"{rule} ({operation})" for rule, operation, _ in causes)
    return ", ".join([*rules][:3]) + (f" and {len(rules) - 3} more" if len(rules) > 3 else "") or "-"


def cassettes(folder: Path) -> Iterator[Cassette]:
    for file in sorted(folder.glob("*.json")):
        yield from_text(file.stem, file.read_text(encoding="utf-8"), str(file))


def timed(config: Config, recorded: list[Cassette], wanted: int) -> None:
    """Replay cassettes, again and again until there were so many requests, each in a fork that has the app."""
    from sample_app.main import app

    users = users_of((), (), config.fuzz())
    options = Options(load(APP), AppTarget("sample_app.main", "app", str(Path.cwd())), users=users)
    sent, whole, inside = 0, 0.0, 0.0
    while sent < wanted:
        for cassette in recorded:
            ours, theirs = multiprocessing.get_context("fork").Pipe()
            process = multiprocessing.get_context("fork").Process(
                target=_timed, args=(theirs, options, app, cassette, Masks(users))
            )
            process.start()
            count, seconds, own = ours.recv()
            process.join()
            sent, whole, inside = sent + count, whole + seconds, inside + own
            if sent >= wanted:
                break
    print(f"{'':14}{'requests':>10}{'seconds':>10}{'per second':>12}{'ratio':>8}")
    print(f"{'bare app':14}{sent:>10}{inside:>10.1f}{sent / inside:>12.0f}{1:>8.2f}")
    print(f"{'replay':14}{sent:>10}{whole:>10.1f}{sent / whole:>12.0f}{inside / whole:>8.2f}  (goal: over 0.80)")


def _timed(pipe: Connection, options: Options, app: Any, cassette: Cassette, masks: Masks) -> None:
    """Replay a cassette, and tell how many requests were sent, how long it took, and how long the app took."""
    own = begun = 0.0

    async def measured(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        nonlocal own, begun
        started = time.perf_counter()
        try:
            await app(scope, receive, send)
        finally:
            if scope["type"] == "http":
                begun = begun or started
                own += time.perf_counter() - started

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what the app prints
    sent = Replaying(cassette, masks).run(Workbench(options, measured), frozenset()).sent.total()
    pipe.send((sent, time.perf_counter() - begun, own))
    pipe.close()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

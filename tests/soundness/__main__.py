"""`python -m tests.soundness --minutes 5 --seed 1`: trials by the minute; exit code 1 when something untrue was said."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from random import Random

from tests.soundness.generators import Generator
from tests.soundness.places import Pair
from tests.soundness.shrink import shrunk
from tests.soundness.trials import UNDECIDED, Failure, Trial

MOST_REPORTS = 12


def main() -> int:
    """Run trials until the time is up, print each kind of failure made small, and the counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.soundness", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--undecided", action="store_true", help="show undecided pairs, made small")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    reports: list[str] = []
    end = time.monotonic() + options.minutes * 60
    seed = options.seed * 1_000_003
    while time.monotonic() < end and len(reports) < MOST_REPORTS:
        seed += 1
        pair = Generator(Random(seed)).pair()
        for direction in ("request", "response"):
            trial = Trial(pair, direction, seed)
            failures = trial.failures()
            counts[trial.verdict or "exception"] += 1
            counts["values"] += trial.values
            counts["contained"] += trial.contained
            for failure in failures:
                counts[failure.kind] += 1
                small = smallest(failure, seed)
                if small.text() not in reports:
                    reports.append(small.text())
                    print(f"seed {seed}\n{small.text()}\n", flush=True)
            if trial.verdict == UNDECIDED:
                reason = trial.said
                reasons[trial.said.split("(")[-1][:60]] += 1
                if options.undecided:
                    small = smallest(Failure(UNDECIDED, pair, direction, reason), seed)
                    print(f"seed {seed}\n{small.text()}\n", flush=True)
    print(f"seeds to {seed}:", ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    for reason, count in reasons.most_common(12):
        print(f"  undecided {count}: {reason}")
    return 1 if reports else 0


def smallest(failure: Failure, seed: int) -> Failure:
    """The same failure with the smallest pair that shows it."""

    def alike(pair: Pair) -> Failure | None:
        trial = Trial(pair, failure.direction, seed)
        found = trial.failures()
        if failure.kind == UNDECIDED:
            same = trial.verdict == UNDECIDED and trial.said.split("(")[-1][:20] == failure.said.split("(")[-1][:20]
            return Failure(UNDECIDED, pair, failure.direction, trial.said) if same else None
        return next((one for one in found if one.kind == failure.kind and _head(one) == _head(failure)), None)

    if failure.kind == "hang":
        return failure
    return alike(shrunk(failure.pair, lambda pair: alike(pair) is not None)) or failure


def _head(failure: Failure) -> str:
    return failure.said[:40] if failure.kind == "exception" else ""


if __name__ == "__main__":
    sys.exit(main())
